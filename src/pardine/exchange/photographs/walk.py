"""All files below a folder, each real folder entered once, whatever links lead in circles."""

from __future__ import annotations

import os
from pathlib import Path

from pardine.base.errors import InputError, Notice, note, warning

# What operating systems keep on a card; the first two hold deleted files.
_SYSTEM_FOLDERS = frozenset(("$recycle.bin", ".trashes", "system volume information", ".spotlight-v100"))


def find_files(folder: Path) -> tuple[tuple[str, ...], tuple[Notice, ...]]:
    """Paths of all files below a folder, sorted, and notices of folders that were not entered.

    Parameters
    ----------
    folder
        Links to folders are followed, each real folder once.

    Returns
    -------
    Paths below ``folder`` with ``/`` between their parts.

    Raises
    ------
    InputError
        ``folder`` is no folder.
    """
    if not folder.is_dir():
        raise InputError("photograph.no_folder", file=str(folder))
    names: list[str] = []
    notices: list[Notice] = []
    seen: set[tuple[int, int]] = set()
    waiting, linked = [""], list[str]()
    while waiting or linked:
        # Links come last, so that a folder is known by its own name.
        below = waiting.pop() if waiting else linked.pop()
        place = folder / below
        try:
            status = place.stat()
            if (status.st_dev, status.st_ino) in seen:
                notices.append(note("photograph.folder_again", file=_shown(below)))
                continue
            seen.add((status.st_dev, status.st_ino))
            with os.scandir(place) as entries:
                found = sorted((entry.name, _is_folder(entry), entry.is_symlink()) for entry in entries)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            notices.append(warning("photograph.unreadable", file=_shown(below), value=reason))
            continue
        for name, is_folder, is_link in found:
            path = f"{below}/{name}" if below else name
            if not is_folder:
                names.append(path)
            elif name.lower() in _SYSTEM_FOLDERS:
                notices.append(note("photograph.system_folder", file=_shown(path)))
            else:
                (linked if is_link else waiting).append(path)
    return tuple(sorted(names)), tuple(sorted(notices, key=lambda n: str(n.fields["file"])))


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False  # a link to itself: told when it is read as a file


def _shown(name: str) -> str:
    return name.encode("utf-8", "backslashreplace").decode("utf-8") or "."
