"""Abundance of regions and density over the mask."""

import numpy as np
import pytest
from estimate_surveys import rich_survey, square_space

from pardine.estimate.fit import fit_model
from pardine.estimate.formula.grammar import model_from_text
from pardine.estimate.model import MaskSpec
from pardine.estimate.region import region_abundance
from pardine.estimate.surface import density_surface, predicted_density
from pardine.simulate.captures import TrueDetection, draw_capture_history


@pytest.fixture(scope="module")
def simulated():
    side = np.arange(6) * 1500.0
    xy = np.array([(x, y) for x in side for y in side])
    frame, _ = rich_survey()
    space = square_space(frame, buffer_m=9000.0, spacing_m=900.0)
    truth = TrueDetection(detection="HHN", at_centre=0.08, sigma_m=1500.0)
    history, _ = draw_capture_history(
        space,
        0.12,
        xy_m=xy,
        usage_station_days=np.ones((36, 20)),
        detection=truth,
        detector_type="proximity",
        seed=11,
    )
    return history, space


def fitted(history, space, text="", likelihood="full"):
    types = {history.session: history.detector_type}
    spec = model_from_text(text, types, mask=MaskSpec(kind="given"), likelihood=likelihood)
    return fit_model([history], [space], spec)


@pytest.mark.parametrize(
    ("text", "likelihood"), [("", "full"), ("D~x", "full"), ("lambda0~bk", "full"), ("", "conditional")]
)
def test_the_whole_state_space_is_the_session_itself(simulated, text, likelihood):
    history, space = simulated
    fit = fitted(history, space, text, likelihood)
    region, own = region_abundance(fit, history, space, 0), fit.sessions[0]
    assert region.area_km2 == pytest.approx(own.region_area_km2)
    for mine, theirs in ((region.expected, own.n_expected), (region.realised, own.n_realised)):
        assert mine.value == pytest.approx(theirs.value, rel=1e-9)
        # The session's expected number is log-normal on its own scale: a little wider than the delta method.
        assert mine.lower == pytest.approx(theirs.lower, rel=0.05)
        assert mine.upper == pytest.approx(theirs.upper, rel=0.05)


@pytest.mark.parametrize("text", ["", "D~x+y"])
def test_parts_add_up_and_agree_with_the_surface(simulated, text):
    history, space = simulated
    fit = fitted(history, space, text)
    west = space.xy_m[:, 0] < np.median(space.xy_m[:, 0])
    parts = [region_abundance(fit, history, space, 0, own) for own in (west, ~west)]
    assert sum(p.realised.value for p in parts) == pytest.approx(fit.sessions[0].n_realised.value)
    assert sum(p.expected.value for p in parts) == pytest.approx(fit.sessions[0].n_expected.value)
    surface = density_surface(fit, history, space, 0)
    in_west = surface.density_per_100km2[west].sum() * space.cell_area_m2 / 1e8
    assert parts[0].realised.value == pytest.approx(in_west)
    assert 0.0 < parts[0].realised.lower < parts[0].realised.value < parts[0].realised.upper


def test_predicted_density_averages_to_the_estimate(simulated):
    history, space = simulated
    fit = fitted(history, space, "D~x")
    prediction = predicted_density(fit, history, space, 0)
    assert prediction.density_per_100km2.mean() == pytest.approx(fit.sessions[0].density_per_100km2.value)
    assert (prediction.lower_per_100km2 < prediction.density_per_100km2).all()
    assert (prediction.density_per_100km2 < prediction.upper_per_100km2).all()
    width = np.log(prediction.upper_per_100km2 / prediction.lower_per_100km2)
    middle = np.abs(space.xy_m[:, 0] - space.xy_m[:, 0].mean()) < 1000.0
    assert width[middle].max() < width[~middle].max()
    null = predicted_density(fitted(history, space), history, space, 0)
    assert np.ptp(null.density_per_100km2) == 0.0
