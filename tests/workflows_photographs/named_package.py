"""A simulated Camtrap DP package in which animals have names: stations, two slots, encounters, a cub."""

import datetime as dt

import numpy as np

from pardine.exchange.camtrap_dp.from_records import package_from_records
from pardine.exchange.camtrap_dp.write import write_package
from pardine.exchange.imported import ImportedMedia
from pardine.observe.deployment import Deployment
from pardine.observe.sighting import Sighting

SPECIES = "Panthera uncia"
START = dt.datetime(2025, 5, 1, 10)
DAYS, SPACING_M, SIDE = 90, 4000.0, 6
LAMBDA0, SIGMA_M, DENSITY_PER_100KM2 = 0.05, 4000.0, 3.0
_DEGREE_M = 111_320.0
METADATA = {
    "created": "2026-01-01T00:00:00Z",
    "contributors": [{"title": "Simulated office", "email": "office@example.org", "role": "contact"}],
    "licenses": [{"name": "CC0-1.0", "scope": "data"}],
    "keywords": ["simulated"],
    "project": {"title": "Simulated survey", "samplingDesign": "systematicRandom", "acronym": "SIM"},
}


def stations():
    """Code, x and y in metres, longitude, latitude."""
    found = []
    for i in range(SIDE):
        for j in range(SIDE):
            x, y = i * SPACING_M, j * SPACING_M
            latitude = 43.0 + y / _DEGREE_M
            longitude = 131.0 + x / (_DEGREE_M * np.cos(np.radians(43.0)))
            found.append((f"K{i}{j}", x, y, round(longitude, 6), round(latitude, 6)))
    return found


def true_detections(seed):
    """(animal, station, moment) of independent visits, and the number of animals per 100 km2."""
    rng = np.random.default_rng(seed)
    buffer_m = 4 * SIGMA_M
    extent_m = (SIDE - 1) * SPACING_M + 2 * buffer_m
    n = round(DENSITY_PER_100KM2 * extent_m**2 / 1e8)
    centres = rng.uniform(-buffer_m, extent_m - buffer_m, (n, 2))
    visits = []
    for animal, (x, y) in enumerate(centres):
        for code, sx, sy, _, _ in stations():
            rate = LAMBDA0 * np.exp(-((x - sx) ** 2 + (y - sy) ** 2) / (2 * SIGMA_M**2))
            for at in rng.uniform(0.2, DAYS - 0.2, rng.poisson(rate * DAYS)):
                moment = START + dt.timedelta(seconds=round(at * 86_400))
                visits.append((f"U{animal:02d}", code, moment))
    return visits


def named_package(folder, seed=5, *, name_animals=True, offset_min=600):
    """Write the package; each visit is three photographs at slot A and one at slot B."""
    deployments = [
        Deployment(
            code=f"{code}_{slot}", station=code, slot=slot, x=longitude, y=latitude,
            starts=START, ends=START + dt.timedelta(days=DAYS), utc_offset_min=offset_min,
        )
        for code, _, _, longitude, latitude in stations()
        for slot in "AB"
    ]  # fmt: skip
    visits = true_detections(seed)
    media, sightings = [], []
    for number, (animal, code, moment) in enumerate(visits):
        for shot, (slot, second) in enumerate((("A", 0), ("A", 1), ("A", 2), ("B", 20))):
            at = moment + dt.timedelta(seconds=second)
            media.append(
                ImportedMedia(
                    code=f"m{number}_{shot}", deployment=f"{code}_{slot}", path=f"{code}/{number}_{shot}.jpg",
                    media_type="image/jpeg", wall_clock=at, utc_offset_min=offset_min, public=False,
                )
            )  # fmt: skip
            names = [(animal, "adult")]
            if animal == "U01":
                names.append(("U01 cub", "cub"))
            for who, age in names:
                sightings.append(
                    Sighting(
                        code=f"o{number}_{shot}_{who}", deployment=f"{code}_{slot}",
                        media=f"m{number}_{shot}",
                        starts=at, ends=at, utc_offset_min=offset_min, kind="animal", species=SPECIES,
                        individual=who if name_animals else "", age_class=age, count=1, method="human",
                        by="simulated person",
                    )
                )  # fmt: skip
    write_package(package_from_records(deployments, media, sightings, METADATA), folder, audience="internal")
    return visits
