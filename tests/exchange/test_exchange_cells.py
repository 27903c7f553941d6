"""Cells: numbers, dates, words, names and formulas as offices write them."""

import datetime as dt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from pardine.exchange.columns import SYNONYMS, find_columns, find_effort_columns, plain
from pardine.exchange.dates import Moment, parse_moments
from pardine.exchange.formulas import neutralise, restore
from pardine.exchange.names import alike_pairs, looks_mangled, similar_name
from pardine.exchange.numbers import parse_numbers
from pardine.exchange.words import AGE_WORDS, SEX_WORDS, STATE_WORDS, find_word, says_unknown


@pytest.mark.parametrize(
    ("cells", "separator", "values"),
    [
        (["1", "2.5", "-3e2"], ",", [1, 2.5, -300]),
        (["1,5", "2"], ";", [1.5, 2]),
        (["1,234"], ";", [1.234]),
        (["1,5", "-2,25"], ",", [1.5, -2.25]),
        (["1,5", ""], "", [1.5, np.nan]),
        (["1 234 567,5"], ";", [1234567.5]),
        (["1\u00a0234", "2\u202f345.5"], ",", [1234, 2345.5]),
        (["\u22125"], ",", [-5]),
        (["NA", "n/a", "-", "н/д", "无"], ",", [np.nan] * 5),
    ],
)
def test_numbers_are_read_as_meant(cells, separator, values):
    column = parse_numbers(cells, separator)
    assert np.array_equal(column.values, values, equal_nan=True)
    assert not column.unreadable
    assert not column.ambiguous


@pytest.mark.parametrize(
    ("cells", "separator"),
    [
        (["1,234"], ","),
        (["1,234", "5,678"], "\t"),
        (["1,5", "2.5"], ";"),
    ],
)
def test_numbers_with_two_readings_are_not_read(cells, separator):
    assert parse_numbers(cells, separator).ambiguous


@pytest.mark.parametrize("cell", ["12a", "1_000", "inf", "1.234,5", "1,2,3", "0x10", "1 2"])
def test_what_is_no_number_is_told(cell):
    assert parse_numbers(["1", cell], ";").unreadable == (1,)


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False)))
def test_any_number_survives_its_text(numbers):
    assert parse_numbers([repr(number) for number in numbers], ",").values.tolist() == numbers


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (["2024-05-31"], [dt.date(2024, 5, 31)]),
        (["31.05.2024", "01.06.2024"], [dt.date(2024, 5, 31), dt.date(2024, 6, 1)]),
        (["2024年5月31日", "2024/6/1"], [dt.date(2024, 5, 31), dt.date(2024, 6, 1)]),
        (["11/22/2016", "8/3/2016"], [dt.date(2016, 11, 22), dt.date(2016, 8, 3)]),
        (["22/11/2016", "3/8/2016"], [dt.date(2016, 11, 22), dt.date(2016, 8, 3)]),
        (["3/3/2016"], [dt.date(2016, 3, 3)]),
    ],
)
def test_days_are_read_as_meant(cells, days):
    assert [moment.day for moment in parse_moments(cells).values] == days


def test_time_of_day_is_kept():
    parsed = parse_moments(["2024-05-31 14:30", "2024-05-31T02:03:04", "", "31.05.2024"])
    assert parsed.values == (
        Moment(day=dt.date(2024, 5, 31), clock=dt.time(14, 30)),
        Moment(day=dt.date(2024, 5, 31), clock=dt.time(2, 3, 4)),
        None,
        Moment(day=dt.date(2024, 5, 31)),
    )


@pytest.mark.parametrize("cells", [["3/4/2016"], ["13/4/2016", "4/13/2016", "3/4/2016"]])
def test_days_with_two_readings_are_not_read(cells):
    assert parse_moments(cells).ambiguous == tuple(range(len(cells)))


@pytest.mark.parametrize(
    "cell", ["45413", "2024-02-30", "31.05.24", "2024-05-31T10:00Z", "2024-05-31 25:00", "May 2024"]
)
def test_what_is_no_day_is_told(cell):
    assert parse_moments([cell]).unreadable == (0,)


@pytest.mark.parametrize(
    ("cell", "words", "meant"),
    [
        ("Female", SEX_WORDS, "F"),
        ("ж.", SEX_WORDS, "F"),
        ("Самец", SEX_WORDS, "M"),
        ("雌", SEX_WORDS, "F"),
        ("雄性", SEX_WORDS, "M"),
        ("亚成体", AGE_WORDS, "subadult"),
        ("котёнок", AGE_WORDS, "cub"),
        ("украдена", STATE_WORDS, "stolen"),
        ("正常", STATE_WORDS, "working"),
        ("hermaphrodite", SEX_WORDS, None),
    ],
)
def test_words_of_three_languages(cell, words, meant):
    assert find_word(cell, words) == meant


@pytest.mark.parametrize("cell", ["", "?", "NA", "Unknown", "неизв.", "未知"])
def test_words_for_not_known(cell):
    assert says_unknown(cell)


@pytest.mark.parametrize("words", [SEX_WORDS, AGE_WORDS, STATE_WORDS])
def test_no_word_means_two_things(words):
    synonyms = [synonym for each in words.values() for synonym in each]
    assert len(set(synonyms)) == len(synonyms)


def test_no_column_name_means_two_things():
    names = [plain(name) for each in SYNONYMS.values() for name in each]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("Долгота (°)", "longitude"),
        (" LAT ", "latitude"),
        ("经度", "longitude"),
        ("Код станции", "station"),
        ("站点编号", "station"),
        ("x, м", "x"),
        ("Individual-ID", "individual"),
        ("SessionID", "session"),
        ("Дата съёмки", "date"),
        ("个体", "individual"),
    ],
)
def test_column_names_of_three_languages(header, column):
    assert find_columns([header], SYNONYMS) == {column: header}


def test_plain_name_wins_over_a_vague_one():
    assert find_columns(["id", "site", "detector"], ["station"]) == {"station": "detector"}


def test_effort_columns_come_in_the_order_of_occasions():
    header = ["usage_10", "usage_2", "Effort 1", "усилие_3"]
    assert find_effort_columns(header) == {1: "Effort 1", 2: "usage_2", 3: "усилие_3", 10: "usage_10"}


def test_names_that_only_look_alike_are_found():
    assert alike_pairs(["A1", "А1", "b 2", "B-2", "C3"]) == [("A1", "А1"), ("b 2", "B-2")]
    assert alike_pairs(["Leopard_2_76", "Leopard_27_6"]) == []


@pytest.mark.parametrize("name", ["1.0", "1.23E+05", "2e10", "#N/A"])
def test_names_that_a_spreadsheet_changed(name):
    assert looks_mangled(name)


@pytest.mark.parametrize("name", ["007", "1911.52067", "E1", "12"])
def test_names_that_nobody_changed(name):
    assert not looks_mangled(name)


def test_probable_name_is_proposed():
    assert similar_name("7.0", ["006", "007"]) == "007"
    assert similar_name("Аgnes", ["Agnes"]) == "Agnes"
    assert similar_name("X", ["Y"]) == ""


@pytest.mark.parametrize("cell", ["=1+1", "+A", "-x", "@SUM(A1)", "\tx", "\rx", "'=x", "''-y"])
def test_formulas_are_neutralised(cell):
    assert neutralise(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-12.5", "+7", "-1e-3", "-0,5", "A=1", "'quoted'", ""])
def test_numbers_and_plain_text_are_untouched(cell):
    assert neutralise(cell) == cell


@given(st.text(alphabet="'=+-@\t\rA1.,") | st.text())
def test_neutralising_loses_nothing(cell):
    assert restore(neutralise(cell)) == cell
