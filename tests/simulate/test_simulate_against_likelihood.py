"""The simulator and the likelihood describe one model: at the truth the score is zero on average."""

import math

import numpy as np
import pytest

from pardine.estimate.likelihood.joint import joint_likelihood
from pardine.estimate.model import MaskSpec, ModelSpec, ParameterSpec
from pardine.estimate.statespace import StateSpace
from pardine.simulate.captures import TrueDetection, draw_capture_history

GRID = np.arange(250.0, 18_000.0, 500.0)
SPACE = StateSpace(xy_m=np.array([(x, y) for x in GRID for y in GRID]), cell_area_m2=250_000.0)
XY = np.array([(x, y) for x in (5000.0, 9000.0, 13_000.0) for y in (5000.0, 9000.0, 13_000.0)])
USAGE = np.tile([10.0, 3.5, 0.0, 8.0], (9, 1)) * np.linspace(0.3, 1.0, 9)[:, None]
DENSITY_PER_KM2 = 0.08
N_REPLICATES = 120


def spec(detection, detector_type):
    at_centre = ParameterSpec(name="g0", link="logit") if detection == "HN" else None
    return ModelSpec(
        detection=detection,
        parameters=(
            ParameterSpec(name="D", link="log"),
            at_centre or ParameterSpec(name="lambda0", link="log"),
            ParameterSpec(name="sigma", link="log"),
        ),
        detector_types={"simulated": detector_type},
        mask=MaskSpec(kind="given"),
    )


@pytest.mark.parametrize("detector_type", ["count", "proximity"])
@pytest.mark.parametrize(("kind", "link"), [("HHN", math.log(0.06)), ("HN", math.log(0.06 / 0.94))])
def test_score_at_the_truth_is_zero_on_average_and_varies_as_the_information_says(kind, link, detector_type):
    detection = TrueDetection(detection=kind, at_centre=0.06, sigma_m=2000.0)
    truth = np.array([math.log(DENSITY_PER_KM2), link, math.log(2000.0)])
    scores, information = [], np.zeros((3, 3))
    for replicate in range(N_REPLICATES):
        history, _ = draw_capture_history(
            SPACE,
            DENSITY_PER_KM2,
            xy_m=XY,
            usage_station_days=USAGE,
            detection=detection,
            detector_type=detector_type,
            seed=11,
            replicate=replicate,
        )
        joint = joint_likelihood([history], [SPACE], spec(kind, detector_type))
        scores.append(joint.value_and_gradient(truth)[1])
        if replicate < 20:
            information += joint.information(truth) / 20
    mean, sd = np.mean(scores, axis=0), np.std(scores, axis=0, ddof=1)
    assert np.abs(mean / (sd / math.sqrt(N_REPLICATES))).max() < 4.0
    # The variance of the score is the expected information.
    np.testing.assert_allclose(sd**2, np.diag(information), rtol=0.5)
