"""Seconds and memory of large fits, with standard errors.

    python benchmarks/estimate_models.py [DATA]

learned   site-specific learned response (bk): 44 animals, 120 detectors, 48 occasions (simulated)
large     400 detectors, about 100 animals, 365 nights, 30,000 mask points (simulated)
linear    the learned response on a mask of four times as many points
leopards  27 surveys of South African leopards, 33 parameters; then with sex as a class, 36

DATA is the folder of real capture histories (default ../shared/data/scr beside the repository); without
it the leopards are left out. Times of the reference, secr 5.5.0 on two threads of the same kind of
machine: learned 124 s; large 7.8 s for one evaluation, and no end within minutes; leopards 24 hours on
six cores, as their authors say.
"""

from __future__ import annotations

import csv
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pardine.estimate.fit import fit_model
from pardine.estimate.formula.grammar import model_from_text
from pardine.estimate.history import CaptureHistory, capture_history
from pardine.estimate.model import MaskSpec
from pardine.estimate.statespace import StateSpace, buffer_state_space
from pardine.observe.capture import ImportedCapture
from pardine.observe.session import DetectorType, Session
from pardine.observe.station import Station
from pardine.observe.survey import Survey
from pardine.simulate.captures import TrueDetection, draw_capture_history

DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "scr"
LEOPARDS = "leopard_SouthAfrica_27"
BY_BIOME = "D~session, lambda0~factor(Biome), sigma~factor(Biome)"
WITH_SEX = "hcov=sex, D~session, lambda0~factor(Biome)+h2, sigma~factor(Biome)+h2"
BYTES_PER_MB = 2**20


@dataclass(frozen=True)
class Case:
    """One fit and what it may cost."""

    name: str
    limit_s: float
    limit_mb: float = 2000.0


CASES = (
    Case("learned", 4.0),
    Case("linear", 16.0),
    Case("large", 15.0),
    Case("large-proximity", 60.0),
    Case("leopards", 600.0),
    Case("leopards-sex", 600.0),
)


def main(arguments: list[str]) -> None:
    """Run every case in a process of its own, so that memory is its own."""
    data = Path(next((a for a in arguments if not a.startswith("--")), str(DATA)))
    chosen = next((a.removeprefix("--case=") for a in arguments if a.startswith("--case=")), None)
    if chosen is not None:
        measure(chosen, data)
        return
    for case in CASES:
        if case.name.startswith("leopards") and not (data / LEOPARDS).is_dir():
            print(f"{case.name}: no data at {data}")
            continue
        command = [sys.executable, __file__, str(data), f"--case={case.name}"]
        done = subprocess.run(command, check=True, capture_output=True, encoding="utf-8")
        seconds, megabytes, facts = done.stdout.strip().split(" ", 2)
        good = float(seconds) <= case.limit_s and float(megabytes) <= case.limit_mb
        verdict = "ok" if good else "TOO MUCH"
        print(f"{case.name}: {seconds} s (limit {case.limit_s:g} s), {megabytes} MB: {verdict}; {facts}")


def measure(name: str, data: Path) -> None:
    """Fit one case and print seconds, megabytes and facts."""
    histories, spaces, text = make(name, data)
    types: dict[str, DetectorType] = {h.session: h.detector_type for h in histories}
    began = time.perf_counter()
    fit = fit_model(histories, spaces, model_from_text(text, types, mask=MaskSpec(kind="given")))
    seconds = time.perf_counter() - began
    facts = (
        f"{sum(h.n_animals for h in histories)} animals, {sum(h.n_detectors for h in histories)} detectors, "
        f"{sum(s.n_points for s in spaces)} points, {fit.n_parameters} parameters, "
        f"{fit.n_evaluations} evaluations, log-likelihood {fit.log_likelihood:.4f}"
    )
    print(f"{seconds:.2f} {peak_mb():.0f} {facts}")


def make(name: str, data: Path) -> tuple[list[CaptureHistory], list[StateSpace], str]:
    if name.startswith("leopards"):
        histories = leopards(data / LEOPARDS)
        spaces = [buffer_state_space(h.xy_m, 15_000.0, 500.0) for h in histories]
        return histories, spaces, WITH_SEX if name.endswith("sex") else BY_BIOME
    if name.startswith("large"):
        kind: DetectorType = "proximity" if name.endswith("proximity") else "count"
        history, space = simulated((20, 20), 3000.0, 365, 510.0, buffer_m=16_000.0, kind=kind)
        return [history], [space], ""
    spacing_m = 1500.0 if name == "learned" else 750.0
    history, space = simulated((12, 10), 2000.0, 48, spacing_m, buffer_m=12_000.0, kind="proximity")
    return [history], [space], "lambda0~bk"


def simulated(
    shape: tuple[int, int],
    apart_m: float,
    n_occasions: int,
    spacing_m: float,
    *,
    buffer_m: float,
    kind: DetectorType,
) -> tuple[CaptureHistory, StateSpace]:
    x, y = np.meshgrid(np.arange(shape[0]) * apart_m, np.arange(shape[1]) * apart_m)
    xy_m = np.column_stack([x.ravel(), y.ravel()])
    space = buffer_state_space(xy_m, buffer_m, spacing_m)
    is_large = len(xy_m) > 200
    truth = TrueDetection(
        detection="HHN", at_centre=0.01 if is_large else 0.02, sigma_m=4000.0 if is_large else 3000.0
    )
    history, _ = draw_capture_history(
        space,
        (132.0 if is_large else 68.2) / space.area_km2,
        xy_m=xy_m,
        usage_station_days=np.ones((len(xy_m), n_occasions)),
        detection=truth,
        detector_type=kind,
        seed=3,
    )
    return history, space


def leopards(folder: Path) -> list[CaptureHistory]:
    covariates = {row["SessionID"]: row for row in rows(folder / "session_covariates.csv")}
    stations = tuple(
        Station(
            session=row["session"],
            code=row["id"],
            x=float(row["x"]),
            y=float(row["y"]),
            usage_station_days=(float(row["usage_1"]),),
        )
        for row in rows(folder / "detectors.csv")
    )
    captures = tuple(
        ImportedCapture(
            session=row["session"],
            individual=row["individual"],
            occasion=1,
            station=row["detector"],
            count=int(row["count"]),
            sex="F" if row["sex"] == "F" else "M" if row["sex"] == "M" else None,
        )
        for row in rows(folder / "captures.csv")
        if row["individual"] != "NONE"
    )
    codes = list(dict.fromkeys(station.session for station in stations))
    sessions = tuple(
        Session(code=code, n_occasions=1, detector_type="count", covariates=covariates[code])
        for code in codes
    )
    survey = Survey(sessions=sessions, stations=stations, captures=captures)
    return [capture_history(survey, code) for code in codes]


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def peak_mb() -> float:
    """Largest resident memory of this process so far; NaN where the system does not tell."""
    try:
        status = Path("/proc/self/status").read_text(encoding="utf-8")
    except OSError:
        return float("nan")
    line = next(line for line in status.splitlines() if line.startswith("VmHWM"))
    return float(line.split()[1]) * 1024.0 / BYTES_PER_MB


if __name__ == "__main__":
    main(sys.argv[1:])
