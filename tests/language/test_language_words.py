import datetime as dt
import math

import pytest

from pardine.base.result import Estimate
from pardine.language.words import Words, decimals_for, decimals_of_density, decimals_of_estimate


def an_estimate(value, lower, upper):
    return Estimate(value=value, lower=lower, upper=upper, level=0.95, unit="animals", method="made up")


@pytest.mark.parametrize(
    ("language", "number", "percent", "date"),
    [
        ("en", "12,345.60", "95.5%", "5 January 2026"),
        ("ru", "12\xa0345,60", "95,5\xa0%", "5 января 2026\u202fг."),
        ("zh", "12,345.60", "95.5%", "2026年1月5日"),
    ],
)
def test_numbers_and_dates_as_the_language_writes_them(language, number, percent, date):
    words = Words(language)
    assert words.number(12345.6, 2) == number
    assert words.percent(0.955, 1) == percent
    assert words.date(dt.date(2026, 1, 5)) == date


def test_odd_numbers_have_a_form():
    words = Words("en")
    assert words.number(math.nan) == "–"
    assert words.number(math.inf) == "∞"
    assert words.number(-0.0001, 1) == "0.0"
    assert words.interval(an_estimate(1.0, math.nan, math.nan), 2) == "–"
    assert words.significant(0.0) == "0"
    assert words.significant(27.0) == "27"
    assert words.significant(0.01234567) == "0.0123"


def test_decimals_follow_size():
    assert [decimals_for(x) for x in (0.0123, 0.66, 6.98, 33.1, 420.0, 0.0, math.inf)] == [
        4,
        3,
        2,
        1,
        0,
        0,
        0,
    ]
    assert decimals_of_density(an_estimate(0.66, 0.45, 0.95)) == 2
    assert decimals_of_density(an_estimate(0.021, 0.011, 0.04)) == 4
    assert decimals_of_estimate(an_estimate(0.0, 0.0, 0.0)) == 0


@pytest.mark.parametrize(
    ("n", "expected"),
    [(1, "1 особь"), (3, "3 особи"), (5, "5 особей"), (21, "21 особь"), (12, "12 особей")],
)
def test_russian_has_its_plurals(n, expected):
    assert Words("ru").plural("{n} animal", "{n} animals", n) == expected
