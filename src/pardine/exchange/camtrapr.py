"""Tables as camtrapR keeps them: cameras with their problems, and records."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray

from pardine.base.place import GEOGRAPHIC, LOCAL, resolve_crs
from pardine.exchange.columns import find_columns, plain
from pardine.exchange.dates import Moment, parse_moments
from pardine.exchange.imported import YEARS, ImportedMedia, ImportedRecords
from pardine.exchange.ledger import Ledger
from pardine.exchange.numbers import is_missing, parse_numbers
from pardine.exchange.tables import Table, read_table
from pardine.exchange.words import AGE_WORDS, SEX_WORDS, STATE_WORDS, find_word
from pardine.observe.deployment import Deployment
from pardine.observe.effort import EffortInterval, State
from pardine.observe.sighting import Sighting, SightingKind

_NOON = dt.time(12)
_ONE_DAY = dt.timedelta(days=1)
_PROBLEM = re.compile(r"problem_?(\d+)_(from|to|cause|reason|state)")
SPECIES_KINDS: dict[str, SightingKind] = {
    "blank": "blank", "empty": "blank", "none": "blank", "human": "human", "person": "human",
    "people": "human", "vehicle": "vehicle", "unknown": "unknown", "unidentified": "unknown",
}  # fmt: skip


def read_camera_table(
    path: Path, *, crs: str | None = None, utc_offset_min: int | None = None
) -> ImportedRecords:
    """Read a camera operation table: one row a camera, with ``Problem1_from``, ``Problem1_to``, ...

    Parameters
    ----------
    path
        csv, tsv or xlsx.
    crs
        Of ``utm_x`` and ``utm_y``; a local map where it is not told.
    utc_offset_min
        Of all its times.

    Returns
    -------
    ImportedRecords
        Deployments and effort. A camera works from ``Setup_date`` to ``Retrieval_date``, days without
        a time meaning noon, except for its problems: their first and last day count wholly as lost.
        A problem has the state that its column ``Problem1_cause`` says, else it is unknown.

    Raises
    ------
    InputError
        ``imported.refused`` with every problem; what `exchange.tables.read_table` raises.
    """
    table = read_table(path)
    ledger = Ledger()
    columns = find_columns(table.header, ("session", "station", "slot", "x", "y", "longitude", "latitude",
                                          "start", "end"))  # fmt: skip
    slot = columns.get("slot") or next((name for name in table.header if plain(name) == "camera"), None)
    for wanted in ("station", "start", "end"):
        if wanted not in columns:
            ledger.problem("imported.missing_column", file=table.name, column=wanted)
    ledger.refuse_if_any()
    times = _times(table, columns, ledger)
    xy, xy_crs = _places(table, columns, crs, ledger)
    deployments, effort, seen = [], [], set()
    for i, station in enumerate(table.column(columns["station"])):
        session = table.column(columns["session"])[i] if "session" in columns else ""
        camera = table.column(slot)[i] if slot else ""
        code = "__".join(filter(None, (station, camera, session)))
        if not station or code in seen:
            ledger.bad_cells(
                "camtrapr.station_twice", table.name, columns["station"], [table.row_numbers[i]], [code]
            )
        seen.add(code)
        starts, ends = _at(times[columns["start"]][i]), _at(times[columns["end"]][i])
        deployments.append(
            Deployment(
                code=code,
                station=station,
                slot=camera,
                x=float(xy[i, 0]),
                y=float(xy[i, 1]),
                crs=xy_crs,
                starts=starts,
                ends=ends,
                utc_offset_min=utc_offset_min,
                covariates=_rest(table, i, (*columns.values(), slot or "", *times)),
            )
        )
        if starts is not None and ends is not None:
            spans = _spans(table, times, i, starts, ends, ledger)
            effort += [
                EffortInterval(session=session, station=station, slot=camera, starts=a, ends=b, state=state)
                for a, b, state in spans
            ]
    ledger.refuse_if_any()
    return ImportedRecords(deployments=tuple(deployments), effort=tuple(effort), notices=ledger.notices)


def _times(table: Table, columns: Mapping[str, str], ledger: Ledger) -> dict[str, list[Moment | None]]:
    """All columns of times, their day and month told apart together."""
    problem_columns = [
        n for n in table.header if (m := _PROBLEM.fullmatch(plain(n))) and m[2] in ("from", "to")
    ]
    names = [columns["start"], columns["end"], *problem_columns]
    cells = [cell for name in names for cell in table.column(name)]
    read = parse_moments(cells)
    needed = range(2 * table.n_rows)
    far_off = (i for i, moment in enumerate(read.values) if moment and moment.day.year not in YEARS)
    bad = {*read.unreadable, *read.ambiguous, *far_off, *(i for i in needed if is_missing(cells[i]))}
    for i in sorted(bad):
        column, row = names[i // table.n_rows], table.row_numbers[i % table.n_rows]
        ledger.bad_cells("imported.bad_time", table.name, column, [row], [cells[i]])
    size = table.n_rows
    values = [None if i in bad else moment for i, moment in enumerate(read.values)]
    return {name: values[k * size : (k + 1) * size] for k, name in enumerate(names)}


def _places(
    table: Table, columns: Mapping[str, str], crs: str | None, ledger: Ledger
) -> tuple[NDArray[np.float64], str]:
    geographic = {"longitude", "latitude"} <= columns.keys()
    pair = ("longitude", "latitude") if geographic else ("x", "y")
    if not set(pair) <= columns.keys():
        ledger.problem("imported.missing_column", file=table.name, column="utm_x, utm_y")
        return np.full((table.n_rows, 2), np.nan), LOCAL
    xy = np.full((table.n_rows, 2), np.nan)
    for k, name in enumerate(pair):
        cells = table.column(columns[name])
        xy[:, k] = parse_numbers(cells, table.separator).values
        bad = np.flatnonzero(~np.isfinite(xy[:, k])).tolist()
        if bad:
            rows = [table.row_numbers[i] for i in bad]
            ledger.bad_cells("imported.bad_number", table.name, columns[name], rows, [cells[i] for i in bad])
    return xy, GEOGRAPHIC if geographic else resolve_crs(crs or LOCAL)


def _spans(
    table: Table,
    times: Mapping[str, list[Moment | None]],
    i: int,
    starts: dt.datetime,
    ends: dt.datetime,
    ledger: Ledger,
) -> list[tuple[dt.datetime, dt.datetime, State]]:
    """The camera working all the time, and each of its problems, which take away from that."""
    row = table.row_numbers[i]
    if ends <= starts:
        facts = {"file": table.name, "row": row, "value": f"{starts} – {ends}"}
        ledger.problem("camtrapr.ends_before_it_starts", **facts)
        return []
    spans: list[tuple[dt.datetime, dt.datetime, State]] = [(starts, ends, "working")]
    named = {match.groups(): name for name in table.header if (match := _PROBLEM.fullmatch(plain(name)))}
    for number in sorted({number for number, _ in named}, key=int):
        first = _moment(times, named.get((number, "from")), i)
        last = _moment(times, named.get((number, "to")), i)
        if first is None and last is None:
            continue
        begins = max(first.at(dt.time()), starts) if first else None
        stops = min(_after(last), ends) if last else None
        if begins is None or stops is None or stops <= begins:
            facts = {"file": table.name, "row": row, "value": f"Problem{number}: {first} – {last}"}
            ledger.problem("camtrapr.bad_problem", **facts)
            continue
        cause = next(
            (named[number, part] for part in ("cause", "reason", "state") if (number, part) in named), None
        )
        told = table.column(cause)[i] if cause else ""
        spans.append((begins, stops, find_word(told, STATE_WORDS) or "unknown"))
    return spans


def _moment(times: Mapping[str, list[Moment | None]], column: str | None, i: int) -> Moment | None:
    return times[column][i] if column else None


def _after(moment: Moment) -> dt.datetime:
    """End of the day, where no time of day is told."""
    return moment.at(dt.time()) + (_ONE_DAY if moment.clock is None else dt.timedelta())


def _at(moment: Moment | None) -> dt.datetime | None:
    return None if moment is None else moment.at(_NOON)


def _rest(table: Table, i: int, used: Iterable[str]) -> dict[str, str]:
    skip = set(used)
    return {
        name: column[i]
        for name, column in zip(table.header, table.columns, strict=True)
        if name not in skip and column[i] and not is_missing(column[i])
    }


def read_record_table(path: Path, *, utc_offset_min: int | None = None) -> ImportedRecords:
    """Read a record table: one row an animal that was photographed, with or without individuals.

    Parameters
    ----------
    path
        csv, tsv or xlsx with ``Station``, ``Species``, ``DateTimeOriginal`` (or ``Date`` and ``Time``),
        and if known ``Individual``, ``Camera``, ``Directory``, ``FileName``.
    utc_offset_min
        Of all its times.

    Returns
    -------
    ImportedRecords
        A sighting for each row; a media row for each file that is named. The table holds only records
        that were thought independent, so it tells nothing of other photographs.

    Raises
    ------
    InputError
        ``imported.refused`` with every problem; what `exchange.tables.read_table` raises.
    """
    table = read_table(path)
    ledger = Ledger()
    names = {plain(name): name for name in table.header}
    wanted = ("station", "species", *(() if "datetimeoriginal" in names else ("date", "time")))
    for column in wanted:
        if column not in names:
            ledger.problem("imported.missing_column", file=table.name, column=column)
    ledger.refuse_if_any()
    moments = _record_times(table, names, ledger)
    media: dict[str, ImportedMedia] = {}
    sightings = []
    for i, moment in enumerate(moments):
        row = {key: table.column(name)[i] for key, name in names.items()}
        row = {key: "" if is_missing(cell) else cell for key, cell in row.items()}
        if not row["station"]:
            ledger.bad_cells(
                "imported.missing_value", table.name, names["station"], [table.row_numbers[i]], [""]
            )
        image = _record_media(row, moment, utc_offset_min)
        if image is not None:
            media.setdefault(image.code, image)
        sightings.append(_record_sighting(row, i, moment, utc_offset_min, image))
    ledger.refuse_if_any()
    return ImportedRecords(media=tuple(media.values()), sightings=tuple(sightings), notices=ledger.notices)


def _record_times(table: Table, names: Mapping[str, str], ledger: Ledger) -> list[dt.datetime | None]:
    if "datetimeoriginal" in names:
        column = names["datetimeoriginal"]
        cells: Sequence[str] = table.column(column)
    else:
        column = names["date"]
        pairs = zip(table.column(column), table.column(names["time"]), strict=True)
        cells = [f"{day} {clock}" for day, clock in pairs]
    read = parse_moments(cells)
    bad = [i for i, moment in enumerate(read.values) if moment is None or moment.clock is None]
    bad += [i for i, moment in enumerate(read.values) if moment and moment.day.year not in YEARS]
    if bad:
        rows = [table.row_numbers[i] for i in bad]
        ledger.bad_cells("imported.bad_time", table.name, column, rows, [cells[i] for i in bad])
    return [_at(moment) for moment in read.values]


def _record_media(
    row: Mapping[str, str], at: dt.datetime | None, utc_offset_min: int | None
) -> ImportedMedia | None:
    """The photograph of a record, its folder told from the station on: the rest is another computer's."""
    name = row.get("filename", "")
    if not name:
        return None
    folder = PurePosixPath(row.get("directory", "").replace("\\", "/"))
    parts = [part for part in folder.parts if part not in ("..", "/")]
    below = parts[parts.index(row["station"]) :] if row["station"] in parts else [row["station"]]
    path = "/".join((*below, name.replace("\\", "/").rpartition("/")[2]))
    return ImportedMedia(
        code=path,
        deployment=_deployment_code(row),
        path=path,
        wall_clock=at,
        utc_offset_min=utc_offset_min,
        name=name,
    )


def _deployment_code(row: Mapping[str, str]) -> str:
    """As `read_camera_table` makes it."""
    return "__".join(filter(None, (row["station"], row.get("camera", ""), row.get("session", ""))))


_USED_OF_RECORDS = (
    "station", "species", "individual", "filename", "datetimeoriginal", "date", "time", "camera", "session",
    "n_images", "count", "sex", "age",
)  # fmt: skip


def _record_sighting(
    row: Mapping[str, str],
    i: int,
    at: dt.datetime | None,
    utc_offset_min: int | None,
    image: ImportedMedia | None,
) -> Sighting:
    count = row.get("count", "")
    kind = SPECIES_KINDS.get(row["species"].casefold(), "animal")
    return Sighting(
        code=f"record {i + 1}",
        deployment=_deployment_code(row),
        media=image.code if image else "",
        starts=at,
        ends=at,
        utc_offset_min=utc_offset_min,
        kind=kind,
        species=row["species"] if kind == "animal" else "",
        count=int(count) if count.isdecimal() and int(count) > 0 else None,
        sex=find_word(row.get("sex", ""), SEX_WORDS),
        age_class=find_word(row.get("age", ""), AGE_WORDS),
        individual=row.get("individual", ""),
        method="human",
        attributes={key: cell for key, cell in row.items() if cell and key not in _USED_OF_RECORDS},
    )
