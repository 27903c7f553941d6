"""`pardine add` of what others keep: packages, exports, results of detectors, tables, check sheets."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from dataclasses import replace as replace_fields
from pathlib import Path

from pardine.base.errors import Notice
from pardine.base.provenance import RunRecord
from pardine.exchange.camtrap_dp.read import read_package
from pardine.exchange.camtrapr import read_camera_table, read_record_table
from pardine.exchange.check_sheet import CheckSheets
from pardine.exchange.imported import ImportedRecords
from pardine.exchange.megadetector import read_detections
from pardine.exchange.recognise import ForeignKind
from pardine.exchange.wildlife_insights import read_wildlife_insights
from pardine.observe.check_sheet import effort_from_visits
from pardine.observe.clock import ClockRecord
from pardine.observe.deployment import Deployment
from pardine.store import runs
from pardine.store.clock_records import apply_clock_correction, read_clock_records
from pardine.store.deployments import read_deployments, read_visits, save_deployments, save_visits
from pardine.store.keyed_rows import StoreSummary
from pardine.store.media import known_files, save_media
from pardine.store.media_rows import MediaBatch
from pardine.store.project import Project
from pardine.store.run_rows import end_run_within, run_id_of
from pardine.store.sightings import save_sightings
from pardine.store.slot_effort import save_slot_effort
from pardine.store.source_tables import save_sources


@dataclass(kw_only=True)
class RecordsAdded:
    """What a package, export, result file or table of others brought.

    Attributes
    ----------
    name, kind
        Of the source.
    n_deployments, n_media, n_sightings, n_effort
        That it holds; effort in intervals.
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
    n_effort: int = 0
    stored: dict[str, StoreSummary] = field(default_factory=dict)
    notices: list[Notice] = field(default_factory=list)
    run: RunRecord | None = None


@dataclass(frozen=True, kw_only=True)
class ReadRecords:
    """A source of others that was read and checked, ready to be stored.

    Attributes
    ----------
    path, kind
        Of the source.
    folder
        Name under which its media are known; empty: it follows from the path.
    records, clocks
        What it tells.
    """

    path: Path
    kind: ForeignKind
    folder: str
    records: ImportedRecords
    clocks: tuple[ClockRecord, ...] = ()

    @property
    def added(self) -> RecordsAdded:
        """It in numbers, nothing stored yet."""
        return RecordsAdded(
            name=self.path.name,
            kind=self.kind,
            n_deployments=len(self.records.deployments),
            n_media=len(self.records.media),
            n_sightings=len(self.records.sightings),
            n_effort=len(self.records.effort),
            notices=list(self.records.notices),
        )


def read_records(
    path: Path,
    kind: ForeignKind,
    *,
    folder: str = "",
    utc_offset_min: int | None = None,
    crs: str | None = None,
) -> ReadRecords:
    """Read a source of others whole; nothing is stored.

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
        Everything that its reader refuses.
    """
    records, clocks = _read(path, kind, utc_offset_min, crs)
    return ReadRecords(path=path, kind=kind, folder=folder, records=records, clocks=clocks)


def store_records(project: Project, read: ReadRecords, *, replace: bool = False) -> RecordsAdded:
    """Store deployments, media, sightings, effort and clocks of a source: all of it or, killed, nothing.

    Raises
    ------
    InputError
        ``media.refused``.
    """
    added = read.added
    parameters = {"paths": [str(read.path)], "kind": read.kind, "replace": replace}
    with project.transaction() as connection:
        added.run = runs.start_run(project, "add", parameters)
        save_sources(connection, project, read.records.sources, run_id_of(connection, added.run.uid))
        folder = _folder_of(project, read.path, read.kind, read.folder, read.records)
        records = _at_their_deployments(read.records, read_deployments(project))
        _store(project, records, read.clocks, added, folder, replace)
        added.run = end_run_within(connection, added.run, "done")
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
            sources=package.sources(path.resolve().name if path.is_dir() else path.stem),
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


def _at_their_deployments(records: ImportedRecords, stored: Sequence[Deployment]) -> ImportedRecords:
    """Records that name only a station are those of the deployment that stood there at their time.

    Tables of records tell the station, while deployments of several seasons have longer names. Where no
    deployment or more than one stood there, the name stays, and is refused as unknown.
    """
    known = {d.code for d in (*stored, *records.deployments)}
    by_station: dict[str, list[Deployment]] = defaultdict(list)
    for deployment in stored:
        by_station[deployment.station].append(deployment)

    def code_of(code: str, at: dt.datetime | None) -> str:
        if not code or code in known or at is None:
            return code
        there = [d for d in by_station[code] if d.starts and d.ends and d.starts <= at <= d.ends]
        return there[0].code if len(there) == 1 else code

    return replace_fields(
        records,
        media=tuple(replace_fields(m, deployment=code_of(m.deployment, m.wall_clock)) for m in records.media),
        sightings=tuple(
            replace_fields(s, deployment=code_of(s.deployment, s.starts)) for s in records.sightings
        ),
    )


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
    if records.effort:
        source = folder if records.media else added.name
        added.stored["effort"] = save_slot_effort(
            project, records.effort, source=source, run=run, replace=replace
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


def preview_check_sheets(sheets: CheckSheets) -> SheetsAdded:
    """What check sheets hold, nothing stored."""
    notices = [*sheets.notices, *effort_from_visits(sheets.visits).notices]
    return SheetsAdded(n_visits=len(sheets.visits), notices=notices)


def store_check_sheets(
    project: Project,
    sheets: CheckSheets,
    *,
    utc_offset_min: int | None = None,
    replace: bool = False,
) -> SheetsAdded:
    """Store check sheets, and the deployments that follow from all visits that the project holds.

    Raises
    ------
    InputError
        ``media.refused``; nothing was stored.
    """
    added = SheetsAdded(n_visits=len(sheets.visits), notices=list(sheets.notices))
    names = [source.name for source in sheets.sources]
    with project.transaction() as connection:
        run = runs.start_run(project, "add", {"paths": names, "kind": "check sheet"})
        added.visits = save_visits(project, sheets.visits, sheets.sources, run=run, replace=replace)
        derived = effort_from_visits(read_visits(project), utc_offset_min=utc_offset_min)
        added.deployments = save_deployments(project, derived.deployments, run=run, replace=replace)
        added.run = end_run_within(connection, run, "done")
    added.notices += derived.notices
    return added
