"""Animals of a simulated world follow the scenario: sexes, ages, places, years."""

import datetime as dt
from dataclasses import replace

import numpy as np
import pytest

from pardine.simulate.world.activity import PATTERNS, activity
from pardine.simulate.world.population import draw_population, next_year
from pardine.simulate.world.scenario import AnimalKeys, DynamicsKeys, Scenario, SurveyKeys
from pardine.simulate.world.sun import sun_position_deg, sunrise_and_sunset_h
from pardine.simulate.world.survey import simulate_survey
from pardine.simulate.world.world import draw_world

SPACE = Scenario().landscape.state_space(2000.0)
EVEN = np.ones(SPACE.n_points)


def crowd(**changes):
    keys = AnimalKeys(n_animals=4000, **changes)
    return draw_population(Scenario(animals=keys), SPACE, EVEN, seed=3)


def within(share, expected, n):
    """Four standard errors of a share."""
    return abs(share - expected) < 4.0 * np.sqrt(expected * (1.0 - expected) / n)


def test_sexes_ages_and_mothers_are_those_of_the_scenario():
    living = crowd(female_prob=0.6, subadult_prob=0.3, mother_prob=0.5)
    own = [a for a in living if not a.mother]
    assert len(own) == 4000
    assert within(np.mean([a.sex == "F" for a in own]), 0.6, 4000)
    assert within(np.mean([a.age_class == "subadult" for a in own]), 0.3, 4000)
    mothers = {a.mother for a in living if a.mother}
    may_lead = [a for a in own if a.sex == "F" and a.age_class == "adult"]
    assert within(len(mothers) / len(may_lead), 0.5, len(may_lead))
    cubs = [a for a in living if a.mother]
    assert {a.age_class for a in cubs} == {"cub"}
    assert np.mean([a.sex == "F" for a in cubs]) == pytest.approx(0.5, abs=0.05)
    assert len(cubs) / len(mothers) == pytest.approx(1.8, abs=0.06)  # 0.29 + 2 x 0.62 + 3 x 0.09


def test_density_follows_habitat_as_far_as_asked():
    suitability = np.where(SPACE.xy_m[:, 1] > np.median(SPACE.xy_m[:, 1]), 3.0, 1.0)
    north = np.median(SPACE.xy_m[:, 1])
    shares = []
    for exponent in (0.0, 1.0, 2.0):
        keys = AnimalKeys(n_animals=4000, habitat_exponent=exponent)
        living = draw_population(Scenario(animals=keys), SPACE, suitability, seed=4)
        shares.append(np.mean([a.y_m > north for a in living]))
    assert shares == pytest.approx([0.5, 0.75, 0.9], abs=0.03)


def test_suitability_is_in_patches_around_one():
    strip = replace(Scenario().landscape, unevenness=0.8)
    field = strip.suitability(1000.0, seed=1)
    assert field.mean() == pytest.approx(1.0)
    assert np.log(field).std() == pytest.approx(0.8, abs=0.15)
    xy = strip.state_space(1000.0).xy_m
    step = np.abs(np.diff(np.log(field)))[np.diff(xy[:, 0]) == 1000.0]
    assert step.mean() < 0.3  # neighbours are alike
    np.testing.assert_array_equal(field, strip.suitability(1000.0, seed=1))


def test_a_year_takes_and_gives_what_the_scenario_says():
    dynamics = DynamicsKeys(
        adult_survival_prob=0.8, subadult_survival_prob=0.6, cub_survival_prob=0.5, birth_prob=0.4
    )
    before = crowd(mother_prob=0.5)
    after = next_year(before, dynamics, SPACE, 1, seed=3)
    codes = {a.code for a in after}
    for age_class, survival in (("adult", 0.8), ("subadult", 0.6)):
        own = [a for a in before if a.age_class == age_class]
        assert within(np.mean([a.code in codes for a in own]), survival, len(own))
    cubs = [a for a in before if a.mother]
    assert np.mean([a.code in codes for a in cubs]) == pytest.approx(0.5 * 0.8, abs=0.04)  # mothers die too
    alive = {a.code: a for a in after}
    for cub in cubs:
        grown = alive.get(cub.code)
        if grown is not None and cub.age_years == 1:
            assert (grown.mother, grown.age_class) == ("", "subadult")
        if grown is not None and cub.age_years == 0:
            assert grown.mother == cub.mother
    free = [a for a in after if a.sex == "F" and a.age_class == "adult"]
    led = {a.mother for a in after if a.mother}
    with_older = {a.mother for a in after if a.mother and a.age_years > 0}
    free = [a for a in free if a.code not in with_older]
    n_new = sum(a.code in led for a in free)
    assert within(n_new / len(free), 0.4, len(free))
    assert len({a.code for a in after}) == len(after)


def test_sons_settle_farther_than_daughters():
    dynamics = DynamicsKeys(cub_survival_prob=1.0, adult_survival_prob=1.0)
    before = [a for a in crowd(mother_prob=0.9) if a.mother == "" or a.age_years == 1]
    at = {a.code: (a.x_m, a.y_m) for a in before if a.mother}
    went = {"F": [], "M": []}
    for animal in next_year(before, dynamics, SPACE, 1, seed=3):
        if animal.code in at:
            was = at[animal.code]
            went[animal.sex].append(np.hypot(animal.x_m - was[0], animal.y_m - was[1]))
    assert 4_000 < np.mean(went["F"]) < 9_000
    assert np.mean(went["M"]) > 1.5 * np.mean(went["F"])


def test_several_years_are_sessions_of_the_same_stations_and_animals():
    scenario = Scenario(survey=SurveyKeys(years=3))
    simulated = simulate_survey(scenario, seed=2)
    assert [s.code for s in simulated.survey.sessions] == [
        f"simulated winter {y}" for y in (2025, 2026, 2027)
    ]
    places = {}
    for station in simulated.survey.stations:
        places.setdefault(station.code, set()).add((station.x, station.y))
    assert all(len(own) == 1 for own in places.values())
    codes = [{a.code for a in truth.animals} for truth in simulated.truths]
    assert codes[0] & codes[1] & codes[2]
    assert codes[0] - codes[1]
    for truth in simulated.truths[1:]:
        assert truth.density_per_100km2 == pytest.approx(truth.realised_density_per_100km2)


def test_nobody_counts_cubs_with_their_mother():
    world = draw_world(Scenario(animals=AnimalKeys(mother_prob=1.0)), seed=1)
    (year,) = world.years
    assert len(year.animals) < len(year.living)
    assert not any(animal.mother for animal in year.animals)


def test_the_sun_stands_where_it_should():
    # Vladivostok (131.9 E, 43.1 N), the solstices of 2025 at local solar noon: 90 - 43.1 +- 23.44 degrees.
    noon_s = np.array([1750471200.0 + 60 * 11.8, 1766289600.0 + 60 * 12.0])  # 02:00 and 04:00 UTC
    grid = np.arange(-6, 6, 0.05) * 3600.0
    highest = [sun_position_deg(at + grid, (131.9, 43.1))[0].max() for at in noon_s]
    assert highest == pytest.approx([70.34, 23.46], abs=0.15)
    elevation, azimuth = sun_position_deg(noon_s[:1] + grid, (131.9, 43.1))
    assert azimuth[elevation.argmax()] == pytest.approx(180.0, abs=3.0)


def test_days_are_long_in_summer():
    rises, sets = sunrise_and_sunset_h(dt.date(2025, 6, 21), 600, (131.9, 43.1))
    assert sets - rises == pytest.approx(15.4, abs=0.15)
    rises, sets = sunrise_and_sunset_h(dt.date(2025, 12, 21), 600, (131.9, 43.1))
    assert sets - rises == pytest.approx(8.98, abs=0.15)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_activity_has_the_mean_of_one_and_its_peaks(pattern):
    hours = np.arange(0.0, 24.0, 0.1)
    level = activity(pattern, hours, 7.0, 17.0)
    assert level.mean() == pytest.approx(1.0, rel=1e-3)
    noon, midnight, dusk = (level[np.abs(hours - at).argmin()] for at in (12.0, 0.0, 17.5))
    expected = {
        "crepuscular": dusk > midnight > noon,
        "nocturnal": midnight > dusk > noon,
        "diurnal": noon > dusk > midnight,
        "cathemeral": noon == dusk == midnight,
    }
    assert expected[pattern]
