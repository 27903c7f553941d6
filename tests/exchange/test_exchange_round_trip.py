"""Any survey that tables can hold comes back from its export."""

import datetime as dt
import tempfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pardine.base.errors import InputError
from pardine.base.identifiers import sha256_of_bytes
from pardine.exchange.numbers import is_missing
from pardine.exchange.source import SourceTable
from pardine.exchange.survey_export import export_survey
from pardine.exchange.survey_tables import ReadOptions, read_survey
from pardine.observe.capture import ImportedCapture
from pardine.observe.effort import STATES, EffortInterval
from pardine.observe.session import Session
from pardine.observe.station import Station
from pardine.observe.survey import HabitatMask, Survey

# Texts that tables are made to hurt with: formulas, separators, quotes, lines, three alphabets.
SIGNS = "=+-@'\",;\n aбя豹1.0é"
texts = st.text(alphabet=SIGNS, max_size=8).map(str.strip)
names = (
    st.text(alphabet=SIGNS.replace("\n", ""), min_size=1, max_size=8)
    .map(str.strip)
    .filter(lambda name: name and not is_missing(name))
)
metres = st.floats(-1e8, 1e8)
days = st.dates(dt.date(2000, 1, 1), dt.date(2030, 1, 1))
CRS = ("local", "EPSG:32652", "EPSG:4326", "+proj=laea +lat_0=43 +lon_0=131 +datum=WGS84 +units=m +type=crs")


def coordinates(crs):
    if crs == "EPSG:4326":
        return st.tuples(st.floats(-180, 180), st.floats(-90, 90))
    return st.tuples(metres, metres)


@st.composite
def surveys(draw):
    crs = draw(st.sampled_from(CRS))
    codes = draw(st.lists(names.filter(lambda c: c.casefold() != "all"), min_size=1, max_size=3, unique=True))
    covariates = draw(st.lists(st.sampled_from(["Topo", "=x", "высота", "пол"]), unique=True))
    sessions, stations, captures, effort = [], [], [], []
    for code in codes:
        first = draw(st.none() | days)
        n_occasions = draw(st.integers(1, 4))
        sessions.append(
            Session(
                code=code,
                n_occasions=n_occasions,
                detector_type=draw(st.sampled_from([None, "count", "proximity"])),
                crs=crs,
                starts_on=first,
                ends_on=first and first + dt.timedelta(days=draw(st.integers(0, 100))),
                utc_offset_min=draw(st.none() | st.integers(-720, 840)),
                covariates={name: draw(texts) for name in covariates},
            )
        )
        effort_limit = 0.1 if first else 1e4
        for station in draw(st.lists(names, min_size=1, max_size=4, unique=True)):
            x, y = draw(coordinates(crs))
            usage = draw(
                st.lists(st.floats(0, effort_limit), min_size=n_occasions, max_size=n_occasions).map(tuple)
            )
            stations.append(
                Station(
                    session=code,
                    code=station,
                    x=x,
                    y=y,
                    usage_station_days=usage,
                    covariates={name: draw(texts) for name in covariates},
                )
            )
            captures += draw_captures(draw, sessions[-1], stations[-1])
            effort += draw_effort(draw, sessions[-1], station)
    return Survey(
        sessions=tuple(sessions),
        stations=tuple(stations),
        captures=tuple(captures),
        masks=tuple(draw_masks(draw, sessions, crs)),
        effort=tuple(effort),
    )


def draw_captures(draw, session, station):
    worked = [k for k, days in enumerate(station.usage_station_days, start=1) if days > 0]
    keys = st.tuples(names, st.sampled_from(worked)) if worked else st.nothing()
    largest = 1 if session.detector_type == "proximity" else 50
    for individual, occasion in draw(st.lists(keys, max_size=3, unique=True)) if worked else []:
        yield ImportedCapture(
            session=session.code,
            individual=individual,
            occasion=occasion,
            station=station.code,
            count=draw(st.integers(1, largest)),
            sex=draw(st.sampled_from([None, "F", "M"])),
            age_class=draw(st.sampled_from([None, "adult", "subadult", "cub"])),
        )


def draw_effort(draw, session, station):
    if session.starts_on is None:
        return
    for state in draw(st.lists(st.sampled_from(STATES), max_size=2)):
        starts = dt.datetime.combine(session.starts_on, dt.time(draw(st.integers(0, 23)), 30))
        yield EffortInterval(
            session=session.code,
            station=station,
            slot=draw(st.sampled_from(["", "A", "B", "=2"])),
            starts=starts,
            ends=starts + dt.timedelta(seconds=draw(st.integers(1, 10**7))),
            state=state,
        )


def draw_masks(draw, sessions, crs):
    chosen = draw(st.lists(st.sampled_from([None, *(s.code for s in sessions)]), max_size=3, unique=True))
    for session in chosen:
        points = draw(st.lists(coordinates(crs), min_size=1, max_size=5, unique=True))
        yield HabitatMask(
            session=session,
            xy=np.array(points),
            cell_area_m2=draw(st.floats(1, 1e9)),
            covariates={"Topo": np.array([draw(texts) for _ in points], dtype=np.str_)},
            sha256="",
        )


@settings(max_examples=40, deadline=None)
@given(surveys())
def test_survey_comes_back(survey):
    with tempfile.TemporaryDirectory(prefix="выгрузка 导出 ") as name:
        folder = Path(name) / "e"
        export_survey(survey, [], folder)
        back = read_survey([folder], ReadOptions()).survey
    assert back.sessions == survey.sessions
    assert back.stations == survey.stations
    assert back.effort == survey.effort
    assert tuple(replace(capture, row=None) for capture in back.captures) == survey.captures
    for one, other in zip(survey.masks, back.masks, strict=True):
        assert (one.session, one.cell_area_m2) == (other.session, other.cell_area_m2)
        assert np.array_equal(one.xy, other.xy)
        assert np.array_equal(one.covariates["Topo"], other.covariates["Topo"])


def source(name, content):
    return SourceTable(
        name=name,
        kind="captures",
        content=content,
        sha256=sha256_of_bytes(content),
        encoding="cp1251",
        separator=";",
        decimal=",",
        n_rows=1,
    )


SMALL = Survey(
    sessions=(Session(code="s", n_occasions=1),),
    stations=(Station(session="s", code="=HYPERLINK()", x=-1.5, y=2.0, usage_station_days=(3.0,)),),
    captures=(),
)


def test_originals_come_back_byte_for_byte(tmp_path):
    sources = [
        source("отлов.csv", b"\xff;1\r\n"),
        source("отлов.csv", b"other"),
        source("C:\\a\\b.csv", b"x"),
    ]
    written = export_survey(SMALL, sources, tmp_path / "e")
    names = sorted(path.name for path in written if path.parent.name == "sources")
    assert names == sorted(["отлов.csv", f"{sources[1].sha256[:12]}_отлов.csv", "b.csv"])
    assert (tmp_path / "e" / "sources" / "отлов.csv").read_bytes() == b"\xff;1\r\n"


def test_formulas_do_not_leave_and_numbers_do(tmp_path):
    export_survey(SMALL, [], tmp_path / "e")
    text = (tmp_path / "e" / "stations.csv").read_text(encoding="utf-8")
    assert text == "session,station,x,y,usage_1\ns,'=HYPERLINK(),-1.5,2,3\n"


def test_nothing_is_overwritten(tmp_path):
    export_survey(SMALL, [], tmp_path)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    (tmp_path / "sessions.csv").unlink()
    with pytest.raises(InputError) as caught:
        export_survey(SMALL, [], tmp_path)
    assert caught.value.code == "export.file_exists"
    assert not (tmp_path / "sessions.csv").exists()
    assert all(path.read_bytes() == content for path, content in before.items() if path.exists())
