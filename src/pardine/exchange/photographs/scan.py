"""A folder of photographs and video: every file read or set aside, and which are the same.

Originals are opened for reading only. `iter_scan` gives a batch as soon as it is read, so that what
was read can be kept before the next; with what is known from before, a scan that was broken off reads
only the rest.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NamedTuple

from pardine.base.bulk import InlineExecutor, map_tasks
from pardine.base.errors import Notice, warning
from pardine.exchange.photographs.copies import Copy, find_copies
from pardine.exchange.photographs.header import ReadLimits
from pardine.exchange.photographs.media_file import Examined, FilesTask, examine_files
from pardine.exchange.photographs.path_pattern import PathFacts, PathPattern
from pardine.exchange.photographs.video_clock import CLOCK_OF_MAKE, VideoClock
from pardine.exchange.photographs.walk import find_files
from pardine.observe.media import MediaFile

_FILES_A_TASK, _FILES_A_BATCH = 32, 8192
_DEFAULT_LIMITS = ReadLimits()


class FileStamp(NamedTuple):
    """Size, time of the last change, and hash: a file of the same size and time is not read again."""

    n_bytes: int
    mtime_ns: int
    sha256: str


@dataclass(frozen=True, kw_only=True)
class ScanBatch:
    """Part of a scan; attributes as of `Scan`."""

    media: tuple[MediaFile, ...]
    refused: tuple[Notice, ...]
    notices: tuple[Notice, ...]
    stamps: Mapping[str, FileStamp]
    places: Mapping[str, PathFacts]
    unfit: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Scan:
    """A folder, read.

    Attributes
    ----------
    media
        Files that were read now, by path.
    refused
        Why each other file was set aside: a warning, or a note for what is no photograph at all.
    notices
        What is worth telling of files that were read, and of folders that were not entered.
    unchanged
        Paths that are known from before and were not read again.
    stamps
        Size, time and hash of each file read now or unchanged: ``known`` of the next scan.
    places
        What the pattern found in each path that fits it, unchanged files included.
    unfit
        Paths of media that do not fit the pattern, also told as a notice; empty without a pattern.
    duplicates
        Groups of paths of the same bytes, those of unchanged files included.
    recoded
        Copies that were saved again: other bytes, the same picture.
    """

    media: tuple[MediaFile, ...]
    refused: tuple[Notice, ...]
    notices: tuple[Notice, ...]
    unchanged: tuple[str, ...]
    stamps: Mapping[str, FileStamp]
    places: Mapping[str, PathFacts] = field(default_factory=dict)
    unfit: tuple[str, ...] = ()
    duplicates: tuple[tuple[str, ...], ...] = ()
    recoded: tuple[Copy, ...] = ()


def scan_folder(
    folder: Path,
    *,
    pattern: PathPattern | None = None,
    make_executor: Callable[[], Executor] = InlineExecutor,
    known: Mapping[str, FileStamp] | None = None,
    on_done: Callable[[int, int], None] | None = None,
    limits: ReadLimits = _DEFAULT_LIMITS,
    clocks: Mapping[str, VideoClock] = CLOCK_OF_MAKE,
    look_for_copies: bool = True,
) -> Scan:
    """Every file below a folder.

    Parameters
    ----------
    folder
        Any nesting; links to folders are followed, each real folder once.
    pattern
        What the parts of the paths mean.
    make_executor
        As of `pardine.base.bulk.map_tasks`.
    known
        Stamps of an earlier scan by path.
    on_done
        Called with (files read, files to read).
    limits, clocks
        As of `read_media_file`.
    look_for_copies
        Whether pictures of one moment are compared to find those that were saved again; needs
        decoding, of few files.

    Raises
    ------
    InputError
        ``folder`` is no folder.
    """
    names, folder_notices = find_files(folder)
    unchanged = _unchanged(folder, names, known or {})
    batches = list(
        iter_scan(
            folder,
            [name for name in names if name not in unchanged],
            pattern=pattern,
            make_executor=make_executor,
            on_done=on_done,
            limits=limits,
            clocks=clocks,
        )
    )
    media = tuple(file for batch in batches for file in batch.media)
    places, unfit = place_files((*unchanged, *(file.path for file in media)), pattern)
    stamps = {**unchanged, **{path: stamp for batch in batches for path, stamp in batch.stamps.items()}}
    return Scan(
        media=media,
        refused=tuple(notice for batch in batches for notice in batch.refused),
        notices=(
            *folder_notices,
            *(notice for batch in batches for notice in batch.notices),
            *_unfit_notice(unfit, pattern),
        ),
        unchanged=tuple(unchanged),
        stamps=stamps,
        places=places,
        unfit=unfit,
        duplicates=find_duplicates(stamps),
        recoded=find_copies(media, folder, limits=limits) if look_for_copies else (),
    )


def iter_scan(
    folder: Path,
    names: Sequence[str],
    *,
    pattern: PathPattern | None = None,
    make_executor: Callable[[], Executor] = InlineExecutor,
    on_done: Callable[[int, int], None] | None = None,
    limits: ReadLimits = _DEFAULT_LIMITS,
    clocks: Mapping[str, VideoClock] = CLOCK_OF_MAKE,
    files_a_batch: int = _FILES_A_BATCH,
) -> Iterator[ScanBatch]:
    """The named files in batches, each complete in itself; arguments as of `scan_folder`.

    Parameters
    ----------
    names
        Paths below ``folder``, as `find_files` gives them.
    files_a_batch
        At most so many files are read and not yet handed over.
    """
    for begin in range(0, len(names), files_a_batch):
        batch = names[begin : begin + files_a_batch]
        tasks = [
            FilesTask(root=folder, names=tuple(batch[i : i + _FILES_A_TASK]), limits=limits, clocks=clocks)
            for i in range(0, len(batch), _FILES_A_TASK)
        ]
        tell = None if on_done is None else _in_files(on_done, begin, len(batch), len(names))
        answers = map_tasks(examine_files, tasks, make_executor=make_executor, on_done=tell)
        yield _batch([examined for answer in answers for examined in answer], pattern)


def unchanged_files(folder: Path, names: Sequence[str], known: Mapping[str, FileStamp]) -> tuple[str, ...]:
    """Those of the named files whose size and time of change are known: they need not be read again."""
    return tuple(_unchanged(folder, names, known))


def place_files(
    paths: Sequence[str], pattern: PathPattern | None
) -> tuple[dict[str, PathFacts], tuple[str, ...]]:
    """What the pattern finds in each path, and the paths that do not fit it; nothing without a pattern."""
    if pattern is None:
        return {}, ()
    found = {path: pattern.match(path) for path in sorted(paths)}
    places = {path: facts for path, facts in found.items() if facts is not None}
    return places, tuple(path for path in found if path not in places)


def find_duplicates(stamps: Mapping[str, FileStamp]) -> tuple[tuple[str, ...], ...]:
    """Groups of paths of the same bytes, sorted."""
    paths: dict[str, list[str]] = defaultdict(list)
    for path, stamp in stamps.items():
        paths[stamp.sha256].append(path)
    return tuple(sorted(tuple(sorted(group)) for group in paths.values() if len(group) > 1))


def _unchanged(folder: Path, names: Sequence[str], known: Mapping[str, FileStamp]) -> dict[str, FileStamp]:
    same: dict[str, FileStamp] = {}
    for name in names:
        if name in known:
            stamp = FileStamp(*known[name])
            try:
                status = (folder / name).stat()
            except OSError:
                continue  # read, and set aside with the reason
            if (status.st_size, status.st_mtime_ns) == (stamp.n_bytes, stamp.mtime_ns):
                same[name] = stamp
    return same


def _unfit_notice(unfit: Sequence[str], pattern: PathPattern | None) -> tuple[Notice, ...]:
    if not unfit or pattern is None:
        return ()
    return (warning("photograph.path_unfit", file=unfit[0], n_files=len(unfit), value=pattern.text),)


def _in_files(
    on_done: Callable[[int, int], None], before: int, in_batch: int, in_all: int
) -> Callable[[int, int], None]:
    """Tell of files where tasks are done."""

    def tell(n_tasks: int, _: int) -> None:
        on_done(before + min(n_tasks * _FILES_A_TASK, in_batch), in_all)

    return tell


def _batch(examined: Sequence[Examined], pattern: PathPattern | None) -> ScanBatch:
    read = [(one, one.media) for one in examined if one.media is not None]
    places, unfit = place_files([one.path for one, _ in read], pattern)
    return ScanBatch(
        media=tuple(_with_reading(media, places.get(one.path)) for one, media in read),
        refused=tuple(one.notices[0] for one in examined if one.media is None),
        notices=tuple(notice for one, _ in read for notice in one.notices),
        stamps={one.path: FileStamp(one.n_bytes, one.mtime_ns, media.sha256) for one, media in read},
        places=places,
        unfit=unfit,
    )


def _with_reading(file: MediaFile, facts: PathFacts | None) -> MediaFile:
    """The file with the time that the pattern reads, in place of what its name seemed to say."""
    if facts is None or facts.reading is None:
        return file
    others = [reading for reading in file.readings if reading.source != "file name"]
    return replace(file, readings=(*others, facts.reading))
