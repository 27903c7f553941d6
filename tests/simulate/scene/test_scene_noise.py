import math

import numpy as np
import pytest

from pardine.simulate.scene.noise import cells, lattice_value, noise_slope, octaves, octaves_at, value_noise

POINTS = np.random.default_rng(3).uniform(-20, 20, (40, 3))


def slow_lattice(i: int, j: int, k: int, seed: int) -> float:
    mask = 0xFFFFFFFF
    n = (i * 374761393 + j * 668265263 + k * 1274126177 + seed * 974711) & mask
    n = ((n ^ (n >> 13)) * 1274126177) & mask
    return ((n ^ (n >> 16)) & 0xFFFF) / 65535


def slow_noise(x: float, y: float, z: float, seed: int) -> float:
    corner = [math.floor(v) for v in (x, y, z)]
    total = 0.0
    for di in (0, 1):
        for dj in (0, 1):
            for dk in (0, 1):
                weight = 1.0
                for v, c, d in zip((x, y, z), corner, (di, dj, dk), strict=True):
                    t = v - c
                    t = t * t * (3 - 2 * t)
                    weight *= t if d else 1 - t
                total += weight * slow_lattice(corner[0] + di, corner[1] + dj, corner[2] + dk, seed)
    return total


def test_noise_equals_its_slow_twin():
    fast = [value_noise(*p, 17) for p in POINTS]
    assert fast == pytest.approx([slow_noise(*p, 17) for p in POINTS], abs=1e-9)


def test_lattice_is_even_between_zero_and_one():
    values = np.array([lattice_value(i, 3, -7, 5) for i in range(4000)])
    assert values.min() >= 0 and values.max() <= 1
    assert abs(values.mean() - 0.5) < 4 * math.sqrt(1 / 12 / 4000)
    assert np.histogram(values, 10, (0, 1))[0].min() > 300


def test_slope_equals_differences_of_noise():
    h = 1e-5
    for p in POINTS:
        value, *slope = noise_slope(*p, 9)
        assert value == pytest.approx(slow_noise(*p, 9), abs=1e-9)
        for axis in range(3):
            q, r = p.copy(), p.copy()
            q[axis] += h
            r[axis] -= h
            assert slope[axis] == pytest.approx((slow_noise(*q, 9) - slow_noise(*r, 9)) / (2 * h), abs=1e-3)


def test_octaves_add_halves_of_finer_noise():
    x, y, z = 1.3, -0.2, 8.1
    parts = [slow_noise(x * 2.03**k, y * 2.03**k, z * 2.03**k, 5 + k) * 0.5**k for k in range(3)]
    assert octaves(x, y, z, 5, 3) == pytest.approx(sum(parts) / 1.75, abs=1e-9)
    assert octaves_at(np.array([[x, y, z]]), 1.0, 5, 3)[0] == pytest.approx(octaves(x, y, z, 5, 3), abs=1e-6)


def test_nearest_cell_is_nearest_by_search():
    for x, y, z in POINTS[:12]:
        i0, j0, k0 = math.floor(x), math.floor(y), math.floor(z)
        distances = []
        for i in range(i0 - 1, i0 + 2):
            for j in range(j0 - 1, j0 + 2):
                for k in range(k0 - 1, k0 + 2):
                    point = [
                        i + slow_lattice(i, j, k, 4),
                        j + slow_lattice(i, j, k, 105),
                        k + slow_lattice(i, j, k, 206),
                    ]
                    distances.append(math.dist(point, (x, y, z)))
        near, next_, name = cells(x, y, z, 4)
        assert [near, next_] == pytest.approx(sorted(distances)[:2], abs=1e-9)
        assert 0 <= name <= 1
