"""Media: one photograph or video file, and what it says of itself."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal

MediaKind = Literal["image", "video"]
TimeSource = Literal["exif", "makernote", "xmp", "container", "file name", "strip", "table"]


@dataclass(frozen=True, kw_only=True)
class TimeReading:
    """One statement of when a file was made.

    Attributes
    ----------
    source
        Where it was read.
    wall_clock
        What it says, without an offset.
    utc_offset_min
        Offset stated with it; ``None`` where none is.
    text
        As it stood in the file.
    certain
        Whether it can stand alone. ``False`` for a video container whose clock may be local or UTC,
        and for a date of the last change: such a reading counts only where another agrees.
    day_month_swapped
        The other way to read the same statement, where its format does not settle whether the day or
        the month comes first.
    """

    source: TimeSource
    wall_clock: dt.datetime
    text: str
    utc_offset_min: int | None = None
    certain: bool = True
    day_month_swapped: dt.datetime | None = None


@dataclass(frozen=True, kw_only=True)
class MediaFile:
    """One occurrence of a photograph or video; the same bytes in two folders are two of these.

    Attributes
    ----------
    path
        Below the folder that was added, with ``/`` between its parts.
    sha256, n_bytes
        Of the file.
    kind
        ``image`` or ``video``.
    width_px, height_px
        As stored (before any EXIF rotation).
    duration_s, n_frames
        Of a video; ``None`` for an image or where unknown.
    readings
        Every statement of its time, each source at most once.
    camera_make, camera_model, camera_serial, camera_label
        Empty where the file does not tell.
    sequence_number, sequence_length
        Place in its trigger (1 of 3) by MakerNote.
    event_number
        Counter of the camera, where its MakerNote holds one.
    temperature_c
        By MakerNote.
    infrared
        Whether the camera says the flash or infrared fired; ``None`` where it does not tell.
    tags
        XMP and IPTC keywords, hierarchical ones with ``|`` between levels.
    """

    path: str
    sha256: str
    n_bytes: int
    kind: MediaKind
    width_px: int
    height_px: int
    duration_s: float | None = None
    n_frames: int | None = None
    readings: tuple[TimeReading, ...] = ()
    camera_make: str = ""
    camera_model: str = ""
    camera_serial: str = ""
    camera_label: str = ""
    sequence_number: int | None = None
    sequence_length: int | None = None
    event_number: int | None = None
    temperature_c: float | None = None
    infrared: bool | None = None
    tags: tuple[str, ...] = ()
