"""Photographs become passages: both slots of a visit one animal, two animals of a frame apart."""

from __future__ import annotations

import numpy as np

from pardine.identify.passages import Shot, find_passages
from pardine.identify.side import Side
from pardine.observe.sighting import BoundingBox


def shot(media: str, minute: float, *, station: str = "A", deployment: str = "A1", side: Side = Side.LEFT,
         several: bool = False, box: BoundingBox | None = None) -> Shot:  # fmt: skip
    at = np.datetime64("2025-07-01T00:00:00") + np.timedelta64(round(60 * minute), "s")
    return Shot(media=media, sha256=media, deployment=deployment, station=station, at=at, side=side,
                several=several, box=box)  # fmt: skip


def keys(shots: list[Shot]) -> list[list[str]]:
    return [[shots[i].media for i in p.shots] for p in find_passages(shots).all]


def test_both_slots_of_one_visit_are_one_passage_of_both_sides():
    shots = [shot("a", 0), shot("b", 3, deployment="A2", side=Side.RIGHT), shot("c", 20)]
    assert keys(shots) == [["a", "b"], ["c"]]


def test_another_station_and_an_unknown_time_are_passages_of_their_own():
    timeless = Shot(media="x", sha256="x", deployment="A1", station="A", at=np.datetime64("NaT", "s"))
    shots = [shot("a", 0), shot("b", 0, station="B"), timeless]
    assert keys(shots) == [["a"], ["b"], ["x"]]


def test_boxes_of_one_frame_are_certainly_two_animals():
    boxes = BoundingBox(x=0.1, y=0.1, width=0.2, height=0.2), BoundingBox(x=0.6, y=0.1, width=0.2, height=0.2)
    shots = [shot("a", 0, box=boxes[0]), shot("a", 0, box=boxes[1])]
    found = find_passages(shots)
    assert len(found.all) == 2
    assert found.apart.tolist() == [[0, 1]]
    assert len({p.key for p in found.all}) == 2
    assert len({p.encounter for p in found.all}) == 1


def test_where_two_were_seen_only_a_burst_is_one_animal():
    shots = [shot("a", 0), shot("b", 0.05), shot("c", 1, several=True), shot("d", 2)]
    found = find_passages(shots)
    assert [[shots[i].media for i in p.shots] for p in found.all] == [["a", "b"], ["d"]]
    assert found.not_told_apart == (2,)


def test_order_of_the_shots_changes_nothing():
    shots = [shot("a", 0), shot("b", 1), shot("c", 60), shot("d", 61)]
    assert keys(shots) == keys(shots[::-1])
