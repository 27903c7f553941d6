"""How quickly a media page comes out of a project of five million photographs, and how quickly they go in.

Run: python benchmarks/media_store.py [--media 5000000] [--keep FOLDER]

The rows are made within SQLite: 400 deployments, one photograph in a thousand without an instant, a
sighting on each tenth. Then pages are asked for at random places, as a person would who jumps about, by
all ways in: the whole project, one deployment, media of no instant, a day. Each answer is timed whole,
with the sightings of its page. Prints the slowest and the median of each.
"""

from __future__ import annotations

import argparse
import contextlib
import datetime as dt
import random
import sqlite3
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import func, select

from pardine.exchange.photographs.times import choose_time
from pardine.observe.clock import ClockCorrection
from pardine.observe.deployment import Deployment
from pardine.observe.media import MediaFile, TimeReading
from pardine.store import schema
from pardine.store.clock_records import apply_clock_correction
from pardine.store.deployments import save_deployments
from pardine.store.media import known_files, media_counts, save_media
from pardine.store.media_page import PagePlace, read_media_page
from pardine.store.media_rows import MediaBatch, NewMedia
from pardine.store.project import Project, create_project
from pardine.store.runs import start_run
from pardine.store.sightings import read_sightings

N_DEPLOYMENTS, A_PAGE, N_PAGES = 400, 100, 200
START = dt.datetime(2024, 1, 1)

# One row a number: as wide as those of a Reconyx camera, hashes and uids of their full length.
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})"
_BLOBS = "INSERT INTO blob SELECT printf('%064x', i * 2654435761), 700000 + i % 90000, NULL FROM n"
_READINGS = (
    '{{"readings":[{{"certain":true,"day_month_swapped":null,"source":"exif","text":"2024:05:01 12:00:00",'
    '"utc_offset_min":null,"wall_clock":"2024-05-01T12:00:00"}}],"version":1}}'
)
_METADATA = (
    '{{"camera_make":"RECONYX","camera_model":"HYPERFIRE 2","height_px":1536,"sequence_length":3,'
    '"temperature_c":-11.0,"version":1,"width_px":2048}}'
)
_MEDIA = f"""
INSERT INTO media (id, uid, folder_id, path, code, sha256, mtime_ns, kind, deployment_id, wall_clock,
    clock_source, agreement, instant_utc, serial, label, sequence_number, event_number, infrared,
    readings, metadata, run_id)
SELECT i, printf('%08x-0000-5000-8000-%012x', i * 2654435761 % 4294967296, i), 1,
    printf('K%03d/100RECNX/RCNX%07d.JPG', i % 400, i), printf('K%03d/100RECNX/RCNX%07d.JPG', i % 400, i),
    printf('%064x', i * 2654435761), 1700000000000000000 + i, 'image', i % 400 + 1,
    strftime('%Y-%m-%dT%H:%M:%S', 1704067200 + i * 6, 'unixepoch'), 'exif', 'single',
    CASE WHEN i % 1000 = 999 THEN NULL
        ELSE strftime('%Y-%m-%dT%H:%M:%SZ', 1704067200 + i * 6 - 28800, 'unixepoch') END,
    'H500HF01234567', 'K001', i % 3 + 1, i / 3, 1, '{_READINGS}', '{_METADATA}', 1 FROM n
"""
_SIGHTINGS = """
INSERT INTO sighting (uid, folder_id, code, deployment_id, media_id, event, kind, species, count, individual,
    method, said_by, attributes, run_id)
SELECT printf('%08x-0000-5000-9000-%012x', i * 2654435761 % 4294967296, i), 1, 's' || i, i % 400 + 1, i, '',
    'animal', CASE WHEN i % 200 = 0 THEN 'Panthera pardus' ELSE 'Cervus nippon' END, 1, '', 'machine',
    'simulated', '{}', 1 FROM n WHERE i % 10 = 0
"""


def main() -> None:
    """Make the project, time the pages."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--media", type=int, default=5_000_000)
    options.add_argument("--keep", type=Path, help="make the project here and leave it")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = asked.keep or Path(scratch)
        with create_project(place / "project", name="benchmark") as project:
            fill(project, asked.media)
            size_gb = (project.directory / "pardine.sqlite").stat().st_size / 1e9
            print(f"{asked.media:,} media, database of {size_gb:.2f} GB")
            time_pages(project, asked.media)
            time_the_rest(project)


def fill(project: Project, n: int) -> None:
    """Make all rows without a log, for nobody would miss them; indexes afterwards."""
    began = time.perf_counter()
    run = start_run(project, "benchmark", {"n": n})
    stations = [
        Deployment(code=f"K{i:03}", station=f"K{i:03}", utc_offset_min=480) for i in range(N_DEPLOYMENTS)
    ]
    save_deployments(project, stations, run=run)
    save_media(project, MediaBatch(folder="generated"), run=run)
    indexes = [index for table in (schema.media, schema.sighting) for index in table.indexes]
    project.close()
    with contextlib.closing(sqlite3.connect(project.directory / "pardine.sqlite")) as raw:
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -2000000"):
            raw.execute(f"PRAGMA {pragma}")
        for index in indexes:
            raw.execute(f"DROP INDEX {index.name}")
        numbers = _NUMBERS.format(first=1, last=n)
        for statement in (_BLOBS, _MEDIA, _SIGHTINGS):
            raw.execute(numbers + statement.replace("{{", "{").replace("}}", "}"))
            print(f"rows after {time.perf_counter() - began:.0f} s", flush=True)
        for index in indexes:
            columns = ", ".join(column.name for column in index.columns)
            raw.execute(f"CREATE INDEX {index.name} ON {index.table.name} ({columns})")
        raw.commit()
        raw.execute("PRAGMA journal_mode = WAL")
    with project.read() as connection:
        found = connection.scalar(select(func.count()).select_from(schema.media))
    print(f"filled with {found:,} in {time.perf_counter() - began:.0f} s", flush=True)


def time_pages(project: Project, n: int) -> None:
    """Each way in, at random places."""
    rng = random.Random(1)

    def place(i: int) -> PagePlace:
        moment = START + dt.timedelta(seconds=6 * i - 28800)
        return PagePlace(instant_utc=f"{moment.isoformat()}Z", row=i)

    def code() -> str:
        return f"K{rng.randrange(N_DEPLOYMENTS):03}"

    def in_all() -> None:
        ask(project, after=place(rng.randrange(n)))

    def of_one() -> None:
        ask(project, after=place(rng.randrange(n)), deployment=code())

    def first_of_one() -> None:
        ask(project, deployment=code())

    def timeless() -> None:
        ask(project, after=PagePlace(instant_utc=None, row=rng.randrange(n)))

    def of_a_day() -> None:
        day = START + dt.timedelta(seconds=6 * rng.randrange(n))
        ask(project, deployment=code(), since=day, until=day + dt.timedelta(days=1))

    ways = {
        "whole project": in_all, "one deployment": of_one, "first of one": first_of_one,
        "without instant": timeless, "one day of one": of_a_day,
    }  # fmt: skip
    for name, way in ways.items():
        report(name, way, N_PAGES)


def ask(project: Project, **only: object) -> None:
    """A page and its sightings, as the screen needs them."""
    page = read_media_page(project, limit=A_PAGE, **only)  # type: ignore[arg-type]  # each way has its own
    read_sightings(project, media=[str(media.uid) for media in page.media])


def report(name: str, way: Callable[[], None], times: int) -> None:
    """Time one way in."""
    taken_ms = []
    busy = time.process_time()
    for _ in range(times):
        began = time.perf_counter()
        way()
        taken_ms.append(1000 * (time.perf_counter() - began))
    cpu_ms = 1000 * (time.process_time() - busy) / times
    ordered = sorted(taken_ms)
    p99 = ordered[int(0.99 * (times - 1))]
    told = f"median {statistics.median(ordered):6.1f} ms, 99 % {p99:6.1f} ms, slowest {ordered[-1]:6.1f} ms"
    print(f"{name:>18}: {told}; {cpu_ms:5.1f} ms of processor a page", flush=True)


def time_the_rest(project: Project) -> None:
    """Ingest into the full project, its counts, and a correction of one clock."""
    run = start_run(project, "benchmark", {})
    batch = MediaBatch(folder="card", media=[_new(i) for i in range(8192)])

    def timed(name: str, work: Callable[[], object]) -> None:
        began = time.perf_counter()
        work()
        print(f"{name:>18}: {time.perf_counter() - began:6.2f} s", flush=True)

    timed("store 8192", lambda: save_media(project, batch, run=run))
    timed("the same again", lambda: save_media(project, batch, run=run))
    timed("known files", lambda: known_files(project, "card"))
    fixed = ClockCorrection(deployment="K007", kind="offset", offset_s=60.0)
    timed("correct one clock", lambda: apply_clock_correction(project, fixed))
    timed("counts", lambda: media_counts(project))


def _new(number: int) -> NewMedia:
    clock = START + dt.timedelta(minutes=number)
    reading = TimeReading(source="exif", wall_clock=clock, text=f"{clock}")
    file = MediaFile(
        path=f"100RECNX/RCNX{number:05}.JPG", sha256=random.Random(number).randbytes(32).hex(),
        n_bytes=700_000,
        kind="image", width_px=2048, height_px=1536, readings=(reading,), camera_make="RECONYX",
    )  # fmt: skip
    chosen = choose_time(file.readings, now=START + dt.timedelta(days=400))
    return NewMedia(file=file, time=chosen, deployment="K001", mtime_ns=number)


if __name__ == "__main__":
    main()
