"""Captures: what fits the survey, what is merged, what is refused and what is doubted."""

import pytest

HEADER = "session,individual,occasion,station,count,sex\n"


@pytest.mark.parametrize(
    ("row", "code", "value"),
    [
        ("s,L,1,A9,1,F", "capture.unknown_station", "A9"),
        ("t,L,1,A1,1,F", "session.unknown", None),
        ("s,L,3,A1,1,F", "capture.unknown_occasion", "3"),
        ("s,L,1.5,A1,1,F", "capture.unknown_occasion", "1.5"),
        ("s,L,0,A1,1,F", "capture.occasion_zero_based", None),
        ("s,L,,A1,1,F", "table.missing_value", None),
        ("s,L,x,A1,1,F", "table.not_a_number", "x"),
        ("s,L,2,A2,1,F", "capture.not_working", None),
        ("s,L,1,A1,0,F", "capture.count_below_one", "0"),
        ("s,L,1,A1,-2,F", "capture.count_below_one", "-2"),
        ("s,L,1,A1,1.5,F", "capture.count_below_one", "1.5"),
        ("s,L,1,A1,,F", "table.missing_value", None),
        ("s,,1,A1,1,F", "table.missing_value", None),
        ("s,NA,1,A1,1,F", "table.missing_value", None),
        ("s,L,1,A1,1,both", "table.unknown_word", "both"),
    ],
)
def test_captures_that_cannot_be_are_refused(refusal, row, code, value):
    (problem,) = refusal({"captures.csv": f"{HEADER}s,L,1,A1,1,F\n{row}\n"})
    assert (problem.code, problem.fields["row"], problem.fields.get("value")) == (code, 3, value)


def test_unknown_station_comes_with_the_probable_one(refusal):
    (problem,) = refusal({"captures.csv": f"{HEADER}s,L,1,a1,1,F\n"})
    assert problem.fields["similar"] == " (A1?)"


def survey_of(bring, rows, **options):
    stations = "session,station,x,y,usage_1,usage_2\ns,A1,0,0,10,10\ns,007,3000,0,10,0\n"
    return bring({"stations.csv": stations, "captures.csv": HEADER + rows}, **options)


def test_codes_stay_text(bring):
    (capture,) = survey_of(bring, "s,012,1,007,1,F\n").survey.captures
    assert (capture.individual, capture.station) == ("012", "007")


def test_repeated_rows_are_summed_for_count_detectors(bring):
    brought = survey_of(bring, "s,L,1,A1,2,\ns,M,1,A1,1,M\ns,L,1,A1,3,F\n", detector_type="count")
    assert [(c.individual, c.count, c.sex, c.row) for c in brought.survey.captures] == [
        ("L", 5, "F", 2),
        ("M", 1, "M", 3),
    ]
    (told,) = [n for n in brought.notices if n.code == "capture.summed"]
    assert (told.severity, told.fields["n"]) == ("note", 1)


def test_proximity_detectors_count_once(bring, codes):
    brought = survey_of(bring, "s,L,1,A1,1,F\ns,L,1,A1,1,F\ns,M,1,A1,3,M\n", detector_type="proximity")
    assert [(c.individual, c.count) for c in brought.survey.captures] == [("L", 1), ("M", 1)]
    assert codes(brought.notices) == ["capture.once"]


def test_animal_of_two_sexes_is_warned_of_once(bring):
    brought = survey_of(bring, "s,L,1,A1,1,F\ns,L,2,A1,1,M\ns,L,1,007,1,M\n")
    (told,) = [n for n in brought.notices if n.code == "capture.two_sexes"]
    assert (told.fields["row"], told.fields["value"], told.fields["other"]) == (3, "M", "F")


def test_names_that_look_alike_are_both_told(bring):
    brought = survey_of(bring, "s,Leo A,1,A1,1,M\ns,Lеo A,2,A1,1,M\n")
    (told,) = [n for n in brought.notices if n.code == "table.names_alike"]
    assert (told.fields["value"], told.fields["other"]) == ("Leo A", "Lеo A")


def test_animal_not_released_is_one_detection(bring, codes):
    brought = survey_of(bring, "s,L,1,A1,1,F\ns,L,2,A1,-1,F\n")
    assert [c.count for c in brought.survey.captures] == [1, -1]
    assert codes(brought.notices) == ["capture.not_released"]


def test_animal_not_released_cannot_come_back(refusal):
    (problem,) = refusal({"captures.csv": f"{HEADER}s,L,1,A1,-1,F\ns,L,2,A1,1,F\n"})
    assert (problem.code, problem.fields["row"]) == ("capture.count_below_one", 2)


def test_camera_does_not_remove_animals(refusal):
    (problem,) = refusal({"captures.csv": f"{HEADER}s,L,2,A1,-1,F\n"}, detector_type="count")
    assert problem.code == "capture.count_below_one"


def test_rows_without_an_animal_only_name_the_session(bring):
    assert survey_of(bring, "s,NONE,,,,\ns,,1,A1,0,\n").survey.captures == ()


def test_occasions_from_zero_when_said_so(bring):
    brought = survey_of(bring, "s,L,0,A1,1,F\ns,L,1,A1,1,F\n", occasions_from_zero=True)
    assert [c.occasion for c in brought.survey.captures] == [1, 2]


def test_order_of_rows_is_kept_across_sessions(bring):
    stations = "session,station,x,y,usage\na,1,0,0,5\nb,1,0,0,5\n"
    rows = "session,individual,station\nb,L1,1\na,L2,1\nb,L3,1\n"
    survey = bring({"s.csv": stations, "c.csv": rows}).survey
    assert [c.individual for c in survey.captures] == ["L1", "L2", "L3"]


def test_records_name_the_table_they_stand_in(bring):
    brought = bring({
        "a.csv": "session,individual,occasion,station\ns,L,1,A1\ns,M,1,A1\n",
        "b.csv": "session,individual,occasion,station\ns,N,1,B1\ns,L,1,A1\n",
        "sessions.csv": "session,start,end\ns,2024-01-01,2024-01-10\n",
        "stations1.csv": "session,station,x,y\ns,A1,0,0\n",
        "stations2.csv": "session,station,x,y,start,end\ns,B1,3000,0,2024-01-01,2024-01-10\n",
        "effort.csv": "session,station,start,end\ns,A1,2024-01-01,2024-01-10\n",
    }, detector_type="count")  # fmt: skip
    name_of = {source.sha256: source.name for source in brought.sources}
    survey = brought.survey
    # Rows drawn together stand where the first of them stands.
    assert [(c.individual, c.count, name_of[c.table], c.row) for c in survey.captures] == [
        ("L", 2, "a.csv", 2), ("M", 1, "a.csv", 3), ("N", 1, "b.csv", 2),
    ]  # fmt: skip
    assert [(s.code, name_of[s.table]) for s in survey.stations] == [
        ("A1", "stations1.csv"),
        ("B1", "stations2.csv"),
    ]
    assert {e.station: name_of[e.table] for e in survey.effort} == {
        "A1": "effort.csv",
        "B1": "stations2.csv",
    }
    assert [name_of[s.table] for s in survey.sessions] == ["sessions.csv"]


def test_a_session_keeps_its_table_when_captures_follow(bring):
    first = bring({"sessions.csv": DATED, "stations.csv": STATIONS}).survey
    rows = "individual,date,station\nL,2024-01-06,A1\n"
    later = bring({"sessions.csv": "x", "stations.csv": "x", "c.csv": rows}, known=first).survey
    assert [s.table for s in later.sessions] == [first.sessions[0].table]
    assert first.sessions[0].table is not None


DATED = "session,start,end,occasion_days\ns,2024-01-01,2024-01-10,5\n"
STATIONS = "session,station,x,y,usage_1,usage_2\ns,A1,0,0,5,4\n"


def test_dates_fall_into_occasions(bring):
    captures = "individual,date,station\nL,2024-01-06 03:00,A1\nL,2024-01-06 20:00,A1\nM,2024-01-10,A1\n"
    survey = bring({"se.csv": DATED, "st.csv": STATIONS, "c.csv": captures}).survey
    assert [(c.individual, c.occasion) for c in survey.captures] == [("L", 1), ("L", 2), ("M", 2)]


def test_date_outside_the_session_is_refused(refusal):
    tables = {"se.csv": DATED, "st.csv": STATIONS, "c.csv": "individual,date,station\nL,2024-02-01,A1\n"}
    (problem,) = refusal(tables, sound=False)
    assert (problem.code, problem.fields["value"]) == ("capture.outside_session", "2024-02-01")
    assert problem.fields["expected"] == "2024-01-01 – 2024-01-10"


def test_dates_need_the_dates_of_the_session(refusal):
    rows = "individual,date,station\nL,2024-02-01,A1\nM,2024-02-01,A1\n"
    (problem,) = refusal({"captures.csv": rows})
    assert (problem.code, problem.fields["session"]) == ("session.needs_dates", "s")


def test_captures_without_occasion_need_a_single_one(refusal):
    (problem,) = refusal({"captures.csv": "individual,station\nL,A1\nM,A1\n"})
    assert (problem.code, problem.fields["column"]) == ("table.missing_column", "occasion")
