"""Real surveys read with plain csv, small simulated ones, and a plain slow likelihood."""

import csv
import math
from dataclasses import replace
from pathlib import Path

import numpy as np

from pardine.estimate.history import CaptureHistory, capture_history
from pardine.estimate.statespace import StateSpace, given_state_space
from pardine.observe.capture import ImportedCapture
from pardine.observe.session import Session
from pardine.observe.station import Station
from pardine.observe.survey import HabitatMask, Survey


def read_rows(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def read_folder(folder: Path, detector_type, *, sessions=None, mask_file=None) -> Survey:
    """A folder of detectors.csv and captures.csv, and a mask file, as a survey."""
    detectors = read_rows(folder / "detectors.csv")
    codes = list(dict.fromkeys(row["session"] for row in detectors))
    codes = [code for code in codes if sessions is None or code in sessions]
    usage_columns = [name for name in detectors[0] if name.startswith("usage_")]
    stations = tuple(
        Station(
            session=row["session"],
            code=row["id"],
            x=float(row["x"]),
            y=float(row["y"]),
            usage_station_days=tuple(float(row[name] or 0.0) for name in usage_columns),
        )
        for row in detectors
        if row["session"] in codes
    )
    captures = tuple(
        ImportedCapture(
            session=row["session"],
            individual=row["individual"],
            occasion=int(row["occasion"]),
            station=row["detector"],
            count=int(row["count"]),
            sex=row.get("sex") if row.get("sex") in ("F", "M") else None,
        )
        for row in read_rows(folder / "captures.csv")
        if row["session"] in codes and row["individual"] != "NONE"
    )
    masks = tuple(_masks(mask_file, codes)) if mask_file else ()
    return Survey(
        sessions=tuple(
            Session(code=code, n_occasions=len(usage_columns), detector_type=detector_type) for code in codes
        ),
        stations=stations,
        captures=captures,
        masks=masks,
    )


def _masks(path, codes):
    rows = read_rows(path)
    for code in codes:
        mine = [row for row in rows if row["session"] == code]
        if mine:
            xy = np.array([(float(row["x"]), float(row["y"])) for row in mine])
            area = float(mine[0]["area_ha"]) * 1e4
            yield HabitatMask(session=code, xy=xy, cell_area_m2=area, covariates={}, sha256="0" * 64)


def histories_and_spaces(survey):
    histories = [capture_history(survey, session.code) for session in survey.sessions]
    return histories, [given_state_space(survey, history) for history in histories]


def small_history(
    rng,
    *,
    detector_type="count",
    session="A",
    n_animals=6,
    n_occasions=3,
    density_seed_lambda0=0.15,
    sigma_m=900.0,
    n_side=4,
    spacing_m=1000.0,
):
    """A simulated survey of a square array, drawn plainly; never without a capture."""
    side = np.arange(n_side) * spacing_m
    xy = np.array([(x, y) for x in side for y in side]) + rng.uniform(-50, 50, (n_side**2, 2))
    usage = rng.integers(0, 4, (n_side**2, n_occasions)).astype(float)
    usage[0] = 2.0
    centres = rng.uniform(-500, side[-1] + 500, (n_animals, 2))
    events = []
    for centre in centres:
        hazard = density_seed_lambda0 * np.exp(-((xy - centre) ** 2).sum(axis=1) / (2 * sigma_m**2))
        counts = rng.poisson(hazard[:, None] * usage)
        if detector_type == "proximity":
            counts = np.minimum(counts, 1)
        if counts.any():
            events.append(counts)
    if not events:
        first = np.zeros_like(usage, dtype=int)
        first[0, 0] = 1
        events.append(first)
    return history_from_counts(np.array(events), xy, usage, detector_type=detector_type, session=session)


def history_from_counts(counts, xy_m, usage, *, detector_type="count", session="A"):
    """Capture history from an (n, J, S) array of counts."""
    animal, occasion, detector = np.nonzero(np.swapaxes(counts, 1, 2))
    return CaptureHistory(
        session=session,
        detector_type=detector_type,
        detectors=tuple(f"S{j + 1}" for j in range(len(xy_m))),
        xy_m=np.asarray(xy_m, dtype=float),
        usage_station_days=np.asarray(usage, dtype=float),
        animals=tuple(f"animal {i + 1}" for i in range(len(counts))),
        sex=(None,) * len(counts),
        event_animal=animal,
        event_occasion=occasion,
        event_detector=detector,
        event_count=counts[animal, detector, occasion].astype(np.intp),
        crs="local",
    )


def square_space(history, *, buffer_m=3000.0, spacing_m=500.0):
    """A grid over the array's box and a buffer."""
    low, high = history.xy_m.min(axis=0) - buffer_m, history.xy_m.max(axis=0) + buffer_m
    x, y = (np.arange(low[i], high[i], spacing_m) for i in (0, 1))
    xy = np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)
    return StateSpace(xy_m=xy, cell_area_m2=spacing_m**2)


def slow_log_likelihood(history, space, hazard, density_per_km2, *, likelihood="full"):
    """The formulas word for word: loops over animals, mask points, detectors and occasions."""
    area_km2 = space.cell_area_m2 / 1e6
    n, n_detectors, n_occasions = history.n_animals, history.n_detectors, history.n_occasions
    counts = np.zeros((n, n_detectors, n_occasions), dtype=int)
    for i, s, j, y in zip(
        history.event_animal, history.event_occasion, history.event_detector, history.event_count, strict=True
    ):
        counts[i, j, s] = y
    expected_detected = 0.0
    integrals = [0.0] * n
    for point in space.xy_m:
        h = [hazard(math.dist(point, xy)) for xy in history.xy_m]
        missed = 1.0
        for j in range(n_detectors):
            for s in range(n_occasions):
                missed *= math.exp(-history.usage_station_days[j, s] * h[j])
        expected_detected += density_per_km2 * area_km2 * (1.0 - missed)
        for i in range(n):
            probability = 1.0
            for j in range(n_detectors):
                for s in range(n_occasions):
                    mean, y = history.usage_station_days[j, s] * h[j], int(counts[i, j, s])
                    if history.detector_type == "count":
                        probability *= mean**y * math.exp(-mean) / math.factorial(y)
                    else:
                        probability *= -math.expm1(-mean) if y else math.exp(-mean)
            integrals[i] += density_per_km2 * area_km2 * probability
    total = sum(math.log(value) for value in integrals)
    if likelihood == "full":
        return -expected_detected - math.log(math.factorial(n)) + total
    return total - n * math.log(expected_detected)


def rich_survey(seed=5, detector_type="proximity", *, n_animals=5, n_occasions=4, session="A", sexes="FM?"):
    """A simulated survey with covariates of stations, occasions, animals and mask, drawn plainly."""
    rng = np.random.default_rng(seed)
    xy = np.array([(x, y) for x in (0.0, 900.0, 1800.0) for y in (0.0, 1000.0)]) + rng.uniform(
        -50, 50, (6, 2)
    )
    usage = rng.choice([0.0, 0.5, 1.0, 2.0], (6, n_occasions))
    usage[:, 0] = (0.0, 1.0, 0.3, 1.0, 1.0, 2.0)  # the first detector starts later
    usage[0, 1] = 1.0
    counts = np.zeros((n_animals, 6, n_occasions), dtype=int)
    for i in range(n_animals):
        centre = rng.uniform(0.0, 1800.0, 2)
        mean = 0.5 * np.exp(-((xy - centre) ** 2).sum(axis=1) / (2 * 800.0**2))[:, None] * usage
        counts[i] = rng.poisson(mean)
        if not counts[i].any():
            counts[i, 1, 0] = 1
        if detector_type != "count":
            counts[i] = np.minimum(counts[i], 1)
        if detector_type == "multi":
            for s in range(n_occasions):
                caught = np.flatnonzero(counts[i, :, s])
                counts[i, caught[1:], s] = 0
    history = history_from_counts(counts, xy, usage, detector_type=detector_type, session=session)
    history = replace(
        history,
        sex=tuple({"F": "F", "M": "M", "?": None}[sexes[i % len(sexes)]] for i in range(n_animals)),
        station_covariates={
            "trail": ("ridge", "river", "ridge", "road", "river", "road"),
            "slope": ("1.5", "3", "2,5", "7", "0.2", "4"),
            **{
                f"snow_{s + 1}": tuple(str((j * s) % 3 + 0.5 * j) for j in range(6))
                for s in range(n_occasions)
            },
        },
        session_covariates={f"rain_{s + 1}": str(0.7 * s * s) for s in range(n_occasions)},
    )
    space = square_space(history, buffer_m=1200.0, spacing_m=600.0)
    wood = np.where(space.xy_m[:, 0] > 800.0, "wood", "steppe")
    rough = 3.0 + np.sin(space.xy_m[:, 0] / 700.0) + space.xy_m[:, 1] / 2000.0
    return history, replace(space, covariates={"rough": rough}, classes={"land": wood})
