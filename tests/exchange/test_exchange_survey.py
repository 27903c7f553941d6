"""Tables into a survey: kinds by columns, sessions, stations, effort; every problem with its place."""

import datetime as dt
import io

import openpyxl
import pytest

from pardine.base.errors import InputError
from pardine.exchange.survey_tables import ReadOptions, read_survey
from pardine.observe.capture import ImportedCapture

STATIONS = "session,station,x,y,usage_1,usage_2\ns,A1,0,0,10,10\ns,A2,3000,0,10,0\ns,A3,0,3000,5.5,10\n"


def found(problems):
    return [(p.code, p.fields.get("file"), p.fields.get("row"), p.fields.get("value")) for p in problems]


def test_names_of_files_do_not_matter(bring):
    survey = bring(
        {
            "1.csv": STATIONS,
            "2.tsv": "animal\ttrap\tocc\nРысь\tA1\t2\n",
            "3.txt": "x;y;area_ha\n0;0;25\n500;0;25\n",
            "README.md": "# not a table",
            "~$1.csv": "lock",
        }
    ).survey
    assert [s.code for s in survey.stations] == ["A1", "A2", "A3"]
    assert survey.captures == (
        ImportedCapture(session="s", individual="Рысь", occasion=2, station="A1", row=2),
    )
    assert survey.masks[0].cell_area_m2 == 250_000.0


def test_russian_office_survey(bring):
    tables = {
        "станции.csv": "Станция;Долгота;Широта;Усилие 1;Бассейн\n"
        "007;131,45;43,10;30;Нарва\n008;131,5;43,2;28,5;\n",
        "встречи.csv": "Особь;Станция;Количество;Пол;Возраст\nЛео;007;2;самец;взрослый\nБэри;008;1;ж;\n",
    }
    brought = bring({name: text.encode("cp1251") for name, text in tables.items()})
    stations, captures = brought.survey.stations, brought.survey.captures
    assert [(s.code, s.x, s.usage_station_days) for s in stations] == [
        ("007", 131.45, (30.0,)),
        ("008", 131.5, (28.5,)),
    ]
    assert stations[0].covariates == {"Бассейн": "Нарва"}
    assert [(c.individual, c.count, c.sex, c.age_class) for c in captures] == [
        ("Лео", 2, "M", "adult"),
        ("Бэри", 1, "F", None),
    ]
    assert brought.survey.sessions[0].crs == "EPSG:4326"
    assert {(s.encoding, s.separator) for s in brought.sources} == {("cp1251", ";")}
    assert [s.decimal for s in brought.sources if s.kind == "stations"] == [","]


def test_chinese_office_survey(bring):
    tables = {
        "相机位点.csv": "位点编号,经度,纬度,努力\n珲春01,130.85,43.05,60\n珲春02,130.90,43.07,58\n",
        "捕获.csv": "个体编号,位点编号,数量,性别\n豹01,珲春01,3,雌\n",
    }
    survey = bring({name: text.encode("gb18030") for name, text in tables.items()}).survey
    assert [(c.individual, c.station, c.count, c.sex) for c in survey.captures] == [
        ("豹01", "珲春01", 3, "F")
    ]


def test_what_was_understood_is_shown(bring):
    brought = bring({"s.csv": STATIONS.replace("usage_2", "usage_2,Habitat").replace("0\n", "0,x\n")})
    shown = next(n for n in brought.notices if n.code == "table.read").fields
    assert (shown["kind"], shown["n_rows"], shown["encoding"]) == ("stations", 3, "utf-8")
    assert (shown["used"], shown["kept"]) == ("session, station, x, y, usage_1, usage_2", "Habitat")


def test_all_problems_of_all_files_come_at_once(refusal):
    problems = refusal(
        {
            "stations.csv": "session,station,x,y,usage_1\ns,A1,abc,0,10\ns,,1,1,10\ns,A3,5,5,-1\n",
            "captures.csv": "session,individual,occasion,station,count\ns,L1,1,A1,zero\n,L1,1,A1,1\n",
            "empty.csv": "",
        }
    )
    assert found(problems) == [
        ("table.empty", "empty.csv", None, None),
        ("table.missing_value", "captures.csv", 3, None),
        ("table.not_a_number", "captures.csv", 2, "zero"),
        ("table.missing_value", "stations.csv", 3, None),
        ("table.not_a_number", "stations.csv", 2, "abc"),
        ("station.usage_negative", "stations.csv", 4, -1.0),
    ]


def test_list_of_problems_is_cut_with_a_count_of_the_rest(refusal):
    rows = "".join(f"s,L{i},9,A1,1\n" for i in range(250))
    problems = refusal({"captures.csv": f"session,individual,occasion,station,count\n{rows}"})
    assert len(problems) == 201
    assert (problems[-1].code, problems[-1].fields["value"]) == ("table.more_problems", 50)


def test_a_named_file_that_is_no_survey_table_is_refused(write):
    folder = write({"stations.csv": STATIONS, "weather.csv": "day,rain\n1,2\n1,3\n"})
    with pytest.raises(InputError) as caught:
        read_survey([folder / "stations.csv", folder / "weather.csv"], ReadOptions())
    assert found(caught.value.problems) == [("table.not_recognised", "weather.csv", None, "day, rain")]
    in_folder = read_survey([folder], ReadOptions())
    assert "weather.csv" in [n.fields["file"] for n in in_folder.notices if n.code == "table.not_used"]


def test_prose_beside_the_tables_is_not_used(bring):
    letter = "Dear colleagues,\nas agreed, here are, at last, the tables.\n"
    brought = bring({"stations.csv": STATIONS, "letter.txt": letter, "photo.jpg": b"\xff\xd8"})
    (told,) = [n for n in brought.notices if n.code == "table.not_used"]
    assert told.fields["file"] == "photo.jpg, letter.txt"


def test_old_excel_files_are_told_to_be_saved_anew(refusal):
    (problem,) = refusal({"отлов.xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(100)})
    assert problem.code == "table.old_excel"


def test_survey_in_workbooks(bring):
    stations = openpyxl.Workbook()
    for row in (["Station", "Lon", "Lat", "Start", "End"], [7, 131.25, 43.5, *[dt.date(2024, 1, 10)] * 2]):
        stations.active.append(row)
    stations.active["E2"] = dt.datetime(2024, 2, 9, 18)
    captures = openpyxl.Workbook()
    for row in (["Individual", "Station", "Date", "Count"], ["Лео", 7, dt.datetime(2024, 1, 20, 3, 30), 2]):
        captures.active.append(row)
    content = {}
    for name, book in (("станции.xlsx", stations), ("отлов.xlsx", captures)):
        buffer = io.BytesIO()
        book.save(buffer)
        content[name] = buffer.getvalue()
    brought = bring(content)
    (station,), (capture,) = brought.survey.stations, brought.survey.captures
    assert (station.code, station.usage_station_days) == ("7", (30.25,))
    assert (capture.station, capture.occasion, capture.count) == ("7", 1, 2)
    assert {source.encoding for source in brought.sources} == {"xlsx"}


def test_empty_folder_is_refused(tmp_path):
    with pytest.raises(InputError) as caught:
        read_survey([tmp_path], ReadOptions())
    assert caught.value.code == "tables.nothing_found"


def test_captures_alone_are_refused_where_nothing_is_known(refusal):
    problems = refusal({"c.csv": "individual,station\nL1,A1\n"}, sound=False)
    assert [p.code for p in problems] == ["tables.no_stations", "session.unknown"]


def test_captures_may_follow_their_stations(bring):
    known = bring({"stations.csv": STATIONS}).survey
    later = bring(
        {"stations.csv": "x", "captures.csv": "individual,occasion,station\nL1,1,A1\n"}, known=known
    )
    assert [c.session for c in later.survey.captures] == ["s"]
    assert later.survey.sessions == known.sessions
    assert later.survey.stations == ()


def test_stations_may_be_added_to_a_known_session(bring):
    known = bring({"stations.csv": STATIONS + "t,A1,0,0,5,5\n"}, crs="EPSG:32652").survey
    added = bring(
        {
            "stations.csv": "session,station,x,y,usage_1,usage_2\ns,A4,5000,0,9,9\n",
            "captures.csv": "session,individual,occasion,station\ns,L1,1,A1\ns,L1,2,A4\nt,L2,1,A1\n",
        },
        known=known,
    ).survey
    assert [s.code for s in added.stations] == ["A4"]
    assert {s.code: s.crs for s in added.sessions} == {"s": "EPSG:32652", "t": "EPSG:32652"}
    assert len(added.captures) == 3


def test_session_table_may_come_later(bring):
    known = bring({"stations.csv": STATIONS}).survey
    (session,) = bring(
        {"stations.csv": "x", "s.csv": "session,start,end,Biome\ns,2024-01-01,2024-01-31,taiga\n"},
        known=known,
    ).survey.sessions
    assert (session.duration_days, session.covariates, session.n_occasions) == (31, {"Biome": "taiga"}, 2)


def test_options_leave_other_known_sessions_alone(bring):
    known = bring({"stations.csv": STATIONS}, detector_type="proximity").survey
    new = {"stations.csv": "session,station,x,y,usage\nt,A1,0,0,5\n"}
    (session,) = bring(new, known=known, detector_type="count", crs="EPSG:32652").survey.sessions
    assert (session.code, session.detector_type) == ("t", "count")


def test_same_tables_give_the_same_survey_again(bring):
    tables = {"stations.csv": STATIONS, "s.csv": "session,start,end,note\ns,2024-01-01,2024-01-31,x\n"}
    known = bring(tables, detector_type="count").survey
    again = bring(tables, known=known).survey
    assert (again.sessions, again.stations) == (known.sessions, known.stations)


def test_known_local_map_may_be_given_its_crs_later(bring):
    known = bring({"stations.csv": STATIONS}).survey
    assert bring({"stations.csv": STATIONS}, known=known, crs="32652").survey.sessions[0].crs == "EPSG:32652"
    later = bring({"stations.csv": "x", "s.csv": "session,crs\ns,32652\n"}, known=known).survey
    assert later.sessions[0].crs == "EPSG:32652"


def test_sessions_are_told_apart_by_their_table(bring, codes):
    survey = bring(
        {
            "sessions.csv": "Session;start;end;UTC offset;detector type;Biome\n"
            "b;2024-01-10;19.01.2024;+10;proximity;taiga\n"
            "a;;;UTC+8;;steppe\n",
            "stations.csv": "session,station,lon,lat,usage_1,usage_2\na,1,130,43,9,\nb,1,131,44,5,5\n",
        }
    ).survey
    b, a = survey.sessions
    assert (b.code, b.starts_on, b.duration_days) == ("b", dt.date(2024, 1, 10), 10)
    assert (b.utc_offset_min, b.detector_type, b.covariates) == (600, "proximity", {"Biome": "taiga"})
    assert (a.code, a.n_occasions, a.utc_offset_min, a.detector_type) == ("a", 1, 480, None)
    assert b.n_occasions == 2


def test_detector_type_is_never_guessed(bring):
    tables = {"stations.csv": STATIONS}
    assert bring(tables).survey.sessions[0].detector_type is None
    assert bring(tables, detector_type="count").survey.sessions[0].detector_type == "count"


@pytest.mark.parametrize(
    ("sessions", "code"),
    [
        ("session,detector_type\ns,single\n", "session.detector_type_unsupported"),
        ("session,detector_type\ns,proximity\n", "session.differs"),
        ("session,start,end\ns,2024-02-01,2024-01-01\n", "session.ends_before_start"),
        ("session,start,end\ns,2024-13-01,2024-01-01\n", "table.bad_date"),
        ("session,start,end\ns,03/04/2024,05/06/2024\n", "table.date_ambiguous"),
        ("session,start,end\ns,2024-01-01,2024-01-03\n", "station.usage_too_long"),
        ("session,start,end,occasion_days\ns,2024-01-01,2024-01-31,10\n", "session.occasions_differ"),
        ("session,utc_offset\ns,Vladivostok\n", "table.unknown_word"),
        ("session,crs\ns,EPSG:999999\n", "place.unknown_crs"),
        ("session,n_occasions\ns,1.5\n", "table.not_a_number"),
    ],
)
def test_session_tables_that_do_not_fit_are_refused(refusal, sessions, code):
    problems = refusal({"sessions.csv": sessions}, detector_type="count")
    assert code in {p.code for p in problems}


def test_session_described_twice_is_refused(write):
    folder = write({"stations.csv": STATIONS, "s.csv": "session,start,end,site\ns,,,1\n"})
    twice = folder / "t.csv"
    twice.write_text("session,start,end\ns,2024-01-01,2024-03-01\n", encoding="utf-8")
    merged = read_survey([folder], ReadOptions()).survey.sessions[0]
    assert (merged.starts_on, merged.covariates) == (dt.date(2024, 1, 1), {"site": "1"})


def test_session_without_stations_is_left_out_with_a_warning(bring, codes):
    brought = bring({"sessions.csv": "session,Biome\ns,1\nempty,2\n", "stations.csv": STATIONS})
    assert [s.code for s in brought.survey.sessions] == ["s"]
    assert "session.no_stations" in codes(brought.notices)


@pytest.mark.parametrize(
    ("stations", "expected"),
    [
        ("station,lon,lat,usage\nA,43.1,131.2,5\n", ("station.not_on_earth", 2)),
        ("station,x,y,crs,usage\nA,43.1,131.2,4326,5\n", ("station.not_on_earth", 2)),
        ("station,lon,usage\nA,131.2,5\n", ("table.missing_column", None)),
        ("station,x,y\nA,1,2\n", ("station.no_effort", None)),
        ("station,x,y,usage\nA,1,2,5\nA,1,2,5\n", ("station.twice", 3)),
        ("station,x,y,usage\nA,,2,5\n", ("table.missing_value", 2)),
        ("station,x,y,usage\nA,inf,2,5\n", ("table.not_a_number", 2)),
        ("station,x,y,usage_1,usage_2\nA,1,2,5,5\nB,2,2,5,\n", ("station.usage_blank", 3)),
        ("station,x,y,usage_1,usage_3\nA,1,2,5,5\n", ("station.usage_blank", 2)),
        ('station,x,y,usage\nA,"1,234","2,345",5\n', ("table.number_ambiguous", 2)),
        ('station,x,y,usage\n"A\nB",1,2,5\n', ("table.bad_identifier", 2)),
        ("station,x,y,start,end\nA,1,2,2024-01-05,2024-01-01\n", ("effort.ends_before_start", 2)),
        (
            "station,x,y,start,end\nA,1,2,2024-01-01,2024-01-05\nA,1,3,2024-01-06,2024-01-09\n",
            ("station.moved", 3),
        ),
    ],
)
def test_stations_that_cannot_be_are_refused(refusal, stations, expected):
    problems = refusal({"stations.csv": stations}, sound=False)
    assert expected in [(p.code, p.fields.get("row")) for p in problems]


@pytest.mark.parametrize(
    ("stations", "code"),
    [
        ("station,x,y,usage\nA,1000,2,5\nB,1000,2,5\n", "station.same_place"),
        ("station,x,y,usage\nA,131.1,43.2,5\nB,131.4,43.3,5\n", "station.looks_like_degrees"),
        ("station,x,y,usage\nA,1000,2,5\nB,3000,2,0\n", "station.never_worked"),
        ("station,x,y,usage\nA1,1000,2,5\nА1,3000,2,5\n", "table.names_alike"),
        ("station,x,y,usage\n1.0,1000,2,5\n2,3000,2,5\n", "table.mangled_names"),
        (
            "station,lon,lat,usage\n"
            + "".join(f"{i},131.{i},43.{i},5\n" for i in range(1, 8))
            + "9,113.5,43.5,5\n",
            "station.far_away",
        ),
    ],
)
def test_doubtful_stations_are_warned_of(bring, codes, stations, code):
    assert code in codes(bring({"stations.csv": stations}).notices)


def test_coordinates_with_a_crs_are_not_taken_for_longitude_and_latitude(bring):
    text = "station,lon,lat,x,y,crs,usage\nA,131,43,500000,4700000,32652,5\n"
    survey = bring({"stations.csv": text}).survey
    assert (survey.stations[0].x, survey.sessions[0].crs) == (500_000.0, "EPSG:32652")
    assert survey.stations[0].covariates == {"lon": "131", "lat": "43"}


def test_covariates_with_decimal_commas_read_as_numbers_elsewhere(bring):
    text = "station;x;y;usage;slope;note\nA;1;2;5;1,5;a, b\nB;9;2;5;2;c\n"
    assert bring({"s.csv": text}).survey.stations[0].covariates == {"slope": "1.5", "note": "a, b"}


def test_intervals_become_usage_of_occasions(bring):
    survey = bring(
        {
            "sessions.csv": "session,start,end,occasion_days\nz,2024-01-10,2024-01-19,5\n",
            "stations.csv": "station,x,y\nA,0,0\nB,5000,0\n",
            "effort.csv": "station,slot,start,end,state\n"
            "A,A,2024-01-10,2024-01-20,working\n"
            "A,B,2024-01-10,2024-01-20,working\n"
            "A,А,2024-01-12,2024-01-14,снег\n"
            "B,A,2024-01-10 18:00,2024-01-16 18:00,работает\n"
            "B,A,2024-01-16 18:00,2024-01-20,украдена\n",
        }
    ).survey
    assert survey.sessions[0].n_occasions == 2
    # A: noon of the 10th to noon of the 15th, then to midnight after the 19th. B: 4.75 and 1.25 days.
    assert [s.usage_station_days for s in survey.stations] == [(5.0, 4.5), (4.75, 1.25)]
    assert [(e.slot, e.state) for e in survey.effort][2] == ("A", "snowed")
    assert survey.sessions[0].covariates == {"occasion_days": "5"}


def test_station_table_with_dates_of_cameras_needs_nothing_else(bring):
    text = "Station,Longitude,Latitude,Setup_date,Retrieval_date\nA,131,43,2024-01-10,2024-03-10\n"
    survey = bring({"s.csv": text}).survey
    assert survey.stations[0].usage_station_days == (60.0,)
    assert survey.sessions[0].duration_days == 61


def test_effort_of_an_unknown_station_is_refused_with_the_probable_name(refusal):
    problems = refusal(
        {
            "stations.csv": "session,station,x,y\ns,A1,0,0\n",
            "effort.csv": "session,station,start,end\ns,А1,2024-01-01,2024-01-09\n",
        }
    )
    unknown = next(p for p in problems if p.code == "effort.unknown_station")
    assert (unknown.fields["row"], unknown.fields["similar"]) == (2, " (A1?)")


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("A1,2024-01-01,,working", "table.missing_value"),
        ("A1,2024-01-01,soon,working", "table.bad_date"),
        ("A1,2024-01-01,2024-01-09,asleep", "table.unknown_word"),
    ],
)
def test_effort_that_cannot_be_read_is_refused(refusal, row, code):
    tables = {"stations.csv": "station,x,y\nA1,0,0\n", "e.csv": f"station,start,end,state\n{row}\n"}
    assert code in {p.code for p in refusal(tables, sound=False)}


def test_full_effort_is_assumed_only_when_asked(bring, codes):
    tables = {"s.csv": "station,x,y\nA,0,0\nB,5000,0\n", "c.csv": "individual,station,occasion\nL,A,3\n"}
    brought = bring(tables, assume_full_effort=True)
    assert [s.usage_station_days for s in brought.survey.stations] == [(1.0, 1.0, 1.0)] * 2
    assert "station.effort_assumed" in codes(brought.notices)


def test_full_effort_lasts_as_long_as_its_occasions(bring):
    tables = {
        "sessions.csv": "session,start,end,occasion_days\ns,2024-01-01,2024-01-10,5\n",
        "s.csv": "session,station,x,y\ns,A,0,0\n",
    }
    survey = bring(tables, assume_full_effort=True).survey
    assert survey.stations[0].usage_station_days == (5.5, 4.5)
