"""Bytes by their hash, and the occurrences of photographs that share them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select

from pardine.base.errors import Notice, ProjectError
from pardine.base.identifiers import imported_uid, sha256_of_bytes
from pardine.store import schema
from pardine.store.project import Project


@dataclass(frozen=True, kw_only=True)
class Media:
    """One occurrence of a photograph or video: a file somewhere with these bytes.

    Attributes
    ----------
    uid
        From project, hash and path: the same file brought twice is one occurrence.
    sha256
        Of its bytes.
    path
        Where the original lies; originals are never written, moved or renamed.
    deployment
        Which deployment it came from, ``None`` where not told.
    """

    uid: uuid.UUID
    sha256: str
    path: str
    deployment: str | None = None


def put_blob(connection: Connection, content: bytes) -> str:
    """Store bytes once, and return their sha256."""
    digest = sha256_of_bytes(content)
    add_blobs(connection, [(digest, len(content), content)])
    return digest


def add_blobs(connection: Connection, blobs: Iterable[tuple[str, int, bytes | None]]) -> int:
    """Store (sha256, number of bytes, bytes or ``None`` for bytes kept outside); return how many are new."""
    table = schema.blob
    unique = {digest: (n_bytes, content) for digest, n_bytes, content in blobs}
    held = held_blobs(connection, unique)
    rows = [
        {"sha256": digest, "n_bytes": n_bytes, "content": content}
        for digest, (n_bytes, content) in unique.items()
        if digest not in held
    ]
    if rows:
        connection.execute(insert(table), rows)
    return len(rows)


def held_blobs(connection: Connection, digests: Iterable[str]) -> frozenset[str]:
    """Which of these hashes the database knows."""
    held: set[str] = set()
    for chunk in _chunks(list(digests)):
        query = select(schema.blob.c.sha256).where(schema.blob.c.sha256.in_(chunk))
        held.update(connection.scalars(query))
    return frozenset(held)


def _chunks(values: Sequence[str], size: int = 500) -> Iterator[Sequence[str]]:
    return (values[start : start + size] for start in range(0, len(values), size))


def get_blob(connection: Connection, digest: str) -> bytes:
    """Bytes of a hash, checked against it.

    Raises
    ------
    ProjectError
        ``blob.missing``: not stored, or kept outside the database; ``blob.damaged``.
    """
    content = connection.scalar(select(schema.blob.c.content).where(schema.blob.c.sha256 == digest))
    if content is None:
        raise ProjectError("blob.missing", sha256=digest)
    if sha256_of_bytes(content) != digest:
        raise ProjectError("blob.damaged", sha256=digest)
    return bytes(content)


def damaged_blobs(connection: Connection) -> list[Notice]:
    """Every stored blob whose bytes are not those of its hash or its length."""
    table = schema.blob
    query = select(table).where(table.c.content.is_not(None))
    rows = connection.execution_options(yield_per=16).execute(query)
    return [
        Notice("blob.damaged", {"sha256": row.sha256})
        for row in rows
        if len(row.content) != row.n_bytes or sha256_of_bytes(row.content) != row.sha256
    ]


def add_media(project: Project, found: Sequence[tuple[str, int, str, str | None]]) -> tuple[Media, ...]:
    """Record files outside the project: (sha256, number of bytes, path, deployment).

    The same bytes at two paths are one blob and two occurrences. What is recorded already stays.

    Returns
    -------
    tuple of Media
        One for each file, in the order given.
    """
    occurrences = tuple(
        Media(
            uid=imported_uid(project.uid, "media", digest, path),
            sha256=digest,
            path=path,
            deployment=deployment,
        )
        for digest, _, path, deployment in found
    )
    with project.transaction() as connection:
        add_blobs(connection, ((digest, n_bytes, None) for digest, n_bytes, _, _ in found))
        known = _known_media(connection, [str(m.uid) for m in occurrences])
        new = {m.uid: m for m in occurrences if str(m.uid) not in known}
        if new:
            connection.execute(insert(schema.media), [_media_row(m) for m in new.values()])
    return occurrences


def _known_media(connection: Connection, uids: Sequence[str]) -> frozenset[str]:
    column = schema.media.c.uid
    chunks = _chunks(uids)
    return frozenset(uid for c in chunks for uid in connection.scalars(select(column).where(column.in_(c))))


def _media_row(media: Media) -> dict[str, str | None]:
    return {
        "uid": str(media.uid),
        "sha256": media.sha256,
        "path": media.path,
        "deployment": media.deployment,
    }


def read_media(project: Project) -> tuple[Media, ...]:
    """All occurrences, in the order they were recorded."""
    table = schema.media
    with project.read() as connection:
        rows = connection.execute(select(table).order_by(table.c.id)).all()
    return tuple(
        Media(uid=uuid.UUID(r.uid), sha256=r.sha256, path=r.path, deployment=r.deployment) for r in rows
    )


def n_blobs(project: Project) -> int:
    """How many different contents the database knows."""
    with project.read() as connection:
        return connection.scalar(select(func.count()).select_from(schema.blob)) or 0
