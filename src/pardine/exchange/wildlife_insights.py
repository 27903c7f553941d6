"""Wildlife Insights exports: projects, cameras, deployments and images as four tables."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pardine.base.errors import InputError
from pardine.exchange.container import Container, open_container
from pardine.exchange.dates import Moment, parse_moments
from pardine.exchange.imported import YEARS, ImportedMedia, ImportedRecords
from pardine.exchange.ledger import Ledger
from pardine.exchange.text_frame import TextFrame, read_text_frame
from pardine.exchange.words import AGE_WORDS, SEX_WORDS, find_word
from pardine.observe.deployment import Deployment
from pardine.observe.effort import EffortInterval, State
from pardine.observe.sighting import Method, Sighting, SightingKind

_NEEDED = {
    "deployments": ("deployment_id", "placename", "longitude", "latitude", "start_date", "end_date"),
    "images": ("deployment_id", "image_id", "timestamp"),
}
# What the export calls the end of a camera, and the cause that it is with us.
_CAUSES: dict[str, State] = {
    "camera functioning": "working", "functioning": "working", "unknown failure": "unknown",
    "vandalism/theft": "vandalised", "memory card/film failure": "full", "memory card failure": "full",
    "camera hardware failure": "dead", "wildlife damage": "moved",
}  # fmt: skip
_RANKS = ("genus", "family", "order", "class")
_NOT_NAMED = ("", "unknown", "no cv result", "animal", "unidentified")
_MIDNIGHT = dt.time()
Row = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class _Table:
    """Rows as texts, missing cells empty, with their lines."""

    file: str
    rows: list[Row]
    lines: Sequence[int]


def read_wildlife_insights(path: Path, *, utc_offset_min: int | None = None) -> ImportedRecords:
    """Read an export.

    Parameters
    ----------
    path
        Its folder, or the zip as it was downloaded.
    utc_offset_min
        Of all its times; the export does not tell it.

    Returns
    -------
    ImportedRecords
        One media row for each image, and one sighting for each row of the images table. A deployment
        whose dates have no time of day holds its first and last day wholly; its effort begins and ends
        at noon. A camera that failed is taken to have worked until its last image.

    Raises
    ------
    InputError
        ``imported.refused`` with every problem; what opening and reading the tables raises.
    """
    ledger = Ledger()
    with open_container(path) as container:
        deployment_tables = _tables(container, "deployments", ledger)
        image_tables = _tables(container, "images", ledger)
        cameras = _tables(container, "cameras", ledger)
        projects = _tables(container, "projects", ledger)
    ledger.refuse_if_any()
    makes = {row.get("camera_id", ""): row for table in cameras for row in table.rows}
    deployments = {
        each.code: each for t in deployment_tables for each in _deployments(t, makes, utc_offset_min, ledger)
    }
    media: dict[str, ImportedMedia] = {}
    sightings: list[Sighting] = []
    for table in image_tables:
        _read_images(table, deployments, utc_offset_min, media, sightings, ledger)
    ledger.refuse_if_any()
    _tell_times(media.values(), path.name, utc_offset_min, ledger)
    first_project = next((row for table in projects for row in table.rows), {})
    return ImportedRecords(
        deployments=tuple(deployments.values()),
        media=tuple(media.values()),
        sightings=tuple(sightings),
        effort=_effort(deployments.values(), media.values(), ledger),
        metadata={name: cell for name, cell in first_project.items() if cell},
        notices=ledger.notices,
    )


def _tables(container: Container, kind: str, ledger: Ledger) -> list[_Table]:
    """Tables of one kind; large exports part their images into several files."""
    names = [
        name
        for name in container.names()
        if "/" not in name and name.casefold().startswith(kind) and ".csv" in name.casefold()
    ]
    if not names and kind in _NEEDED:
        ledger.problem("imported.no_table", file=container.name, value=f"{kind}.csv")
    tables = []
    for name in names:
        try:
            read = read_text_frame(container.read(name), name, _NEEDED.get(kind, ()))
        except InputError as error:
            ledger.absorb(error)
            continue
        lacking = [column for column in _NEEDED.get(kind, ()) if column not in read.frame.columns]
        for column in lacking:
            ledger.problem("imported.missing_column", file=name, column=column)
        if not lacking:
            tables.append(_table(read))
    return tables


def _table(read: TextFrame) -> _Table:
    return _Table(file=read.file, rows=list(read.frame.fill_null("").iter_rows(named=True)), lines=read.lines)


def _deployments(
    table: _Table, makes: Mapping[str, Row], utc_offset_min: int | None, ledger: Ledger
) -> list[Deployment]:
    starts = _moments(table, "start_date", ledger)
    ends = _moments(table, "end_date", ledger)
    told = [moment.clock for moment in (*starts, *ends) if moment]
    # Times that are all midnight are days that a program wrote as times.
    days_only = all(clock in (None, _MIDNIGHT) for clock in told)
    if days_only and told:
        ledger.warn("wildlifeinsights.days_only", file=table.file)
    codes = Counter(row["deployment_id"] for row in table.rows)
    deployments = []
    for row, line, start, end in zip(table.rows, table.lines, starts, ends, strict=True):
        place = [_number(table, row, line, column, ledger) for column in ("longitude", "latitude")]
        if not row["deployment_id"] or codes[row["deployment_id"]] > 1:
            facts = {"row": line, "column": "deployment_id", "value": row["deployment_id"]}
            ledger.problem("wildlifeinsights.bad_code", file=table.file, **facts)
        camera = makes.get(row.get("camera_id", ""), {})
        deployments.append(
            Deployment(
                code=row["deployment_id"],
                station=row["placename"] or row["deployment_id"],
                x=place[0],
                y=place[1],
                starts=_at(start, days_only),
                ends=_at(end, days_only, dt.timedelta(days=1)),
                utc_offset_min=utc_offset_min,
                camera_serial=camera.get("serial_number") or row.get("camera_id", ""),
                camera_model="-".join(filter(None, (camera.get("make"), camera.get("model")))),
                covariates=_rest(row, ("deployment_id", "placename", *_NEEDED["deployments"])),
            )
        )
    return deployments


def _moments(table: _Table, column: str, ledger: Ledger) -> list[Moment | None]:
    """Times of a column; what is missing or cannot be read is a problem."""
    cells = [row[column] for row in table.rows]
    read = parse_moments(cells)
    odd = (i for i, moment in enumerate(read.values) if moment is None or moment.day.year not in YEARS)
    bad = dict.fromkeys(sorted({*read.unreadable, *read.ambiguous, *odd}))
    if bad:
        rows, values = [table.lines[i] for i in bad], [cells[i] for i in bad]
        ledger.bad_cells("imported.bad_time", table.file, column, rows, values)
    return [None if i in bad else moment for i, moment in enumerate(read.values)]


def _at(
    moment: Moment | None, days_only: bool = False, after: dt.timedelta = dt.timedelta()
) -> dt.datetime | None:
    """A moment; of a day only, its beginning and the time after that."""
    if moment is None:
        return None
    return dt.datetime.combine(moment.day, _MIDNIGHT) + after if days_only else moment.at(_MIDNIGHT)


def _number(table: _Table, row: Row, line: int, column: str, ledger: Ledger) -> float:
    limit = 180.0 if column == "longitude" else 90.0
    try:
        number = float(row[column])
    except ValueError:
        number = math.nan
    if not abs(number) <= limit:
        facts = {"row": line, "column": column, "value": row[column]}
        ledger.problem("imported.bad_number", file=table.file, **facts)
    return number


def _read_images(
    table: _Table,
    deployments: Mapping[str, Deployment],
    utc_offset_min: int | None,
    media: dict[str, ImportedMedia],
    sightings: list[Sighting],
    ledger: Ledger,
) -> None:
    """Add media and sightings of one table of images to those that there are."""
    moments = _moments(table, "timestamp", ledger)
    told: Counter[str] = Counter(sighting.media for sighting in sightings)
    unknown = []
    for i, (row, moment) in enumerate(zip(table.rows, moments, strict=True)):
        code = row["image_id"]
        if row["deployment_id"] not in deployments or not code:
            unknown.append(i)
            continue
        at = _at(moment)
        told[code] += 1
        if code not in media:
            media[code] = _media(row, at, utc_offset_min)
        sightings.append(_sighting(row, at, utc_offset_min, told[code], table.lines[i], table.file, ledger))
    if unknown:
        rows, values = [table.lines[i] for i in unknown], [table.rows[i]["deployment_id"] for i in unknown]
        ledger.bad_cells("wildlifeinsights.unknown_deployment", table.file, "deployment_id", rows, values)


def _media(row: Row, at: dt.datetime | None, utc_offset_min: int | None) -> ImportedMedia:
    name = row.get("filename", "")
    is_video = name.lower().endswith((".mp4", ".avi", ".mov"))
    return ImportedMedia(
        code=row["image_id"],
        deployment=row["deployment_id"],
        path=row.get("location") or name,
        kind="video" if is_video else "image",
        wall_clock=at,
        utc_offset_min=utc_offset_min,
        name=name,
        attributes={column: row[column] for column in ("license", "highlighted") if row.get(column)},
    )


def _sighting(
    row: Row,
    at: dt.datetime | None,
    utc_offset_min: int | None,
    number: int,
    line: int,
    file: str,
    ledger: Ledger,
) -> Sighting:
    code = row["image_id"] if number == 1 else f"{row['image_id']}_{number}"
    count = row.get("number_of_objects", "")
    if count and not count.isdecimal():
        ledger.problem("imported.bad_number", file=file, row=line, column="number_of_objects", value=count)
    kind = _kind(row)
    probability = row.get("cv_confidence", "")
    by = row.get("identified_by", "")
    method: Method = "machine" if probability or "computer vision" in by.casefold() else "human"
    return Sighting(
        code=code,
        deployment=row["deployment_id"],
        media=row["image_id"],
        starts=at,
        ends=at,
        utc_offset_min=utc_offset_min,
        kind=kind,
        species=_species(row) if kind in ("animal", "human") else "",
        count=int(count) if count.isdecimal() and int(count) > 0 and kind != "blank" else None,
        sex=find_word(row.get("sex", ""), SEX_WORDS),
        age_class=find_word(row.get("age", ""), AGE_WORDS),
        individual=row.get("individual_id", ""),
        method=method,
        by=by,
        probability=_share(probability, line, file, ledger),
        attributes=_rest(row, _USED_OF_IMAGES),
    )


_USED_OF_IMAGES = (
    "project_id", "deployment_id", "image_id", "filename", "location", "is_blank", "identified_by",
    "timestamp", "number_of_objects", "sex", "age", "individual_id", "cv_confidence", "license",
    "highlighted", "genus", "species",
)  # fmt: skip


def _kind(row: Row) -> SightingKind:
    common = row.get("common_name", "").casefold()
    if row.get("is_blank", "").casefold() in ("1", "true") or common == "blank":
        return "blank"
    if row.get("genus", "").casefold() == "homo" or common.startswith("human"):
        return "human"
    if "vehicle" in common:
        return "vehicle"
    if common == "no cv result":
        return "unclassified"
    return "animal" if row.get("class") or common == "animal" else "unknown"


def _species(row: Row) -> str:
    """Genus and species, else the lowest rank that is told."""
    if row.get("genus") and row.get("species"):
        return f"{row['genus']} {row['species']}"
    lowest = next((row[rank] for rank in _RANKS if row.get(rank)), "")
    return "" if lowest.casefold() in _NOT_NAMED else lowest


def _share(cell: str, line: int, file: str, ledger: Ledger) -> float | None:
    if not cell:
        return None
    try:
        share = float(cell)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        ledger.problem("imported.bad_number", file=file, row=line, column="cv_confidence", value=cell)
        return None
    return share


def _rest(row: Row, used: Sequence[str]) -> dict[str, str]:
    return {name: cell for name, cell in row.items() if cell and name not in used}


def _tell_times(
    media: Collection[ImportedMedia], file: str, utc_offset_min: int | None, ledger: Ledger
) -> None:
    if utc_offset_min is None:
        ledger.warn("wildlifeinsights.no_offset", file=file)
    at_midnight = sum(each.wall_clock is not None and each.wall_clock.time() == _MIDNIGHT for each in media)
    # By chance one photograph in 86,400 is taken in the first second of a day.
    if at_midnight > 0.5 * len(media):
        ledger.warn("wildlifeinsights.no_time_of_day", file=file, value=at_midnight, n_media=len(media))


def _effort(
    deployments: Collection[Deployment], media: Collection[ImportedMedia], ledger: Ledger
) -> tuple[EffortInterval, ...]:
    """Deployments as intervals; a camera that failed worked until its last image."""
    last: dict[str, dt.datetime] = {}
    for each in media:
        if each.wall_clock is not None:
            last[each.deployment] = max(each.wall_clock, last.get(each.deployment, dt.datetime.min))
    return tuple(
        interval for each in deployments for interval in _intervals(each, last.get(each.code), ledger)
    )


def _intervals(each: Deployment, last: dt.datetime | None, ledger: Ledger) -> list[EffortInterval]:
    if each.starts is None or each.ends is None or each.ends <= each.starts:
        ledger.warn("wildlifeinsights.no_effort", deployment=each.code)
        return []
    starts, ends = _noon_to_noon(each.starts, each.ends)
    told = each.covariates.get("camera_functioning", "")
    state: State = _CAUSES.get(told.casefold(), "working" if not told else "unknown")
    spans: list[tuple[dt.datetime, dt.datetime, State]]
    if state == "working":
        spans = [(starts, ends, state)]
    else:
        failed = min(max(last or starts, starts), ends)
        spans = [(starts, failed, "working"), (failed, ends, state)]
        ledger.warn("wildlifeinsights.failed_camera", deployment=each.code, value=told, made=str(failed))
    session = each.covariates.get("project_id", "")
    return [
        EffortInterval(session=session, station=each.station, starts=start, ends=end, state=what)
        for start, end, what in spans
        if start < end
    ]


def _noon_to_noon(starts: dt.datetime, ends: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """Cameras are put up and taken down by day: whole days lose half of the first and of the last."""
    half_a_day = dt.timedelta(hours=12)
    whole_days = starts.time() == ends.time() == _MIDNIGHT
    return (starts + half_a_day, ends - half_a_day) if whole_days else (starts, ends)
