"""Clock records of deployments as one of our own tables, and back."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable
from typing import Any

import polars as pl

from pardine.base.errors import Notice
from pardine.exchange.camtrap_dp.custom import CLOCKS, own_table
from pardine.observe.clock import CLOCK_FAULTS, ClockCheck, ClockCorrection, ClockRecord

Cells = dict[str, str | None]


def clock_table(records: Iterable[ClockRecord]) -> pl.DataFrame:
    """A row for each correction in the order they apply; one without a kind for a clock without any.

    Numbers are written so that they read back to the same number, moments as ISO 8601.
    """
    return own_table(CLOCKS, (row for record in records for row in _rows(record)))


def clocks_of(frame: pl.DataFrame) -> tuple[tuple[ClockRecord, ...], tuple[Notice, ...]]:
    """Clock records from their table, and the rows that cannot be read."""
    records: dict[str, ClockRecord] = {}
    problems = []
    for line, row in enumerate(frame.iter_rows(named=True), start=2):
        code = row["deploymentID"]
        try:
            offset = None if row["utcOffsetMin"] is None else int(row["utcOffsetMin"])
            known = records.get(code) or ClockRecord(deployment=code, utc_offset_min=offset)
            if known.utc_offset_min != offset:
                raise ValueError("two offsets of one clock")
            corrections = () if row["kind"] is None else (_correction(row),)
        except (ValueError, TypeError, OverflowError, RecursionError):
            value = " ".join(str(cell) for cell in row.values() if cell is not None)
            facts = {"file": f"{CLOCKS}.csv", "row": line, "value": value[:200]}
            problems.append(Notice("camtrapdp.bad_clock", facts))
            continue
        records[code] = ClockRecord(
            deployment=code, utc_offset_min=offset, corrections=(*known.corrections, *corrections)
        )
    return tuple(records.values()), tuple(problems)


def _rows(record: ClockRecord) -> list[Cells]:
    offset = None if record.utc_offset_min is None else str(record.utc_offset_min)
    start: Cells = {"deploymentID": record.deployment, "utcOffsetMin": offset}
    return [{**start, **_cells(each)} for each in record.corrections] or [start]


def _cells(each: ClockCorrection) -> Cells:
    checks = [[c.wall_clock.isoformat(), c.reference_clock.isoformat(), c.media] for c in each.checks]
    return {
        "kind": each.kind,
        "offsetS": repr(float(each.offset_s)),
        "driftSPerDay": repr(float(each.drift_s_per_day)),
        "pivot": _text(each.pivot),
        "appliesFrom": _text(each.applies_from),
        "appliesUntil": _text(each.applies_until),
        "checks": json.dumps(checks, ensure_ascii=False) if checks else None,
        "reason": each.reason or None,
        "by": each.by or None,
        "at": _text(each.at),
    }


def _correction(row: dict[str, Any]) -> ClockCorrection:
    kind = next((kind for kind in CLOCK_FAULTS if kind == row["kind"]), None)
    if kind is None:
        raise ValueError("unknown kind of correction")
    return ClockCorrection(
        deployment=row["deploymentID"],
        kind=kind,
        offset_s=float(row["offsetS"] or 0.0),
        drift_s_per_day=float(row["driftSPerDay"] or 0.0),
        pivot=_moment(row["pivot"]),
        applies_from=_moment(row["appliesFrom"]),
        applies_until=_moment(row["appliesUntil"]),
        checks=tuple(_check(each) for each in json.loads(row["checks"] or "[]")),
        reason=row["reason"] or "",
        by=row["by"] or "",
        at=_moment(row["at"]),
    )


def _check(each: Any) -> ClockCheck:
    wall, reference, media = each
    return ClockCheck(
        wall_clock=dt.datetime.fromisoformat(wall),
        reference_clock=dt.datetime.fromisoformat(reference),
        media=str(media),
    )


def _text(moment: dt.datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()


def _moment(text: str | None) -> dt.datetime | None:
    return None if text is None else dt.datetime.fromisoformat(text)
