"""Awkward surveys: a defined result or a clear refusal, never a silent NaN."""

import math
from dataclasses import replace

import numpy as np
import pytest
from estimate_surveys import history_from_counts, rich_survey, square_space

from pardine.base.errors import AnalysisError, InputError
from pardine.estimate.fit import fit_model
from pardine.estimate.formula.grammar import model_from_text
from pardine.estimate.history import CaptureHistory
from pardine.estimate.model import MaskSpec
from pardine.estimate.statespace import StateSpace
from pardine.simulate.captures import TrueDetection, draw_capture_history


def drawn(seed=4, detector_type="proximity", *, session="A", density=0.5, n_occasions=10):
    """A simulated survey of 25 stations that can carry most models."""
    side = np.arange(5) * 1200.0
    xy = np.array([(x, y) for x in side for y in side])
    usage = np.ones((25, n_occasions))
    usage[3] = 0.0  # an outage throughout
    usage[4, :5] = 0.0
    usage[0, 0] = 0.0  # the first detector starts late
    usage[:, -1] = 0.25  # a last day of six hours
    xs = np.arange(-4500.0, 9400.0, 600.0)
    points = np.stack(np.meshgrid(xs, xs), axis=-1).reshape(-1, 2)
    space = StateSpace(xy_m=points, cell_area_m2=600.0**2)
    truth = TrueDetection(detection="HHN", at_centre=0.15, sigma_m=1100.0)
    history, _ = draw_capture_history(
        space,
        density,
        xy_m=xy,
        usage_station_days=usage,
        detection=truth,
        detector_type="count" if detector_type == "multi" else detector_type,
        seed=seed,
        session=session,
    )
    return once_an_occasion(history) if detector_type == "multi" else history, space


def once_an_occasion(history):
    """The first detection of each animal and occasion alone."""
    keys = np.column_stack([history.event_animal, history.event_occasion])
    _, first = np.unique(keys, axis=0, return_index=True)
    return replace(
        history,
        detector_type="multi",
        event_animal=history.event_animal[first],
        event_occasion=history.event_occasion[first],
        event_detector=history.event_detector[first],
        event_count=np.ones(len(first), dtype=np.intp),
    )


def fit_of(text, histories, spaces, likelihood="full"):
    types = {h.session: h.detector_type for h in histories}
    spec = model_from_text(text, types, mask=MaskSpec(kind="given"), likelihood=likelihood)
    return fit_model(histories, spaces, spec)


def refusal(text, history, space, **options):
    with pytest.raises((AnalysisError, InputError)) as refused:
        fit_of(text, [history], [space], **options)
    return refused.value.notice


def nobody(history) -> CaptureHistory:
    none = np.zeros(0, dtype=np.intp)
    return replace(
        history,
        session="empty",
        animals=(),
        sex=(),
        event_animal=none,
        event_occasion=none,
        event_detector=none,
        event_count=none,
    )


def assert_finite(fit):
    assert all(math.isfinite(c.estimate) and math.isfinite(c.se) for c in fit.coefficients)
    for session in fit.sessions:
        for estimate in (session.density_per_100km2, session.n_expected, session.n_realised):
            assert 0.0 <= estimate.lower <= estimate.value <= estimate.upper < math.inf


@pytest.mark.parametrize("detector_type", ["count", "proximity", "multi"])
@pytest.mark.parametrize("text", ["", "g0~1", "lambda0~t", "a0~bk", "hcov=sex, lambda0~h2, sigma~h2"])
def test_outages_part_days_and_a_late_first_detector(text, detector_type):
    history, space = drawn(detector_type=detector_type)
    sexes = tuple(("F", "M", None)[i % 3] for i in range(history.n_animals))
    assert_finite(fit_of(text, [replace(history, sex=sexes)], [space]))


@pytest.mark.parametrize("text", ["D~session", "D~1", "lambda0~h2, D~session", "lambda0~b"])
def test_a_session_without_captures(text):
    history, space = drawn()
    try:
        fit = fit_of(text, [history, nobody(history)], [space, space])
    except AnalysisError as refused:  # two classes that the data cannot tell apart
        assert refused.code == "estimate.flat_likelihood" and "h2" in text
        return
    empty = fit.sessions[1]
    assert (empty.density_per_100km2.value == 0.0) == ("session" in text)
    assert empty.density_per_100km2.upper > 0.0


def test_coordinates_of_several_million_metres_change_nothing():
    history, space = drawn()
    far = np.array([4.2e6, -3.3e6])
    here = fit_of("D~x, lambda0~bk", [history], [space])
    there = fit_of(
        "D~x, lambda0~bk",
        [replace(history, xy_m=history.xy_m + far)],
        [replace(space, xy_m=space.xy_m + far)],
    )
    assert there.log_likelihood == pytest.approx(here.log_likelihood, abs=1e-6)
    for a, b in zip(here.coefficients, there.coefficients, strict=True):
        assert b.estimate == pytest.approx(a.estimate, abs=1e-5)


@pytest.mark.parametrize("detection", ["HN", "EX", "HR", "HHN", "HEX", "HHR"])
@pytest.mark.parametrize("detector_type", ["count", "proximity", "multi"])
def test_every_detection_function_fits_and_is_finite(detection, detector_type):
    history, space = drawn(detector_type=detector_type)
    fit = fit_of(f"detection={detection}", [history], [space])
    assert_finite(fit)
    assert fit.gradient_norm < 0.1


def test_covariates_in_large_units_fit_as_in_small_ones():
    history, space = drawn()
    height = 2500.0 + 0.1 * space.xy_m[:, 0]
    metres = fit_of("D~h", [history], [replace(space, covariates={"h": height})])
    scaled = fit_of("D~h", [history], [replace(space, covariates={"h": (height - 2500.0) / 1000.0})])
    assert metres.log_likelihood == pytest.approx(scaled.log_likelihood, abs=1e-6)
    assert metres.coefficients[1].estimate * 1000.0 == pytest.approx(
        scaled.coefficients[1].estimate, abs=1e-4
    )
    assert metres.coefficients[1].se * 1000.0 == pytest.approx(scaled.coefficients[1].se, rel=1e-3)


def test_one_animal_is_fitted_with_a_warning():
    history, space = drawn()
    busiest = int(np.bincount(history.event_animal).argmax())
    mine = history.event_animal == busiest
    one = replace(
        history,
        animals=("one",),
        sex=(None,),
        event_animal=np.zeros(int(mine.sum()), dtype=np.intp),
        event_occasion=history.event_occasion[mine],
        event_detector=history.event_detector[mine],
        event_count=history.event_count[mine],
    )
    try:
        fit = fit_of("", [one], [space])
    except AnalysisError as refused:
        assert refused.code.startswith("estimate.")
    else:
        assert_finite(fit)
        assert "estimate.one_animal" in {notice.code for notice in fit.notices}


def test_learning_needs_occasions():
    history = history_from_counts(np.array([[[1], [1]]]), [[0.0, 0.0], [900.0, 0.0]], [[3.0], [3.0]])
    notice = refusal("lambda0~bk", history, square_space(history))
    assert notice.code == "estimate.one_occasion_learns_nothing"


def test_missing_covariates_are_named():
    history, space = rich_survey(n_animals=8)
    gap = replace(history, station_covariates={"trail": ("ridge", "", "ridge", "road", "river", "road")})
    notice = refusal("lambda0~trail", gap, space)
    assert notice.code == "estimate.covariate_missing"
    assert dict(notice.fields)["station"] == "S2" and dict(notice.fields)["column"] == "trail"
    holes = replace(space, covariates={"rough": np.where(space.xy_m[:, 0] > 0, 1.0, np.nan)})
    assert refusal("D~rough", history, holes).code == "estimate.covariate_missing"
    some = replace(history, sex=("F", "M", None, *history.sex[3:]))
    assert dict(refusal("lambda0~sex", some, space, likelihood="conditional").fields)["column"] == "sex"


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("D~nowhere", "model.unknown_term"),
        ("lambda0~rough", "model.unknown_term"),
        ("pmix~trail, lambda0~h2", "model.unknown_term"),
        ("lambda0~slope + factor(slope)", "estimate.redundant_terms"),
        ("D~rough + I(rough^2) + s(rough, k=3) + rough:rough", "estimate.redundant_terms"),
        ("lambda0~log(level)", "estimate.covariate_not_finite"),
        ("lambda0~s(trail, k=3)", "model.not_a_predictor"),
        ("sigma~I(session^2)", "model.not_a_predictor"),
        ("lambda0~s(two, k=4)", "estimate.covariate_too_few_values"),
    ],
)
def test_terms_that_cannot_be(text, code):
    history, space = rich_survey(n_animals=8)
    more = {"level": ("0", "1", "2", "3", "4", "5"), "two": ("1", "2", "1", "2", "1", "2")}
    history = replace(history, station_covariates={**history.station_covariates, **more})
    assert refusal(text, history, space).code == code


def test_codes_used_as_numbers_are_pointed_out():
    history, space = drawn()
    codes = tuple(str((1, 7, 10)[j % 3]) for j in range(25))
    history = replace(history, station_covariates={"forest": codes})
    as_number = fit_of("lambda0~forest", [history], [space])
    as_factor = fit_of("lambda0~factor(forest)", [history], [space])
    assert "estimate.codes_as_numbers" in {n.code for n in as_number.notices}
    assert "estimate.codes_as_numbers" not in {n.code for n in as_factor.notices}
    assert [c.name for c in as_factor.coefficients][1:4] == [
        "lambda0",
        "lambda0.forest[7]",
        "lambda0.forest[10]",
    ]


def test_two_stations_on_an_occasion_cannot_be_multi_catch():
    with pytest.raises(ValueError, match="two detectors"):
        history_from_counts(
            np.ones((1, 2, 1), dtype=int), [[0.0, 0.0], [1.0, 0.0]], [[1.0], [1.0]], detector_type="multi"
        )
