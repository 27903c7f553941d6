"""Seconds to read and check a simulated Camtrap DP package of a million rows (limit 15 s).

    python benchmarks/camtrap_dp_validation.py [ROWS]

Two fifths of the rows are media, three fifths observations; codes are of the length that programs
write. Measured in one process with a warm disk: reading, repairs, all rules of the standard with
foreign keys, and what is doubtful. A second package has a blank for the T in each time, so that every
row is repaired. Making records of `observe` and writing are timed apart.
"""

from __future__ import annotations

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeVar

import polars as pl

from pardine.exchange.camtrap_dp.package import CamtrapPackage
from pardine.exchange.camtrap_dp.read import read_package
from pardine.exchange.camtrap_dp.specification import PROFILE_URL, SPECIFICATION
from pardine.exchange.camtrap_dp.write import write_package

T = TypeVar("T")

LIMIT_S = 15.0
N_DEPLOYMENTS = 400


class Seconds(NamedTuple):
    """On the clock, and of all processor cores together: they differ most where others keep them busy."""

    wall: float
    cpu: float


def main(arguments: list[str]) -> None:
    n_rows = int(arguments[0]) if arguments else 1_000_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        make_package(folder / "strict", n_rows, "T")
        make_package(folder / "odd", n_rows, " ")
        package, seconds = timed(lambda: read_package(folder / "strict"))
        report("read and check", package.n_rows, seconds, LIMIT_S)
        repaired, seconds = timed(lambda: read_package(folder / "odd"))
        report("the same, every row repaired", repaired.repairs.height, seconds, LIMIT_S)
        del repaired
        written, seconds = timed(lambda: write_package(package, folder / "out", audience="internal"))
        report("check and write", len(written), seconds)
        _, seconds = timed(lambda: records_of(package))
        report("make records", package.n_rows, seconds)
    print(f"peak memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")


def records_of(package: CamtrapPackage) -> int:
    return len(package.media) + len(package.sightings)


def timed(work: Callable[[], T]) -> tuple[T, Seconds]:
    wall, cpu = time.perf_counter(), time.process_time()
    result = work()
    return result, Seconds(time.perf_counter() - wall, time.process_time() - cpu)


def report(what: str, n: int, seconds: Seconds, limit_s: float | None = None) -> None:
    verdict = "ok" if limit_s is None or seconds.wall <= limit_s else "TOO SLOW"
    told = "" if limit_s is None else f" (limit {limit_s:.0f} s: {verdict})"
    print(f"{what}: {n:,} in {seconds.wall:.2f} s, {seconds.cpu:.2f} s of processor{told}")


def make_package(folder: Path, n_rows: int, joint: str) -> None:
    """Write the three tables; the joint stands between day and time of day."""
    folder.mkdir()
    n_media = n_rows * 2 // 5
    deployments = deployment_table()
    media = media_table(n_media, joint)
    observations = observation_table(n_rows - n_media - N_DEPLOYMENTS, n_media, joint)
    resources = []
    for name, frame in (("deployments", deployments), ("media", media), ("observations", observations)):
        specification = next(each for each in SPECIFICATION.values() if each.name == name)
        blank = [
            pl.lit(None, dtype=pl.String).alias(c) for c in specification.columns if c not in frame.columns
        ]
        frame.with_columns(blank).select(specification.columns).write_csv(folder / f"{name}.csv")
        resources.append({"name": name, "path": f"{name}.csv", "schema": specification.schema_url})
    descriptor = {
        "resources": resources,
        "profile": PROFILE_URL,
        "created": "2024-06-01T00:00:00Z",
        "contributors": [{"title": "Simulated"}],
        "project": {"title": "Simulated", "samplingDesign": "targeted"},
    }
    (folder / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")


def deployment_table() -> pl.DataFrame:
    number = pl.int_range(N_DEPLOYMENTS, eager=True)
    return pl.DataFrame(
        {
            "deploymentID": "dep-" + number.cast(pl.String),
            "locationID": "S" + (number // 2).cast(pl.String),
            "latitude": (43 + number / 1000).cast(pl.String),
            "longitude": (131 + number / 1000).cast(pl.String),
            "deploymentStart": ["2024-01-01T12:00:00+10:00"] * N_DEPLOYMENTS,
            "deploymentEnd": ["2024-12-31T12:00:00+10:00"] * N_DEPLOYMENTS,
        }
    )


def media_table(n: int, joint: str) -> pl.DataFrame:
    number = pl.int_range(n, eager=True)
    return pl.DataFrame(
        {
            "mediaID": code(number, "media"),
            "deploymentID": "dep-" + (number % N_DEPLOYMENTS).cast(pl.String),
            "captureMethod": ["activityDetection"] * n,
            "timestamp": moments(number, joint),
            "filePath": "media/S"
            + (number % N_DEPLOYMENTS).cast(pl.String)
            + "/IMG_"
            + number.cast(pl.String)
            + ".JPG",
            "filePublic": ["false"] * n,
            "fileName": "IMG_" + number.cast(pl.String) + ".JPG",
            "fileMediatype": ["image/jpeg"] * n,
        }
    )


def observation_table(n: int, n_media: int, joint: str) -> pl.DataFrame:
    number = pl.int_range(n, eager=True)
    of_media = number % n_media
    return pl.DataFrame(
        {
            "observationID": code(number, "observation"),
            "deploymentID": "dep-" + (of_media % N_DEPLOYMENTS).cast(pl.String),
            "mediaID": code(of_media, "media"),
            "eventStart": moments(of_media, joint),
            "eventEnd": moments(of_media, joint),
            "observationLevel": ["media"] * n,
            "observationType": ["animal"] * n,
            "scientificName": ["Panthera pardus"] * n,
            "count": (1 + number % 3).cast(pl.String),
            "sex": ["female"] * n,
            "lifeStage": ["adult"] * n,
            "bboxX": ((number % 900) / 1000).cast(pl.String),
            "bboxY": ((number % 700) / 1000).cast(pl.String),
            "bboxWidth": ["0.1"] * n,
            "bboxHeight": ["0.3"] * n,
            "classificationMethod": ["machine"] * n,
            "classifiedBy": ["a detector, version 5"] * n,
            "classificationProbability": ((number % 1000) / 1000).cast(pl.String),
        }
    )


def code(number: pl.Series, kind: str) -> pl.Series:
    """As long as a uuid."""
    return f"{kind}-4bb6-9c45-" + number.cast(pl.String).str.zfill(18)


def moments(number: pl.Series, joint: str) -> pl.Series:
    seconds = 1_704_067_200 + number * 70 % 30_000_000
    return pl.from_epoch(seconds, time_unit="s").dt.strftime(f"%Y-%m-%d{joint}%H:%M:%S") + "+10:00"


if __name__ == "__main__":
    main(sys.argv[1:])
