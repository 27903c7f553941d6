"""What a matcher's evidence is worth: fusion, calibration, the weight of not being shortlisted; as a file."""

from __future__ import annotations

import json
from dataclasses import dataclass
from importlib import resources
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pardine.identify.calibrate import Calibration, JudgedPairs, fit_calibration
from pardine.identify.fusion import Fusion
from pardine.identify.pairs import ComparedPairs

FORMAT_VERSION = 1
_SHIPPED = "simulated.json"
Array = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, eq=False)
class Weights:
    """How much evidence counts.

    Attributes
    ----------
    fusion
        Of photographs.
    calibration
        Of passages, both flanks alike.
    not_shortlisted
        Log likelihood ratio of a comparable pair that did not come into any shortlist.
    group_weight
        Numerator and exponent by which a group's summed pairs weigh, for its size.
    source
        What it was fitted on, in words for a person.
    """

    fusion: Fusion
    calibration: Calibration
    not_shortlisted: float
    group_weight: tuple[float, float]
    source: str


def calibrate_pairs(
    pairs: ComparedPairs, same: NDArray[np.bool_], *, inclusion: Array | None = None
) -> Calibration:
    """Fit the curve on compared pairs whose truth is known."""
    judged = JudgedPairs(
        score=pairs.score,
        same=same,
        stratum=pairs.stratum,
        inclusion=np.ones(len(pairs)) if inclusion is None else inclusion,
    )
    return fit_calibration(judged)


def weight_of_absence(
    n_same: int, n_different: int, n_same_left_out: int, n_different_left_out: int
) -> float:
    """Log likelihood ratio of not being shortlisted, never above 0; half a pair is added to each count."""
    of_same = (n_same_left_out + 0.5) / (n_same + 1.0)
    of_different = (n_different_left_out + 0.5) / (n_different + 1.0)
    return float(min(np.log(of_same) - np.log(of_different), 0.0))


def shipped_weights() -> Weights:
    """Those that came with this Pardine, fitted on simulated surveys."""
    text = resources.files("pardine.identify").joinpath("data", _SHIPPED).read_text(encoding="utf-8")
    return weights_of_json(json.loads(text))


def weights_json(weights: Weights) -> dict[str, Any]:
    """Weights as plain JSON values."""
    fusion, curve = weights.fusion, weights.calibration
    return {
        "version": FORMAT_VERSION,
        "source": weights.source,
        "not_shortlisted": weights.not_shortlisted,
        "group_weight": list(weights.group_weight),
        "fusion": {
            "mean": fusion.mean.tolist(),
            "deviation": fusion.deviation.tolist(),
            "weights": fusion.weights.tolist(),
        },
        "calibration": {
            "knots": curve.knots.tolist(),
            "level": curve.level,
            "slopes": curve.slopes.tolist(),
            "strata": {name: list(pair) for name, pair in sorted(curve.strata.items())},
            "base_log_odds": curve.base_log_odds,
            "n_same": curve.n_same,
            "n_different": curve.n_different,
        },
    }


def weights_of_json(content: dict[str, Any]) -> Weights:
    """The weights that `weights_json` wrote."""
    fusion, curve = content["fusion"], content["calibration"]
    return Weights(
        fusion=Fusion(
            mean=np.array(fusion["mean"]),
            deviation=np.array(fusion["deviation"]),
            weights=np.array(fusion["weights"]),
        ),
        calibration=Calibration(
            knots=np.array(curve["knots"]),
            level=float(curve["level"]),
            slopes=np.array(curve["slopes"]),
            strata={name: (float(pair[0]), float(pair[1])) for name, pair in curve["strata"].items()},
            base_log_odds=float(curve["base_log_odds"]),
            n_same=int(curve["n_same"]),
            n_different=int(curve["n_different"]),
        ),
        not_shortlisted=float(content["not_shortlisted"]),
        group_weight=(float(content["group_weight"][0]), float(content["group_weight"][1])),
        source=str(content["source"]),
    )
