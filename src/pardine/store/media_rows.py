"""Photographs and video as rows: what is brought, what is stored, and the way between the two."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pardine.base.errors import Notice
from pardine.base.identifiers import imported_uid
from pardine.base.provenance import canonical_json
from pardine.exchange.imported import ImportedMedia
from pardine.exchange.photographs.copies import Copy
from pardine.exchange.photographs.times import Agreement, ChosenTime
from pardine.observe.media import MediaFile, MediaKind, TimeReading, TimeSource
from pardine.store.keyed_rows import Row

FORMAT_VERSION = 1

# What stands in columns of its own; the rest of a file's own words is `metadata`.
_IN_METADATA = (
    "width_px", "height_px", "duration_s", "n_frames", "camera_make", "camera_model", "sequence_length",
    "temperature_c", "tags",
)  # fmt: skip
_NO_TIME = ChosenTime(wall_clock=None, source=None, agreement="none")


@dataclass(frozen=True, kw_only=True)
class NewMedia:
    """A file that was read, and what was made of it.

    Attributes
    ----------
    file
        What it says of itself; its path is below the folder of its batch.
    time
        The time that was chosen from its readings.
    deployment
        Code of the deployment; empty where not known yet.
    mtime_ns
        Time of its last change, by which a later scan knows it again.
    """

    file: MediaFile
    time: ChosenTime = _NO_TIME
    deployment: str = ""
    mtime_ns: int | None = None


@dataclass(frozen=True, kw_only=True)
class MediaBatch:
    """Files of one folder that are stored together or not at all.

    Attributes
    ----------
    folder
        Name of the folder that was added: with path and hash it makes the uid, so it stays the same
        wherever the disk is.
    place
        Where the folder lies now; empty: its name says so.
    media
        Files that were read.
    imported
        Files that a table or package tells of, without their bytes.
    refused
        Files that were set aside, with the reason; their path is the field ``file``.
    copies
        Pairs of files of this folder that are one picture saved again.
    """

    folder: str
    place: str = ""
    media: Sequence[NewMedia] = ()
    imported: Sequence[ImportedMedia] = ()
    refused: Sequence[Notice] = ()
    copies: Sequence[Copy] = ()


@dataclass(frozen=True, kw_only=True)
class StoredMedia:
    """One occurrence of a photograph or video in the project.

    Attributes
    ----------
    uid
        From folder, path and hash.
    folder, path
        Name of the folder that was added, and the path below it.
    code
        What its source calls it; the path where the source has no name for it.
    sha256
        Empty where only a table tells of it.
    kind
        ``image`` or ``video``.
    deployment
        Code; empty where not known.
    wall_clock, utc_offset_min, clock_source
        What the camera showed, the offset stated with it, and which source was believed.
    agreement
        How well that time stands, as of `ChosenTime`.
    instant_utc
        After the corrections of the deployment's clock; ``None`` where the time is not known or waits
        for a person.
    serial, label, sequence_number, event_number, infrared
        As of `MediaFile`.
    readings
        Every statement of its time.
    metadata
        The rest of what the file or table says.
    """

    uid: uuid.UUID
    folder: str
    path: str
    code: str
    sha256: str
    kind: MediaKind
    deployment: str
    wall_clock: dt.datetime | None
    utc_offset_min: int | None
    clock_source: TimeSource | None
    agreement: Agreement
    instant_utc: dt.datetime | None
    serial: str = ""
    label: str = ""
    sequence_number: int | None = None
    event_number: int | None = None
    infrared: bool | None = None
    readings: tuple[TimeReading, ...] = ()
    metadata: Mapping[str, Any] = field(default_factory=dict)


def media_uid(project_uid: uuid.UUID, folder: str, path: str, content: str) -> str:
    """Uid of an occurrence.

    Parameters
    ----------
    content
        sha256 of the bytes; where they are not known, the source's name for the file.
    """
    return str(imported_uid(project_uid, "media", folder, path, content))


def file_row(new: NewMedia) -> Row:
    """Row of a file that was read, without local keys and instant."""
    file = new.file
    facts = {name: getattr(file, name) for name in _IN_METADATA}
    return {
        "path": file.path,
        "code": file.path,
        "sha256": file.sha256,
        "mtime_ns": new.mtime_ns,
        "kind": file.kind,
        **time_row(new.time),
        "serial": plain_text(file.camera_serial),
        "label": plain_text(file.camera_label),
        "sequence_number": file.sequence_number,
        "event_number": file.event_number,
        "infrared": None if file.infrared is None else int(file.infrared),
        "readings": readings_text(file.readings),
        "metadata": _json({name: v for name, v in facts.items() if v is not None and v not in ("", ())}),
    }


def imported_row(media: ImportedMedia) -> Row:
    """Row of a file that a table tells of, without local keys and instant."""
    time = _NO_TIME
    if media.wall_clock is not None:
        time = ChosenTime(
            wall_clock=media.wall_clock,
            source="table",
            agreement="single",
            utc_offset_min=media.utc_offset_min,
        )
    facts = {
        "media_type": media.media_type or None,
        "name": media.name or None,
        "public": media.public,
        "attributes": dict(media.attributes) or None,
    }
    return {
        "path": plain_text(media.path),
        "code": plain_text(media.code or media.path),
        "sha256": media.sha256 or None,
        "mtime_ns": None,
        "kind": media.kind,
        **time_row(time),
        "serial": "",
        "label": "",
        "sequence_number": None,
        "event_number": None,
        "infrared": None,
        "readings": _json({"readings": []}),
        "metadata": _json({name: value for name, value in facts.items() if value is not None}),
    }


def time_row(time: ChosenTime) -> Row:
    """Columns of a chosen time."""
    return {
        # To the second, as cameras show it; the reading keeps what else the file tells.
        "wall_clock": None if time.wall_clock is None else time.wall_clock.isoformat(timespec="seconds"),
        "utc_offset_min": time.utc_offset_min,
        "clock_source": time.source,
        "agreement": time.agreement,
    }


def readings_text(readings: Sequence[TimeReading]) -> str:
    """Every statement of a time as it is stored."""
    return _json({"readings": [_reading_json(reading) for reading in readings]})


def _reading_json(reading: TimeReading) -> dict[str, Any]:
    swapped = reading.day_month_swapped
    return {
        "source": reading.source,
        "wall_clock": reading.wall_clock.isoformat(),
        "text": reading.text,
        "utc_offset_min": reading.utc_offset_min,
        "certain": reading.certain,
        "day_month_swapped": None if swapped is None else swapped.isoformat(),
    }


def _json(content: Mapping[str, Any]) -> str:
    text = canonical_json({"version": FORMAT_VERSION, **content})
    # What a hostile file spells in half characters becomes JSON's own spelling of them.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def plain_text(text: str) -> str:
    """Text that both databases keep: without null characters and half characters."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def stored_media(row: Any) -> StoredMedia:
    """A row with ``folder`` and ``deployment`` as names."""
    metadata = json.loads(row.metadata)
    del metadata["version"]
    return StoredMedia(
        uid=uuid.UUID(row.uid),
        folder=row.folder,
        path=row.path,
        code=row.code,
        sha256=row.sha256 or "",
        kind=row.kind,
        deployment=row.deployment or "",
        wall_clock=_moment(row.wall_clock),
        utc_offset_min=row.utc_offset_min,
        clock_source=row.clock_source,
        agreement=row.agreement,
        instant_utc=_moment(row.instant_utc),
        serial=row.serial,
        label=row.label,
        sequence_number=row.sequence_number,
        event_number=row.event_number,
        infrared=None if row.infrared is None else bool(row.infrared),
        readings=tuple(reading_of(reading) for reading in json.loads(row.readings)["readings"]),
        metadata=metadata,
    )


def reading_of(facts: Mapping[str, Any]) -> TimeReading:
    """One statement of a time out of what is stored."""
    return TimeReading(
        source=facts["source"],
        wall_clock=dt.datetime.fromisoformat(facts["wall_clock"]),
        text=facts["text"],
        utc_offset_min=facts["utc_offset_min"],
        certain=facts["certain"],
        day_month_swapped=_moment(facts["day_month_swapped"]),
    )


def _moment(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)
