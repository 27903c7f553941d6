"""Seconds of a null fit with standard errors: snow leopards of Tost 2012 (41 stations, 8,469 points).

    python benchmarks/estimate_null_fit.py [DATA]

DATA is the folder of real capture histories (default ../shared/data/scr beside the repository).
Warm is the median of ten fits in one process; cold is a new process with its imports, reading and
fit. secr 5.5.0 needs about 9 s for the same fit on two threads of the same kind of machine.
"""

from __future__ import annotations

import csv
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from pardine.estimate.fit import Fit, fit_model
from pardine.estimate.formula.grammar import make_model
from pardine.estimate.history import CaptureHistory, capture_history
from pardine.estimate.model import MaskSpec
from pardine.estimate.statespace import StateSpace, given_state_space
from pardine.observe.capture import ImportedCapture
from pardine.observe.session import Session
from pardine.observe.station import Station
from pardine.observe.survey import HabitatMask, Survey

REFERENCE_S = 9.0
WARM_LIMIT_S, COLD_LIMIT_S = 0.3, 2.5
SESSION = "Tost2012"
DATA = Path(__file__).resolve().parents[2] / "shared" / "data" / "scr"


def main(arguments: list[str]) -> None:
    """Print warm and cold seconds, and how many times faster than the reference they are."""
    once = "--once" in arguments
    folders = [argument for argument in arguments if not argument.startswith("--")]
    data = Path(folders[0]) if folders else DATA
    history, space = read_tost(data)
    if once:
        print(fit(history, space).log_likelihood)
        return
    warm = statistics.median(timed(lambda: fit(history, space)) for _ in range(10))
    command = [sys.executable, __file__, str(data), "--once"]
    cold = statistics.median(
        timed(lambda: subprocess.run(command, check=True, capture_output=True)) for _ in range(5)
    )
    for name, seconds, limit in (("warm", warm, WARM_LIMIT_S), ("cold", cold, COLD_LIMIT_S)):
        verdict = "ok" if seconds <= limit else "TOO SLOW"
        print(f"{name}: {seconds:.3f} s (limit {limit} s: {verdict}; secr {REFERENCE_S / seconds:.0f} x)")


def timed(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def fit(history: CaptureHistory, space: StateSpace) -> Fit:
    spec = make_model({SESSION: "count"}, mask=MaskSpec(kind="given"))
    return fit_model([history], [space], spec)


def read_tost(data: Path) -> tuple[CaptureHistory, StateSpace]:
    folder = data / "snowleopard_Gobi_TNN"
    stations = tuple(
        Station(
            session=SESSION,
            code=row["id"],
            x=float(row["x"]),
            y=float(row["y"]),
            usage_station_days=(float(row["usage_1"]),),
        )
        for row in rows(folder / "detectors.csv")
    )
    captures = tuple(
        ImportedCapture(
            session=SESSION,
            individual=row["individual"],
            occasion=int(row["occasion"]),
            station=row["detector"],
            count=int(row["count"]),
        )
        for row in rows(folder / "captures.csv")
    )
    points = rows(data / "masks" / "snowleopard_Tost2012.csv")
    mask = HabitatMask(
        session=SESSION,
        xy=np.array([(float(p["x"]), float(p["y"])) for p in points]),
        cell_area_m2=1e4 * float(points[0]["area_ha"]),
        covariates={},
        sha256="0" * 64,
    )
    session = Session(code=SESSION, n_occasions=1, detector_type="count")
    survey = Survey(sessions=(session,), stations=stations, captures=captures, masks=(mask,))
    history = capture_history(survey, SESSION)
    return history, given_state_space(survey, history)


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row for row in csv.DictReader(file) if row["session"] == SESSION]


if __name__ == "__main__":
    main(sys.argv[1:])
