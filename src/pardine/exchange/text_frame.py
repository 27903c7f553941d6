"""Large tables of text as polars frames, read fast, with the line of the file for each row."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import polars as pl

from pardine.base.errors import InputError
from pardine.exchange.delimited import SEPARATORS
from pardine.exchange.encoding import decode
from pardine.exchange.tables import parse_table
from pardine.exchange.workbook import ZIP_START

MAX_COLUMNS = 2_000
MAX_CELL_CHARACTERS = 1 << 20
# A file that begins with so many blanks is left to the slower way, which knows what is empty.
_START_BYTES = 1 << 10


@dataclass(frozen=True, kw_only=True, eq=False)
class TextFrame:
    """A table as text.

    Attributes
    ----------
    file
        Its name.
    frame
        Cells trimmed; null where nothing stands.
    encoding, separator
        What was detected.
    lines
        Line of the file on which each row begins (1 = first line).
    """

    file: str
    frame: pl.DataFrame
    encoding: str
    separator: str
    lines: Sequence[int]


def read_text_frame(content: bytes, file: str, known: Collection[str] = ()) -> TextFrame:
    """Read a delimited table of any size; workbooks and tables with odd quotes take a slower way.

    Parameters
    ----------
    content
        The file.
    file
        Its name, for the errors.
    known
        Column names that tell the separator.

    Raises
    ------
    InputError
        What `exchange.tables.parse_table` raises: empty, binary, ragged rows, quotes that do not close.
    """
    if content.startswith(ZIP_START) or not content[:_START_BYTES].strip(b" \t\r\n\x00\xef\xbb\xbf"):
        return _slow(content, file)
    text, encoding = decode(content, file)
    if "\n" not in text:
        text = text.replace("\r", "\n")
    if text.startswith(("\n", "\r")) or text[:4].lower() == "sep=":
        return _slow(content, file)
    separator = _separator(text[: text.find("\n")], known)
    raw = _fast(text, separator)
    if raw is None:
        return _slow(content, file)
    lines = _lines(raw)[1:] if '"' in text else range(2, len(raw) + 1)
    frame = raw.slice(1)
    frame.columns = [str(name).strip() for name in raw.row(0)]
    frame = tidy(frame) if _may_be_untidy(text, separator) else _without_empty(frame)
    return TextFrame(file=file, frame=frame, encoding=encoding, separator=separator, lines=lines)


def _fast(text: str, separator: str) -> pl.DataFrame | None:
    """Header and rows, ``None`` where rows differ in width, quotes are odd or names stand twice."""
    try:
        raw = pl.read_csv(
            text.encode(),
            has_header=False,
            separator=separator,
            infer_schema=False,
            empty_string_is_null=False,
        )
    except (pl.exceptions.PolarsError, UnicodeEncodeError):
        return None
    header = [str(name or "").strip() for name in raw.row(0)]
    if not all(header) or len(set(header)) < len(header) or len(header) > MAX_COLUMNS:
        return None
    # The reader fills short rows up in silence: every separator must be accounted for.
    n_separators = len(raw) * (len(header) - 1)
    if '"' in text:
        inside = [pl.col(name).str.count_matches(separator, literal=True).sum() for name in raw.columns]
        n_separators += sum(raw.select(inside).row(0))
    return raw if text.count(separator) == n_separators else None


def _lines(raw: pl.DataFrame) -> Sequence[int]:
    """Line on which each row begins: cells with line breaks move the rows below them down."""
    broken = raw.select(pl.all().str.contains("\n", literal=True).any()).row(0)
    columns = [name for name, has_breaks in zip(raw.columns, broken, strict=True) if has_breaks]
    if not columns:
        return range(1, len(raw) + 1)
    counts = [pl.col(name).str.count_matches("\n", literal=True).cast(pl.Int64) for name in columns]
    breaks = raw.select(pl.sum_horizontal(counts)).to_series()
    return (pl.int_range(1, len(raw) + 1, eager=True) + breaks.cum_sum() - breaks).to_list()


def tidy(frame: pl.DataFrame) -> pl.DataFrame:
    """Cells trimmed, empty ones null."""
    cell = pl.all().str.strip_chars()
    return frame.select(pl.when(cell.str.len_bytes() > 0).then(cell))


def _without_empty(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(pl.when(pl.all().str.len_bytes() > 0).then(pl.all()))


def _may_be_untidy(text: str, separator: str) -> bool:
    """Whether a cell may begin or end with a blank; looking at the text is faster than at each cell."""
    if not text.isascii() or '"' in text or "\t" in text or "\v" in text or "\f" in text:
        return True
    edges = (f"{separator} ", f" {separator}", "\n ", " \n", " \r")
    return text.startswith(" ") or text.endswith(" ") or any(edge in text for edge in edges)


def _separator(header: str, known: Collection[str]) -> str:
    """The separator by which most known names stand in the header, else that which stands there most."""

    def score(separator: str) -> tuple[int, int]:
        names = [name.strip().strip('"').strip() for name in header.split(separator)]
        return sum(name in known for name in names), len(names)

    return max(SEPARATORS, key=score)


def _slow(content: bytes, file: str) -> TextFrame:
    table = parse_table(content, file)
    longest = max((len(cell) for column in table.columns for cell in column), default=0)
    if longest > MAX_CELL_CHARACTERS:
        raise InputError("table.field_too_long", file=file, row=1, expected=MAX_CELL_CHARACTERS)
    frame = pl.DataFrame(
        dict(zip(table.header, table.columns, strict=True)), schema=dict.fromkeys(table.header, pl.String)
    )
    return TextFrame(
        file=file,
        frame=tidy(frame),
        encoding=table.encoding,
        separator=table.separator,
        lines=table.row_numbers,
    )
