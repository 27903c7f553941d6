from dataclasses import replace

import numpy as np

from pardine.simulate.camera.photograph import next_shot, photograph
from pardine.simulate.camera.shot import Slot
from pardine.simulate.camera.truth import PixelTruth, same_skin


def truth_of(shot, **changes):
    return photograph(replace(shot, **changes), with_truth=True).truth


def test_pairs_are_the_same_point_of_the_rest_pose(shot, scene, leopard):
    first = replace(shot, animals=(leopard(scene, x_m=-0.3, speed_m_s=1.0),))
    a = photograph(first, with_truth=True).truth
    b = photograph(next_shot(first, 0.4), with_truth=True).truth
    pairs = same_skin(a, 0, b, 0, tolerance_m=0.006)
    assert len(pairs) > 0.4 * (a.animal == 0).sum()
    one = a.surface_m[pairs[:, 0], pairs[:, 1]].astype(float)
    other = b.surface_m[pairs[:, 2], pairs[:, 3]].astype(float)
    assert np.linalg.norm(one - other, axis=1).max() <= 0.006
    assert (a.part[pairs[:, 0], pairs[:, 1]] == b.part[pairs[:, 2], pairs[:, 3]]).all()
    assert np.abs(pairs[:, 1] - pairs[:, 3]).mean() > 10  # the animal has moved


def test_the_other_slot_shares_almost_no_skin(shot, scene, leopard):
    animals = (leopard(scene),)
    a, b = truth_of(shot, animals=animals), truth_of(shot, animals=animals, slot=Slot.B)
    shared = same_skin(a, 0, b, 0)
    assert len(shared) < 0.1 * (a.animal == 0).sum()
    assert len(same_skin(a, 0, a, 0)) == (a.animal == 0).sum()


def test_two_animals_are_kept_apart(shot, scene, leopard):
    two = (leopard(scene, x_m=-0.8), leopard(scene, x_m=0.7, z_m=scene.trail_z_m + 0.3))
    truth = truth_of(shot, animals=two)
    assert (truth.animal == 0).sum() > 500 and (truth.animal == 1).sum() > 500
    alone = truth_of(shot, animals=two[1:])
    shared = same_skin(truth, 1, alone, 0)
    assert np.array_equal(shared[:, :2], shared[:, 2:])
    assert len(shared) > 0.95 * (truth.animal == 1).sum()


def test_pairs_equal_a_search_through_all(rng):
    def made(n):
        animal = np.where(rng.random((n, n)) < 0.7, 0, -1).astype(np.int16)
        surface = rng.uniform(0, 0.03, (n, n, 3)).astype(np.float16)
        return PixelTruth(
            animal,
            rng.integers(0, 2, (n, n)).astype(np.uint8),
            rng.integers(-1, 2, (n, n)).astype(np.int8),
            surface,
        )

    a, b = made(9), made(8)
    expected = set()
    for i, j in np.argwhere(a.animal == 0):
        gaps = np.linalg.norm(b.surface_m.astype(np.float32) - a.surface_m[i, j].astype(np.float32), axis=-1)
        gaps[b.animal != 0] = np.inf
        k, m = np.unravel_index(np.argmin(gaps), gaps.shape)
        same_kind = a.part[i, j] == b.part[k, m] and a.side[i, j] == b.side[k, m]
        if gaps[k, m] < 0.004 and same_kind:
            expected.add((int(i), int(j), int(k), int(m)))
    assert {tuple(int(v) for v in pair) for pair in same_skin(a, 0, b, 0, 0.004)} == expected
    assert same_skin(a, 3, b, 0).shape == (0, 4)
