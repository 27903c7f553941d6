"""Scenario files: what is read, and what is refused with line and remedy."""

import datetime as dt
from dataclasses import fields

import pytest

from pardine.base.errors import InputError
from pardine.exchange.scenario_file import key_lines, parse_scenario, read_scenario, scenario_toml
from pardine.language.translate import error_lines
from pardine.simulate.world.keys import key_of
from pardine.simulate.world.scenario import MovementKeys, Scenario, SurveyKeys


def problems(text):
    with pytest.raises(InputError) as caught:
        parse_scenario(text, "s.toml")
    return caught.value


@pytest.mark.parametrize(
    ("text", "code", "row", "says"),
    [
        ("[animals]\ndensity_per_100km2 = 0\n", "scenario.bad_value", 2, "0.001"),
        ("[animals]\ndensity_per_100km2 = -1.0\n", "scenario.bad_value", 2, "0.001"),
        ("\n[stations]\nn = 0\n", "scenario.bad_value", 3, "1, 2"),
        ("[movement]\nsigma_m = -10\n", "scenario.bad_value", 2, "1 –"),
        ("[movement]\nkind = 'walking'\n", "scenario.bad_value", 2, '"moving"'),
        ("[faults]\nsnowed_prob = 1.5\n", "scenario.bad_value", 2, "0 – 1"),
        ("[survey]\nyears = 2.5\n", "scenario.bad_value", 2, "1, 2"),
        ("[survey]\nstarts_on = 'May'\n", "scenario.bad_value", 2, "2025-11-15"),
        ("[landscape]\nend_m = [1.0]\n", "scenario.bad_value", 2, "[x, y]"),
        ("[animals]\ndensity = 2\n", "scenario.unknown_key", 2, "density_per_100km2"),
        ("[survey]\n\n# a note\nocasion_days = 5\n", "scenario.unknown_key", 4, "occasion_days"),
        ("[Station]\nn = 3\n", "scenario.unknown_section", 1, "stations"),
        ("survey = 5\n", "scenario.unknown_section", 1, "[survey]"),
        ("[survey]\ndays = 90\noccasion_days = 7\n", "scenario.occasions_do_not_divide", 3, "90"),
        ("[survey]\nyears = 2\ndays = 366\noccasion_days = 6\n", "scenario.sessions_overlap", 3, "365"),
        ("[stations]\nn = 100\n", "scenario.stations_do_not_fit", 2, "46"),
        ("[landscape]\nhalf_width_m = 1000\n", "scenario.landscape_too_small", 2, "grid"),
        ("[cards]\ndrift_prob = 1.0\n", "scenario.faults_above_one", 2, "1.1"),
        ("survey.days = 45\nsurvey.dys = 3\n", "scenario.unknown_key", 2, "days"),
    ],
)
def test_what_cannot_be_is_refused_with_line_and_remedy(text, code, row, says):
    error = problems(text)
    (problem,) = error.problems
    assert (problem.code, problem.fields["row"], problem.fields["file"]) == (code, row, "s.toml")
    _, line = error_lines(error, "en")
    assert f"s.toml, line {row}:" in line
    assert says in line


def test_a_text_that_is_not_toml_is_refused_with_its_line():
    error = problems("[survey]\ndays = \n")
    assert (error.code, error.notice.fields["row"]) == ("scenario.not_toml", 2)


def test_all_faults_are_told_at_once_by_line():
    error = problems("[stations]\nn = 0\nspacing = 3\n[survey]\ndays = 0\n")
    assert [p.fields["row"] for p in error.problems] == [2, 3, 5]


def test_a_missing_file_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot_read"):
        read_scenario(tmp_path / "no.toml")


def test_a_scenario_reads_back_from_its_own_text():
    for scenario in (Scenario(), Scenario(movement=MovementKeys(g0=0.05, kind="moving"))):
        assert parse_scenario(scenario_toml(scenario), "s.toml") == scenario


def test_an_empty_file_is_the_default_scenario():
    assert parse_scenario("", "s.toml") == Scenario()


def test_lines_of_keys_are_not_found_within_text():
    text = 'x = """\n[survey]\ndays = 3\n"""\n[survey]\ndays = 4\n'
    assert key_lines(text)["survey.days"] == 6


def test_every_key_says_what_it_means():
    for part in fields(Scenario):
        for declared in fields(part.default_factory):
            told, _ = key_of(declared)
            assert len(told.help) > 5
            assert told.low <= told.high


def test_sections_made_in_code_are_checked_too():
    with pytest.raises(ValueError, match="days must be"):
        SurveyKeys(days=0)
    with pytest.raises(ValueError, match="stations_do_not_fit"):
        Scenario(stations=type(Scenario().stations)(n=200))


def test_a_session_of_the_29th_of_february_comes_every_year():
    scenario = Scenario(survey=SurveyKeys(starts_on=dt.date(2024, 2, 29), years=3))
    assert [scenario.starts_on(year).day for year in range(3)] == [29, 28, 28]
    assert len(set(scenario.sessions)) == 3
