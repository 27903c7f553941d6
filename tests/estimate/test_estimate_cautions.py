"""Warnings come where their reason is, and only there."""

from dataclasses import replace

import numpy as np
import pytest
from estimate_surveys import history_from_counts, small_history
from scipy.stats import spearmanr
from test_estimate_twice import SPACE, USAGE, XY, null_fit, survey_with_ghosts

from pardine.base.errors import AnalysisError
from pardine.estimate.checking.cautions import cautions, n_places, outermost, rank_correlation, spread_of
from pardine.estimate.checking.windows import check_windows, in_window


def drawn(seed, *, usage=USAGE, sigmas_m=(1500.0,), density_by_x=False, lambda0=0.12, per_100km2=12.0):
    """A survey drawn plainly; sexes in turn where there are two sigmas."""
    rng = np.random.default_rng(seed)
    weight = SPACE.xy_m[:, 0] ** 2 if density_by_x else np.ones(SPACE.n_points)
    n = rng.poisson(per_100km2 * 4.0)
    centres = SPACE.xy_m[rng.choice(SPACE.n_points, n, p=weight / weight.sum())]
    sigma = np.resize(sigmas_m, n)[:, None]
    hazard = lambda0 * np.exp(-((centres[:, None] - XY) ** 2).sum(axis=2) / (2 * sigma**2))
    counts = rng.poisson(hazard[:, :, None] * usage)
    seen = np.flatnonzero(counts.sum(axis=(1, 2)) > 0)
    history = history_from_counts(counts[seen], XY, usage)
    if len(sigmas_m) == 2:
        history = replace(history, sex=tuple("MF"[i % 2] for i in seen))
    return history


def codes(history):
    return [notice.code for notice in cautions(null_fit([history], [SPACE]), [history], [SPACE])]


def test_a_sound_survey_is_left_alone():
    found = [code for seed in range(20) for code in codes(drawn(seed))]
    # One-sided 5 % for ghosts in each of 20 surveys.
    assert len(found) <= 3


def test_sexes_that_move_differently_are_told_unless_the_model_knows():
    history = drawn(1, sigmas_m=(2400.0, 1000.0))
    fit = null_fit([history], [SPACE])
    (found,) = [n for n in cautions(fit, [history], [SPACE]) if n.code == "caution.sexes_differ"]
    assert found.fields["male_km"] > 1.5 * found.fields["female_km"]
    assert spread_of([history], "M")[0] > spread_of([history], "F")[0] > 0.0
    knowing = null_fit([history], [SPACE], terms={"sigma": ("h2",)}, hcov="sex")
    assert "caution.sexes_differ" not in [n.code for n in cautions(knowing, [history], [SPACE])]
    alike = replace(history, sex=tuple("FM"[i % 2] for i in np.argsort(np.arange(history.n_animals) % 7)))
    assert "caution.sexes_differ" not in codes(alike)


def test_effort_that_follows_the_animals_is_told():
    rich = USAGE * np.linspace(0.15, 1.5, 5).repeat(5)[:, None]  # longer in the east, where animals are
    found = [codes(drawn(seed, usage=rich, density_by_x=True, per_100km2=30.0)) for seed in range(6)]
    assert sum("caution.effort_follows_animals" in each for each in found) >= 4
    even = [codes(drawn(seed, usage=rich, per_100km2=30.0)) for seed in range(6)]
    assert sum("caution.effort_follows_animals" in each for each in even) <= 1


def test_rank_correlation_is_spearmans():
    rng = np.random.default_rng(2)
    x, y = rng.integers(0, 6, 30).astype(float), rng.normal(size=30)
    assert rank_correlation(x, y) == pytest.approx(tuple(spearmanr(x, y)), rel=1e-9)


def test_animals_seen_at_the_rim_only():
    rim = ((XY == TRAP_LOW) | (XY == TRAP_HIGH)).all(axis=1)
    np.testing.assert_array_equal(outermost(XY), rim)
    assert outermost(XY[:5]) is None
    line = np.column_stack([np.arange(12.0), np.zeros(12)])
    assert outermost(line) is None
    counts = np.zeros((8, 25, 5), dtype=int)
    corners = np.flatnonzero(rim)
    for animal in range(8):
        counts[animal, corners[animal % 4], animal % 5] = 2
    counts[7, 12, 0] = counts[0, corners[1], 1] = 1
    history = history_from_counts(counts, XY, USAGE)
    assert n_places(history).tolist() == [2, 1, 1, 1, 1, 1, 1, 2]
    found = {n.code: n for n in cautions(null_fit([drawn(1)], [SPACE]), [history], [SPACE])}
    assert found["caution.edge"].fields["value"] == 7
    assert found["caution.few_movers"].fields["value"] == 2


TRAP_LOW, TRAP_HIGH = XY.min(), XY.max()


def test_one_animal_that_makes_the_estimate():
    history = drawn(3)
    counts = history.event_count.copy()
    counts[history.event_animal == 4] *= 60
    assert "caution.one_animal_dominates" in codes(replace(history, event_count=counts))


def test_ghosts_are_warned_about_without_being_asked():
    history = survey_with_ghosts(np.random.default_rng(1), 0.3)
    assert "ghosts.suspected" in codes(history)


def test_window_is_the_survey_of_its_occasions():
    history = small_history(np.random.default_rng(7), n_animals=14, n_occasions=5)
    history = replace(history, duration_days=50)
    cut = in_window(history, np.arange(2, 5))
    np.testing.assert_array_equal(cut.usage_station_days, history.usage_station_days[:, 2:])
    inside = history.event_occasion >= 2
    assert cut.n_detections == history.event_count[inside].sum()
    assert cut.n_animals == len(np.unique(history.event_animal[inside]))
    assert cut.duration_days == 30
    names = [history.animals[i] for i in history.event_animal[inside]]
    assert [cut.animals[i] for i in cut.event_animal] == names


def test_window_has_its_own_covariates_and_losses():
    history = small_history(np.random.default_rng(7), n_animals=14, n_occasions=5)
    rain = {f"rain_{s + 1}": str(s) for s in range(5)}
    snow = {f"snow_{s + 1}": tuple(f"{j}{s}" for j in range(history.n_detectors)) for s in range(5)}
    history = replace(
        history,
        session_covariates={**rain, "biome": "steppe", "team_1": "A"},
        station_covariates={**snow, "road": ("no",) * history.n_detectors},
        last_occasion={name: last(history, i) for i, name in enumerate(history.animals)},
    )
    cut = in_window(history, np.arange(2, 5))
    assert cut.session_covariates == {
        "rain_1": "2",
        "rain_2": "3",
        "rain_3": "4",
        "biome": "steppe",
        "team_1": "A",
    }
    assert set(cut.station_covariates) == {"snow_1", "snow_2", "snow_3", "road"}
    assert cut.station_covariates["snow_2"][1] == "13"
    late = [name for name in history.animals if history.last_occasion[name] >= 2]
    assert late
    assert cut.last_occasion == {name: history.last_occasion[name] - 2 for name in late}
    before = in_window(history, np.arange(0, 4))
    early = [name for name in history.animals if history.last_occasion[name] < 4]
    assert 0 < len(early) < history.n_animals
    assert before.last_occasion == {name: history.last_occasion[name] for name in early}


def last(history, animal):
    return int(history.event_occasion[history.event_animal == animal].max())


def test_closed_population_gives_one_density_through_all_windows():
    history = drawn(5)
    check = check_windows(null_fit([history], [SPACE]), [history], [SPACE])
    assert [window.n_parts for window in check.windows] == [2, 2]
    assert [notice.code for notice in check.notices] == ["windows.agree"]


def test_animals_that_come_and_go_are_told():
    first, second = drawn(5), drawn(6)
    early, late = in_window(first, np.arange(0, 3)), in_window(second, np.arange(3, 5))
    counts = np.zeros((early.n_animals + late.n_animals, 25, 5), dtype=int)
    np.add.at(counts, (early.event_animal, early.event_detector, early.event_occasion), early.event_count)
    np.add.at(
        counts,
        (early.n_animals + late.event_animal, late.event_detector, late.event_occasion + 3),
        late.event_count,
    )
    history = history_from_counts(counts, XY, USAGE)
    check = check_windows(null_fit([history], [SPACE]), [history], [SPACE])
    assert [notice.code for notice in check.notices] == ["windows.not_closed"]
    assert check.notices[0].fields["percent"] > 25


def test_windows_that_cannot_be():
    history = drawn(5)
    fit = null_fit([history], [SPACE])
    with pytest.raises(AnalysisError) as caught:
        check_windows(fit, [history], [SPACE], n_parts=6)
    assert caught.value.code == "windows.too_few_occasions"
    bare = in_window(history, np.arange(0, 1))
    empty_later = replace(history, **{name: getattr(bare, name) for name in NAMES})
    check = check_windows(fit, [empty_later], [SPACE])
    assert [bool(window.refusal) for window in check.windows] == [False, True]
    assert "windows.refused" in [notice.code for notice in check.notices]


NAMES = ("animals", "sex", "event_animal", "event_occasion", "event_detector", "event_count")
