"""Files put in place whole or not at all."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from pardine.base.errors import ProjectError


def write_whole(path: Path, content: bytes) -> None:
    """Write under a temporary name beside the target, then move into place.

    Raises
    ------
    ProjectError
        ``report.file_open``: another program holds the old file open (Windows);
        ``report.cannot_write``: folder missing, read-only, or full.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except PermissionError as error:
        _forget(part)
        code = "report.file_open" if path.exists() else "report.cannot_write"
        raise ProjectError(code, file=str(path), reason=error.strerror or "") from error
    except OSError as error:
        _forget(part)
        raise ProjectError("report.cannot_write", file=str(path), reason=error.strerror or "") from error


def _forget(part: Path) -> None:
    try:
        part.unlink(missing_ok=True)
    except OSError:
        # The folder itself is gone or closed to us; the first error says so.
        return
