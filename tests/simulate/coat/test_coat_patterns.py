"""Coats of whole animals: flanks differ, individuals differ, a pattern stays for life."""

import numpy as np
import pytest
from scipy.spatial import cKDTree

from pardine.base.randomness import stream
from pardine.simulate.body.mesh import vertex_areas
from pardine.simulate.body.surface import build_body
from pardine.simulate.body.vocabulary import AgeClass, BodyPart, Feature, Sex, Species
from pardine.simulate.coat.coat import draw_coat, wear
from pardine.simulate.coat.growth import carried_over, places_on
from pardine.simulate.coat.kinds import Pattern, Season, pattern_of
from pardine.simulate.coat.preview import preview

CATS = (Species.LEOPARD, Species.SNOW_LEOPARD, Species.TIGER)


@pytest.fixture(scope="module")
def bodies():
    cats = {
        one: build_body(one, Sex.MALE, cell_m=0.0075 if one is not Species.TIGER else 0.011) for one in CATS
    }
    return cats | {"cub": build_body(Species.LEOPARD, Sex.MALE, AgeClass.CUB, cell_m=0.005)}


def coat_of(body, seed, pattern=None):
    return draw_coat(body, pattern or pattern_of(body.species), stream(seed, "coat"))


def mirrored_vertices(body):
    """Right vertices of trunk and limbs, and the left vertex nearest to the mirror image of each."""
    right = np.flatnonzero((body.side == 1) & (np.abs(body.vertices_m[:, 2]) > 0.06))
    left = np.flatnonzero(body.side == -1)
    tree = cKDTree(body.vertices_m[left])
    away, nearest = tree.query(body.vertices_m[right] * [1, 1, -1])
    return right[away < 0.004], left[nearest[away < 0.004]]


def agreement(one, other):
    """Correlation of two patterns as dark and pale."""
    return np.corrcoef(one > 0, other > 0)[0, 1]


@pytest.mark.parametrize("species", CATS)
def test_two_flanks_are_two_patterns(bodies, species):
    body = bodies[species]
    right, left = mirrored_vertices(body)
    keep = np.isin(body.part[right], (BodyPart.FLANK, BodyPart.SHOULDER, BodyPart.HIND_LEG))
    right, left = right[keep], left[keep]
    assert len(right) > 3000
    found = [agreement(mark[right], mark[left]) for mark in (coat_of(body, seed).mark for seed in range(4))]
    # not quite 0: where a species has more marks it has them on either side, stripes most of all
    assert np.abs(np.mean(found)) < 0.12 and np.abs(found).max() < 0.2


@pytest.mark.parametrize("species", CATS)
def test_individuals_differ_on_the_flank_and_resemble_each_other_in_the_face(bodies, species):
    body = bodies[species]
    marks = [coat_of(body, seed).mark for seed in range(4)]
    flank = np.isin(body.part, (BodyPart.FLANK, BodyPart.HIND_LEG))
    muzzle = (body.part == BodyPart.HEAD) & (body.vertices_m[:, 0] > np.quantile(body.vertices_m[:, 0], 0.97))
    pairs = [(a, b) for a in range(4) for b in range(a)]
    on_flank = [agreement(marks[a][flank], marks[b][flank]) for a, b in pairs]
    on_muzzle = [agreement(marks[a][muzzle], marks[b][muzzle]) for a, b in pairs]
    assert np.abs(np.mean(on_flank)) < 0.08 and np.max(on_flank) < 0.15
    assert np.mean(on_muzzle) > 0.1  # whisker rows and rims of the eyes are the species' own


def test_the_same_seed_the_same_coat(bodies):
    body = bodies[Species.LEOPARD]
    first, again = coat_of(body, 3), coat_of(body, 3)
    assert np.array_equal(first.mark, again.mark) and first.style == again.style
    worn = [wear(one, Season.AUTUMN, AgeClass.ADULT).base_rgb for one in (first, again)]
    assert np.array_equal(*worn)
    assert not np.array_equal(first.mark, coat_of(body, 4).mark)


def test_season_changes_the_look_and_never_the_pattern(bodies):
    pattern = coat_of(bodies[Species.LEOPARD], 1)
    summer, winter = (wear(pattern, season, AgeClass.ADULT) for season in (Season.SUMMER, Season.WINTER))
    assert np.array_equal(summer.mark, winter.mark) and np.array_equal(summer.mark, pattern.mark)
    furred = pattern.body.fur_length_m > 0
    assert (winter.fur_length_m[furred] > 1.4 * summer.fur_length_m[furred]).all()
    back = np.isin(pattern.body.part, (BodyPart.BACK, BodyPart.FLANK)) & (pattern.mark < -0.004)
    lighter = winter.base_rgb[back].mean(axis=0) / summer.base_rgb[back].mean(axis=0)
    assert (lighter > 1.05).all() and lighter[2] > lighter[0]  # lighter, and less tawny
    assert winter.puff_m.max() > 0.005 and not summer.puff_m.any()


def test_cubs_are_paler_with_the_same_marks(bodies):
    pattern = coat_of(bodies[Species.LEOPARD], 1)
    cub, adult = (wear(pattern, Season.SUMMER, age) for age in (AgeClass.CUB, AgeClass.ADULT))
    assert np.array_equal(cub.mark, adult.mark)
    back = np.isin(pattern.body.part, (BodyPart.BACK, BodyPart.FLANK)) & (pattern.mark < 0)

    def contrast(coat):
        return coat.base_rgb[back].mean() - coat.mark_rgb.mean()

    def saturation(coat):
        rgb = coat.base_rgb[back].mean(axis=0)
        return (rgb[0] - rgb[2]) / rgb[0]

    assert cub.base_rgb[back].mean() > 1.05 * adult.base_rgb[back].mean()
    assert saturation(cub) < saturation(adult) and contrast(cub) > 0.1


def test_marks_are_dark_by_day_and_faint_under_infrared(bodies):
    coat = wear(coat_of(bodies[Species.LEOPARD], 2), Season.SUMMER, AgeClass.ADULT)
    flank = bodies[Species.LEOPARD].part == BodyPart.FLANK
    by_day = coat.mark_rgb.mean() / coat.base_rgb[flank].mean()
    under_flash = coat.infrared_mark / coat.infrared_base[flank].mean()
    assert by_day < 0.15 < 0.3 < under_flash < 0.8
    for values in (coat.base_rgb, coat.mark_rgb, coat.infrared_base):
        assert values.min() >= 0 and values.max() <= 1


def test_rosettes_open_on_the_flank_and_close_toward_legs_and_belly(bodies):
    body = bodies[Species.LEOPARD]
    area = vertex_areas(body.vertices_m, body.faces)

    def open_share(pattern, part):
        here = body.part == part
        return (area * (pattern.inside > 0.5))[here].sum() / area[here].sum()

    shares = {
        part: np.mean([open_share(coat_of(body, seed), part) for seed in range(3)])
        for part in (BodyPart.FLANK, BodyPart.FORE_LEG, BodyPart.BELLY, BodyPart.HEAD)
    }
    assert shares[BodyPart.FLANK] > 0.15
    assert max(shares[part] for part in shares if part != BodyPart.FLANK) < 0.3 * shares[BodyPart.FLANK]


def test_marks_grow_smaller_toward_the_head_and_paws(bodies):
    """Breadth of marks: area over edge length, from the mean of the field where it is dark."""
    body = bodies[Species.LEOPARD]
    marks = [coat_of(body, seed).mark for seed in range(3)]
    depth = {
        part: np.mean([mark[(body.part == part) & (mark > 0)].mean() for mark in marks])
        for part in (BodyPart.FLANK, BodyPart.FORE_LEG, BodyPart.FOREHEAD, BodyPart.BELLY)
    }
    assert depth[BodyPart.FOREHEAD] < depth[BodyPart.FORE_LEG] < depth[BodyPart.BELLY]
    dark = np.mean([(mark[body.part == BodyPart.FLANK] > 0).mean() for mark in marks])
    assert 0.18 < dark < 0.45


def test_snow_leopards_have_larger_rosettes_than_leopards(bodies):
    def width(species):
        body = bodies[species]
        flank = body.part == BodyPart.FLANK
        return np.mean(
            [coat_of(body, seed).mark[flank & (coat_of(body, seed).mark > 0)].mean() for seed in range(2)]
        )

    assert width(Species.SNOW_LEOPARD) > 1.1 * width(Species.LEOPARD)


def test_stripes_run_round_the_trunk(bodies):
    body = bodies[Species.TIGER]
    mark = coat_of(body, 5).mark
    faces = body.faces[np.isin(body.part[body.faces], (BodyPart.FLANK,)).all(axis=1)]
    a, b, c = (body.vertices_m[faces[:, i]].astype(float) for i in range(3))
    fur = body.fur_direction[faces].mean(axis=1)
    across = np.cross(body.normals[faces].mean(axis=1), fur)
    edges = np.stack([b - a, c - a], axis=1)
    rise = np.stack([mark[faces[:, 1]] - mark[faces[:, 0]], mark[faces[:, 2]] - mark[faces[:, 0]]], axis=1)
    local = np.stack([np.einsum("fek,fk->fe", edges, fur), np.einsum("fek,fk->fe", edges, across)], axis=2)
    sound = np.abs(np.linalg.det(local)) > 1e-9
    slope = np.linalg.solve(local[sound], rise[sound][:, :, None].astype(float))[:, :, 0]
    assert np.median(np.abs(slope[:, 0])) > 2 * np.median(np.abs(slope[:, 1]))


def test_bare_skin_has_no_marks(bodies):
    body = bodies[Species.SNOW_LEOPARD]
    assert (coat_of(body, 1).mark[body.feature != Feature.FUR] < 0).all()


def test_a_cub_keeps_its_marks_when_it_grows(bodies):
    adult, cub = bodies[Species.LEOPARD], bodies["cub"]
    pattern = coat_of(adult, 6)
    young = carried_over(pattern, cub)
    assert young.body is cub and carried_over(pattern, adult) is pattern
    grown = carried_over(young, adult)
    trunk = np.isin(adult.part, (BodyPart.FLANK, BodyPart.BACK, BodyPart.SHOULDER))
    assert agreement(grown.mark[trunk], pattern.mark[trunk]) > 0.8
    stranger = coat_of(adult, 7)
    assert abs(agreement(grown.mark[trunk], stranger.mark[trunk])) < 0.15
    with pytest.raises(ValueError, match="do not fit"):
        carried_over(pattern, bodies[Species.TIGER])


def test_places_on_a_scaled_body_are_scaled():
    small, large = (build_body(Species.LEOPARD, size=size, cell_m=0.02 * size) for size in (0.9, 1.08))
    there, normals = places_on(small, large)
    assert there == pytest.approx(1.2 * small.vertices_m, abs=0.004)
    assert (normals * small.normals).sum(axis=1).min() > 0.9


def test_other_animals_wear_their_own():
    deer = build_body(Species.SIKA_DEER, Sex.FEMALE, cell_m=0.014)
    coat = wear(coat_of(deer, 1), Season.SUMMER, AgeClass.ADULT)
    flank = deer.part == BodyPart.FLANK
    assert coat.mark_rgb.mean() > 2 * coat.base_rgb[flank & (coat.mark < 0)].mean()  # white spots
    boar = build_body(Species.WILD_BOAR, Sex.MALE, cell_m=0.016)
    assert pattern_of(Species.WILD_BOAR) is Pattern.PLAIN
    assert (coat_of(boar, 1).mark < 0).all()


def test_preview_shows_the_right_side_nose_to_the_right(bodies):
    body = bodies[Species.LEOPARD]
    coat = wear(coat_of(body, 1), Season.SUMMER, AgeClass.ADULT)
    picture = preview(
        body.vertices_m,
        body.faces,
        body.normals,
        base_rgb=coat.base_rgb,
        mark=coat.mark,
        mark_rgb=coat.mark_rgb,
        pixels_per_m=150.0,
        size=(150, 340),
    )
    background = picture[0, 0]
    animal = (picture != background).any(axis=2)
    area = animal.mean()
    assert 0.12 < area < 0.5
    columns = np.flatnonzero(animal.any(axis=0))
    heights = [np.flatnonzero(animal[:, column])[0] for column in columns]
    assert columns[int(np.argmin(heights))] > 200  # the head is highest, and it is on the right
    assert picture[animal].std() > 30  # spots on pale ground
