"""The sexes alike and apart, offered where they are recorded."""

import math
from dataclasses import replace

import numpy as np
import pytest

from pardine.estimate.fit import fit_model
from pardine.estimate.fit_json import fit_from_json, fit_to_json
from pardine.estimate.formula.grammar import make_model
from pardine.estimate.history import CaptureHistory
from pardine.estimate.model import MaskSpec
from pardine.estimate.statespace import StateSpace
from pardine.estimate.surface import density_surface
from pardine.simulate.captures import TrueDetection, draw_capture_history
from pardine.workflows.sexes import compare_sexes, sex_notices

SIDE = np.arange(6) * 1500.0
XY = np.array([(x, y) for x in SIDE for y in SIDE])
EDGES = np.arange(-6000.0, 13600.0, 750.0)
SPACE = StateSpace(xy_m=np.stack(np.meshgrid(EDGES, EDGES), axis=-1).reshape(-1, 2), cell_area_m2=750.0**2)


def one_sex(sigma_m, seed, sex):
    truth = TrueDetection(detection="HHN", at_centre=0.12, sigma_m=sigma_m)
    history, _ = draw_capture_history(
        SPACE,
        0.1,
        xy_m=XY,
        usage_station_days=np.ones((36, 10)),
        detection=truth,
        detector_type="count",
        seed=seed,
    )
    return replace(history, sex=(sex,) * history.n_animals)


def both(females: CaptureHistory, males: CaptureHistory) -> CaptureHistory:
    """Two simulated surveys of the same stations as one."""
    return replace(
        females,
        animals=(*(f"F{a}" for a in females.animals), *(f"M{a}" for a in males.animals)),
        sex=(*females.sex, *males.sex),
        event_animal=np.concatenate([females.event_animal, males.event_animal + females.n_animals]),
        event_occasion=np.concatenate([females.event_occasion, males.event_occasion]),
        event_detector=np.concatenate([females.event_detector, males.event_detector]),
        event_count=np.concatenate([females.event_count, males.event_count]),
    )


def null_fit(history):
    return fit_model([history], [SPACE], make_model({history.session: "count"}, mask=MaskSpec(kind="given")))


def test_sexes_that_range_differently_are_told_apart():
    females, males = one_sex(1300.0, 5, "F"), one_sex(2600.0, 6, "M")
    history = both(females, males)
    fit = null_fit(history)
    found = compare_sexes([history], [SPACE], fit)
    assert found is not None and found.aicc_gain > 10.0
    # With every sex known and everything different, it is as if each sex were fitted alone.
    sigma = found.apart.sessions[0].parameters
    for label, alone in (("sigma[F]", null_fit(females)), ("sigma[M]", null_fit(males))):
        assert sigma[label].value == pytest.approx(alone.sessions[0].parameters["sigma"].value, rel=1e-3)
    assert found.apart.sessions[0].n_expected.value > fit.sessions[0].n_expected.value
    assert [n.code for n in sex_notices(found)] == ["sexes.differ"]
    # With the sexes alike, the likelihood is that of the null model and of the sexes.
    share = history.sex.count("M") / history.n_animals
    of_sexes = history.n_animals * (share * math.log(share) + (1 - share) * math.log(1 - share))
    assert found.alike.log_likelihood == pytest.approx(fit.log_likelihood + of_sexes, abs=1e-4)
    # A fit with classes keeps its surface through JSON.
    again = fit_from_json(fit_to_json(found.apart))
    surface = density_surface(again, history, SPACE, 0).density_per_100km2
    assert surface.sum() * 0.75**2 / 100 == pytest.approx(again.sessions[0].n_realised.value)


def test_sexes_alike_are_said_to_be():
    history = both(one_sex(1500.0, 5, "F"), one_sex(1500.0, 6, "M"))
    found = compare_sexes([history], [SPACE], null_fit(history))
    assert found is not None and found.aicc_gain < 6.0
    few = replace(history, sex=(*(None,) * (history.n_animals - 4), "F", "F", "M", "M"))
    assert compare_sexes([few], [SPACE], null_fit(few)) is None
