"""Capture histories drawn from the capture-recapture model itself."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.base.randomness import stream
from pardine.estimate.history import CaptureHistory
from pardine.estimate.model import Detection
from pardine.estimate.statespace import StateSpace
from pardine.observe.session import DetectorType


@dataclass(frozen=True, kw_only=True)
class TrueDetection:
    """How simulated animals are detected.

    Attributes
    ----------
    detection
        ``HN`` or ``HHN``, as in a model specification.
    at_centre
        ``g0`` (probability per station-day, below 1) for ``HN``; ``lambda0`` (expected detections
        per station-day) for ``HHN``: at a detector on the activity centre.
    sigma_m
        Spatial scale.
    """

    detection: Detection
    at_centre: float
    sigma_m: float

    def __post_init__(self) -> None:
        upper = 1.0 if self.detection == "HN" else np.inf
        if not 0.0 < self.at_centre < upper:
            raise ValueError(f"at_centre must lie between 0 and {upper}, got {self.at_centre}")
        if not self.sigma_m > 0.0:
            raise ValueError(f"sigma_m must be positive, got {self.sigma_m}")

    def hazard_per_station_day(self, distance_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Rate of detection at a distance from the activity centre, per station-day.

        A probability g per station-day is the rate -log(1 - g), so both functions live on one scale.
        """
        half_normal = np.exp(-0.5 * (distance_m / self.sigma_m) ** 2)
        if self.detection == "HHN":
            return np.asarray(self.at_centre * half_normal)
        return np.asarray(-np.log1p(-self.at_centre * half_normal))


@dataclass(frozen=True, kw_only=True, eq=False)
class Events:
    """Detections, one row per animal, occasion and detector, sorted in that order; all (E,) integers."""

    animal: NDArray[np.intp]
    occasion: NDArray[np.intp]
    detector: NDArray[np.intp]
    count: NDArray[np.intp]


def draw_centres(
    state_space: StateSpace,
    density_per_km2: float | NDArray[np.float64],
    rng: np.random.Generator,
    *,
    n_animals: int | None = None,
) -> NDArray[np.float64]:
    """Activity centres of a Poisson process over the state space.

    Parameters
    ----------
    state_space
        M cells, taken as squares around their points.
    density_per_km2 : float or (M,) array
        Expected number of animals per km2.
    rng
        Source of the numbers.
    n_animals
        Number of animals; ``None``: Poisson with the mean that the density gives.

    Returns
    -------
    (N, 2) array
        Uniform within their cells; N may be 0.
    """
    cell_km2 = state_space.cell_area_m2 / 1e6
    expected = np.broadcast_to(np.asarray(density_per_km2, dtype=float) * cell_km2, (state_space.n_points,))
    if n_animals is None:
        n_animals = int(rng.poisson(expected.sum()))
    # Three numbers an animal, in its own row: of one stream, fewer animals are the first of more.
    place, right, up = rng.random((n_animals, 3)).T
    cumulative = np.cumsum(expected)
    cell = np.searchsorted(cumulative, place * cumulative[-1], side="right")
    within = (np.column_stack([right, up]) - 0.5) * np.sqrt(state_space.cell_area_m2)
    return np.asarray(state_space.xy_m[np.minimum(cell, state_space.n_points - 1)] + within)


def draw_events(
    centres_m: NDArray[np.float64],
    xy_m: NDArray[np.float64],
    usage_station_days: NDArray[np.float64],
    detection: TrueDetection,
    detector_type: DetectorType,
    rng: np.random.Generator,
) -> Events:
    """Detections of animals with these centres.

    An animal visits a detector as a Poisson process whose rate is the hazard while the detector
    works. ``count`` detectors keep every visit, ``proximity`` ones whether there was any on an
    occasion, which has probability 1 - exp(-hazard x usage).

    Parameters
    ----------
    centres_m : (N, 2) array
    xy_m : (J, 2) array
    usage_station_days : (J, S) array
    detection
        Detection function.
    detector_type
        ``count`` or ``proximity``.
    rng
        Source of the numbers.
    """
    distance_m = np.sqrt(((centres_m[:, None, :] - xy_m[None, :, :]) ** 2).sum(axis=2))
    hazard = detection.hazard_per_station_day(distance_m)
    return draw_events_at(hazard, usage_station_days, detector_type, rng)


def draw_events_at(
    hazard_per_station_day: NDArray[np.float64],
    usage_station_days: NDArray[np.float64],
    detector_type: DetectorType,
    rng: np.random.Generator,
) -> Events:
    """Detections of animals whose hazards are known (see `draw_events`).

    Parameters
    ----------
    hazard_per_station_day : (N, J) array
        Of each animal at each detector.
    usage_station_days : (J, S) array
    detector_type
        ``count`` or ``proximity``.
    rng
        Source of the numbers.
    """
    n_detectors, n_occasions = usage_station_days.shape
    visits = rng.poisson(hazard_per_station_day * usage_station_days.sum(axis=1))
    animal, detector = np.nonzero(visits)
    repeats = visits[animal, detector]
    animal, detector = np.repeat(animal, repeats), np.repeat(detector, repeats)
    occasion = _draw_occasions(detector, usage_station_days, rng)
    key = (animal * n_occasions + occasion) * n_detectors + detector
    key, count = np.unique(key, return_counts=True)
    key, detector = np.divmod(key, n_detectors)
    animal, occasion = np.divmod(key, n_occasions)
    if detector_type == "proximity":
        count = np.ones_like(count)
    return Events(animal=animal, occasion=occasion, detector=detector, count=count.astype(np.intp))


def _draw_occasions(
    detector: NDArray[np.intp], usage: NDArray[np.float64], rng: np.random.Generator
) -> NDArray[np.intp]:
    """When each visit fell, in proportion to the detector's usage."""
    ends = np.cumsum(usage, axis=1)[detector]
    moment = rng.random(detector.size) * ends[:, -1]
    occasion = (ends <= moment[:, None]).sum(axis=1)
    # A product may round up to the very end: then it belongs to the last occasion worked.
    last = usage.shape[1] - 1 - np.argmax(usage[:, ::-1] > 0.0, axis=1)
    return np.asarray(np.minimum(occasion, last[detector]), dtype=np.intp)


def draw_capture_history(
    state_space: StateSpace,
    density_per_km2: float | NDArray[np.float64],
    *,
    xy_m: NDArray[np.float64],
    usage_station_days: NDArray[np.float64],
    detection: TrueDetection,
    detector_type: DetectorType,
    seed: int,
    replicate: int = 0,
    n_animals: int | None = None,
    session: str = "simulated",
    duration_days: int | None = None,
) -> tuple[CaptureHistory, NDArray[np.float64]]:
    """Draw one survey: who lives there, and who is detected where and when.

    Parameters
    ----------
    state_space
        Where activity centres may be.
    density_per_km2 : float or (M,) array
        Animals per km2.
    xy_m : (J, 2) array
        Detectors.
    usage_station_days : (J, S) array
        Effort.
    detection, detector_type
        How animals are detected.
    seed, replicate
        Root seed and number of the survey: the same survey for the same pair, in whatever process.
    n_animals
        A fixed number of animals; ``None``: Poisson.
    session, duration_days
        Passed on to the history.

    Returns
    -------
    history : CaptureHistory
        Of the animals detected. Animal ``A007`` has its centre in row 6 of ``centres_m``; sexes are
        not recorded.
    centres_m : (N, 2) array
        Of all animals, detected or not.

    Notes
    -----
    Centres and detections have their own streams: the same animals can be surveyed by another design.
    """
    centres_m = draw_centres(
        state_space, density_per_km2, stream(seed, "activity centres", replicate), n_animals=n_animals
    )
    events = draw_events(
        centres_m, xy_m, usage_station_days, detection, detector_type, stream(seed, "detections", replicate)
    )
    detected, event_animal = np.unique(events.animal, return_inverse=True)
    history = CaptureHistory(
        session=session,
        detector_type=detector_type,
        detectors=tuple(f"S{j + 1:02d}" for j in range(xy_m.shape[0])),
        xy_m=xy_m,
        usage_station_days=usage_station_days,
        animals=tuple(f"A{i + 1:03d}" for i in detected),
        sex=(None,) * detected.size,
        event_animal=event_animal.astype(np.intp),
        event_occasion=events.occasion,
        event_detector=events.detector,
        event_count=events.count,
        crs="local",
        duration_days=duration_days,
    )
    return history, centres_m
