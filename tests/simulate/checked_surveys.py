"""One small simulated survey and its fit, for tests of what is drawn from a fit."""

import numpy as np

from pardine.estimate.fit import fit_model
from pardine.estimate.formula.grammar import make_model
from pardine.estimate.model import MaskSpec
from pardine.estimate.statespace import StateSpace
from pardine.simulate.captures import TrueDetection, draw_capture_history

GRID = np.arange(500.0, 20_000.0, 1000.0)
SPACE = StateSpace(xy_m=np.array([(x, y) for x in GRID for y in GRID]), cell_area_m2=1e6)
TRAPS = np.linspace(5000.0, 15_000.0, 5)
XY = np.array([(x, y) for x in TRAPS for y in TRAPS])
USAGE = np.tile([10.0, 4.5, 0.0, 8.0, 10.0], (25, 1)) * np.linspace(0.4, 1.0, 25)[:, None]
DENSITY_PER_KM2 = 0.15


def drawn(detector_type="count", *, replicate=0, usage=USAGE, at_centre=0.04, session="A"):
    history, _ = draw_capture_history(
        SPACE,
        DENSITY_PER_KM2,
        xy_m=XY,
        usage_station_days=usage,
        detection=TrueDetection(detection="HHN", at_centre=at_centre, sigma_m=1500.0),
        detector_type=detector_type,
        seed=77,
        replicate=replicate,
        session=session,
    )
    return history


def null_fit(history, **choices):
    spec = make_model({history.session: history.detector_type}, mask=MaskSpec(kind="given"), **choices)
    return fit_model([history], [SPACE], spec)
