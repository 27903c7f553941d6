"""Tables of telemetry: what is read of them, what is refused, and back from an export."""

import datetime as dt
from dataclasses import replace

import pytest

from pardine.base.errors import InputError
from pardine.base.place import transform
from pardine.estimate.history import capture_history
from pardine.exchange.survey_export import export_survey
from pardine.exchange.survey_tables import ReadOptions, read_survey
from pardine.observe.telemetry import Fix

STATIONS = (
    "session,station,x,y,crs,usage_1\ns,A,500000,4800000,EPSG:32652,9\ns,B,503000,4800000,EPSG:32652,9\n"
)
CAPTURES = "session,individual,occasion,station\ns,Leo 1,1,A\n"


def read(folder, telemetry, *, stations=STATIONS, name="telemetry.csv"):
    for file, text in (("stations.csv", stations), ("captures.csv", CAPTURES), (name, telemetry)):
        (folder / file).write_text(text, encoding="utf-8")
    return read_survey([folder], ReadOptions(detector_type="count"))


def refusals(folder, telemetry, **more):
    with pytest.raises(InputError) as caught:
        read(folder, telemetry, **more)
    return [(problem.code, problem.fields.get("row")) for problem in caught.value.problems]


def test_fixes_of_animals_photographed_or_not_are_read(tmp_path):
    text = "animal,x,y,time\nLeo 1,501000,4801000,2024-05-31 14:30\nnever seen,502000,4801000,\n"
    survey = read(tmp_path, text).survey
    assert survey.fixes == (
        Fix(session="s", individual="Leo 1", x=501000.0, y=4801000.0, at=dt.datetime(2024, 5, 31, 14, 30)),
        Fix(session="s", individual="never seen", x=502000.0, y=4801000.0),
    )
    assert [fix.row for fix in survey.fixes] == [2, 3]
    assert survey.only(frozenset()).fixes == ()
    export_survey(survey, (), tmp_path / "out")
    assert read_survey([tmp_path / "out"], ReadOptions()).survey.fixes == survey.fixes


def test_longitude_and_latitude_come_into_the_metres_of_the_stations(tmp_path):
    survey = read(tmp_path, "id,особь,долгота,широта\n1,Leo 1,129.01,43.35\n", name="ошейники.csv").survey
    (fix,) = survey.fixes
    (lon, lat), *_ = transform(capture_xy(survey), "EPSG:32652", "EPSG:4326").tolist()
    assert (lon, lat) == pytest.approx((129.01, 43.35), abs=1e-9)
    assert fix.individual == "Leo 1"


def capture_xy(survey):
    return capture_history(survey, "s").fixes["Leo 1"]


def test_what_cannot_be_a_fix_of_the_survey_is_refused(tmp_path):
    assert refusals(tmp_path, "session,animal,x,y\nother,L,501000,4801000\n") == [("session.unknown", 2)]
    assert refusals(tmp_path, "animal,x,y\nL,501000,4801000\nL,0,0\n") == [("telemetry.far_away", 3)]
    local = STATIONS.replace("EPSG:32652", "local")
    text = "animal,lon,lat\nL,129.01,43.35\n"
    assert refusals(tmp_path, text, stations=local) == [("telemetry.crs_differs", 2)]


def test_at_most_one_fix_a_day_of_each_animal_is_used(tmp_path):
    rows = [f"Leo 1,{501000 + hour},4801000,2024-05-31 {hour:02d}:00" for hour in range(24)]
    rows += ["Leo 2,502000,4801000,2024-05-31 03:00", "Leo 1,503000,4801000,2024-06-01"]
    survey = read(tmp_path, "\n".join(["animal,x,y,time", *rows, ""])).survey
    history = capture_history(survey, "s")
    assert {name: xy[:, 0].tolist() for name, xy in history.fixes.items()} == {
        "Leo 1": [501000.0, 503000.0],
        "Leo 2": [502000.0],
    }
    told = {notice.code: notice for notice in history.notices}
    assert told["estimate.fixes_used"].fields["n"] == 3
    assert told["estimate.fixes_thinned"].severity == "warning"
    untimed = replace(survey, fixes=tuple(replace(fix, at=None) for fix in survey.fixes))
    assert sum(map(len, capture_history(untimed, "s").fixes.values())) == 26
