"""What can be made again, kept by what it was made from: deleting it loses nothing but time.

An entry is addressed by the hash of its input, the stage that made it, the stage's version and its
parameters. So nothing is ever out of date: other bytes, code or choices have another address.
"""

from __future__ import annotations

import os
import shutil
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pardine.exchange.photographs.thumbnails import derived_path
from pardine.store.processes import is_alive
from pardine.store.project import Project

_PART = ".part"
DAMAGED = (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile, zlib.error)
"""What reading an entry that was cut short raises: it is made again."""


@dataclass(frozen=True, kw_only=True)
class DerivedKey:
    """Address of an entry.

    Attributes
    ----------
    sha256
        Of what it is made from.
    stage, version
        What makes it; the version is raised whenever the same input gives another output.
    parameters
        JSON values.
    suffix
        Such as ``.jpg``.
    """

    sha256: str
    stage: str
    version: int
    parameters: Mapping[str, Any]
    suffix: str = ""

    def path(self, project: Project) -> Path:
        """Where the entry lies, or would."""
        return derived_path(
            project.derived,
            self.sha256,
            stage=self.stage,
            version=self.version,
            parameters=self.parameters,
            suffix=self.suffix,
        )


def read_derived(project: Project, key: DerivedKey) -> bytes | None:
    """Bytes of an entry, ``None`` where it has to be made."""
    try:
        # A power cut can leave a file of no length; no stage makes one.
        return key.path(project).read_bytes() or None
    except FileNotFoundError:
        return None


def write_derived(project: Project, key: DerivedKey, content: bytes) -> Path:
    """Keep an entry, whole or not at all; several processes may write the same one at once.

    Raises
    ------
    ValueError
        ``content`` is empty.
    """
    if not content:
        raise ValueError("an entry holds something")
    target = key.path(project)
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}{_PART}")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except PermissionError:
        # Windows replaces no file that somebody reads: then it is there already, with the same bytes.
        if not target.exists():
            raise
    finally:
        part.unlink(missing_ok=True)
    return target


def derived_sizes(project: Project) -> dict[str, tuple[int, int]]:
    """Number of entries and of bytes by stage."""
    files, sizes = Counter[str](), Counter[str]()
    for path in _files(project.derived):
        stage = path.relative_to(project.derived).parts[0]
        files[stage] += 1
        sizes[stage] += path.stat().st_size
    return {stage: (files[stage], sizes[stage]) for stage in sorted(files)}


def leftover_parts(project: Project) -> tuple[Path, ...]:
    """Files that a process left half written which is no more."""
    parts = (path for path in _files(project.derived) if path.name.endswith(_PART))
    return tuple(sorted(path for path in parts if not _is_being_written(path)))


def _is_being_written(part: Path) -> bool:
    """Whether the process lives whose number stands before the ending."""
    number = part.name.removesuffix(_PART).rpartition(".")[2]
    return number.isdecimal() and is_alive(int(number))


def delete_derived(project: Project, stage: str | None = None) -> None:
    """Delete what one stage made, or all."""
    folder = project.derived if stage is None else project.derived / stage
    if folder.exists():
        shutil.rmtree(folder)
    project.derived.mkdir(exist_ok=True)


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file())
