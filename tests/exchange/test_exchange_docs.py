"""The reference of column names is that of the code.

Run this file as a script to write the generated part anew.
"""

from pathlib import Path

from pardine.exchange.columns import SYNONYMS
from pardine.exchange.reading import COLUMNS

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "tables.md"
START = "<!-- generated from pardine.exchange.columns: start -->\n"
END = "<!-- generated from pardine.exchange.columns: end -->"


def column_table():
    """Markdown table of all names that a known column may have."""
    lines = ["| column | names |", "|---|---|"]
    lines += [f"| {column} | {', '.join(names)} |" for column, names in SYNONYMS.items()]
    return "\n".join(lines) + "\n"


def parted(text):
    before, rest = text.split(START)
    generated, after = rest.split(END)
    return before, generated, after


def test_column_names_are_those_of_the_code():
    assert parted(REFERENCE.read_text(encoding="utf-8"))[1] == column_table()


def test_every_known_column_has_names():
    assert {column for columns in COLUMNS.values() for column in columns} == SYNONYMS.keys()


if __name__ == "__main__":
    first, _, last = parted(REFERENCE.read_text(encoding="utf-8"))
    REFERENCE.write_text(first + START + column_table() + END + last, encoding="utf-8")
