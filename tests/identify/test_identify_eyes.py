"""Faces that look into an infrared flash: found by their eyes, and never carrying a match alone."""

import cv2
import numpy as np
import pytest

from pardine.identify.body_frame import cut
from pardine.identify.body_part import BodyPart
from pardine.identify.describe import describe
from pardine.identify.eyes import shining_head
from pardine.identify.side import Side


def front(spotted, animal, *, eyes=((180, 70), (220, 74)), colour=False):
    """A simulated animal from the front, by infrared, with eyes that give the flash back."""
    picture, body = spotted(animal, light=0.7)
    if not colour:
        picture = np.repeat(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY)[:, :, None], 3, axis=2)
    for place in eyes:
        cv2.circle(picture, place, 5, (255, 255, 255), -1)
    return picture, body


def head_of(picture, body):
    return shining_head(cut(picture, body, (0.0, 0.0, 400.0, 260.0), Side.UNKNOWN, size=(400, 260)))


def test_a_face_is_found_by_its_eyes(spotted):
    head = head_of(*front(spotted, 1))
    assert head.x == pytest.approx(200, abs=3)
    assert head.y == pytest.approx(82, abs=4)
    assert head.radius == pytest.approx(76, abs=5)


@pytest.mark.parametrize(
    "how",
    [
        {"eyes": ()},
        {"eyes": ((200, 70),)},
        {"eyes": ((200, 60), (200, 110))},  # one above the other
        {"eyes": ((120, 80), (320, 80))},  # far apart
        {"colour": True},  # by day
    ],
)
def test_no_face_is_invented(spotted, how):
    assert head_of(*front(spotted, 1, **how)) is None


def test_features_of_a_face_are_told_and_left_out_of_the_look(spotted):
    picture, body = front(spotted, 1)
    found = describe(picture, mask=body)
    on_head = found.features.part == BodyPart.HEAD
    assert 0 < on_head.sum() < len(found.features)
    without, _ = front(spotted, 1, eyes=())
    plain = describe(without, mask=body)
    assert plain.features.part is None
    assert found.look.mask.sum() < 0.9 * plain.look.mask.sum()


def test_a_flank_has_no_face(spotted):
    picture, body = front(spotted, 1)
    assert describe(picture, mask=body, side=Side.LEFT).features.part is None
