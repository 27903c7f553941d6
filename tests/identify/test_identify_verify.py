import numpy as np
import pytest

from pardine.identify import verify as module
from pardine.identify.describe import describe
from pardine.identify.features import as_unit, no_features
from pardine.identify.side import Side
from pardine.identify.verify import VerifyOptions, chance_level, prepare, verify


@pytest.fixture
def rng():
    return np.random.default_rng(3)


def slow_support(m, a, b, weights, tolerance):
    moved = a @ m[:, :2].T + m[:, 2]
    r2 = ((moved - b) ** 2).sum(axis=1) / tolerance**2
    return float((weights * (1 - r2))[r2 < 1].sum())


def test_support_as_its_slow_twin(rng):
    a, b = rng.random((40, 2), np.float32) * 50, rng.random((40, 2), np.float32) * 50
    m = np.array([[1.1, 0.1, 2.0], [-0.1, 0.9, 1.0]])
    w = rng.random(40, np.float32)
    assert module._support(m, a, b, w, 20.0) == pytest.approx(slow_support(m, a, b, w, 20.0), rel=1e-5)


def test_refit_as_least_squares(rng):
    a = rng.random((30, 2), np.float32) * 100
    true = np.array([[1.2, 0.1, 5.0], [-0.1, 0.8, -3.0]])
    b = (a @ true[:, :2].T + true[:, 2]).astype(np.float32)
    start = np.array([[1.19, 0.1, 5.2], [-0.1, 0.81, -3.1]])
    found = module._refit(start, a, b, np.ones(30, np.float32), 16.0, 0.0)
    assert np.allclose(found, true, atol=1e-2)


def slow_candidates(similarity, xy_a, xy_b, chance_a, chance_b, gate):
    w = similarity - 0.5 * (chance_a[:, None] + chance_b[None])
    near = (np.abs(xy_a[:, None] - xy_b[None]) <= gate).all(axis=2)
    w = np.where(near & (w > 0), w, 0)
    return {(i, int(w[i].argmax())) for i in range(len(w)) if w[i].max() > 0} | {
        (int(w[:, j].argmax()), j) for j in range(w.shape[1]) if w[:, j].max() > 0
    }


def test_candidates_as_their_slow_twin(rng):
    similarity = rng.random((25, 30), np.float32)
    xy_a, xy_b = rng.random((25, 2), np.float32) * 100, rng.random((30, 2), np.float32) * 100
    chance_a, chance_b = np.full(25, 0.5, np.float32), np.full(30, 0.6, np.float32)
    zero_a, zero_b = np.zeros(25, np.float32), np.zeros(30, np.float32)
    pairs, weights = module._candidates(similarity, xy_a, xy_b, zero_a, zero_b, chance_a, chance_b, 40.0, 1.0)
    expected = slow_candidates(similarity, xy_a, xy_b, chance_a, chance_b, 40.0)
    assert {tuple(p) for p in pairs.tolist()} == expected
    assert np.allclose(weights, [similarity[i, j] - 0.55 for i, j in pairs], atol=1e-6)


def test_guided_matches_count_each_feature_once(rng):
    similarity = rng.random((20, 20), np.float32)
    xy = rng.random((20, 2), np.float32) * 30
    zero = np.zeros(20, np.float32)
    pairs, _ = module._guided(similarity, np.eye(2, 3), xy, xy, zero, zero, zero, zero, 20.0, 1.0)
    assert len(set(pairs[:, 0])) == len(set(pairs[:, 1])) == len(pairs) > 0
    assert (np.hypot(*(xy[pairs[:, 0]] - xy[pairs[:, 1]]).T) < 20.0).all()


def described(picture, body, side=Side.LEFT):
    return describe(picture, side=side, mask=body)


@pytest.mark.parametrize("side", [Side.LEFT, Side.UNKNOWN])
def test_the_same_animal_beats_others(spotted, side):
    views = [
        described(*spotted(animal, scene=scene, stretch=s, shift=d), side)
        for animal, scene, s, d in [(1, 1, 1.0, 0), (1, 2, 0.9, 12), (2, 3, 1.0, 0), (3, 4, 0.95, -8)]
    ]
    crowd = np.concatenate([as_unit(v.features.descriptors) for v in views[2:]])
    prepared = [prepare(v.features, crowd) for v in views]
    weights = [
        verify(prepared[0], p, upright=side.is_flank, options=VerifyOptions()).weight for p in prepared
    ]
    assert weights[1] > 3 * max(weights[2:])


def test_map_follows_the_body(spotted):
    one, other = described(*spotted(1, scene=1)), described(*spotted(1, scene=2, stretch=0.9))
    crowd = as_unit(described(*spotted(5, scene=3)).features.descriptors)
    found = verify(
        prepare(one.features, crowd), prepare(other.features, crowd), upright=True, options=VerifyOptions()
    )
    # Both fill the same frame: the body frame has undone the stretch.
    assert np.allclose(found.affine[:, :2], np.eye(2), atol=0.08)
    assert found.n_inliers == len(found.pairs) > 20


def test_no_features_give_no_evidence():
    nothing = prepare(no_features(), np.zeros((0, 128), np.float32))
    found = verify(nothing, nothing, upright=True, options=VerifyOptions())
    assert (found.weight, found.n_inliers) == (0.0, 0)


def test_generic_structure_counts_little():
    eye = np.eye(128, dtype=np.float32)
    crowd = np.vstack([np.repeat(eye[:1], 20, axis=0), eye[1:30]])
    level = chance_level(eye[[0, 100]], crowd)
    assert level[0] == pytest.approx(1.0)
    assert level[1] == pytest.approx(0.0)
