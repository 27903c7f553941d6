"""Lines that were read from an info strip, as they are kept: reading them again takes a second each."""

from __future__ import annotations

import json
from collections.abc import Sequence

STAGE = "strip"
# Raised whenever the same photograph gives other lines.
VERSION = 1


def as_entry(sha256: str, lines: Sequence[str], reader: str) -> bytes:
    """What was read as bytes to be kept."""
    content = {"version": VERSION, "sha256": sha256, "reader": reader, "lines": list(lines)}
    return json.dumps(content, ensure_ascii=False, sort_keys=True).encode("utf-8")


def from_entry(content: bytes) -> tuple[str, tuple[str, ...]] | None:
    """Hash and lines of what was kept; ``None`` where it is damaged or of another version."""
    try:
        entry = json.loads(content)
        if entry["version"] != VERSION:
            return None
        return str(entry["sha256"]), tuple(str(line) for line in entry["lines"])
    except (ValueError, KeyError, TypeError):
        return None
