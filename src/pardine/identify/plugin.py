"""Stages that others bring: found by their entry point, loaded only when they are named.

A plug-in is an object with ``name``, ``version`` (an integer, raised when the same input gives another
output) and ``function``; what the function takes and gives is told by its group.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import EntryPoint, entry_points
from typing import Any, Literal

from pardine.base.errors import InputError
from pardine.base.identifiers import sha256_of_bytes
from pardine.base.provenance import canonical_json

Group = Literal["pardine.detect", "pardine.side", "pardine.feature", "pardine.verify"]


@dataclass(frozen=True, kw_only=True)
class Plugin:
    """A stage by somebody else.

    Attributes
    ----------
    name, version
        Enter the address of everything that is derived with it.
    function
        ``pardine.detect``: (photograph RGB) -> list of `detect.Detection`.
        ``pardine.side``: (chip) -> `side.Side`.
        ``pardine.feature``: (chip) -> `features.Features`.
        ``pardine.verify``: (prepared, prepared) -> `verify.Verified`.
    """

    name: str
    version: int
    function: Callable[..., Any]


def installed_plugins(group: Group) -> tuple[str, ...]:
    """Names of what is installed in a group; nothing of it is loaded."""
    return tuple(sorted(point.name for point in entry_points(group=group)))


def load_plugin(group: Group, name: str) -> Plugin:
    """Load the one plug-in that was named.

    Raises
    ------
    InputError
        ``plugin.not_found``; ``plugin.broken`` where it cannot be loaded or lacks a part.
    """
    found = [point for point in entry_points(group=group) if point.name == name]
    if not found:
        expected = ", ".join(installed_plugins(group)) or "–"
        raise InputError("plugin.not_found", value=name, group=group, expected=expected)
    brought = _loaded(found[0], group)
    version, function = getattr(brought, "version", None), getattr(brought, "function", None)
    if not isinstance(version, int) or not callable(function):
        raise InputError("plugin.broken", value=name, group=group, reason="name, version, function")
    return Plugin(name=name, version=version, function=function)


def derived_address(sha256: str, stage: str, version: int, parameters: Mapping[str, Any]) -> str:
    """Address of what a stage makes of some bytes: other bytes, code or choices have another one.

    Parameters
    ----------
    sha256
        Of the input.
    stage, version
        What makes it.
    parameters
        JSON values.
    """
    return sha256_of_bytes(canonical_json([sha256, stage, version, dict(parameters)]).encode("utf-8"))


def _loaded(point: EntryPoint, group: Group) -> Any:
    try:
        return point.load()
    except Exception as error:
        # Foreign code fails in any way it likes; a person needs its name and its reason.
        raise InputError("plugin.broken", value=point.name, group=group, reason=str(error)) from error
