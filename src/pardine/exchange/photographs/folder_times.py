"""Times of a whole folder: file names are believed only where they keep the cameras' time.

A program that renamed files by another clock (of the card, in another time zone) was wrong for all of
them; a file whose only date is its name is as wrong as its neighbours, and nothing in it says so.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pardine.base.errors import Notice, warning
from pardine.exchange.photographs.times import ChosenTime, agree, choose_time, difference_text, whole_minutes
from pardine.observe.media import MediaFile

_CAMERA_CLOCK = ("exif", "makernote")
# Facts in which notices of one kind in one folder differ; the first is told for all.
_OF_ONE_FILE = frozenset(("file", "value", "n_files"))


@dataclass(frozen=True, kw_only=True)
class FolderTimes:
    """Times of many files.

    Attributes
    ----------
    times
        One a file, in their order.
    notices
        Those of the files; what is said of many files of one folder is said once, with their number.
    """

    times: tuple[ChosenTime, ...]
    notices: tuple[Notice, ...]


def choose_times(
    media: Sequence[MediaFile], *, now: dt.datetime, utc_offsets_min: Mapping[str, int] | None = None
) -> FolderTimes:
    """Times of the files of a scan, each looked at beside its neighbours.

    Parameters
    ----------
    media
        Of any number of folders.
    now
        As of `choose_time`.
    utc_offsets_min
        Offset of the deployment by path, where it is known.
    """
    offsets = utc_offsets_min or {}
    times = [
        choose_time(
            file.readings,
            now=now,
            file=file.path,
            camera=f"{file.camera_make} {file.camera_model}".strip(),
            utc_offset_min=offsets.get(file.path),
        )
        for file in media
    ]
    wrong_names = _folders_with_wrong_names(media)
    times = [
        _doubt_name(time, file, wrong_names) if time.source == "file name" and time.accepted else time
        for time, file in zip(times, media, strict=True)
    ]
    return FolderTimes(times=tuple(times), notices=_merged(n for time in times for n in time.notices))


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _folders_with_wrong_names(media: Sequence[MediaFile]) -> Mapping[str, list[dt.timedelta]]:
    """How far names are from the cameras' clocks, for folders where some are off by over a minute."""
    off: dict[str, list[dt.timedelta]] = defaultdict(list)
    for file in media:
        by_source = {reading.source: reading for reading in file.readings}
        named = by_source.get("file name")
        clock = next((by_source[source] for source in _CAMERA_CLOCK if source in by_source), None)
        if named is not None and clock is not None and not agree(named, clock):
            off[_folder(file.path)].append(named.wall_clock - clock.wall_clock)
    return off


def _doubt_name(
    time: ChosenTime, file: MediaFile, wrong_names: Mapping[str, list[dt.timedelta]]
) -> ChosenTime:
    differences = wrong_names.get(_folder(file.path))
    if not differences or len(file.readings) > 1:
        return time
    shown = sorted({difference_text(whole_minutes(difference)) for difference in differences})
    doubt = warning(
        "photograph.name_clock_off",
        file=file.path,
        n_others=len(differences),
        difference=", ".join(shown[:5]),
        n_files=1,
    )
    return replace(time, agreement="undecided", notices=(*time.notices, doubt))


def _merged(notices: Iterable[Notice]) -> tuple[Notice, ...]:
    """Notices of one folder that say the same as one notice, with the number of files."""
    groups: dict[tuple[object, ...], list[Notice]] = defaultdict(list)
    for item in notices:
        groups[_likeness(item)].append(item)
    return tuple(
        replace(first, fields={**first.fields, "n_files": len(group)})
        for group in groups.values()
        for first in group[:1]
    )


def _likeness(item: Notice) -> tuple[object, ...]:
    facts = tuple(
        (name, str(value)) for name, value in sorted(item.fields.items()) if name not in _OF_ONE_FILE
    )
    return item.code, _folder(str(item.fields.get("file", ""))), facts
