"""The reference of column names is that of the code, and the examples of the how-to can be brought.

Run this file as a script to write the generated part anew.
"""

import re
from pathlib import Path

from pardine.exchange.columns import SYNONYMS
from pardine.exchange.reading import COLUMNS
from pardine.exchange.survey_tables import ReadOptions, read_survey

DOCS = Path(__file__).resolve().parents[2] / "docs"
REFERENCE = DOCS / "reference" / "tables.md"
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


def test_examples_of_the_how_to_are_a_survey(tmp_path):
    text = (DOCS / "how-to" / "bring-a-survey.md").read_text(encoding="utf-8")
    blocks = re.findall(r"(?:^    .+\n)+", text, flags=re.MULTILINE)
    stations, effort, _, captures, sessions, mask = (
        re.sub("^    ", "", b, flags=re.MULTILINE) for b in blocks
    )
    for name, table in (("a", stations), ("b", effort), ("c", captures), ("d", sessions)):
        (tmp_path / f"{name}.csv").write_text(table, encoding="utf-8")
    survey = read_survey([tmp_path], ReadOptions()).survey
    assert (len(survey.stations), len(survey.captures), survey.sessions[0].n_occasions) == (2, 2, 6)
    # From noon of the 10th, when the cameras are set, to noon of the 25th.
    assert survey.stations[0].usage_station_days[0] == 15.0
    assert mask.startswith("session,x,y,area_ha")


if __name__ == "__main__":
    first, _, last = parted(REFERENCE.read_text(encoding="utf-8"))
    REFERENCE.write_text(first + START + column_table() + END + last, encoding="utf-8")
