"""`pardine add` of a folder of photographs and video: read, timed, placed and stored in batches."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from pardine.base.bulk import local_executor
from pardine.base.errors import Notice, note, warning
from pardine.base.provenance import RunRecord
from pardine.exchange.options import CardOptions
from pardine.exchange.photo_tags import sightings_from_tags
from pardine.exchange.photographs.copies import Copy, find_copies
from pardine.exchange.photographs.folder_times import choose_times
from pardine.exchange.photographs.header import ReadLimits
from pardine.exchange.photographs.path_pattern import PathFacts, PathPattern
from pardine.exchange.photographs.scan import (
    FileStamp,
    ScanBatch,
    find_duplicates,
    iter_scan,
    place_files,
    unchanged_files,
)
from pardine.exchange.photographs.thumbnails import write_thumbnails
from pardine.exchange.photographs.walk import find_files
from pardine.observe.deployment import Deployment
from pardine.observe.media import MediaFile
from pardine.observe.sighting import Sighting, source_of
from pardine.store import runs
from pardine.store.deployments import read_deployments, save_deployments
from pardine.store.media import known_files, save_media
from pardine.store.media_page import MAX_PAGE, PagePlace, read_media_page
from pardine.store.media_rows import MediaBatch, NewMedia, StoredMedia
from pardine.store.project import Project
from pardine.store.sightings import save_sightings
from pardine.workflows.cards import place_photographs
from pardine.workflows.watch import SILENT, Watcher

# A batch is what a killed ingest may have to read again; processes take a second to start for each.
_FILES_A_BATCH, _FILES_A_BATCH_OF_PROCESSES = 500, 4000
_LIMITS = ReadLimits()


@dataclass(kw_only=True)
class PhotographsAdded:
    """A folder of photographs and video, in numbers and with all that a person should know.

    Attributes
    ----------
    folder, place
        Name under which it is known, and where it lies.
    n_read, n_unchanged
        Photographs and videos that were read now, and those known from before.
    n_added
        New ones stored, or that would be.
    n_without_deployment, n_waiting
        Of those read: no deployment; no time that can be relied on.
    refused
        Files set aside, each with its reason.
    duplicates
        Groups of paths that hold the same bytes.
    copies
        Pictures saved again.
    made
        Codes of deployments that only the paths tell of.
    notices
        What else is worth knowing.
    run
        The run that stored it; ``None`` in a dry run.
    """

    folder: str
    place: str
    n_read: int = 0
    n_unchanged: int = 0
    n_added: int = 0
    n_without_deployment: int = 0
    n_waiting: int = 0
    refused: list[Notice] = field(default_factory=list)
    duplicates: tuple[tuple[str, ...], ...] = ()
    copies: list[Copy] = field(default_factory=list)
    made: list[str] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    run: RunRecord | None = None


def add_photographs(
    project: Project,
    path: Path,
    options: CardOptions,
    *,
    n_workers: int = 1,
    dry_run: bool = False,
    replace: bool = False,
    watch: Watcher = SILENT,
) -> PhotographsAdded:
    """Read a folder of photographs and video and store what it holds, batch by batch.

    Files that are stored already, with the same size and time of change, are not read again: a folder
    whose ingest was broken off goes on where it was. Originals are opened for reading only.

    Parameters
    ----------
    path
        The folder.
    replace
        Read everything again, and let photographs change their deployment.

    Raises
    ------
    InputError
        ``photograph.no_folder``, ``photograph.pattern_*``; ``media.refused``: a file is of another
        deployment than before.
    """
    pattern = PathPattern(options.pattern) if options.pattern else None
    watch.stage("photographs")
    added = PhotographsAdded(folder=options.folder or path.resolve().name, place=str(path.resolve()))
    names, of_folder = find_files(path)
    before = known_files(project, added.folder)
    known = {} if replace else before
    unchanged = unchanged_files(path, names, known)
    added.n_unchanged = len(unchanged)
    added.notices += of_folder
    work = _Ingest(project, path, options, pattern, added, replace=replace, before=frozenset(before))
    todo = sorted(set(names) - set(unchanged))
    was_broken_off = _was_broken_off(project, added.folder)
    if not dry_run:
        added.run = runs.start_run(project, "add", _parameters(path, options, added, replace=replace))
    try:
        for batch in _batches(path, todo, pattern, n_workers, watch):
            work.take(batch)
        if was_broken_off and unchanged:
            work.say_again(frozenset(unchanged))
        work.finish(unchanged, {name: known[name] for name in unchanged})
    except BaseException:
        if added.run is not None:
            runs.fail_run(project, added.run)
        raise
    if added.run is not None:
        added.run = runs.finish_run(project, added.run)
        if options.thumbnails:
            watch.stage("thumbnails")
            _make_thumbnails(project, path, added.folder, names, n_workers, watch)
    watch.tell(())
    return added


def _parameters(
    path: Path, options: CardOptions, added: PhotographsAdded, *, replace: bool
) -> dict[str, object]:
    return {
        "paths": [str(path)],
        "folder": added.folder,
        "pattern": options.pattern,
        "utc_offset_min": options.utc_offset_min,
        "replace": replace,
    }


def _make_thumbnails(
    project: Project, path: Path, folder: str, names: Sequence[str], n_workers: int, watch: Watcher
) -> None:
    """Those that are missing; pictures that cannot be decoded have none."""
    wanted = set(names)
    files = [
        (path / name, stamp.sha256) for name, stamp in known_files(project, folder).items() if name in wanted
    ]
    write_thumbnails(
        files, project.derived, make_executor=partial(local_executor, n_workers), on_done=watch.done
    )


def _was_broken_off(project: Project, folder: str) -> bool:
    """Whether an earlier ingest of a folder did not come to its end."""
    of_folder = [r for r in runs.all_runs(project, workflow="add") if r.parameters.get("folder") == folder]
    return bool(of_folder) and of_folder[-1].status != "done"


def _batches(
    path: Path, names: Sequence[str], pattern: PathPattern | None, n_workers: int, watch: Watcher
) -> Iterator[ScanBatch]:
    """Whole folders together, so that each file is judged beside its neighbours."""
    make_executor: Callable[[], Executor] = partial(local_executor, n_workers)
    n_before = 0

    def done(n_read: int, _: int) -> None:
        watch.done(n_before + n_read, len(names))

    size = _FILES_A_BATCH if n_workers <= 1 else _FILES_A_BATCH_OF_PROCESSES
    for group in whole_folders(names, size):
        yield from iter_scan(
            path,
            group,
            pattern=pattern,
            make_executor=make_executor,
            on_done=done,
            files_a_batch=len(group),
        )
        n_before += len(group)


def whole_folders(names: Sequence[str], n_files: int) -> Iterator[list[str]]:
    """Sorted paths in groups of about so many files; a folder is never parted."""
    group: list[str] = []
    for name in sorted(names, key=lambda name: (name.rpartition("/")[0], name)):
        if len(group) >= n_files and name.rpartition("/")[0] != group[-1].rpartition("/")[0]:
            yield group
            group = []
        group.append(name)
    if group:
        yield group


class _Ingest:
    """Takes batch after batch into the project and counts what they hold."""

    def __init__(
        self,
        project: Project,
        path: Path,
        options: CardOptions,
        pattern: PathPattern | None,
        added: PhotographsAdded,
        *,
        replace: bool,
        before: frozenset[str],
    ) -> None:
        self.before = before
        self.project, self.path, self.options, self.pattern = project, path, options, pattern
        self.added, self.replace = added, replace
        self.deployments = list(read_deployments(project))
        self.stamps: dict[str, FileStamp] = {}
        self.unfit: list[str] = []
        self.torn: list[tuple[str, str, str]] = []
        self.now = dt.datetime.now()

    def take(self, batch: ScanBatch) -> None:
        """Settle times and deployments of a batch, and store it."""
        offset = self.options.utc_offset_min
        offsets = {} if offset is None else {file.path: offset for file in batch.media}
        times = choose_times(batch.media, now=self.now, utc_offsets_min=offsets)
        clocks = {file.path: time.wall_clock for file, time in zip(batch.media, times.times, strict=True)}
        placed = place_photographs(clocks, batch.places, self.deployments, utc_offset_min=offset)
        copies = find_copies(batch.media, self.path, limits=_LIMITS)
        media = [
            NewMedia(
                file=file,
                time=time,
                deployment=placed.codes.get(file.path, ""),
                mtime_ns=batch.stamps[file.path].mtime_ns,
            )
            for file, time in zip(batch.media, times.times, strict=True)
        ]
        self._count(batch, media, copies)
        self.added.notices += [*batch.notices, *times.notices, *placed.notices]
        self.added.made += [d.code for d in placed.made]
        self.deployments += placed.made
        tagged, doubtful = sightings_from_tags(batch.media, placed.codes)
        self.added.notices += doubtful
        said = [*tagged, *_said_by_paths(batch.places, placed.codes)]
        self.torn += _named_differently(said)
        self._store(media, batch.refused, copies, placed.made, said)

    def _count(self, batch: ScanBatch, media: Sequence[NewMedia], copies: Sequence[Copy]) -> None:
        self.stamps.update(batch.stamps)
        self.unfit += batch.unfit
        self.added.n_read += len(media)
        self.added.n_without_deployment += sum(not new.deployment for new in media)
        self.added.n_waiting += sum(not new.time.accepted for new in media)
        self.added.refused += batch.refused
        self.added.copies += copies

    def _store(
        self,
        media: Sequence[NewMedia],
        refused: Sequence[Notice],
        copies: Sequence[Copy],
        made: Sequence[Deployment],
        said: Sequence[Sighting],
    ) -> None:
        run = self.added.run
        if run is None:
            self.added.n_added += len(media)
            return
        batch = MediaBatch(
            folder=self.added.folder, place=self.added.place, media=media, refused=refused, copies=copies
        )
        # One transaction a batch: a kill in between leaves none of it.
        with self.project.transaction():
            if made:
                save_deployments(self.project, made, run=run)
            summary = save_media(self.project, batch, run=run, replace=self.replace)
            again = [new.file.path for new in media if new.file.path in self.before]
            if said or again:
                save_sightings(
                    self.project, said, folder=self.added.folder, run=run, replace=True, whole=again
                )
        self.added.n_added += summary.n_added
        self.added.notices += summary.notices

    def say_again(self, unchanged: Collection[str]) -> None:
        """Sightings of photographs that were stored when an ingest was broken off before it stored these."""
        if self.added.run is None:
            return
        after: PagePlace | None = None
        while True:
            page = read_media_page(self.project, after=after, limit=MAX_PAGE)
            own = [m for m in page.media if m.folder == self.added.folder and m.path in unchanged]
            codes = {media.path: media.deployment for media in own}
            places, _ = place_files(list(codes), self.pattern)
            tagged, _ = sightings_from_tags(map(_tagged_file, own), codes)
            said = [*tagged, *_said_by_paths(places, codes)]
            if said:
                save_sightings(self.project, said, folder=self.added.folder, run=self.added.run, replace=True)
            after = page.next_after
            if after is None:
                return

    def finish(self, unchanged: Sequence[str], known: Mapping[str, FileStamp]) -> None:
        """Say what only the whole folder tells."""
        added = self.added
        added.duplicates = find_duplicates({**known, **self.stamps})
        _, unfit = place_files(unchanged, self.pattern)
        added.notices += _summary_notices(added, (*self.unfit, *unfit), self.pattern)
        if self.torn:
            (file, value, other), n = self.torn[0], len(self.torn)
            added.notices.append(warning("add.names_differ", file=file, n=n, value=value, other=other))


def _tagged_file(media: StoredMedia) -> MediaFile:
    """A stored file as far as its tags go."""
    return MediaFile(
        path=media.path,
        sha256=media.sha256,
        n_bytes=0,
        kind=media.kind,
        width_px=0,
        height_px=0,
        tags=tuple(media.metadata.get("tags", ())),
    )


def _summary_notices(
    added: PhotographsAdded, unfit: Sequence[str], pattern: PathPattern | None
) -> list[Notice]:
    notices: list[Notice] = []
    if unfit and pattern is not None:
        notices.append(
            warning("photograph.path_unfit", file=unfit[0], n_files=len(unfit), value=pattern.text)
        )
    if added.made:
        shown = ", ".join(added.made[:5]) + (" …" if len(added.made) > 5 else "")
        notices.append(note("add.deployments_made", n=len(added.made), value=shown))
    if added.n_without_deployment:
        notices.append(warning("add.no_deployment", folder=added.folder, n_files=added.n_without_deployment))
    if added.n_waiting:
        notices.append(warning("add.times_waiting", folder=added.folder, n_files=added.n_waiting))
    if added.duplicates:
        first = " = ".join(added.duplicates[0][:3])
        notices.append(warning("add.duplicates", folder=added.folder, n=len(added.duplicates), value=first))
    if added.copies:
        one = added.copies[0]
        notices.append(warning("add.copies", n=len(added.copies), file=one.path, value=one.of))
    return notices


def _said_by_paths(places: Mapping[str, PathFacts], codes: Mapping[str, str]) -> list[Sighting]:
    """What folders and names say of species and individuals, as people sorted them."""
    return [
        Sighting(
            code=f"{path}#path",
            deployment=codes.get(path, ""),
            media=path,
            kind="animal",
            species=facts.species,
            individual=facts.individual,
            method="human",
        )
        for path, facts in places.items()
        if facts.species or facts.individual
    ]


def _named_differently(said: Sequence[Sighting]) -> list[tuple[str, str, str]]:
    """Photographs whose path and tags name different animals: path below the folder, by path, by tags."""
    names: dict[str, dict[str, set[str]]] = {}
    for sighting in said:
        if sighting.individual:
            of_file = names.setdefault(sighting.media, {})
            of_file.setdefault(source_of(sighting.code), set()).add(sighting.individual)
    return [
        (file, ", ".join(sorted(told["path"])), ", ".join(sorted(told["tag"])))
        for file, told in names.items()
        if {"path", "tag"} <= set(told) and told["path"] != told["tag"]
    ]


def count_reasons(refused: Sequence[Notice]) -> Counter[str]:
    """How many files were set aside for each reason."""
    return Counter(notice.code for notice in refused)
