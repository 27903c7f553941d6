"""Bytes by their hash, stored once; those of photographs stay outside and are known by it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sqlalchemy import Connection, func, insert, select

from pardine.base.errors import Notice, ProjectError
from pardine.base.identifiers import sha256_of_bytes
from pardine.store import schema
from pardine.store.project import Project


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


def n_blobs(project: Project) -> int:
    """How many different contents the database knows."""
    with project.read() as connection:
        return connection.scalar(select(func.count()).select_from(schema.blob)) or 0
