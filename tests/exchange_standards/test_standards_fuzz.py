"""Broken at random, from seeds: refused with a reason or read, and what is read can be written and read."""

import json
import random

import pytest
from made_camtrap import ROWS, descriptor, made_files, table_text, write_files
from test_standards_wildlife_insights import FILES as WILDLIFE

from pardine.base.errors import InputError
from pardine.exchange.camtrap_dp.read import read_package
from pardine.exchange.camtrap_dp.specification import SPECIFICATION
from pardine.exchange.camtrap_dp.write import write_package
from pardine.exchange.megadetector import read_detections
from pardine.exchange.wildlife_insights import read_wildlife_insights

CELLS = ["", "NA", "0", "-1", "1e400", "9" * 23, "nan", "inf", '"', "\n", "0001-01-01T00:00:00+10:00",
         "9999-12-31T23:59:59-12:00", "9999-12-31", "0000-00-00T00:00:00Z", "2024-03-10", "24:00", "\u202e",
         "\U0001f600", "a" * 5000, "=cmd()", "..", "C:\\x", "true", "dep1", "DEP1", "43,5",
         "1,200", "\x0b"]  # fmt: skip
VALUES = [
    None,
    5,
    -1.5,
    "",
    [],
    {},
    "x",
    True,
    [None],
    {"a": None},
    "\ud800",
    "../x",
    "https://x/y.csv",
    [1, "a"],
]
DETECTIONS = {
    "info": {"detector": "v5", "detection_completion_time": "2024-06-01 10:00:00"},
    "detection_categories": {"1": "animal"},
    "classification_categories": {"0": "deer"},
    "images": [
        {"file": "1.JPG", "datetime": "2024:01:01 01:02:03",
         "detections": [{"category": "1", "conf": 0.5, "bbox": [0.1, 0.1, 0.2, 0.2],
                         "classifications": [["0", 0.5]]}]},
        {"file": "2.JPG", "detections": [], "failure": None},
    ],
}  # fmt: skip


def broken_json(document, rng):
    document = json.loads(json.dumps(document))
    places = list(containers(document))
    for _ in range(rng.randrange(1, 4)):
        place = rng.choice(places)
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if keys and rng.random() < 0.3:
            del place[rng.choice(keys)]
        elif keys:
            place[rng.choice(keys)] = rng.choice(VALUES)
    return json.dumps(document).encode()


def containers(value):
    if isinstance(value, dict | list):
        yield value
        for inner in value.values() if isinstance(value, dict) else value:
            yield from containers(inner)


def broken_cells(table, rng):
    rows = [dict(each) for each in ROWS[table]]
    for _ in range(rng.randrange(1, 5)):
        rng.choice(rows)[rng.choice(SPECIFICATION[table].columns)] = rng.choice(CELLS)
    return table_text(table, rows).encode()


def broken_bytes(content, rng):
    changed = bytearray(content)
    for _ in range(rng.randrange(1, 8)):
        at = rng.randrange(len(changed) + 1)
        if rng.random() < 0.5:
            del changed[at : at + rng.randrange(1, 30)]
        else:
            changed[at:at] = rng.choice([b",", b'"', b"\n", b"\r", b";", b"\xff", b"{", b"]", b"\t", b"\x00"])
    return bytes(changed)


def broken_header(table, rng):
    header = list(SPECIFICATION[table].columns)
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(header))
        header[at] = rng.choice(["", header[0], header[at].upper(), "starts", "at", "key", "table", "#"])
    rest = table_text(table).partition("\n")[2]
    return (",".join(header) + "\n" + rest).encode()


def broken_package(rng):
    files, table = made_files(), rng.choice(list(ROWS))
    kind = rng.randrange(4)
    if kind == 0:
        return {**files, "datapackage.json": broken_json(descriptor(), rng)}
    if kind == 1:
        name = rng.choice(list(files))
        return {**files, name: broken_bytes(files[name], rng)}
    return {**files, f"{table}.csv": (broken_cells if kind == 2 else broken_header)(table, rng)}


def look_at_package(seed, folder):
    rng = random.Random(seed)
    try:
        package = read_package(write_files(folder / "in", broken_package(rng)))
        assert len(package.deployments) + len(package.media) + len(package.sightings) == package.n_rows
        write_package(package, folder / "out", audience=rng.choice(["internal", "partner", "public"]))
    except InputError as error:
        assert error.problems or error.code != "imported.refused"
        return
    again = read_package(folder / "out")
    assert again.n_rows == package.n_rows


@pytest.mark.parametrize("seed", range(60))
def test_broken_packages(tmp_path, seed):
    look_at_package(seed, tmp_path)


@pytest.mark.slow
def test_many_broken_packages(tmp_path):
    for seed in range(1000, 3000):
        look_at_package(seed, tmp_path / str(seed))


@pytest.mark.parametrize("seed", range(40))
def test_broken_exports_and_results(tmp_path, seed):
    rng = random.Random(seed)
    name = rng.choice(["deployments.csv", "images.csv"])
    files = {**WILDLIFE, name: broken_bytes(WILDLIFE[name], rng)}
    files["results.json"] = broken_json(DETECTIONS, rng)
    write_files(tmp_path, files)
    for read, path in ((read_wildlife_insights, tmp_path), (read_detections, tmp_path / "results.json")):
        try:
            read(path)
        except InputError as error:
            assert error.problems or error.code != "imported.refused"
