"""Model classes with a known truth, and surveys drawn from them by code of its own.

Nothing here calls the detection functions, predictors or likelihood of Pardine: each class is drawn
from its definition, occasion by occasion. Only the record of a capture history is Pardine's.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from pardine.base.randomness import stream
from pardine.estimate.history import CaptureHistory
from pardine.estimate.model import Detection, Likelihood
from pardine.estimate.statespace import StateSpace
from pardine.observe.session import DetectorType

Array = NDArray[np.float64]

SEED = 70707
N_OCCASIONS = 6
OCCASION_DAYS = 10.0
DETECTIONS_AN_ANIMAL = 3.5
_CALIBRATION_ANIMALS = 4000


@dataclass(frozen=True, kw_only=True)
class Place:
    """A grid of 6 x 6 stations and the habitat around it."""

    spacing_m: float = 5000.0
    margin_m: float = 7500.0
    cell_m: float = 1500.0


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Animals of one class: their share, and how they differ from the first class.

    Attributes
    ----------
    share
        Of all animals.
    log_lambda0
        Difference of log lambda0.
    sigma_factor
        Their sigma, in units of that of the model class.
    sex
        Their sex, where classes are sexes.
    """

    share: float = 1.0
    log_lambda0: float = 0.0
    sigma_factor: float = 1.0
    sex: str | None = None


@dataclass(frozen=True, kw_only=True)
class ModelClass:
    """One class of models: what is fitted, and the truth that it is fitted to.

    Attributes
    ----------
    name, model, detection, likelihood, detector_type
        As the page and the fit call them.
    sigma_m, z
        Of the detection function.
    density_effects
        Covariate of the mask to coefficient of log density.
    camera_effect, terrain_effect, trend, occasion_effects
        On log lambda0: of each camera beyond the first; of ridges; a later occasion; by occasion.
    learned, learned_at_station
        On log lambda0, once caught before; once caught before at the station.
    kinds, share_sex_known
        Classes of animals; share of the animals seen whose sex is recorded.
    session_densities
        Density of each session in units of that of the session which is judged.
    judged_session
        Whose density is judged.
    collars
        Whether a part of the animals seen, and three others, carry collars.
    cost_effect
        Of ruggedness on log cost of moving.
    coefficient, true_coefficient
        A coefficient whose interval is looked at too.
    animals
        Expected numbers of animals in the region.
    """

    name: str
    model: str
    detection: Detection = "HHN"
    likelihood: Likelihood = "full"
    detector_type: DetectorType = "count"
    sigma_m: float = 2500.0
    z: float = 4.0
    density_effects: Mapping[str, float] = field(default_factory=dict)
    camera_effect: float = 0.0
    terrain_effect: float = 0.0
    trend: float = 0.0
    occasion_effects: tuple[float, ...] = (0.0,) * N_OCCASIONS
    learned: float = 0.0
    learned_at_station: float = 0.0
    kinds: tuple[Kind, ...] = (Kind(),)
    share_sex_known: float = 0.0
    session_densities: tuple[float, ...] = (1.0,)
    judged_session: int = 0
    collars: bool = False
    cost_effect: float = 0.0
    coefficient: str = "sigma"
    true_coefficient: float = math.log(2500.0)
    animals: tuple[int, ...] = (100, 30)
    place: Place = Place()

    @property
    def shares_density(self) -> bool:
        """Whether the animals are those of all sessions together."""
        return len(self.session_densities) > 1 and len(set(self.session_densities)) == 1


SEXES = (Kind(share=0.6, sex="F"), Kind(share=0.4, sex="M", log_lambda0=-0.4, sigma_factor=1.5))
ODD_MONTHS = (0.0, 0.5, 0.2, -0.5, -0.3, 0.4)

MODEL_CLASSES = (
    ModelClass(name="HHN, count", model="D~1, lambda0~1, sigma~1", animals=(100, 30, 20, 10)),
    ModelClass(
        name="HHN, proximity",
        model="D~1, lambda0~1, sigma~1",
        detector_type="proximity",
        animals=(100, 30, 20, 10),
    ),
    ModelClass(
        name="HHN, multi-catch", model="D~1, lambda0~1, sigma~1", detector_type="multi", animals=(100, 30, 20)
    ),
    ModelClass(
        name="sex as hcov, 1/4 unknown",
        model="D~1, lambda0~h2, sigma~h2, hcov=sex",
        kinds=SEXES,
        share_sex_known=0.75,
        sigma_m=2000.0,
        coefficient="sigma.h2[M]",
        true_coefficient=math.log(1.5),
        animals=(100, 30, 20),
    ),
    ModelClass(
        name="D~habitat",
        model="D~habitat, lambda0~1, sigma~1",
        density_effects={"habitat": 0.6},
        coefficient="D.habitat",
        true_coefficient=0.6,
        animals=(100, 30, 20),
    ),
    ModelClass(
        name="lambda0~ncameras",
        model="D~1, lambda0~ncameras, sigma~1",
        detector_type="proximity",
        camera_effect=0.5,
        coefficient="lambda0.ncameras",
        true_coefficient=0.5,
    ),
    ModelClass(
        name="lambda0~bk",
        model="D~1, lambda0~bk, sigma~1",
        detector_type="proximity",
        learned_at_station=0.7,
        coefficient="lambda0.bk[TRUE]",
        true_coefficient=0.7,
        animals=(100, 30, 20),
    ),
    ModelClass(
        name="lambda0~b",
        model="D~1, lambda0~b, sigma~1",
        detector_type="proximity",
        learned=-0.5,
        coefficient="lambda0.b[TRUE]",
        true_coefficient=-0.5,
    ),
    ModelClass(
        name="HHN, conditional",
        model="lambda0~1, sigma~1",
        likelihood="conditional",
        animals=(100, 30, 20),
    ),
    ModelClass(name="HN, proximity", model="D~1, g0~1, sigma~1", detection="HN", detector_type="proximity"),
    ModelClass(
        name="HEX, count",
        model="D~1, lambda0~1, sigma~1",
        detection="HEX",
        sigma_m=1450.0,
        true_coefficient=math.log(1450.0),
    ),
    ModelClass(
        name="HHR, count",
        model="D~1, lambda0~1, sigma~1, z~1",
        detection="HHR",
        coefficient="z",
        true_coefficient=math.log(4.0),
    ),
    ModelClass(
        name="three sessions, D~session",
        model="D~session, lambda0~1, sigma~1",
        session_densities=(0.6, 1.0, 1.4),
        judged_session=1,
    ),
    ModelClass(
        name="three sessions, all shared",
        model="D~1, lambda0~1, sigma~1",
        session_densities=(1.0, 1.0, 1.0),
    ),
    ModelClass(
        name="h2 on lambda0",
        model="D~1, lambda0~h2, sigma~1",
        detector_type="proximity",
        kinds=(Kind(share=0.6), Kind(share=0.4, log_lambda0=1.5)),
    ),
    ModelClass(
        name="lambda0~T",
        model="D~1, lambda0~T, sigma~1",
        detector_type="proximity",
        trend=-0.15,
        coefficient="lambda0.T",
        true_coefficient=-0.15,
    ),
    ModelClass(
        name="lambda0~t",
        model="D~1, lambda0~t, sigma~1",
        detector_type="proximity",
        occasion_effects=ODD_MONTHS,
        coefficient="lambda0.t[4]",
        true_coefficient=-0.5,
    ),
    ModelClass(
        name="lambda0~terrain",
        model="D~1, lambda0~terrain, sigma~1",
        terrain_effect=-0.7,
        coefficient="lambda0.terrain[valley]",
        true_coefficient=-0.7,
    ),
    ModelClass(
        name="EX, proximity",
        model="D~1, g0~1, sigma~1",
        detection="EX",
        detector_type="proximity",
        sigma_m=1450.0,
        true_coefficient=math.log(1450.0),
    ),
    ModelClass(
        name="HR, proximity",
        model="D~1, g0~1, sigma~1, z~1",
        detection="HR",
        detector_type="proximity",
        coefficient="z",
        true_coefficient=math.log(4.0),
    ),
    ModelClass(
        name="sex known, conditional",
        model="lambda0~sex, sigma~sex",
        likelihood="conditional",
        kinds=SEXES,
        share_sex_known=1.0,
        sigma_m=2000.0,
        coefficient="sigma.sex[M]",
        true_coefficient=math.log(1.5),
    ),
    ModelClass(
        name="a0, sigma by sex (hcov)",
        model="D~1, a0~1, sigma~h2, hcov=sex",
        # lambda0 falls as the square of sigma grows: a0 is the same of both sexes
        kinds=(
            Kind(share=0.6, sex="F"),
            Kind(share=0.4, sex="M", log_lambda0=-2.0 * math.log(1.5), sigma_factor=1.5),
        ),
        share_sex_known=0.75,
        sigma_m=2000.0,
        coefficient="sigma.h2[M]",
        true_coefficient=math.log(1.5),
    ),
    ModelClass(
        name="D~s(habitat, k=4)",
        model="D~s(habitat, k=4), lambda0~1, sigma~1",
        density_effects={"habitat": 0.4, "habitat squared": -0.3},
    ),
    ModelClass(
        name="D~x+y",
        model="D~x+y, lambda0~1, sigma~1",
        density_effects={"x": 0.4, "y": -0.3},
        coefficient="D.x",
        true_coefficient=0.4,
    ),
    ModelClass(name="telemetry", model="D~1, lambda0~1, sigma~1", collars=True),
    ModelClass(
        name="distance through ruggedness",
        model="D~1, lambda0~1, sigma~1, noneuc~ruggedness",
        cost_effect=0.5,
        coefficient="noneuc.ruggedness",
        true_coefficient=0.5,
    ),
)

_UNLIKE_SEXES = ModelClass(
    name="unlike sexes, null model",
    model="D~1, lambda0~1, sigma~1",
    kinds=(Kind(share=0.5, sex="F"), Kind(share=0.5, sex="M", sigma_factor=2.0)),
    share_sex_known=0.75,
    sigma_m=700.0,
    place=Place(spacing_m=2000.0, margin_m=4200.0, cell_m=400.0),
    animals=(100, 60),
    coefficient="",
)
SEX_EXAMPLE = (
    _UNLIKE_SEXES,
    replace(
        _UNLIKE_SEXES,
        name="unlike sexes, hcov",
        model="D~1, lambda0~h2, sigma~h2, hcov=sex",
        coefficient="sigma.h2[M]",
        true_coefficient=math.log(2.0),
    ),
)


# ---- where


@cache
def stations_xy_m(place: Place) -> Array:
    """(36, 2) places."""
    steps = np.arange(6) * place.spacing_m
    return np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1).reshape(-1, 2)


@cache
def state_space(place: Place) -> StateSpace:
    """Cells over the box around the stations, with smooth covariates of mean 0 and variance 1."""
    width = 5.0 * place.spacing_m + 2.0 * place.margin_m
    n = round(width / place.cell_m)
    steps = -place.margin_m + (np.arange(n) + 0.5) * width / n
    xy_m = np.stack(np.meshgrid(steps, steps, indexing="ij"), axis=-1).reshape(-1, 2)
    u, v = (xy_m.T + place.margin_m) / width * 2.0 * math.pi
    habitat = np.sin(u + 0.4) + 0.6 * np.cos(1.5 * v) + 0.3 * np.sin(2.0 * v + u)
    ruggedness = np.cos(0.8 * u - v) + 0.5 * np.sin(2.0 * u + 1.0)
    return StateSpace(
        xy_m=xy_m,
        cell_area_m2=(width / n) ** 2,
        covariates={"habitat": _standard(habitat), "ruggedness": _standard(ruggedness)},
    )


def _standard(values: Array) -> Array:
    return np.asarray((values - values.mean()) / values.std())


def relative_density(model_class: ModelClass) -> Array:
    """(M,) density in units of its mean."""
    space = state_space(model_class.place)
    x, y = space.xy_m.T
    habitat = space.covariates["habitat"]
    known = {
        "habitat": habitat,
        "habitat squared": habitat**2,
        # standardised as a sample, as the model reads x and y
        "x": (x - x.mean()) / x.std(ddof=1),
        "y": (y - y.mean()) / y.std(ddof=1),
    }
    log_density = np.zeros(space.n_points)
    for name, coefficient in model_class.density_effects.items():
        log_density += coefficient * known[name]
    density = np.exp(log_density)
    return np.asarray(density / density.mean())


@cache
def costly_distances_m(model_class_name: str) -> Array:
    """(M, 36) lengths of the cheapest ways over the mask, a step costing the mean of its two ends."""
    model_class = next(c for c in MODEL_CLASSES if c.name == model_class_name)
    space = state_space(model_class.place)
    cost = np.exp(model_class.cost_effect * space.covariates["ruggedness"])
    n = round(math.sqrt(space.n_points))
    cell_m = math.sqrt(space.cell_area_m2)
    number = np.arange(n * n).reshape(n, n)
    pairs = [
        (number[:-1].ravel(), number[1:].ravel(), 1.0),
        (number[:, :-1].ravel(), number[:, 1:].ravel(), 1.0),
        (number[:-1, :-1].ravel(), number[1:, 1:].ravel(), math.sqrt(2.0)),
        (number[:-1, 1:].ravel(), number[1:, :-1].ravel(), math.sqrt(2.0)),
    ]
    first = np.concatenate([a for a, _, _ in pairs])
    second = np.concatenate([b for _, b, _ in pairs])
    length = np.concatenate([np.full(a.size, step * cell_m) for a, _, step in pairs])
    ways = coo_array((length * 0.5 * (cost[first] + cost[second]), (first, second)), shape=(n * n, n * n))
    xy_m = stations_xy_m(model_class.place)
    nearest = ((xy_m[:, None] - space.xy_m[None]) ** 2).sum(axis=2).argmin(axis=1)
    return np.asarray(dijkstra(ways.tocsr(), directed=False, indices=nearest)).T


# ---- what is seen


@dataclass(frozen=True, kw_only=True)
class Herd:
    """Animals of one session: (N, 2) centres, (N,) mask points, (N,) classes."""

    centres_m: Array
    point: NDArray[np.intp]
    kind: NDArray[np.intp]


def draw_herd(model_class: ModelClass, n_animals: int, rng: np.random.Generator) -> Herd:
    """Animals scattered by density, uniform within their cells (at the point where ways are costly)."""
    space = state_space(model_class.place)
    chance = relative_density(model_class) / space.n_points
    point = rng.choice(space.n_points, size=n_animals, p=chance / chance.sum())
    within = (rng.random((n_animals, 2)) - 0.5) * math.sqrt(space.cell_area_m2)
    centres_m = space.xy_m[point] + (0.0 if model_class.cost_effect else within)
    shares = [kind.share for kind in model_class.kinds]
    return Herd(centres_m=centres_m, point=point, kind=rng.choice(len(shares), size=n_animals, p=shares))


def draw_usage(rng: np.random.Generator) -> Array:
    """(36, S) days: one station in seven stops working for good on some day."""
    n_days = N_OCCASIONS * OCCASION_DAYS
    last_day = np.where(rng.random(36) < 1.0 / 7.0, rng.integers(5, int(n_days), size=36), n_days)
    begins = np.arange(N_OCCASIONS) * OCCASION_DAYS
    return np.clip(last_day[:, None] - begins, 0.0, OCCASION_DAYS)


def station_covariates() -> tuple[NDArray[np.intp], NDArray[np.bool_]]:
    """(36,) numbers of cameras, 1 or 2; (36,) whether in a valley: both in a mixed pattern."""
    j = np.arange(36)
    return 1 + (j * 5 % 7 < 4), j * 11 % 5 < 2


def hazard_per_day(model_class: ModelClass, herd: Herd, at_centre: float) -> Array:
    """(N, 36) hazard at the first occasion of an animal never caught."""
    if model_class.cost_effect:
        distance_m = costly_distances_m(model_class.name)[herd.point]
    else:
        gap = herd.centres_m[:, None, :] - stations_xy_m(model_class.place)[None, :, :]
        distance_m = np.hypot(gap[..., 0], gap[..., 1])
    own = [model_class.kinds[k] for k in herd.kind]
    sigma_m = model_class.sigma_m * np.array([kind.sigma_factor for kind in own]).reshape(-1, 1)
    ratio = distance_m / sigma_m
    match model_class.detection:
        case "HN" | "HHN":
            curve = np.exp(-(ratio**2) / 2.0)
        case "EX" | "HEX":
            curve = np.exp(-ratio)
        case "HR" | "HHR":
            curve = 1.0 - np.exp(-(np.maximum(ratio, 1e-3) ** -model_class.z))
    if model_class.detection in ("HN", "EX", "HR"):
        return np.asarray(-np.log(1.0 - at_centre * curve))
    n_cameras, in_valley = station_covariates()
    log_effect = model_class.camera_effect * (n_cameras - 1) + model_class.terrain_effect * in_valley
    log_kind = np.array([kind.log_lambda0 for kind in own]).reshape(-1, 1)
    return np.asarray(at_centre * curve * np.exp(log_effect + log_kind))


def draw_counts(
    model_class: ModelClass, herd: Herd, usage_days: Array, at_centre: float, rng: np.random.Generator
) -> NDArray[np.intp]:
    """(N, 36, S) detections, occasion by occasion because animals may learn."""
    hazard = hazard_per_day(model_class, herd, at_centre)
    seen = np.zeros((*hazard.shape, N_OCCASIONS), dtype=np.intp)
    for s in range(N_OCCASIONS):
        at_station = (seen > 0).any(axis=2)
        log_effect = model_class.trend * s + model_class.occasion_effects[s]
        log_change = model_class.learned_at_station * at_station
        log_change = log_change + model_class.learned * at_station.any(axis=1, keepdims=True)
        rate = hazard * np.exp(log_effect + log_change) * usage_days[:, s]
        match model_class.detector_type:
            case "count":
                seen[..., s] = rng.poisson(rate)
            case "proximity":
                seen[..., s] = rng.random(rate.shape) < 1.0 - np.exp(-rate)
            case "multi":
                # the station that the animal comes to first holds it
                arrival = rng.exponential(size=rate.shape) / np.maximum(rate, 1e-300)
                first = arrival.argmin(axis=1)
                who = np.flatnonzero(arrival.min(axis=1, initial=np.inf) < 1.0)
                seen[who, first[who], s] = 1
    return seen


@cache
def true_at_centre(model_class_name: str) -> float:
    """lambda0 or g0 at which an animal that is seen is seen 3.5 times on average."""
    model_class = class_called(model_class_name)

    def detections_an_animal(log_at_centre: float) -> float:
        rng = stream(SEED, "calibration")
        herd = draw_herd(model_class, _CALIBRATION_ANIMALS, rng)
        seen = draw_counts(model_class, herd, draw_usage(rng), math.exp(log_at_centre), rng)
        total = seen.sum(axis=(1, 2))
        return float(total.sum() / max((total > 0).sum(), 1))

    low, high = math.log(1e-3), math.log(0.9)
    for _ in range(12):
        middle = (low + high) / 2.0
        if detections_an_animal(middle) < DETECTIONS_AN_ANIMAL:
            low = middle
        else:
            high = middle
    return float(f"{math.exp(low):.2g}")


@cache
def class_called(name: str) -> ModelClass:
    return next(c for c in (*MODEL_CLASSES, *SEX_EXAMPLE) if c.name == name)


def true_density_per_100km2(model_class: ModelClass, n_animals: int) -> float:
    """Mean density of the session that is judged."""
    share = 1.0 / len(model_class.session_densities) if model_class.shares_density else 1.0
    return 100.0 * n_animals * share / state_space(model_class.place).area_km2


def draw_survey(model_class: ModelClass, n_animals: int, replicate: int) -> tuple[CaptureHistory, ...]:
    """One history a session; the number of animals is Poisson."""
    rng = stream(SEED, f"{model_class.name}, {n_animals} animals", replicate)
    area_km2 = state_space(model_class.place).area_km2
    mean = true_density_per_100km2(model_class, n_animals) / 100.0 * area_km2
    at_centre = true_at_centre(model_class.name)
    return tuple(
        _draw_session(model_class, f"year {i + 1}", int(rng.poisson(mean * relative)), at_centre, rng)
        for i, relative in enumerate(model_class.session_densities)
    )


def _draw_session(
    model_class: ModelClass, session: str, n_animals: int, at_centre: float, rng: np.random.Generator
) -> CaptureHistory:
    herd = draw_herd(model_class, n_animals, rng)
    usage_days = draw_usage(rng)
    counts = draw_counts(model_class, herd, usage_days, at_centre, rng)
    found = np.flatnonzero(counts.sum(axis=(1, 2)) > 0)
    by_occasion = counts[found].transpose(0, 2, 1)
    animal, occasion, detector = np.nonzero(by_occasion)
    names = tuple(f"A{i + 1:03d}" for i in found)
    known = rng.random(found.size) < model_class.share_sex_known
    n_cameras, in_valley = station_covariates()
    return CaptureHistory(
        session=session,
        detector_type=model_class.detector_type,
        detectors=tuple(f"S{j + 1:02d}" for j in range(36)),
        xy_m=stations_xy_m(model_class.place),
        usage_station_days=usage_days,
        animals=names,
        sex=tuple(
            model_class.kinds[herd.kind[i]].sex if is_known else None
            for i, is_known in zip(found, known, strict=True)
        ),
        event_animal=animal,
        event_occasion=occasion,
        event_detector=detector,
        event_count=by_occasion[animal, occasion, detector],
        crs="local",
        duration_days=int(N_OCCASIONS * OCCASION_DAYS),
        station_covariates={
            "ncameras": tuple(str(n) for n in n_cameras),
            "terrain": tuple("valley" if valley else "ridge" for valley in in_valley),
        },
        fixes=_draw_fixes(model_class, names, herd.centres_m[found], rng) if model_class.collars else {},
    )


def _draw_fixes(
    model_class: ModelClass, names: tuple[str, ...], centres_m: Array, rng: np.random.Generator
) -> dict[str, Array]:
    """25 fixes of three animals in ten of those seen, and of three that live anywhere."""
    collared = {name: xy for name, xy in zip(names, centres_m, strict=True) if rng.random() < 0.3}
    others = draw_herd(model_class, 3, rng).centres_m
    collared |= {f"C{i + 1}": xy for i, xy in enumerate(others)}
    return {name: xy + model_class.sigma_m * rng.normal(size=(25, 2)) for name, xy in collared.items()}
