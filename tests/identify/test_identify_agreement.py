"""Coats laid upon each other, parts matched apart, and flanks with the wrong name."""

from dataclasses import replace

import numpy as np
import pytest

from pardine.identify.agreement import agreement, closest_pairs, look_of
from pardine.identify.body_frame import body_frame
from pardine.identify.body_part import BodyPart, other_parts, without_lone_face
from pardine.identify.describe import describe
from pardine.identify.features import SiftOptions, sift_features
from pardine.identify.fusion import directed_pairs, plain_scores
from pardine.identify.gallery import Photo, make_gallery
from pardine.identify.score import EVIDENCE, MatchOptions, PairTable, match_gallery
from pardine.identify.side import Side
from pardine.identify.side_check import mirror_fit, mirrored
from pardine.identify.verify import VerifyOptions, prepare, verify

SAME = np.array([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0]])


def look(spotted, animal, **how):
    picture, body = spotted(animal, **how)
    return look_of(body_frame(picture, body, Side.LEFT))


def test_one_coat_agrees_with_itself_in_another_light_and_not_with_another(spotted):
    first = look(spotted, 1)
    again = look(spotted, 1, scene=3, light=0.6, stretch=0.96)
    other = look(spotted, 2, scene=3)
    assert agreement(first, first, SAME).mean > 0.98
    assert agreement(first, other, SAME).lower < agreement(first, again, SAME).lower - 0.1
    # The little flow makes spots of any two coats meet somewhat, but not all over.
    assert agreement(first, again, SAME).mean > 0.6
    assert agreement(first, other, SAME).mean < agreement(first, again, SAME).mean - 0.1


def test_the_map_is_followed(spotted):
    first = look(spotted, 1)
    moved = np.array([[1.0, 0.0, 60.0], [0.0, 1.0, 0.0]])
    assert agreement(first, first, moved).mean < 0.5
    away = np.array([[1.0, 0.0, 900.0], [0.0, 1.0, 0.0]])
    assert agreement(first, first, away).mean == 0.0
    assert agreement(first, first, np.zeros((2, 3))).mean == 0.0


def test_the_closest_of_either_end_are_laid():
    first, second = np.array([0, 0, 0, 1, 1]), np.array([1, 2, 3, 2, 3])
    weight = np.array([5.0, 4.0, 1.0, 2.0, 0.0])
    # Best of 0 and 1: pair 0; of 2: pair 1; of 3: pair 2. Pair 4 follows no map.
    assert closest_pairs(first, second, weight, 1).tolist() == [True, True, True, False, False]
    assert closest_pairs(first, second, weight, 5).tolist() == [True, True, True, True, False]
    none = np.zeros(0, np.int64)
    assert len(closest_pairs(none, none, np.zeros(0), 5)) == 0


def test_a_gallery_is_told_how_coats_agree(spotted):
    photos, described = [], []
    for animal in range(3):
        for visit in range(2):
            picture, body = spotted(animal, scene=visit, shift=4 * visit)
            described.append(describe(picture, side=Side.LEFT, mask=body))
            photos.append(Photo(name="", identity=str(animal), encounter=f"{animal} {visit}", side=Side.LEFT))
    gallery = make_gallery(photos)
    table = match_gallery(described, gallery, MatchOptions(n_laid=1))
    same = gallery.identity[table.first] == gallery.identity[table.second]
    assert np.isfinite(table.agreement[:, 0]).sum() < len(same)
    assert np.isfinite(table.agreement[same]).all()
    assert np.nanmin(table.agreement[same, 0]) > 0.5
    columns = directed_pairs(table).columns
    assert columns.shape == (2 * len(same), 3 * len(EVIDENCE) + 8)
    assert np.isfinite(columns).all()
    scores = plain_scores(table)
    assert scores[same].min() > scores[~same].max()


def test_without_agreement_there_are_fewer_columns():
    table = PairTable(
        first=np.array([0]), second=np.array([1]), evidence=np.ones((1, len(EVIDENCE))), n_photographs=2
    )
    assert directed_pairs(table).columns.shape == (2, 3 * len(EVIDENCE))
    assert np.isfinite(plain_scores(table)).all()


# --- parts ----------------------------------------------------------------------------------------


def test_a_head_adds_at_most_what_the_rest_says():
    parts = np.array([BodyPart.HEAD, BodyPart.HEAD, BodyPart.FLANK], np.uint8)
    weights = np.array([3.0, 1.0, 2.0], np.float32)
    assert without_lone_face(weights, parts).tolist() == [1.5, 0.5, 2.0]
    assert without_lone_face(weights[:2], parts[:2]).tolist() == [0.0, 0.0]
    assert without_lone_face(np.array([1.0, 0.5, 2.0], np.float32), parts).sum() == 3.5


def test_parts_are_matched_apart_and_faces_never_alone(spotted):
    picture, body = spotted(1)
    found = sift_features(body_frame(picture, body, Side.LEFT), SiftOptions())
    crowd = np.zeros((0, 128), np.float32)

    def weight(part_a, part_b):
        a, b = (
            prepare(replace(found, part=None if part is None else np.full(len(found), part, np.uint8)), crowd)
            for part in (part_a, part_b)
        )
        return verify(a, b, upright=True, options=VerifyOptions()).weight

    known = weight(None, None)
    assert known > 10
    assert weight(BodyPart.FLANK, BodyPart.FLANK) == pytest.approx(known)
    assert weight(BodyPart.FLANK, BodyPart.UNKNOWN) == pytest.approx(known)
    assert weight(BodyPart.FLANK, BodyPart.HIND_LEG) == 0.0
    assert weight(BodyPart.HEAD, BodyPart.HEAD) == 0.0
    assert other_parts(np.array([0, 1, 2], np.uint8), np.array([1], np.uint8)).ravel().tolist() == [
        False, False, True,
    ]  # fmt: skip


# --- flanks with the wrong name -------------------------------------------------------------------


def test_mirrored_features_are_those_of_the_mirror_image(spotted):
    picture, body = spotted(1)
    chip = body_frame(picture, body, Side.LEFT)
    straight = mirrored(sift_features(chip, SiftOptions()))
    turned = body_frame(
        np.ascontiguousarray(picture[:, ::-1]), np.ascontiguousarray(body[:, ::-1]), Side.LEFT
    )
    drawn = sift_features(turned, SiftOptions())
    distance = np.hypot(*(straight.xy[:, None] - drawn.xy[None]).transpose(2, 0, 1))
    near = np.argwhere(distance < 1.0)
    assert len(near) > 0.5 * len(drawn)
    a, b = straight.descriptors[near[:, 0]].astype(float), drawn.descriptors[near[:, 1]].astype(float)
    alike = (a * b).sum(axis=1) / np.linalg.norm(a, axis=1) / np.linalg.norm(b, axis=1)
    assert np.median(alike) > 0.95
    twice = mirrored(straight)
    assert np.array_equal(twice.descriptors, sift_features(chip, SiftOptions()).descriptors)


def test_a_flank_with_the_wrong_name_is_noticed(spotted):
    described, sides = [], []
    for animal in range(12):
        for visit in range(2):
            # Animals 0 to 5 are seen from the left; the rest from the right, as mirror images of their own.
            right = animal >= 6
            picture, body = spotted(animal, scene=visit, shift=4 * visit, mirrored=right)
            side = Side.RIGHT if right else Side.LEFT
            wrong = animal == 9 and visit == 1
            sides.append(Side.LEFT if wrong else side)
            described.append(describe(picture, side=sides[-1], mask=body))
    fit = mirror_fit(described, sides, np.zeros(len(sides)), np.random.default_rng(1))
    # The one, and its twin with the right name: which of them is wrong only a person can tell.
    assert np.flatnonzero(fit.suspect).tolist() == [18, 19]
    assert fit.best[19] == 18
