"""What the standard has no place for: our own further tables, declared in the package and read back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import polars as pl

from pardine.base.errors import Notice
from pardine.exchange.camtrap_dp.check import NUMBER
from pardine.exchange.camtrap_dp.specification import TableName
from pardine.exchange.ledger import Ledger
from pardine.observe.effort import STATES, EffortInterval

OWN_PREFIX = "pardine-"
CAMERAS, FILES, EFFORT = "pardine-cameras", "pardine-files", "pardine-effort"
CLOCKS, IDENTITY, COLUMNS = "pardine-clocks", "pardine-identity", "pardine-columns"

# Columns with their Table Schema types, and the table that the first column refers to.
_DECLARED: dict[str, tuple[str, TableName | None, dict[str, str]]] = {
    CAMERAS: (
        "Slot of each camera at its station, and the coordinates as they were measured",
        "deployments",
        {"deploymentID": "string", "slot": "string", "x": "number", "y": "number", "crs": "string"},
    ),
    FILES: (
        "Hash and size of each photograph or video",
        "media",
        {"mediaID": "string", "sha256": "string", "bytes": "integer"},
    ),
    EFFORT: (
        "What each camera slot did from one moment to another, and why it did not work",
        None,
        {"session": "string", "station": "string", "slot": "string", "starts": "string", "ends": "string",
         "state": "string"},
    ),
    CLOCKS: (
        "Corrections of camera clocks with their evidence",
        "deployments",
        {"deploymentID": "string", "utcOffsetMin": "integer", "kind": "string", "offsetS": "number",
         "driftSPerDay": "number", "pivot": "string", "appliesFrom": "string", "appliesUntil": "string",
         "checks": "string", "reason": "string", "by": "string", "at": "string"},
    ),
    IDENTITY: (
        "Side of the animal and what its identity rests on",
        "observations",
        {"observationID": "string", "individualID": "string", "side": "string", "evidence": "string",
         "by": "string", "at": "string", "comments": "string"},
    ),
    COLUMNS: (
        "Columns that came with the tables and that the standard does not know",
        None,
        {"table": "string", "key": "string", "column": "string", "value": "string"},
    ),
}  # fmt: skip
DECLARED_TABLES = tuple(_DECLARED)
_KEYS: dict[TableName, str] = {
    "deployments": "deploymentID", "media": "mediaID", "observations": "observationID"
}  # fmt: skip


def own_table(name: str, rows: Iterable[Mapping[str, str | None]]) -> pl.DataFrame:
    """Rows of one of our own tables as a frame of text; unknown columns are a programmer's error.

    Raises
    ------
    ValueError
        A column is not declared.
    """
    columns = _DECLARED[name][2]
    rows = list(rows)
    if unknown := {column for row in rows for column in row} - columns.keys():
        raise ValueError(f"{name} has no columns {sorted(unknown)}")
    return pl.DataFrame(rows, schema=dict.fromkeys(columns, pl.String))


def own_columns(name: str) -> tuple[str, ...]:
    """Columns of one of our own tables, empty for one that this version does not know."""
    return tuple(_DECLARED[name][2]) if name in _DECLARED else ()


def check_own(
    name: str, frame: pl.DataFrame, keys: Mapping[TableName, Collection[str]], ledger: Ledger
) -> None:
    """Name what is wrong with one of our own tables: numbers, keys, rows that stand twice.

    Parameters
    ----------
    name, frame
        The table.
    keys
        Known keys of the tables of the standard.
    ledger
        Takes the problems.
    """
    file = f"{name}.csv"
    _, target, types = _DECLARED.get(name, ("", None, {}))
    for column, kind in types.items():
        if kind != "string":
            _tell(frame, file, column, ~frame[column].str.contains(NUMBER), "camtrapdp.not_number", ledger)
    if target is not None and target in keys:
        key = frame[_KEYS[target]]
        _tell(frame, file, key.name, key.is_null(), "imported.missing_value", ledger)
        unknown = ~key.is_in(list(keys[target]))
        rows, values = _where(unknown, key)
        if rows:
            facts = {"expected": target, "similar": "–"}
            ledger.bad_cells("camtrapdp.unknown_key", file, key.name, rows, values, **facts)
    if name in (CAMERAS, FILES):
        key = frame[frame.columns[0]]
        _tell(frame, file, key.name, ~key.is_first_distinct(), "camtrapdp.not_unique", ledger)


def _tell(frame: pl.DataFrame, file: str, column: str, mask: pl.Series, code: str, ledger: Ledger) -> None:
    rows, values = _where(mask, frame[column])
    if rows:
        ledger.bad_cells(code, file, column, rows, values)


def _where(mask: pl.Series, cells: pl.Series) -> tuple[list[int], list[str | None]]:
    """Lines (below a header) and values of the cells that a mask marks."""
    mask = mask.fill_null(False)
    return [i + 2 for i in mask.arg_true().to_list()], cells.filter(mask).to_list()


def resource_of(name: str, frame: pl.DataFrame) -> dict[str, Any]:
    """How a further table is declared in datapackage.json."""
    title, target, types = _DECLARED.get(name, ("", None, dict.fromkeys(frame.columns, "string")))
    schema: dict[str, Any] = {
        "fields": [{"name": column, "type": types.get(column, "string")} for column in frame.columns],
        "missingValues": [""],
    }
    if target is not None:
        key = _KEYS[target]
        schema["foreignKeys"] = [{"fields": key, "reference": {"resource": target, "fields": key}}]
    return {
        "name": name,
        **({"title": title} if title else {}),
        "path": f"{name}.csv",
        "profile": "tabular-data-resource",
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": schema,
    }


def columns_table(extras: Mapping[TableName, pl.DataFrame]) -> pl.DataFrame:
    """Further columns of all tables in long form, missing cells left out."""
    parts = []
    for table, frame in extras.items():
        key = _KEYS[table]
        names = [name for name in frame.columns if name != key]
        if names and frame.height:
            long = frame.unpivot(on=names, index=key, variable_name="column", value_name="value").drop_nulls()
            parts.append(
                long.select(pl.lit(table).alias("table"), pl.col(key).alias("key"), "column", "value")
            )
    return pl.concat([own_table(COLUMNS, ()), *parts])


def extras_of(columns: pl.DataFrame, table: TableName, keys: Sequence[str]) -> pl.DataFrame:
    """Further columns of one table, a row for each key, from their long form."""
    mine = columns.filter(pl.col("table") == table)
    frame = pl.DataFrame({_KEYS[table]: keys}, schema={_KEYS[table]: pl.String})
    for name in mine["column"].unique(maintain_order=True).to_list():
        values = mine.filter(pl.col("column") == name).unique("key", keep="first")
        values = values.select(pl.col("key").alias(_KEYS[table]), pl.col("value").alias(name))
        frame = frame.join(values, on=_KEYS[table], how="left", maintain_order="left")
    return frame


def effort_table(intervals: Iterable[EffortInterval]) -> pl.DataFrame:
    """Effort as one of our own tables."""
    return own_table(
        EFFORT,
        (
            {
                "session": each.session,
                "station": each.station,
                "slot": each.slot or None,
                "starts": each.starts.isoformat(),
                "ends": each.ends.isoformat(),
                "state": each.state,
            }
            for each in intervals
        ),
    )


def effort_of(frame: pl.DataFrame) -> tuple[tuple[EffortInterval, ...], tuple[Notice, ...]]:
    """Effort from its table, and the rows that cannot be read."""
    intervals, problems = [], []
    for line, row in enumerate(frame.iter_rows(named=True), start=2):
        state = next((state for state in STATES if state == row["state"]), None)
        try:
            starts, ends = dt.datetime.fromisoformat(row["starts"]), dt.datetime.fromisoformat(row["ends"])
        except (TypeError, ValueError):
            starts = ends = dt.datetime.min
        if state is None or not starts < ends or starts.tzinfo or ends.tzinfo or not row["station"]:
            value = " ".join(str(cell) for cell in row.values())
            problems.append(
                Notice("camtrapdp.bad_effort", {"file": f"{EFFORT}.csv", "row": line, "value": value})
            )
            continue
        intervals.append(
            EffortInterval(
                session=row["session"] or "",
                station=row["station"],
                slot=row["slot"] or "",
                starts=starts,
                ends=ends,
                state=state,
            )
        )
    return tuple(intervals), tuple(problems)
