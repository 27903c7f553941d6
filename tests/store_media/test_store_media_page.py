"""Pages: together all media, once each, in the order of time, found by an index."""

import datetime as dt
import random

import pytest
from media_examples import START, batch, deployment, new_media

from pardine.base.errors import InputError
from pardine.store import media_page
from pardine.store.deployments import save_deployments
from pardine.store.media import save_media
from pardine.store.media_page import PagePlace, page_place, read_media_page
from pardine.store.media_rows import MediaBatch
from pardine.store.runs import new_run
from pardine.store.sightings import read_sightings


@pytest.fixture
def gallery(project):
    """Two deployments with bursts of one instant, and media of no deployment and no instant."""
    run = new_run("add", {})
    save_deployments(project, [deployment(), deployment("K2_A", station="K2")], run=run)
    moments = [START + dt.timedelta(minutes=n // 3) for n in range(30)]
    numbers = list(range(30))
    random.Random(1).shuffle(numbers)
    for code in ("K1_A", "K2_A"):
        found = [new_media(n, code=code, card=code, wall_clock=moments[n]) for n in numbers]
        save_media(project, MediaBatch(folder="E:/", media=found), run=run)
    save_media(project, batch(range(7), code="", card="lost"), run=run)
    return project


def all_pages(project, limit, **only) -> list:
    found, after = [], None
    while True:
        page = read_media_page(project, after=after, limit=limit, **only)
        assert len(page.media) == limit or page.next_after is None
        found += page.media
        if page.next_after is None:
            return found
        after = page_place(page.next_after.as_text())


@pytest.mark.parametrize("limit", [1, 4, 60, 66, 67, 1000])
def test_pages_hold_each_once_in_order(gallery, limit):
    found = all_pages(gallery, limit)
    assert len({m.uid for m in found}) == len(found) == 67
    instants = [m.instant_utc for m in found]
    assert instants[:60] == sorted(instants[:60])
    assert instants[60:] == [None] * 7


def test_pages_of_one_deployment_and_of_none(gallery):
    assert {m.deployment for m in all_pages(gallery, 4, deployment="K2_A")} == {"K2_A"}
    assert len(all_pages(gallery, 4, deployment="K2_A")) == 30
    assert len(all_pages(gallery, 4, deployment="")) == 7
    with pytest.raises(InputError) as caught:
        read_media_page(gallery, deployment="K9")
    assert caught.value.code == "media.unknown_deployment"


def test_pages_of_a_span_of_time(gallery):
    since = dt.datetime(2024, 5, 1, 4, 2, tzinfo=dt.UTC)
    until = since + dt.timedelta(minutes=3)
    found = all_pages(gallery, 4, since=since, until=until)
    assert len(found) == 2 * 3 * 3
    assert {m.instant_utc for m in found} == {since + dt.timedelta(minutes=n) for n in range(3)}
    assert len(all_pages(gallery, 4, deployment="K1_A", since=since)) == 24
    east = until.astimezone(dt.timezone(dt.timedelta(hours=8)))
    assert all_pages(gallery, 4, since=since, until=east) == found


@pytest.mark.parametrize("text", ["", "~", "x", "2024~-1", "~１", "a~b"])
def test_a_wrong_place_is_refused(text):
    with pytest.raises(InputError) as caught:
        page_place(text)
    assert caught.value.code == "media.bad_place"


def test_a_page_has_a_largest_size(gallery):
    for limit in (0, 1001):
        with pytest.raises(ValueError, match="1 to 1000"):
            read_media_page(gallery, limit=limit)


@pytest.mark.parametrize("deployment", [None, "K1_A", ""])
@pytest.mark.parametrize("instant", ["2024-05-01T04:02:00Z", None])
def test_the_database_goes_to_the_first_row_by_an_index(gallery, deployment, instant):
    after = PagePlace(instant_utc=instant, row=5)
    with gallery.read() as connection:
        query = media_page._of_deployment(connection, media_page._query(), deployment)
        part = (
            media_page._untimed(query, after)
            if instant is None
            else media_page._timed(query, after, None, None)
        )
        text = str(part.limit(10).compile(connection, compile_kwargs={"literal_binds": True}))
        if gallery.on_server:
            # Of so few rows it would read all; the question is whether it could go by the index.
            connection.exec_driver_sql("SET LOCAL enable_seqscan = off")
            connection.exec_driver_sql("SET LOCAL enable_sort = off")
            plan = [row[0] for row in connection.exec_driver_sql(f"EXPLAIN {text}")]
            assert any("using ix_media_" in step and "instant_utc" in step for step in plan), plan
            assert not any("Sort" in step for step in plan), plan
            return
        plan = [row[3] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}")]
    assert plan[0].startswith("SEARCH media USING INDEX ix_media_")
    assert "instant_utc" in plan[0].partition("(")[2]
    assert not any("TEMP B-TREE" in step for step in plan)


def test_sightings_of_a_page_are_found_by_an_index(gallery):
    if gallery.on_server:
        return
    said: list[str] = []
    with gallery.read() as connection:
        connection.connection.set_trace_callback(said.append)
    uids = [str(m.uid) for m in read_media_page(gallery, limit=5).media]
    read_sightings(gallery, media=uids)
    (text,) = (statement for statement in said if "FROM sighting" in statement)
    with gallery.read() as connection:
        connection.connection.set_trace_callback(None)
        plan = [row[3] for row in connection.exec_driver_sql("EXPLAIN QUERY PLAN " + text.replace("%", "%%"))]
    assert not any(step.startswith("SCAN") for step in plan), plan
