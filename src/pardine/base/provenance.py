"""How a result was made: resolved parameters, seed, version, inputs by hash."""

from __future__ import annotations

import functools
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, Literal

RunStatus = Literal["running", "done", "failed"]


def canonical_json(value: Any) -> str:
    """One text per value: sorted keys, no spaces, UTF-8; refuses NaN and infinity.

    Raises
    ------
    ValueError
        A number is not finite.
    TypeError
        A value is not JSON.
    """
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)


def finite_or_none(value: float | None) -> float | None:
    """The number, or ``None`` where JSON has no word for it."""
    return value if value is not None and math.isfinite(value) else None


@functools.cache
def source_hash() -> str:
    """sha256 over the package's own Python source, so that a result names the code that made it."""
    digest = hashlib.sha256()
    for name, content in sorted(_python_sources(files("pardine"), "")):
        digest.update(name.encode() + b"\0" + content + b"\0")
    return digest.hexdigest()


def _python_sources(folder: Traversable, prefix: str) -> list[tuple[str, bytes]]:
    found: list[tuple[str, bytes]] = []
    for entry in folder.iterdir():
        name = f"{prefix}/{entry.name}"
        if entry.is_dir() and entry.name != "__pycache__":
            found += _python_sources(entry, name)
        elif entry.name.endswith(".py"):
            # One text on every system, whatever the checkout made of line ends.
            found.append((name, entry.read_bytes().replace(b"\r\n", b"\n")))
    return found


@dataclass(frozen=True, kw_only=True)
class Artefact:
    """Something a run read or made, by kind, uid or path, and content hash."""

    kind: str
    name: str
    sha256: str


@dataclass(frozen=True, kw_only=True)
class RunRecord:
    """One run of a workflow.

    Attributes
    ----------
    uid
        uuid4 as text.
    workflow
        Name of the workflow, such as ``"estimate"``.
    parameters
        Every choice, resolved to its value (JSON).
    seed
        Root seed, ``None`` where nothing was random.
    version, source_sha256
        Of Pardine.
    status
        ``running``, ``done`` or ``failed``.
    started_utc, finished_utc
        ISO 8601, ending in ``Z``.
    inputs, outputs
        What was read and made.
    """

    uid: str
    workflow: str
    parameters: Mapping[str, Any]
    seed: int | None
    version: str
    source_sha256: str
    status: RunStatus
    started_utc: str
    finished_utc: str | None = None
    inputs: tuple[Artefact, ...] = ()
    outputs: tuple[Artefact, ...] = field(default=())
