import numpy as np
import pytest

from pardine.simulate.scene.kinds import Leaf, SceneKind, Season
from pardine.simulate.scene.mesh import Material, grid_faces, merge, piece, vertex_normals
from pardine.simulate.scene.station import build_station_scene, scene_mesh

SUMMER, AUTUMN = Season(leaf=Leaf.SUMMER), Season(leaf=Leaf.AUTUMN)
WINTER = Season(leaf=Leaf.BARE, snow_cover=1.0)


def points_of(mesh, material):
    return mesh.vertices[np.unique(mesh.faces[mesh.material == material])]


@pytest.mark.parametrize("kind", list(SceneKind))
def test_what_is_stony_or_woody_never_moves(kind):
    scene = build_station_scene(21, kind)
    summer, winter = scene_mesh(scene, SUMMER), scene_mesh(scene, WINTER)
    for material in (Material.ROCK, Material.BARK):
        assert np.array_equal(points_of(summer, material), points_of(winter, material))
    assert len(points_of(summer, Material.ROCK)) > 1000


def test_same_seed_same_place_other_seed_another():
    first = scene_mesh(build_station_scene(5, SceneKind.RIDGE), AUTUMN)
    again = scene_mesh(build_station_scene(5, SceneKind.RIDGE), AUTUMN)
    other = scene_mesh(build_station_scene(6, SceneKind.RIDGE), AUTUMN)
    assert np.array_equal(first.vertices, again.vertices) and np.array_equal(first.faces, again.faces)
    assert first.vertices.shape != other.vertices.shape or not np.array_equal(first.vertices, other.vertices)


def test_leaves_fall_and_litter_lies_under_snow():
    scene = build_station_scene(8, SceneKind.OAK_FOREST)
    n_leaves = [
        int((scene_mesh(scene, season).material == Material.LEAF).sum()) for season in (SUMMER, WINTER)
    ]
    assert n_leaves[1] < 0.25 * n_leaves[0]


@pytest.mark.parametrize("kind", list(SceneKind))
def test_nothing_tall_stands_on_the_trail(kind):
    for seed in range(3):
        scene = build_station_scene(seed, kind)
        mesh = scene_mesh(scene, SUMMER)
        for material in (Material.ROCK, Material.BARK):
            points = points_of(mesh, material)
            on_trail = points[(abs(points[:, 2] - scene.trail_z_m) < 0.4) & (abs(points[:, 0]) < 2.5)]
            above = on_trail[:, 1] - scene.relief.height_m(on_trail[:, 0], on_trail[:, 2])
            assert above.max(initial=0.0) < 0.25


def test_ground_is_one_function_for_many_points_and_for_one():
    relief = build_station_scene(3, SceneKind.STONY_SLOPE).relief
    x, z = np.linspace(-9, 9, 40), np.linspace(-3, 30, 40)
    singly = [relief.height_at(a, b) for a, b in zip(x, z, strict=True)]
    assert relief.height_m(x, z) == pytest.approx(singly, abs=1e-5)


def test_snow_cover_is_a_share():
    assert Season(snow_cover=0.6).snow_class == 2
    with pytest.raises(ValueError, match="snow_cover"):
        Season(snow_cover=1.2)


def test_normals_and_merging():
    square = np.array([[0, 0, 0], [0, 0, 1], [1, 0, 0], [1, 0, 1]], np.float32)
    faces = grid_faces(2, 2)
    assert np.abs(vertex_normals(square, faces)[:, 1]) == pytest.approx(1)
    one = piece(square, faces, Material.ROCK, np.array([0.1, 0.2, 0.3]))
    both = merge([one, one])
    assert both.faces.max() == 7 and len(both.material) == 4 and both.tint.shape == (8, 3)
    with pytest.raises(ValueError, match="nothing"):
        merge([])
