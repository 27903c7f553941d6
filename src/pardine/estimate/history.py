"""Capture histories: which animal, on which occasion, at which detector, how often."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from pardine.observe.capture import Sex
from pardine.observe.session import DetectorType


@dataclass(frozen=True, kw_only=True, eq=False)
class CaptureHistory:
    """Detections of the independent animals of one session, the only thing `estimate` reads.

    n animals, J detectors (stations), S occasions, E events (one per animal, occasion and detector
    with at least one detection, sorted by animal, occasion, detector; no two alike).

    Attributes
    ----------
    session
        Session code.
    detector_type
        ``count`` or ``proximity``.
    detectors : J station codes
    xy_m : (J, 2) array
        Detector coordinates in the session's analysis metres.
    usage_station_days : (J, S) array
        Effort; 0 = not working.
    animals : n individual codes
        Independent animals: adults and subadults apart from their mother.
    sex : n values
        ``F``, ``M`` or ``None``.
    event_animal, event_occasion, event_detector, event_count : (E,) integer arrays
        0-based indices into animals, occasions and detectors; counts from 1 (always 1 for
        ``proximity``).
    crs
        What ``xy_m`` is in: ``local``, an EPSG code, or PROJ text.
    duration_days
        Length of the session, ``None`` where its dates are not told.
    n_cubs_excluded
        Cubs with their mother, reported apart and never in the history.
    station_covariates, session_covariates
        Name to J texts, and name to text.
    """

    session: str
    detector_type: DetectorType
    detectors: tuple[str, ...]
    xy_m: NDArray[np.float64]
    usage_station_days: NDArray[np.float64]
    animals: tuple[str, ...]
    sex: tuple[Sex | None, ...]
    event_animal: NDArray[np.intp]
    event_occasion: NDArray[np.intp]
    event_detector: NDArray[np.intp]
    event_count: NDArray[np.intp]
    crs: str
    duration_days: int | None = None
    n_cubs_excluded: int = 0
    station_covariates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    session_covariates: Mapping[str, str] = field(default_factory=dict)

    @property
    def n_animals(self) -> int:
        """Number of animals detected."""
        return len(self.animals)

    @property
    def n_detectors(self) -> int:
        """Number of detectors."""
        return len(self.detectors)

    @property
    def n_occasions(self) -> int:
        """Number of occasions."""
        return int(self.usage_station_days.shape[1])

    @property
    def n_detections(self) -> int:
        """Total detections."""
        return int(self.event_count.sum())

    @property
    def n_recaptures(self) -> int:
        """Detections beyond each animal's first."""
        return self.n_detections - self.n_animals

    @property
    def station_days(self) -> float:
        """Total effort."""
        return float(self.usage_station_days.sum())
