"""Bodies: closed, symmetric, of the right sizes and proportions, with parts where they belong."""

import numpy as np
import pytest
from bodies import body_of

from pardine.simulate.body.mesh import is_closed, vertex_areas
from pardine.simulate.body.surface import build_body
from pardine.simulate.body.vocabulary import CATS, AgeClass, BodyPart, Feature, Sex, Species

EVERY = [(one, Sex.MALE) for one in Species] + [(Species.LEOPARD, Sex.FEMALE), (Species.PERSON, Sex.FEMALE)]


@pytest.mark.parametrize(("species", "sex"), EVERY)
def test_closed_and_outward(species, sex):
    body = body_of(species, sex)
    assert is_closed(body.faces, len(body.vertices_m))
    a, b, c = (body.vertices_m[body.faces[:, i]].astype(float) for i in range(3))
    across = np.cross(b - a, c - a)
    assert np.einsum("ij,ij->", a, np.cross(b, c)) > 0
    facing = np.einsum("ij,ij->i", across, body.normals[body.faces].mean(axis=1))
    area = np.linalg.norm(across, axis=1)
    assert area[facing < 0].sum() < 0.01 * area.sum()  # normals are those of the surface


@pytest.mark.parametrize("species", list(Species))
def test_weights_and_directions_are_sound(species):
    body = body_of(species)
    assert body.bone_weights.sum(axis=1) == pytest.approx(1.0, abs=1e-5)
    assert body.bone_weights.min() >= 0 and body.bone_indices.max() < len(body.skeleton.names)
    assert np.linalg.norm(body.normals, axis=1) == pytest.approx(1.0, abs=1e-4)
    assert np.linalg.norm(body.fur_direction, axis=1) == pytest.approx(1.0, abs=1e-3)
    assert np.abs((body.normals * body.fur_direction).sum(axis=1)).max() < 1e-3
    assert (body.fur_length_m[body.feature != Feature.FUR] == 0).all()
    assert body.vertices_m[:, 1].min() == pytest.approx(0.0, abs=0.012)


@pytest.mark.parametrize("species", [Species.LEOPARD, Species.WILD_BOAR])
def test_left_is_the_mirror_of_right(species):
    body = body_of(species)
    areas = vertex_areas(body.vertices_m, body.faces)
    for part in BodyPart:
        left, right = (areas[(body.part == part) & (body.side == side)].sum() for side in (-1, 1))
        assert left == pytest.approx(right, rel=0.03, abs=2e-4)
    sided = body.side != 0
    far = np.abs(body.vertices_m[:, 2]) > 0.03
    assert (np.sign(body.vertices_m[sided & far, 2]) == body.side[sided & far]).all()
    paws = body.part == BodyPart.PAW
    assert (body.side[paws] != 0).all() and (body.vertices_m[paws, 1] < 0.2).all()


def test_parts_of_a_leopard_lie_where_they_should():
    body = body_of()
    assert set(np.unique(body.part)) == {int(part) for part in BodyPart}
    mean = {part: body.vertices_m[body.part == part].mean(axis=0) for part in BodyPart}
    assert mean[BodyPart.TAIL][0] < mean[BodyPart.HIND_LEG][0] < mean[BodyPart.FLANK][0]
    assert (
        mean[BodyPart.FLANK][0] < mean[BodyPart.SHOULDER][0] < mean[BodyPart.NECK][0] < mean[BodyPart.HEAD][0]
    )
    assert mean[BodyPart.BELLY][1] < mean[BodyPart.FLANK][1] < mean[BodyPart.BACK][1]
    assert mean[BodyPart.EAR][1] > mean[BodyPart.FOREHEAD][1] > mean[BodyPart.HEAD][1]
    back, belly = (body.dorsal[body.part == part].mean() for part in (BodyPart.BACK, BodyPart.BELLY))
    assert back > 0.9 and belly < 0.2
    eyes = body.feature == Feature.EYE
    assert (body.eye[eyes] > 0.2).all()
    assert (body.normals[eyes].mean(axis=0)[0] > 0.5) and {-1, 1} <= set(body.side[eyes])


def test_fur_lies_back_along_the_trunk_and_down_the_legs():
    body = body_of()
    flank = np.isin(body.part, (BodyPart.FLANK, BodyPart.BACK))
    assert (body.fur_direction[flank, 0] < 0).mean() > 0.97
    legs = np.isin(body.part, (BodyPart.FORE_LEG,))
    assert (body.fur_direction[legs, 1] < 0).mean() > 0.95


@pytest.mark.parametrize(
    ("species", "sex", "low_m", "high_m"),
    [
        (Species.LEOPARD, Sex.MALE, 0.62, 0.70),
        (Species.LEOPARD, Sex.FEMALE, 0.53, 0.62),
        (Species.SNOW_LEOPARD, Sex.MALE, 0.52, 0.62),
        (Species.TIGER, Sex.MALE, 0.85, 1.0),
        (Species.SIKA_DEER, Sex.MALE, 0.80, 1.0),
        (Species.WILD_BOAR, Sex.MALE, 0.70, 0.90),
        (Species.BADGER, Sex.MALE, 0.2, 0.33),
    ],
)
def test_height_at_the_shoulder(species, sex, low_m, high_m):
    body = body_of(species, sex)
    x = body.skeleton.head_m[body.skeleton.index("shoulder_r"), 0]
    over = np.abs(body.vertices_m[:, 0] - x) < 0.04
    assert low_m < body.vertices_m[over, 1].max() < high_m


def proportions(body):
    skeleton = body.skeleton
    head = skeleton.index("head")
    trunk = np.ptp([skeleton.head_m[skeleton.index(name), 0] for name in ("thigh_r", "upper_arm_r")])
    return np.linalg.norm(skeleton.tail_m[head] - skeleton.head_m[head]) / trunk


@pytest.mark.parametrize("species", CATS)
def test_cubs_are_small_with_large_heads_and_short_legs(species):
    cub, subadult, adult = (body_of(species, Sex.FEMALE, age) for age in AgeClass)
    heights = [body.vertices_m[:, 1].max() for body in (cub, subadult, adult)]
    assert heights[0] < 0.7 * heights[1] and heights[1] < heights[2]
    assert proportions(cub) > 1.15 * proportions(adult)
    leg = [
        body.skeleton.head_m[body.skeleton.index("forearm_r"), 1] / np.ptp(body.skeleton.head_m[:, 0])
        for body in (cub, adult)
    ]
    assert leg[0] < leg[1]


def test_what_the_cats_differ_in():
    leopard, snow, tiger = (body_of(species) for species in CATS)

    def tail_share(body):
        tail = body.vertices_m[body.part == BodyPart.TAIL]
        return np.ptp(tail[:, 0]) / np.ptp(body.vertices_m[:, 0])

    assert tail_share(snow) > tail_share(leopard) > tail_share(tiger)
    assert snow.fur_length_m.max() > 1.3 * leopard.fur_length_m.max()
    assert np.ptp(tiger.vertices_m[:, 0]) > 1.25 * np.ptp(leopard.vertices_m[:, 0])


def test_stags_have_antlers_and_hinds_none():
    stag, hind = body_of(Species.SIKA_DEER, Sex.MALE), body_of(Species.SIKA_DEER, Sex.FEMALE)
    assert (stag.feature == Feature.HORN).any() and not (hind.feature == Feature.HORN).any()


def test_the_same_again_and_scaled():
    first = build_body(Species.LEOPARD, cell_m=0.02)
    again = build_body(Species.LEOPARD, cell_m=0.02)
    for name in ("vertices_m", "faces", "bone_weights", "part", "fur_direction"):
        assert np.array_equal(getattr(first, name), getattr(again, name))
    larger = build_body(Species.LEOPARD, size=1.1, cell_m=0.022)
    assert np.ptp(larger.vertices_m, axis=0) == pytest.approx(
        1.1 * np.ptp(first.vertices_m, axis=0), rel=0.01
    )


@pytest.mark.parametrize("size", [0.5, 1.4, float("nan")])
def test_impossible_sizes_are_refused(size):
    with pytest.raises(ValueError, match="size"):
        build_body(Species.LEOPARD, size=size)
