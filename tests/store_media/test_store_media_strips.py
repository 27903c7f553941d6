"""Readings of stored media side by side, and strips that settle what waits and nothing else."""

import datetime as dt

import numpy as np
import pytest
from media_examples import NOW, START, deployment, media_file
from sqlalchemy import select

from pardine.exchange.photographs.times import choose_time
from pardine.observe.media import TimeReading
from pardine.store import schema
from pardine.store.deployments import read_deployments, save_deployments
from pardine.store.media import save_media
from pardine.store.media_names import find_media_by_name, read_picture_files
from pardine.store.media_rows import MediaBatch, NewMedia
from pardine.store.media_season import read_media_columns
from pardine.store.runs import new_run
from pardine.store.strip_times import settle_strip_times

HOUR = dt.timedelta(hours=1)


def reading(source, moment=START, **facts):
    return TimeReading(source=source, wall_clock=moment, text=str(moment), **facts)


# What the files say, in their order.
FILES = (
    (reading("exif"), reading("file name", START + 12 * HOUR)),
    (reading("exif", certain=False),),
    (),
    (reading("exif"),),
    (reading("exif", utc_offset_min=480), reading("xmp", START - 8 * HOUR, utc_offset_min=0)),
    (reading("container", START - 8 * HOUR, utc_offset_min=0), reading("file name")),
    (reading("exif", certain=False), reading("file name", START + HOUR)),
)


@pytest.fixture
def stored(project):
    run = new_run("add", {})
    save_deployments(project, [deployment()], run=run)
    files = [media_file(number, readings=readings) for number, readings in enumerate(FILES)]
    media = [
        NewMedia(file=f, time=choose_time(f.readings, now=NOW), deployment="K1_A", mtime_ns=7) for f in files
    ]
    save_media(project, MediaBatch(folder="cards", place="E:/cards", media=media), run=run)
    return project, [file.sha256 for file in files]


def rows(project):
    m = schema.media
    columns = (m.c.wall_clock, m.c.clock_source, m.c.agreement, m.c.instant_utc, m.c.readings)
    with project.read() as connection:
        return connection.execute(select(*columns).order_by(m.c.id)).all()


def test_columns_of_readings(stored):
    project, _ = stored
    columns = read_media_columns(project, read_deployments(project))
    hours = {
        source: (clocks - np.datetime64(START, "s")) / np.timedelta64(1, "h")
        for source, clocks in columns.readings.items()
    }
    shown = {
        source: [None if np.isnan(h) else h for h in values.tolist()] for source, values in hours.items()
    }
    assert shown["exif"] == [0, 0, None, 0, 0, None, None]
    assert shown["file name"] == [12, None, None, None, None, 0, 1]
    # At one offset both say the same.
    assert shown["xmp"] == [None, None, None, None, 0, None, None]
    assert "container" not in shown
    assert columns.is_waiting.tolist() == [True, True, True, False, False, False, False]


def test_strips_settle_what_waits_and_are_taken_back_alone(stored):
    project, digests = stored
    before = rows(project)
    strips = {digest: reading("strip") for digest in digests}
    assert settle_strip_times(project, strips, confirmed=(), now=NOW) == 1
    after = rows(project)
    assert [n for n, (old, new) in enumerate(zip(before, after, strict=True)) if old != new] == [1]
    assert (after[1].agreement, after[1].clock_source) == ("agree", "strip")
    assert after[1].instant_utc == f"{START - 8 * HOUR:%Y-%m-%dT%H:%M:%S}Z"
    assert settle_strip_times(project, strips, confirmed=(), now=NOW) == 0
    assert settle_strip_times(project, strips, confirmed={digests[2]}, now=NOW) == 1
    taken = rows(project)[2]
    assert (taken.wall_clock, taken.clock_source, taken.agreement) == (START.isoformat(), "strip", "single")
    assert taken.instant_utc is not None
    # A confirmed strip never overrules another source: row 0 stays in dispute.
    assert settle_strip_times(project, strips, confirmed={digests[0], digests[2]}, now=NOW) == 0
    settle_strip_times(project, strips, confirmed=(), now=NOW)
    assert rows(project)[2] == before[2]
    assert rows(project)[3:] == before[3:]


def test_media_by_what_people_call_them(stored):
    project, digests = stored

    def found(name):
        return [media.sha256 for media in find_media_by_name(project, "K1_A", name)]

    path = media_file(3).path
    for name in (path, "RCNX0003.JPG", path.replace("/", "\\"), f"E:/cards/{path}", f"E:\\cards\\{path}"):
        assert found(name) == [digests[3]], name
    assert found("0003.JPG") == found("nothing") == []
    assert find_media_by_name(project, "other", path) == ()
    pictures = read_picture_files(project, "K1_A")
    assert [picture.sha256 for picture in pictures] == digests
    assert pictures[0].file.name == "RCNX0000.JPG"
