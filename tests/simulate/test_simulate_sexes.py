"""Two sexes that range differently, taken for one: the null model loses density."""

from dataclasses import replace

import numpy as np
import pytest

from pardine.estimate.fit import fit_model
from pardine.estimate.formula.grammar import make_model
from pardine.estimate.model import MaskSpec
from pardine.estimate.statespace import StateSpace
from pardine.simulate.captures import TrueDetection, draw_capture_history, draw_centres, draw_events

GRID = np.arange(0.5, 26.0, 1.0) * 1000.0
SPACE = StateSpace(xy_m=np.array([(x, y) for x in GRID for y in GRID]), cell_area_m2=1e6)
TRAPS = np.arange(7.0, 19.6, 2.5) * 1000.0
XY = np.array([(x, y) for x in TRAPS for y in TRAPS])
USAGE = np.full((36, 5), 10.0)
DENSITY_PER_KM2 = 0.25


def survey(seed):
    """Females of sigma 0.7 km and males of 1.4 km, half of the animals each, as one history."""
    rng = np.random.default_rng(seed)
    template, _ = draw_capture_history(
        SPACE,
        DENSITY_PER_KM2,
        xy_m=XY,
        usage_station_days=USAGE,
        detection=TrueDetection(detection="HHN", at_centre=0.02, sigma_m=1000.0),
        detector_type="count",
        seed=seed,
    )
    columns, sex, n = [], [], 0
    for code, sigma_m in (("F", 700.0), ("M", 1400.0)):
        centres = draw_centres(SPACE, DENSITY_PER_KM2 / 2, rng)
        detection = TrueDetection(detection="HHN", at_centre=0.02, sigma_m=sigma_m)
        events = draw_events(centres, XY, USAGE, detection, "count", rng)
        seen, animal = np.unique(events.animal, return_inverse=True)
        columns.append((n + animal, events.occasion, events.detector, events.count))
        sex += [code] * len(seen)
        n += len(seen)
    animal, occasion, detector, count = (np.concatenate(c) for c in zip(*columns, strict=True))
    return replace(
        template,
        animals=tuple(f"A{i + 1}" for i in range(n)),
        sex=tuple(sex),
        event_animal=animal.astype(np.intp),
        event_occasion=occasion,
        event_detector=detector,
        event_count=count,
    )


@pytest.mark.slow
def test_null_model_loses_a_quarter_of_density():
    null = make_model({"simulated": "count"}, mask=MaskSpec(kind="given"))
    truth = 100.0 * DENSITY_PER_KM2
    found = [fit_model([survey(seed)], [SPACE], null).sessions[0].density_per_100km2 for seed in range(40)]
    assert 0.66 < np.median([density.value for density in found]) / truth < 0.82
    assert np.mean([density.lower <= truth <= density.upper for density in found]) < 0.85
