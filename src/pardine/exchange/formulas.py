"""Cells that a spreadsheet would run as formulas: neutralised on the way out, restored on the way in."""

from __future__ import annotations

import re

# An apostrophe before them already is a part of the text: one more is added, so that nothing is lost.
_RISKY = re.compile(r"'*[=+\-@\t\r]")
_NEUTRALISED = re.compile(r"'+[=+\-@\t\r]")
_NUMBER = re.compile(r"[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:[eE][+-]?\d+)?")


def neutralise(cell: str) -> str:
    """A text cell that no spreadsheet takes for a formula; numbers stay as they are.

    Examples
    --------
    >>> neutralise("=1+1"), neutralise("-12.5"), neutralise("'=x")
    ("'=1+1", '-12.5', "''=x")
    """
    return f"'{cell}" if _RISKY.match(cell) and not _NUMBER.fullmatch(cell) else cell


def restore(cell: str) -> str:
    """What `neutralise` was given.

    Examples
    --------
    >>> restore("'=1+1"), restore("'quoted'")
    ('=1+1', "'quoted'")
    """
    return cell[1:] if _NEUTRALISED.match(cell) else cell
