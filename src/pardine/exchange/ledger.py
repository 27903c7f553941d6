"""What a reader found and what it made of it: problems and repairs, each named, none drowned in others."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import polars as pl

from pardine.base.errors import InputError, Notice, Severity, note, warning

# Of one kind in one column; the rest is counted. A broken export has the same fault in each row.
MAX_TOLD = 10
_REPAIRS_SCHEMA = {
    "file": pl.String,
    "row": pl.Int64,
    "column": pl.String,
    "was": pl.String,
    "made": pl.String,
}


class Ledger:
    """Problems, repairs and warnings of one reading, in the order in which they were found."""

    def __init__(self) -> None:
        self._problems: list[Notice] = []
        self._notices: list[Notice] = []
        self._repairs: list[pl.DataFrame] = []
        self._n_problems = 0

    @property
    def notices(self) -> tuple[Notice, ...]:
        """Repairs, warnings and notes."""
        return tuple(self._notices)

    @property
    def has_problems(self) -> bool:
        """Whether something refuses what was brought."""
        return self._n_problems > 0

    @property
    def repairs(self) -> pl.DataFrame:
        """Every repaired cell: file, row (line of the file), column, was, made."""
        return pl.concat([pl.DataFrame(schema=_REPAIRS_SCHEMA), *self._repairs])

    def problem(self, code: str, **fields: Any) -> None:
        """One thing that refuses."""
        self._problems.append(Notice(code, fields))
        self._n_problems += 1

    def absorb(self, error: InputError) -> None:
        """What another reader refuses."""
        told = error.problems or (error.notice,)
        self._problems += told
        self._n_problems += len(told)

    def warn(self, code: str, **fields: Any) -> None:
        """One thing that asks for attention."""
        self._notices.append(warning(code, **fields))

    def note(self, code: str, **fields: Any) -> None:
        """One thing to know."""
        self._notices.append(note(code, **fields))

    def bad_cells(
        self, code: str, file: str, column: str, rows: Sequence[int], values: Sequence[Any], **fields: Any
    ) -> None:
        """Cells of one column with the same fault: the first are told one by one, the rest counted."""
        self._problems += self._told(code, "error", file, column, rows, values, fields)
        self._n_problems += len(rows)

    def odd_cells(
        self, code: str, file: str, column: str, rows: Sequence[int], values: Sequence[Any], **fields: Any
    ) -> None:
        """Cells of one column that ask for attention."""
        self._notices += self._told(code, "warning", file, column, rows, values, fields)

    def repaired_cells(
        self, code: str, file: str, column: str, rows: pl.Series, was: pl.Series, made: pl.Series
    ) -> None:
        """Cells of one column that were read as something else."""
        cells = pl.DataFrame(
            {"row": rows.cast(pl.Int64), "was": was.cast(pl.String), "made": made.cast(pl.String)}
        )
        where = pl.lit(file).alias("file"), pl.col("row"), pl.lit(column).alias("column")
        self._repairs.append(cells.select(*where, "was", "made"))
        for row, before, after in cells.head(MAX_TOLD).iter_rows():
            self.warn(code, file=file, row=row, column=column, value=before or "", made=after or "")
        if len(rows) > MAX_TOLD:
            self.warn("imported.more_repairs", file=file, column=column, n_more=len(rows) - MAX_TOLD)

    def refuse_if_any(self) -> None:
        """Refuse with every problem.

        Raises
        ------
        InputError
            ``imported.refused``.
        """
        if self._n_problems:
            raise InputError("imported.refused", problems=self._problems, n_problems=self._n_problems)

    def _told(
        self,
        code: str,
        severity: Severity,
        file: str,
        column: str,
        rows: Sequence[int],
        values: Sequence[Any],
        fields: dict[str, Any],
    ) -> list[Notice]:
        told = [
            Notice(code, {"file": file, "row": row, "column": column, "value": value, **fields}, severity)
            for row, value in list(zip(rows, values, strict=True))[:MAX_TOLD]
        ]
        if len(rows) > MAX_TOLD:
            facts = {"file": file, "column": column, "n_more": len(rows) - MAX_TOLD}
            told.append(Notice("imported.more_cells", facts, severity))
        return told
