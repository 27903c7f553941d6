"""Models of every class at known parameters, as a fit would hold them."""

import math
from dataclasses import replace

import numpy as np
from checked_surveys import SPACE, drawn
from checked_surveys import USAGE as OUTAGES

from pardine.estimate.checking.windows import with_captures
from pardine.estimate.fitted import Coefficient, Fit
from pardine.estimate.formula.grammar import model_from_text
from pardine.estimate.likelihood.joint import joint_likelihood
from pardine.estimate.model import MaskSpec

LEVELS = {"D": math.log(0.15), "lambda0": math.log(0.04), "g0": -3.0, "sigma": math.log(1500.0), "a0": -0.6}
SPACE = replace(
    SPACE,
    covariates={
        "habitat": np.sin(SPACE.xy_m[:, 0] / 4000.0),
        "rugged": np.cos(SPACE.xy_m[:, 1] / 5000.0),
    },
)

# On the third occasion, too, some stations work.
USAGE = OUTAGES + np.where(np.arange(25) % 4, 1.0, 0.0)[:, None] * np.array([0.0, 0.0, 4.0, 0.0, 0.0])

# Name: model text, detector type, coefficients beside the usual ones, how animals are conditioned on.
MODELS = {
    "null": ("D~1, lambda0~1", "count", {}, "full"),
    "trend": ("D~1, lambda0~T", "proximity", {"lambda0.T": -0.4}, "full"),
    "occasions": (
        "D~1, lambda0~t",
        "count",
        {"lambda0.t[2]": 0.8, "lambda0.t[3]": 0.0, "lambda0.t[4]": -0.7, "lambda0.t[5]": 0.3},
        "full",
    ),
    "rain of an occasion": ("D~1, lambda0~rain", "count", {"lambda0.rain": 0.3}, "full"),
    "snow at a station": (
        "D~1, lambda0~snow, sigma~road",
        "proximity",
        {"lambda0.snow": -0.2, "sigma.road[yes]": 0.3},
        "full",
    ),
    "learns": ("D~1, lambda0~b", "proximity", {"lambda0.b[TRUE]": 0.9}, "full"),
    "learns stations": ("D~1, lambda0~bk", "count", {"lambda0.bk[TRUE]": 1.0}, "full"),
    "remembers": ("D~1, lambda0~B", "count", {"lambda0.B[TRUE]": 1.2}, "full"),
    "remembers stations": ("D~1, g0~Bk", "proximity", {"g0.Bk[TRUE]": 1.5}, "full"),
    "learns both, trend": (
        "D~1, lambda0~b+bk+T",
        "count",
        {"lambda0.b[TRUE]": -0.6, "lambda0.bk[TRUE]": 1.2, "lambda0.T": 0.1},
        "full",
    ),
    "two classes": (
        "D~1, lambda0~h2, sigma~h2",
        "proximity",
        {"pmix.h2[2]": -0.6, "lambda0.h2[2]": 1.0, "sigma.h2[2]": -0.4},
        "full",
    ),
    "sexes as classes": (
        "D~1, lambda0~h2, sigma~h2, hcov=sex",
        "count",
        {"pmix.h2[M]": -0.4, "lambda0.h2[M]": -0.4, "sigma.h2[M]": 0.4},
        "full",
    ),
    "classes that learn": (
        "D~1, lambda0~h2+bk",
        "count",
        {"pmix.h2[2]": 0.0, "lambda0.h2[2]": 0.9, "lambda0.bk[TRUE]": 0.8},
        "full",
    ),
    "sexes known": (
        "lambda0~sex, sigma~sex",
        "count",
        {"lambda0.sex[M]": -0.4, "sigma.sex[M]": 0.4},
        "conditional",
    ),
    "multi-catch": ("D~1, lambda0~1", "multi", {}, "full"),
    "multi-catch that learns": (
        "D~habitat, lambda0~bk",
        "multi",
        {"lambda0.bk[TRUE]": 1.0, "D.habitat": 0.7},
        "full",
    ),
    "compensated": ("D~1, a0~1, sigma~road", "count", {"sigma.road[yes]": 0.4}, "full"),
    "costly ways": ("D~1, lambda0~1, noneuc~rugged", "proximity", {"noneuc.rugged": 0.5}, "full"),
}


def surveyed(detector_type, *, session="A", replicate=0):
    """A survey with covariates of stations and occasions, and sexes."""
    history = drawn(
        "proximity" if detector_type == "multi" else detector_type,
        at_centre=0.06,
        usage=USAGE,
        session=session,
        replicate=replicate,
    )
    if detector_type == "multi":
        pairs = np.column_stack([history.event_animal, history.event_occasion])
        _, first = np.unique(pairs, axis=0, return_index=True)
        history = with_captures(history, np.isin(np.arange(len(pairs)), first))
    snow = np.random.default_rng(1).normal(size=(5, 25)).round(2)
    return replace(
        history,
        detector_type=detector_type,
        sex=tuple("FM"[i % 2] for i in range(history.n_animals)),
        session_covariates={f"rain_{s + 1}": str(rain) for s, rain in enumerate((0.0, 2.5, 1.0, -1.0, 3.0))},
        station_covariates={
            "road": tuple("yes" if j % 3 else "no" for j in range(25)),
            **{f"snow_{s + 1}": tuple(map(str, column)) for s, column in enumerate(snow)},
        },
    )


def fit_at(name, history, *, more_animals=1.0):
    """A fit of a model with the coefficients of its entry, whatever the data say."""
    text, _, own, likelihood = MODELS[name]
    detection = "HN" if "g0" in text else "HHN"
    spec = model_from_text(
        text,
        {history.session: history.detector_type},
        detection=detection,
        mask=MaskSpec(kind="given"),
        likelihood=likelihood,
    )
    table = joint_likelihood([history], [SPACE], spec).table
    values = {**LEVELS, **own}
    values["D"] += math.log(more_animals)
    coefficients = tuple(
        Coefficient(name=n, parameter=p.name, link=p.link, estimate=values[n], se=0.0)
        for p in table.parameters
        for n in p.coefficients
    )
    return Fit(
        spec=spec,
        coefficients=coefficients,
        covariance=np.zeros((len(coefficients),) * 2),
        log_likelihood=0.0,
        aic=0.0,
        aicc=0.0,
        n_evaluations=0,
        seconds=0.0,
        gradient_norm=0.0,
        converged=True,
        sessions=(),
        frame=table.frame,
    )
