import pytest

from pardine.base.errors import InputError, Notice, warning
from pardine.language.messages import MESSAGES
from pardine.language.translate import error_lines, sentence


def test_sentence_and_hint_with_the_facts():
    said = sentence(Notice("place.unknown_crs", {"value": "EPSG:0"}))
    assert said.startswith("The coordinate reference system “EPSG:0” is not known. Write an EPSG code")


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_every_message_can_be_said_without_its_facts(language):
    for code in MESSAGES:
        assert sentence(Notice(code), language)


def test_braces_in_a_fact_stay_as_they_are():
    assert "“{unit} {0}”" in sentence(Notice("place.unknown_crs", {"value": "{unit} {0}"}))


def test_decimals_are_written_as_the_language_writes_them():
    fact = warning("place.crs_not_metres", value=0.123456789, unit="m")
    assert "“0.1235”" in sentence(fact, "en")
    assert "0,1235" in sentence(fact, "ru")


def test_error_is_headline_and_problems():
    problem = Notice("place.crs_not_metres", {"value": "EPSG:2277", "unit": "foot"})
    lines = list(error_lines(InputError("place.unknown_crs", problems=[problem], value="x"), "en"))
    assert len(lines) == 2 and "foot" in lines[1]


def test_code_without_sentence_is_a_mistake():
    with pytest.raises(KeyError):
        sentence(Notice("no.such_code"))
