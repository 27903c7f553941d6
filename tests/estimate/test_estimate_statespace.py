"""State spaces: grids around detectors, and masks that were brought."""

from dataclasses import replace

import numpy as np
import pytest
from estimate_surveys import small_history
from hypothesis import given, settings
from hypothesis import strategies as st

from pardine.base.errors import AnalysisError
from pardine.estimate.statespace import (
    StateSpace,
    buffer_state_space,
    detectors_outside,
    given_state_space,
)
from pardine.observe.session import Session
from pardine.observe.survey import HabitatMask, Survey

HISTORY = small_history(np.random.default_rng(1))


def mask_of(xy, *, session=None, **facts):
    values = {"cell_area_m2": 250_000.0, "covariates": {}, "sha256": "0" * 64, **facts}
    return HabitatMask(session=session, xy=np.asarray(xy, dtype=float), **values)


def survey_with(*masks):
    session = Session(code="A", n_occasions=3, detector_type="count")
    return Survey(sessions=(session,), stations=(), captures=(), masks=masks)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 1000), buffer_m=st.floats(500, 5000), spacing_m=st.floats(100, 500))
def test_a_buffer_holds_every_grid_point_that_is_near_and_no_other(seed, buffer_m, spacing_m):
    xy = np.random.default_rng(seed).uniform(0, 8000, (5, 2)) + 4e6
    space = buffer_state_space(xy, buffer_m, spacing_m)
    distance = np.hypot(*(space.xy_m[:, None] - xy).T).min(axis=0)
    assert distance.max() <= buffer_m + 1e-6
    assert len(np.unique(np.round(space.xy_m, 3), axis=0)) == space.n_points
    # Every point of the plain grid over the box that is near enough is there.
    low, high = xy.min(axis=0) - buffer_m - spacing_m, xy.max(axis=0) + buffer_m + spacing_m
    axes = [
        np.arange(np.ceil((low[i] - space.xy_m[0, i]) / spacing_m), (high[i] - space.xy_m[0, i]) / spacing_m)
        * spacing_m
        + space.xy_m[0, i]
        for i in (0, 1)
    ]
    grid = np.stack(np.meshgrid(*axes), axis=-1).reshape(-1, 2)
    near = np.hypot(*(grid[:, None] - xy).T).min(axis=0)
    assert (near < buffer_m - 1e-6).sum() <= space.n_points <= (near < buffer_m + 1e-6).sum()


def test_one_detector_gets_its_disc():
    space = buffer_state_space(np.array([[0.0, 0.0]]), 1000.0, 10.0)
    assert space.area_km2 == pytest.approx(np.pi, rel=0.01)


def test_arrays_far_apart_cost_no_more_than_two():
    one = buffer_state_space(np.array([[0.0, 0.0]]), 5000.0, 500.0)
    two = buffer_state_space(np.array([[0.0, 0.0], [3e6, 3e6]]), 5000.0, 500.0)
    assert two.n_points == pytest.approx(2 * one.n_points, rel=0.1)


@pytest.mark.parametrize(("buffer_m", "spacing_m"), [(0.0, 1.0), (10.0, 20.0), (10.0, 0.0), (np.inf, 1.0)])
def test_impossible_grids_are_value_errors(buffer_m, spacing_m):
    with pytest.raises(ValueError, match="spacing"):
        buffer_state_space(np.zeros((1, 2)), buffer_m, spacing_m)


def test_the_mask_of_the_session_goes_before_the_mask_for_all():
    everywhere, own = mask_of([[0, 0], [500, 0]]), mask_of([[0, 0]], session="A")
    assert given_state_space(survey_with(everywhere, own), HISTORY).n_points == 1
    space = given_state_space(survey_with(everywhere), HISTORY)
    assert (space.n_points, space.area_km2) == (2, 0.5)


def test_numeric_covariates_come_along():
    texts = {"elevation": np.array(["12.5", ""]), "landscape": np.array(["steppe", "wood"])}
    space = given_state_space(survey_with(mask_of([[0, 0], [500, 0]], covariates=texts)), HISTORY)
    assert list(space.covariates) == ["elevation"]
    assert space.covariates["elevation"] == pytest.approx([12.5, np.nan], nan_ok=True)


def test_geographic_masks_follow_their_history():
    survey = survey_with(mask_of([[131.0, 43.0]]))
    survey = replace(survey, sessions=(replace(survey.sessions[0], crs="EPSG:4326"),))
    crs = "+proj=laea +lat_0=43 +lon_0=131 +datum=WGS84 +units=m +type=crs"
    space = given_state_space(survey, replace(HISTORY, crs=crs))
    assert space.xy_m == pytest.approx(np.zeros((1, 2)), abs=1e-6)


@pytest.mark.parametrize(
    ("masks", "code"),
    [
        ((), "estimate.no_mask"),
        ((mask_of([[0, 0]]), mask_of([[500, 0]])), "estimate.several_masks"),
        ((mask_of(np.zeros((0, 2))),), "estimate.mask_not_a_number"),
        ((mask_of([[0, np.nan]]),), "estimate.mask_not_a_number"),
        ((mask_of([[0, 0]], cell_area_m2=0.0),), "estimate.mask_not_a_number"),
        ((mask_of([[0, 0], [0, 0], [500, 0]]),), "estimate.mask_repeats_points"),
    ],
)
def test_unusable_masks_are_refused(masks, code):
    with pytest.raises(AnalysisError) as refused:
        given_state_space(survey_with(*masks), HISTORY)
    assert refused.value.code == code


def test_detectors_outside_are_named():
    space = StateSpace(xy_m=HISTORY.xy_m[1:] + 200.0, cell_area_m2=500.0**2)
    assert detectors_outside(HISTORY, space) == (HISTORY.detectors[0],)
