"""Repairs: cells that are clear to a reader but not written as the standard asks; each is named."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence

import polars as pl

from pardine.exchange.camtrap_dp.check import WorkingTable, is_valid
from pardine.exchange.camtrap_dp.specification import Field
from pardine.exchange.dates import parse_moments
from pardine.exchange.ledger import Ledger
from pardine.exchange.words import AGE_WORDS, SEX_WORDS, find_word, says_unknown

_TRUE, _FALSE = ("true", "1", "1.0", "yes", "y", "t"), ("false", "0", "0.0", "no", "n", "f")
_DECIMAL_COMMA = re.compile(r"[+-]?\d*,\d+")
_THOUSANDS = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+")
_WHOLE = re.compile(r"([+-]?\d+)\.0*")
_TIME = re.compile(
    r"(\d{4})[-/.:](\d{1,2})[-/.:](\d{1,2})[Tt ]\s*(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,]\d+)?)?"
    r"\s*(Z|z|UTC|GMT|[+-]\d{1,2}(?::?\d{2})?)?"
)
_DAY = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_OFFSET = re.compile(r"([+-])(\d{1,2}):?(\d{2})?")
_EVENT_COLUMNS = ("deploymentStart", "deploymentEnd")
MEDIA_TYPES = {
    "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png", "tif": "image/tiff", "tiff": "image/tiff",
    "webp": "image/webp", "mp4": "video/mp4", "m4v": "video/mp4", "avi": "video/x-msvideo",
    "mov": "video/quicktime", "wav": "audio/wav", "mp3": "audio/mpeg",
}  # fmt: skip
_SYNONYMS: dict[str, dict[str, str]] = {
    "observationType": {"person": "human", "people": "human", "empty": "blank", "nothing": "blank",
                        "unidentified": "unknown", "car": "vehicle"},
    "observationLevel": {"image": "media", "file": "media", "sequence": "event", "encounter": "event"},
    "classificationMethod": {"ai": "machine", "model": "machine", "algorithm": "machine", "manual": "human",
                             "person": "human", "expert": "human"},
    "captureMethod": {"motion": "activityDetection", "motiondetection": "activityDetection",
                      "trigger": "activityDetection", "interval": "timeLapse"},
}  # fmt: skip


def mend_table(table: WorkingTable, ledger: Ledger) -> None:
    """Rewrite in place what is clear; what is not stays as it is, for the checks to name.

    Parameters
    ----------
    table
        With all columns of the standard.
    ledger
        Takes the repairs.
    """
    _merge_repeated_rows(table, ledger)
    for field in table.specification.fields:
        cells = table.frame[field.name]
        if field.type == "datetime":
            # The same moment and the same offset: no repair to tell of.
            cells = cells.str.replace(r"[+-]00:00$", "Z")
        valid = is_valid(field, cells)
        if not valid.all():
            made = mended_cells(field, cells.filter(~valid).unique().sort().to_list())
            replace_cells(table, field.name, cells.replace(made), ledger)
        elif field.type == "datetime":
            table.frame = table.frame.with_columns(cells)


def mended_cells(field: Field, values: Sequence[str]) -> dict[str, str | None]:
    """What each value that the standard does not allow is read as; ``None``: as missing.

    Values of which no sense can be made are left out.
    """
    if field.type == "datetime":
        return _mended_times(values, day_is_enough=field.name in _EVENT_COLUMNS)
    made = {value: _mended(field, value) for value in values}
    return {value: result or None for value, result in made.items() if result is not None}


def replace_cells(
    table: WorkingTable, column: str, cells: pl.Series, ledger: Ledger, code: str = "camtrapdp.repaired"
) -> None:
    """Put new cells in a column and name those that changed."""
    old = table.frame[column]
    changed = old.ne_missing(cells)
    if changed.any():
        lines = table.lines_of(changed)
        ledger.repaired_cells(code, table.file, column, lines, old.filter(changed), cells.filter(changed))
        table.frame = table.frame.with_columns(cells.alias(column))


def _merge_repeated_rows(table: WorkingTable, ledger: Ledger) -> None:
    """Leave out rows that say the same as one before them."""
    key = table.frame[table.specification.key]
    if not key.is_duplicated().any():
        return
    together = pl.concat([table.frame, table.extras], how="horizontal") if table.extras.width else table.frame
    first = together.select(pl.struct(pl.all()).is_first_distinct()).to_series() | key.is_null()
    if not first.all():
        rows, values = table.rows(~first), key.filter(~first).to_list()
        ledger.odd_cells("camtrapdp.row_repeated", table.file, key.name, rows, values)
        table.keep(first)


def _mended(field: Field, value: str) -> str | None:
    """What a value is read as, empty for a missing one, ``None`` where no sense can be made of it."""
    if field.words:
        return _word(field, value)
    if field.pattern == "path":
        return value.replace("\\", "/").removeprefix("./")
    if field.pattern == "media type":
        bare = value.casefold().strip(". ")
        return MEDIA_TYPES.get(bare, bare)
    if field.type == "boolean":
        lower = value.casefold()
        return "true" if lower in _TRUE else "false" if lower in _FALSE else None
    return _number(field, value)


def _word(field: Field, value: str) -> str | None:
    found: str | None
    if field.name == "lifeStage":
        age = find_word(value, AGE_WORDS)
        found = "juvenile" if age == "cub" else age
    elif field.name == "sex":
        sex = find_word(value, SEX_WORDS)
        found = {"F": "female", "M": "male"}[sex] if sex else None
    else:
        plain = re.sub(r"[\s_\-]+", "", value).casefold()
        words: Mapping[str, str] = {word.casefold(): word for word in field.words}
        found = words.get(plain) or _SYNONYMS.get(field.name, {}).get(plain)
    if found is None and not field.required and says_unknown(value):
        return ""
    return found


def _number(field: Field, value: str) -> str | None:
    """A decimal comma to a point, ``5.0`` to ``5``, where nothing else can be meant."""
    text = value.replace("\u2212", "-").replace(" ", "").replace("\u00a0", "")
    if _DECIMAL_COMMA.fullmatch(text):
        # 1,200 may be a thousand; where the column ends below that it can only be a fraction.
        bounded = field.maximum is not None and field.maximum < 1000
        if _THOUSANDS.fullmatch(text) and not bounded:
            return None
        text = text.replace(",", ".")
    if field.type == "integer" and (match := _WHOLE.fullmatch(text)):
        text = match.group(1)
    return text if text != value else None


def _mended_times(values: Sequence[str], day_is_enough: bool) -> dict[str, str | None]:
    made: dict[str, str | None] = {}
    year_last = []
    for value in values:
        if match := _TIME.fullmatch(value):
            made[value] = _time_text(*match.groups())
        elif (day := _DAY.fullmatch(value)) and day_is_enough:
            year, month, number = day.groups()
            made[value] = _time_text(year, month, number, "12", "00", None, None)
        elif re.match(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{4}[T ]\d", value):
            year_last.append(value)
    for value, moment in zip(year_last, parse_moments(year_last).values, strict=True):
        if moment is not None and moment.clock is not None:
            made[value] = moment.at(dt.time()).isoformat(timespec="seconds")
    return {value: text for value, text in made.items() if text is not None}


def _time_text(
    year: str, month: str, day: str, hour: str, minute: str, second: str | None, zone: str | None
) -> str | None:
    try:
        moment = dt.datetime(int(year), int(month), int(day), int(hour), int(minute), int(second or 0))
    except ValueError:
        return None
    return moment.isoformat(timespec="seconds") + _zone_text(zone)


def _zone_text(zone: str | None) -> str:
    if zone is None:
        return ""
    match = _OFFSET.fullmatch(zone)
    if match is None or (int(match.group(2)) == 0 and int(match.group(3) or 0) == 0):
        return "Z"
    return f"{match.group(1)}{int(match.group(2)):02d}:{match.group(3) or '00'}"
