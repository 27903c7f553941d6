"""Identifiers: the same thing gets the same uid wherever and in whatever order it is imported."""

from __future__ import annotations

import hashlib
import uuid
from pathlib import Path
from typing import Literal

Kind = Literal[
    "session", "station", "individual", "capture", "mask", "source_table", "effort", "blob", "result",
    "media", "media_folder", "deployment", "refused_file", "sighting", "camera_visit", "fix",
    "slot_effort",
]  # fmt: skip

# Separates the parts of a natural key; cannot stand in a table cell that passed the checks.
_SEPARATOR = "\x1f"
_CHUNK_BYTES = 1 << 20


def imported_uid(project_uid: uuid.UUID, kind: Kind, *natural_key: str) -> uuid.UUID:
    """Uid of something imported: uuid5 of project uid, kind and natural key.

    Parameters
    ----------
    project_uid
        Uid of the project: the namespace.
    kind
        What the thing is; two kinds may share a natural key.
    natural_key
        What the office calls it, in its parts (session code, station code, ...).
    """
    return uuid.uuid5(project_uid, _SEPARATOR.join((kind, *natural_key)))


def new_uid() -> uuid.UUID:
    """Uid of something made here (a project, a decision, a run): uuid4."""
    return uuid.uuid4()


def sha256_of_bytes(content: bytes) -> str:
    """Hexadecimal sha256 of the bytes."""
    return hashlib.sha256(content).hexdigest()


def sha256_of_file(path: Path) -> str:
    """Hexadecimal sha256 of a file, read in chunks."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK_BYTES):
            digest.update(chunk)
    return digest.hexdigest()
