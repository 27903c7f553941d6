"""What a person may add to tables and folders that do not say everything."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pardine.observe.session import DetectorType


@dataclass(frozen=True, kw_only=True)
class ReadOptions:
    """What the tables leave open; nothing here overrules a table that says it.

    Attributes
    ----------
    crs
        Coordinate reference system of x and y where no table names one.
    detector_type
        Of every session whose tables do not state it; never guessed.
    assume_full_effort
        Every station worked on every occasion, where nothing is told of effort.
    mask_paths
        Habitat masks, in place of those among the tables.
    session
        Code for tables that name no session.
    occasions_from_zero
        The capture tables count occasions from 0.
    """

    crs: str | None = None
    detector_type: DetectorType | None = None
    assume_full_effort: bool = False
    mask_paths: tuple[Path, ...] = ()
    session: str | None = None
    occasions_from_zero: bool = False


@dataclass(frozen=True, kw_only=True)
class CardOptions:
    """What folders of photographs do not say themselves.

    Attributes
    ----------
    pattern
        What the parts of the paths mean, such as ``{station}/{slot}/**``.
    folder
        Name under which the folder is known; its own by default.
    utc_offset_min
        Of the cameras' clocks.
    thumbnails
        Make them, which the rules about blocked and moved views need.
    """

    pattern: str | None = None
    folder: str = ""
    utc_offset_min: int | None = None
    thumbnails: bool = False
