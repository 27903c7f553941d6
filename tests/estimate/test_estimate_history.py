"""From a survey's tables to a capture history."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest
from estimate_surveys import history_from_counts

from pardine.base.errors import AnalysisError
from pardine.estimate.history import capture_history
from pardine.observe.capture import ImportedCapture
from pardine.observe.session import Session
from pardine.observe.station import Station
from pardine.observe.survey import Survey


def capture(individual, occasion, station, **facts):
    return ImportedCapture(session="2024", individual=individual, occasion=occasion, station=station, **facts)


def survey_of(*captures, detector_type="count", crs="local", places=((0.0, 0.0), (1000.0, 0.0))):
    session = Session(
        code="2024",
        n_occasions=2,
        detector_type=detector_type,
        crs=crs,
        starts_on=dt.date(2024, 1, 1),
        ends_on=dt.date(2024, 3, 30),
    )
    usage = ((10.0, 5.0), (10.0, 0.0))
    stations = tuple(
        Station(session="2024", code=code, x=x, y=y, usage_station_days=u, covariates={"road": code.lower()})
        for code, (x, y), u in zip("AB", places, usage, strict=True)
    )
    return Survey(sessions=(session,), stations=stations, captures=captures)


def test_rows_of_one_event_are_added_up():
    survey = survey_of(
        capture("tom", 2, "A"),
        capture("ana", 1, "B", count=2),
        capture("ana", 1, "B"),
        capture("tom", 1, "A"),
    )
    history = capture_history(survey, "2024")
    assert history.animals == ("tom", "ana")
    events = np.column_stack(
        [history.event_animal, history.event_occasion, history.event_detector, history.event_count]
    )
    assert events.tolist() == [[0, 0, 0, 1], [0, 1, 0, 1], [1, 0, 1, 3]]
    assert (history.n_detections, history.n_recaptures, history.station_days) == (5, 3, 25.0)
    assert history.duration_days == 90
    assert history.station_covariates == {"road": ("a", "b")}


def test_an_animal_that_was_not_released_has_a_last_occasion():
    survey = survey_of(capture("tom", 1, "A"), capture("ana", 1, "B", count=-1), detector_type="multi")
    history = capture_history(survey, "2024")
    assert history.last_occasion == {"ana": 0}
    assert history.event_count.tolist() == [1, 1]


def test_a_catch_holds_an_animal():
    survey = survey_of(capture("tom", 1, "A"), capture("tom", 1, "B"), detector_type="multi")
    with pytest.raises(AnalysisError) as refused:
        capture_history(survey, "2024")
    assert [n.code for n in refused.value.problems] == ["estimate.caught_twice"]


def test_proximity_counts_an_event_once():
    survey = survey_of(capture("ana", 1, "B", count=2), capture("ana", 1, "B"), detector_type="proximity")
    assert capture_history(survey, "2024").event_count.tolist() == [1]


def test_cubs_are_left_out_and_counted():
    survey = survey_of(
        capture("kit", 1, "A", age_class="cub"),
        capture("kit", 2, "A"),
        capture("ana", 1, "A", age_class="adult"),
        capture("torn", 1, "A", age_class="cub"),
        capture("torn", 2, "A", age_class="subadult"),
    )
    history = capture_history(survey, "2024")
    assert history.animals == ("ana", "torn")
    assert history.n_cubs_excluded == 1
    assert [(n.code, n.fields["individual"]) for n in history.notices] == [
        ("estimate.age_contradicts", "torn")
    ]


def test_sex_is_what_all_rows_agree_on():
    survey = survey_of(
        capture("ana", 1, "A", sex="F"),
        capture("ana", 2, "A"),
        capture("tom", 1, "A", sex="M"),
        capture("torn", 1, "A", sex="M"),
        capture("torn", 2, "A", sex="F"),
        capture("who", 1, "A"),
    )
    history = capture_history(survey, "2024")
    assert dict(zip(history.animals, history.sex, strict=True)) == {
        "ana": "F",
        "tom": "M",
        "torn": None,
        "who": None,
    }
    assert [n.code for n in history.notices] == ["estimate.sex_contradicts"]


def test_no_captures_make_an_empty_history():
    history = capture_history(survey_of(), "2024")
    assert (history.n_animals, history.n_detections, history.n_recaptures) == (0, 0, 0)


def test_geographic_places_become_metres():
    survey = survey_of(crs="EPSG:4326", places=((131.0, 43.0), (131.01, 43.0)))
    history = capture_history(survey, "2024")
    # A hundredth of a degree of longitude at 43 degrees north.
    assert np.hypot(*np.diff(history.xy_m, axis=0)[0]) == pytest.approx(815.5, abs=1.0)
    again = capture_history(survey, "2024", analysis_crs=history.crs)
    assert again.xy_m == pytest.approx(history.xy_m)


def test_an_unstated_detector_type_is_never_guessed():
    with pytest.raises(AnalysisError) as refused:
        capture_history(survey_of(capture("ana", 1, "A"), detector_type=None), "2024")
    assert refused.value.code == "estimate.detector_type_unknown"
    assert refused.value.notice.fields["session"] == "2024"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (capture("ana", 2, "B"), "estimate.capture_without_effort"),
        (capture("ana", 3, "A"), "estimate.occasion_out_of_range"),
        (capture("ana", 0, "A"), "estimate.occasion_out_of_range"),
        (capture("ana", 1, "Z"), "estimate.unknown_station"),
    ],
)
def test_impossible_captures_are_refused_together(row, code):
    with pytest.raises(AnalysisError) as refused:
        capture_history(survey_of(capture("tom", 1, "A"), row, row), "2024")
    assert refused.value.code == "estimate.captures_refused"
    assert [problem.code for problem in refused.value.problems] == [code, code]
    fields = refused.value.problems[0].fields
    assert (fields["station"], fields["occasion"], fields["individual"]) == (row.station, row.occasion, "ana")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"usage_station_days": (1.0,)}, "estimate.usage_length"),
        ({"usage_station_days": (1.0, float("nan"))}, "estimate.usage_not_a_number"),
        ({"usage_station_days": (1.0, -1.0)}, "estimate.usage_not_a_number"),
        ({"x": float("inf")}, "estimate.place_not_a_number"),
    ],
)
def test_impossible_stations_are_refused(change, code):
    survey = survey_of(capture("tom", 1, "A"))
    broken = replace(survey, stations=(survey.stations[0], replace(survey.stations[1], **change)))
    with pytest.raises(AnalysisError) as refused:
        capture_history(broken, "2024")
    assert [problem.code for problem in refused.value.problems] == [code]


def test_unknown_sessions_and_sessions_without_stations():
    with pytest.raises(AnalysisError) as unknown:
        capture_history(survey_of(), "1999")
    with pytest.raises(AnalysisError) as bare:
        capture_history(replace(survey_of(), stations=()), "2024")
    assert (unknown.value.code, bare.value.code) == ("estimate.unknown_session", "estimate.no_stations")


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"event_animal": np.array([1, 0])}, "sorted"),
        ({"event_animal": np.array([0, 0])}, "sorted"),
        ({"event_animal": np.array([0, 2])}, "range"),
        ({"event_animal": np.array([-1, 1])}, "range"),
        ({"event_count": np.array([0, 1])}, "counts"),
        ({"event_count": np.array([1])}, "one length"),
        ({"detector_type": "proximity", "event_count": np.array([1, 2])}, "counts"),
        ({"detector_type": "single"}, "detector type"),
        ({"xy_m": np.array([[0.0, np.nan]])}, "finite"),
        ({"xy_m": np.zeros((2, 2))}, "xy_m"),
        ({"usage_station_days": np.zeros((1, 1))}, "usage is 0"),
        ({"usage_station_days": -np.ones((1, 1))}, "negative"),
        ({"sex": ()}, "one sex per animal"),
        ({"animals": ("a", "b", "c"), "sex": (None,) * 3}, "without a detection"),
    ],
)
def test_impossible_histories_cannot_be_made(change, problem):
    sound = history_from_counts(np.ones((2, 1, 1), dtype=int), [[0.0, 0.0]], [[1.0]])
    with pytest.raises(ValueError, match=problem):
        replace(sound, **change)
