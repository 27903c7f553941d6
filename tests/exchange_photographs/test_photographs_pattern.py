"""Patterns of paths."""

import datetime as dt
import time

import pytest

from pardine.base.errors import InputError
from pardine.exchange.photographs.path_pattern import PathPattern


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("{station}/{slot}/**", "A1/B/100RECNX/x.jpg", {"station": "A1", "slot": "B"}),
        ("{station}/{slot}/", "Кедровая 7/B/x.jpg", {"station": "Кедровая 7", "slot": "B"}),
        ("**/{station}/{species}/{*}", "a/b/S/Leo/x.jpg", {"station": "S", "species": "Leo"}),
        ("{station}_{slot}/{*}", "St_1_A/x.jpg", {"station": "St", "slot": "1_A"}),
        ("{station}-{n}", "deep/down/T12-0045.JPG", {"station": "T12", "number": 45}),
        ("{station}/{station}/{*}", "North/07/x.jpg", {"station": "North-07"}),
    ],
)
def test_parts_of_a_path(pattern, path, expected):
    facts = PathPattern(pattern).match(path)
    assert {name: getattr(facts, name) for name in expected} == expected


def test_station_slot_and_time_of_a_name():
    pattern = PathPattern("{station}__Station{station}__Camera{slot}__{date}__{time}({n})")
    facts = pattern.match("01__Station04__Camera2__2012-7-22__1-53-20(0).JPG")
    assert (facts.station, facts.slot, facts.number) == ("01-04", "2", 0)
    assert facts.reading.wall_clock == dt.datetime(2012, 7, 22, 1, 53, 20)
    assert facts.reading.source == "file name"


def test_compact_date_and_time_side_by_side():
    facts = PathPattern("{date}{time}-{camera}").match("20200709093328-RCNX0001.JPG")
    assert facts.reading.wall_clock == dt.datetime(2020, 7, 9, 9, 33, 28)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("{station}/{slot}/**", "A1/x.jpg"),
        ("{station}__{date}__{time}", "A__2009-02-31__00-40-00.JPG"),
        ("{station}__{date}__{time}", "A__2009-02-21.JPG"),
        ("{station}/fixed/{*}", "A/other/x.jpg"),
    ],
)
def test_what_does_not_fit(pattern, path):
    assert PathPattern(pattern).match(path) is None


@pytest.mark.parametrize(
    ("pattern", "code"),
    [
        ("", "photograph.pattern_length"),
        ("{foo}/{station}", "photograph.pattern_unknown_field"),
        ("{station", "photograph.pattern_brace"),
        ("}{station}", "photograph.pattern_brace"),
        ("photos/{*}", "photograph.pattern_no_field"),
        ("{station}{slot}", "photograph.pattern_adjacent"),
        ("{date}_{date}_{station}", "photograph.pattern_twice"),
        ("**/**/**/{station}", "photograph.pattern_twice"),
    ],
)
def test_bad_patterns_say_what_is_wrong(pattern, code, tell):
    with pytest.raises(InputError) as caught:
        PathPattern(pattern)
    assert caught.value.code == code
    assert pattern in tell(caught.value.notice)


@pytest.mark.parametrize(
    ("pattern", "path"),
    [
        ("{station}_{slot}_{camera}_{species}_{individual}_{date}", "_" * 250),
        ("**/{station}/x_{date}_{time}", "a/" * 2000 + "x"),
        ("**/{station}/**/x{n}", "a/" * 1000 + "b"),
    ],
)
def test_a_made_up_name_costs_no_time(pattern, path):
    began = time.perf_counter()
    assert PathPattern(pattern).match(path) is None
    assert time.perf_counter() - began < 2
