"""One file from a card: read as a photograph or video, or set aside with the reason."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from pardine.base.errors import Notice, note, warning
from pardine.base.identifiers import sha256_of_bytes, sha256_of_file
from pardine.exchange.photographs.avi import read_avi
from pardine.exchange.photographs.exif import read_exif
from pardine.exchange.photographs.file_names import name_reading
from pardine.exchange.photographs.header import Header, ReadLimits, Refused
from pardine.exchange.photographs.iso_media import read_iso_media
from pardine.exchange.photographs.jpeg import read_jpeg
from pardine.exchange.photographs.keywords import merge_keywords, read_iptc_keywords
from pardine.exchange.photographs.kinds import HEAD_BYTES, MEDIA_SUFFIXES, Format, format_of, other_format
from pardine.exchange.photographs.png import read_png
from pardine.exchange.photographs.tiff_picture import read_tiff
from pardine.exchange.photographs.video_clock import CLOCK_OF_MAKE, VideoClock
from pardine.exchange.photographs.xmp import XmpFacts, read_xmp
from pardine.observe.media import MediaFile, TimeReading

_NOTES = ("photograph.not_media", "photograph.printing_colours")
_DEFAULT_LIMITS = ReadLimits()


@dataclass(frozen=True, kw_only=True)
class Examined:
    """What came of one file.

    Attributes
    ----------
    path
        Below the folder that was added, with ``/`` between its parts.
    media
        The file; ``None`` where it was set aside.
    notices
        The reason, where it was set aside; else what is worth telling of it.
    n_bytes, mtime_ns
        Size and time of the last change, by which an unchanged file is known again; 0 where unknown.
    """

    path: str
    media: MediaFile | None
    notices: tuple[Notice, ...]
    n_bytes: int = 0
    mtime_ns: int = 0


def read_media_file(
    path: Path,
    *,
    root: Path,
    limits: ReadLimits = _DEFAULT_LIMITS,
    clocks: Mapping[str, VideoClock] = CLOCK_OF_MAKE,
) -> MediaFile | Notice:
    """A file as a photograph or video, or the notice that says why it was set aside.

    No content of a file raises; nothing is decoded, and nothing is written.

    Parameters
    ----------
    path
        The file.
    root
        Folder that was added; the file's ``path`` is told from there.
    limits
        What one file may cost.
    clocks
        Whether the containers of a make of video camera hold local time or UTC.
    """
    examined = examine_file(path, root=root, limits=limits, clocks=clocks)
    return examined.notices[0] if examined.media is None else examined.media


def examine_file(
    path: Path,
    *,
    root: Path,
    limits: ReadLimits = _DEFAULT_LIMITS,
    clocks: Mapping[str, VideoClock] = CLOCK_OF_MAKE,
) -> Examined:
    """As `read_media_file`, with all that is worth telling of a file that is read."""
    name = path.relative_to(root).as_posix()
    shown = name.encode("utf-8", "backslashreplace").decode("utf-8")
    try:
        if shown != name or not name.isprintable():
            raise Refused("photograph.bad_name")
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            raise Refused("photograph.not_a_file")
        media, notices = _read(path, name, status, limits, clocks)
    except Refused as refused:
        shown = shown if shown.isprintable() else repr(shown)[1:-1]
        return Examined(path=shown, media=None, notices=(_notice(refused.code, shown, refused.fields),))
    except OSError as error:
        reason = error.strerror or type(error).__name__
        return Examined(
            path=shown, media=None, notices=(warning("photograph.unreadable", file=shown, value=reason),)
        )
    return Examined(
        path=name, media=media, notices=notices, n_bytes=status.st_size, mtime_ns=status.st_mtime_ns
    )


@dataclass(frozen=True, kw_only=True)
class FilesTask:
    """Files of one folder that one worker examines; ``names`` as of `Examined.path`."""

    root: Path
    names: tuple[str, ...]
    limits: ReadLimits
    clocks: Mapping[str, VideoClock]


def examine_files(task: FilesTask) -> list[Examined]:
    """Each file of a task, in their order."""
    return [
        examine_file(task.root / name, root=task.root, limits=task.limits, clocks=task.clocks)
        for name in task.names
    ]


def _notice(code: str, name: str, fields: Mapping[str, object]) -> Notice:
    return (note if code in _NOTES else warning)(code, file=name, **fields)


def _read(
    path: Path, name: str, status: os.stat_result, limits: ReadLimits, clocks: Mapping[str, VideoClock]
) -> tuple[MediaFile, tuple[Notice, ...]]:
    with path.open("rb") as file:
        form = _form(file, path)
        limit = limits.video_bytes if form in ("iso", "avi") else limits.image_bytes
        if status.st_size > limit:
            raise Refused("photograph.too_many_bytes", value=status.st_size >> 20, expected=limit >> 20)
        file.seek(0)
        if form == "iso":
            header = read_iso_media(file, status.st_size, limits, clocks)
        elif form == "avi":
            header = read_avi(file, status.st_size, limits)
        else:
            data = file.read(status.st_size)
            header = _PICTURES[form](data, limits)
            return _media(name, header, sha256_of_bytes(data), len(data))
    return _media(name, header, sha256_of_file(path), status.st_size)


_PICTURES = {"jpeg": read_jpeg, "png": read_png, "tiff": read_tiff}


def _form(file: BinaryIO, path: Path) -> Format:
    head = file.read(HEAD_BYTES)
    form = format_of(head)
    if form is not None:
        return form
    if other := other_format(head):
        raise Refused("photograph.other_format", value=other)
    # macOS leaves “._” files beside those that it copies.
    if path.suffix.lower() not in MEDIA_SUFFIXES or path.name.startswith("._"):
        raise Refused("photograph.not_media")
    if not head:
        raise Refused("photograph.empty")
    if not head.strip(b"\0"):
        raise Refused("photograph.only_zeros")
    raise Refused("photograph.not_what_name_says", value=path.suffix)


def _media(name: str, header: Header, sha256: str, n_bytes: int) -> tuple[MediaFile, tuple[Notice, ...]]:
    exif = read_exif(header.exif)
    xmp = read_xmp(header.xmp)
    notices = [_notice(code, name, fields) for code, fields in header.oddities]
    if exif.faults:
        notices.append(warning("photograph.exif_damaged", file=name, value=", ".join(exif.faults)))
    if xmp is None:
        notices.append(warning("photograph.xmp_unreadable", file=name))
    notices += [warning("photograph.bad_date", file=name, value=text) for text in exif.unreadable_dates]
    xmp = xmp or XmpFacts()
    named = name_reading(name.rsplit("/", 1)[-1])
    maker = exif.reconyx
    media = MediaFile(
        path=name,
        sha256=sha256,
        n_bytes=n_bytes,
        kind=header.kind,
        width_px=header.width_px,
        height_px=header.height_px,
        duration_s=header.duration_s,
        n_frames=header.n_frames,
        readings=_present(*exif.readings, xmp.reading, *header.readings, named),
        camera_make=exif.make or header.make,
        camera_model=exif.model or header.model,
        camera_serial=exif.serial,
        camera_label=exif.label,
        sequence_number=None if maker is None else maker.sequence_number,
        sequence_length=None if maker is None else maker.sequence_length,
        event_number=None if maker is None else maker.event_number,
        temperature_c=None if maker is None else maker.temperature_c,
        infrared=exif.infrared,
        tags=merge_keywords(xmp.hierarchical, (*xmp.flat, *read_iptc_keywords(header.iptc), *exif.tags)),
    )
    return media, tuple(notices)


def _present(*readings: TimeReading | None) -> tuple[TimeReading, ...]:
    return tuple(reading for reading in readings if reading is not None)
