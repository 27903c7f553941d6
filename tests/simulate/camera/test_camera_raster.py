import numpy as np

from pardine.simulate.camera.raster import draw_depth, draw_triangles, empty_buffers


def weights_at(corners, x, y):
    """Barycentric weights by solving the linear system, or None outside."""
    matrix = np.vstack([corners[:, 0], corners[:, 1], np.ones(3)])
    if abs(np.linalg.det(matrix)) < 1e-12:
        return None
    w = np.linalg.solve(matrix, [x, y, 1.0])
    return None if (w < -1e-6).any() else w


def slow_draw(screen, faces, height, width):
    nearness, triangle = np.zeros((height, width)), np.full((height, width), -1)
    w1, w2 = np.zeros((height, width)), np.zeros((height, width))
    for y in range(height):
        for x in range(width):
            for t, face in enumerate(faces):
                corners = screen[face].astype(float)
                if (corners[:, 2] <= 0).any():
                    continue
                w = weights_at(corners, x, y)
                if w is None:
                    continue
                n = w @ corners[:, 2]
                if n > nearness[y, x]:
                    nearness[y, x], triangle[y, x] = n, t
                    w1[y, x], w2[y, x] = w[1] * corners[1, 2] / n, w[2] * corners[2, 2] / n
    return nearness, triangle, w1, w2


def random_triangles(rng):
    screen = np.column_stack([rng.uniform(-8, 40, 60), rng.uniform(-6, 30, 60), rng.uniform(-0.2, 2, 60)])
    return screen.astype(np.float32), rng.integers(0, 60, (40, 3)).astype(np.int32)


def test_triangles_equal_their_slow_twin(rng):
    screen, faces = random_triangles(rng)
    fast = empty_buffers(24, 32)
    draw_triangles(screen, faces, *fast, 0)
    slow = slow_draw(screen, faces, 24, 32)
    same = fast[1] == slow[1]
    assert same.mean() > 0.995  # a pixel centre on an edge may go either way
    assert (fast[1] >= 0).sum() > 200
    for a, b in zip(fast, slow, strict=True):
        assert np.allclose(a[same], b[same], atol=2e-4)


def test_what_is_nearer_hides_whatever_the_order(rng):
    screen, faces = random_triangles(rng)
    forward, backward = empty_buffers(24, 32), empty_buffers(24, 32)
    draw_triangles(screen, faces, *forward, 0)
    draw_triangles(screen, faces[::-1].copy(), *backward, 0)
    assert np.allclose(forward[0], backward[0])


def test_depth_map_equals_its_slow_twin(rng):
    screen, faces = random_triangles(rng)
    fast = np.full((24, 32), np.inf, np.float32)
    draw_depth(screen, faces, fast)
    slow = np.full((24, 32), np.inf)
    for y in range(24):
        for x in range(32):
            for face in faces:
                w = weights_at(screen[face].astype(float), x, y)
                if w is not None:
                    slow[y, x] = min(slow[y, x], w @ screen[face, 2])
    met = np.isfinite(fast) & np.isfinite(slow)
    assert (np.isfinite(fast) == np.isfinite(slow)).mean() > 0.995
    # Steep slivers at their edges differ by a fraction of their span.
    assert np.quantile(np.abs(fast[met] - slow[met]), 0.99) < 1e-3


def test_weights_are_right_in_perspective():
    # The middle of the picture of an edge from depth 1 to depth 3 lies a quarter along the edge.
    screen = np.array([[0, 0, 1.0], [20, 0, 1 / 3], [0, 20, 1.0]], np.float32)
    nearness, _, w1, _ = buffers = empty_buffers(21, 21)
    draw_triangles(screen, np.array([[0, 1, 2]], np.int32), *buffers, 0)
    assert abs(1 / nearness[0, 10] - 1.5) < 1e-5
    assert abs(w1[0, 10] - 0.25) < 1e-5
