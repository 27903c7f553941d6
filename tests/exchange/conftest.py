"""Tables written for one test, and what reading them gives; every sentence that comes of it is checked."""

import pytest
from tables_told import assert_told

from pardine.base.errors import InputError
from pardine.exchange.survey_tables import ReadOptions, read_survey

STATIONS = "session,station,x,y,usage_1,usage_2\ns,A1,0,0,10,10\ns,A2,3000,0,10,0\ns,A3,0,3000,5.5,10\n"
CAPTURES = "session,individual,occasion,station,count\ns,Рысь,1,A1,1\ns,Рысь,2,A3,2\n"


@pytest.fixture
def write(tmp_path):
    """Write tables into a folder with blanks and letters of three alphabets in its name."""

    def write_tables(tables):
        folder = tmp_path / "Учёт 2024 调查"
        folder.mkdir(exist_ok=True)
        for name, content in tables.items():
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return write_tables


@pytest.fixture
def bring(write):
    """Read tables as a survey; a table given as None takes the place of a sound one."""

    def bring_tables(tables, *, known=None, **options):
        folder = write(tables)
        brought = read_survey([folder], ReadOptions(**options), known=known)
        for notice in brought.notices:
            assert_told(notice)
        return brought

    return bring_tables


@pytest.fixture
def refusal(write):
    """Problems of tables that must be refused, with stations and captures that are sound unless given."""

    def refuse_tables(tables=None, *, sound=True, **options):
        base = {"stations.csv": STATIONS, "captures.csv": CAPTURES} if sound else {}
        folder = write({**base, **(tables or {})})
        with pytest.raises(InputError) as caught:
            read_survey([folder], ReadOptions(**options))
        for notice in (caught.value.notice, *caught.value.problems):
            assert_told(notice)
        assert caught.value.problems
        return list(caught.value.problems)

    return refuse_tables


@pytest.fixture
def codes():
    """Codes of notices, notes of form left out."""

    def codes_of(notices, severity="warning"):
        return [notice.code for notice in notices if notice.severity == severity]

    return codes_of
