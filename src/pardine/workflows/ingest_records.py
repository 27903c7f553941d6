"""`pardine add` of what others keep: packages, exports, results of detectors, tables, check sheets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pardine.base.errors import Notice, warning
from pardine.base.provenance import RunRecord
from pardine.exchange.camtrap_dp.read import read_package
from pardine.exchange.camtrapr import read_camera_table, read_record_table
from pardine.exchange.check_sheet import read_check_sheets
from pardine.exchange.imported import ImportedRecords
from pardine.exchange.megadetector import read_detections
from pardine.exchange.recognise import ForeignKind
from pardine.exchange.wildlife_insights import read_wildlife_insights
from pardine.observe.check_sheet import effort_from_visits
from pardine.observe.clock import ClockRecord
from pardine.store import runs
from pardine.store.clock_records import apply_clock_correction, read_clock_records
from pardine.store.deployments import read_visits, save_deployments, save_visits
from pardine.store.keyed_rows import StoreSummary
from pardine.store.media import known_files, save_media
from pardine.store.media_rows import MediaBatch
from pardine.store.project import Project
from pardine.store.sightings import save_sightings
from pardine.workflows.watch import SILENT, Watcher


@dataclass(kw_only=True)
class RecordsAdded:
    """What a package, export, result file or table of others brought.

    Attributes
    ----------
    name, kind
        Of the source.
    n_deployments, n_media, n_sightings
        That it holds.
    stored
        What was new of each; empty in a dry run.
    notices
        Repairs and what a person should know.
    run
        The run that stored it; ``None`` in a dry run.
    """

    name: str
    kind: str
    n_deployments: int = 0
    n_media: int = 0
    n_sightings: int = 0
    stored: dict[str, StoreSummary] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    run: RunRecord | None = None


def add_records(
    project: Project,
    path: Path,
    kind: ForeignKind,
    *,
    folder: str = "",
    utc_offset_min: int | None = None,
    crs: str | None = None,
    dry_run: bool = False,
    replace: bool = False,
    watch: Watcher = SILENT,
) -> RecordsAdded:
    """Read a source of others whole, then store its deployments, media and sightings.

    Parameters
    ----------
    folder
        Name under which its media are known; for results of a detector, the folder of photographs that
        they speak of. By default that of the path.
    utc_offset_min, crs
        Where the source does not tell.

    Raises
    ------
    InputError
        Everything that its reader refuses; ``media.refused``.
    """
    watch.stage("read")
    records, clocks = _read(path, kind, utc_offset_min, crs)
    added = RecordsAdded(
        name=path.name,
        kind=kind,
        n_deployments=len(records.deployments),
        n_media=len(records.media),
        n_sightings=len(records.sightings),
        notices=list(records.notices),
    )
    if records.effort:
        added.notices.append(warning("add.effort_not_kept", file=path.name, n=len(records.effort)))
    watch.tell(added.notices)
    if dry_run:
        return added
    watch.stage("store")
    parameters = {"paths": [str(path)], "kind": kind, "utc_offset_min": utc_offset_min, "replace": replace}
    added.run = runs.start_run(project, "add", parameters)
    try:
        _store(project, records, clocks, added, _folder_of(project, path, kind, folder, records), replace)
    except BaseException:
        runs.fail_run(project, added.run)
        raise
    added.run = runs.finish_run(project, added.run)
    watch.tell(())
    return added


def _read(
    path: Path, kind: ForeignKind, utc_offset_min: int | None, crs: str | None
) -> tuple[ImportedRecords, tuple[ClockRecord, ...]]:
    if kind == "Camtrap DP":
        package = read_package(path, utc_offset_min=utc_offset_min)
        records = ImportedRecords(
            deployments=package.deployments,
            media=package.media,
            sightings=package.sightings,
            effort=package.effort,
            notices=package.notices,
        )
        return records, package.clocks
    if kind == "Wildlife Insights":
        return read_wildlife_insights(path, utc_offset_min=utc_offset_min), ()
    if kind == "detections":
        return read_detections(path), ()
    if kind == "camtrapR cameras":
        return read_camera_table(path, crs=crs, utc_offset_min=utc_offset_min), ()
    return read_record_table(path, utc_offset_min=utc_offset_min), ()


def _folder_of(project: Project, path: Path, kind: ForeignKind, folder: str, records: ImportedRecords) -> str:
    """The folder that the media are of; results lie in the folder of the photographs they speak of."""
    own = folder or (path.resolve().name if path.is_dir() else path.stem)
    if kind != "detections" or folder:
        return own
    beside = path.resolve().parent.name
    known = known_files(project, beside)
    return beside if known and all(media.path in known for media in records.media) else own


def _store(
    project: Project,
    records: ImportedRecords,
    clocks: Sequence[ClockRecord],
    added: RecordsAdded,
    folder: str,
    replace: bool,
) -> None:
    run = added.run
    assert run is not None
    added.stored["deployment"] = save_deployments(project, records.deployments, run=run, replace=replace)
    known = known_files(project, folder)
    imported = [media for media in records.media if media.path not in known]
    place = "" if folder in known else added.name
    summary = save_media(
        project, MediaBatch(folder=folder, place=place, imported=imported), run=run, replace=replace
    )
    added.stored["media"] = StoreSummary(
        added=summary.n_added, already_there=len(records.media) - summary.n_added
    )
    added.notices += summary.notices
    added.stored["sighting"] = save_sightings(
        project, records.sightings, folder=folder, run=run, replace=replace
    )
    stored = read_clock_records(project)
    for record in clocks:
        there = stored[record.deployment].corrections if record.deployment in stored else ()
        for correction in record.corrections:
            if correction not in there:
                apply_clock_correction(project, correction)


@dataclass(kw_only=True)
class SheetsAdded:
    """What check sheets brought.

    Attributes
    ----------
    n_visits
        Rows of the sheets.
    visits, deployments
        What was new; ``None`` in a dry run.
    notices
        What was understood, and faults of the sheets.
    run
        The run that stored them; ``None`` in a dry run.
    """

    n_visits: int
    visits: StoreSummary | None = None
    deployments: StoreSummary | None = None
    notices: list[Notice] = field(default_factory=list)
    run: RunRecord | None = None


def add_check_sheets(
    project: Project,
    paths: Sequence[Path],
    *,
    session: str = "1",
    utc_offset_min: int | None = None,
    dry_run: bool = False,
    replace: bool = False,
    watch: Watcher = SILENT,
) -> SheetsAdded:
    """Store check sheets, and the deployments that follow from all visits that the project holds.

    Raises
    ------
    InputError
        ``tables.refused``, ``media.refused``.
    """
    watch.stage("read")
    sheets = read_check_sheets(paths, default_session=session)
    added = SheetsAdded(n_visits=len(sheets.visits), notices=list(sheets.notices))
    if dry_run:
        added.notices += effort_from_visits(sheets.visits).notices
        watch.tell(added.notices)
        return added
    run = runs.start_run(project, "add", {"paths": [str(path) for path in paths], "kind": "check sheet"})
    try:
        added.visits = save_visits(project, sheets.visits, sheets.sources, run=run, replace=replace)
        derived = effort_from_visits(read_visits(project), utc_offset_min=utc_offset_min)
        added.deployments = save_deployments(project, derived.deployments, run=run, replace=replace)
    except BaseException:
        runs.fail_run(project, run)
        raise
    added.run = runs.finish_run(project, run)
    added.notices += derived.notices
    watch.tell(added.notices)
    return added
