"""Kernels of coats against plain slow twins: noise, scattered points, rosettes, stripes."""

import numpy as np
import pytest

from pardine.simulate.coat.noise import lattice_value, noise_at
from pardine.simulate.coat.rosettes import (
    FAR_M,
    OPEN_FROM,
    PLAIN,
    REACH,
    rosette_field,
    rosette_shapes,
    rosette_value,
)
from pardine.simulate.coat.scatter import NeighbourGrid, scatter
from pardine.simulate.coat.stripes import stripe_field, wave_sum


def sheet(n=40, spacing_m=0.006):
    """A gently curved piece of skin: places, normals, directions of hair."""
    x, y = (a.ravel() for a in np.meshgrid(np.arange(n) * spacing_m, np.arange(n) * spacing_m))
    place = np.column_stack([x, y, 0.3 * (x - 0.1) ** 2]).astype(np.float32)
    normals = np.column_stack([-0.6 * (x - 0.1), 0 * x, np.ones_like(x)])
    normals /= np.linalg.norm(normals, axis=1, keepdims=True)
    fur = np.column_stack([normals[:, 2], 0 * x, -normals[:, 0]])
    return place, normals.astype(np.float32), fur.astype(np.float32)


def test_noise_is_its_slow_twin():
    points = np.random.default_rng(1).uniform(-1, 1, (60, 3))

    def once(p, seed):
        cell = np.floor(p).astype(int)
        u = (p - cell) ** 2 * (3 - 2 * (p - cell))
        total = 0.0
        for corner in np.ndindex(2, 2, 2):
            share = np.prod(np.where(corner, u, 1 - u))
            total += share * lattice_value.py_func(*(int(i) for i in cell + corner), seed)
        return total

    expected = [
        sum(0.5**k * (2 * once(p * 7.0 * 2.03**k, 5 + k) - 1) for k in range(3)) / 1.75 for p in points
    ]
    assert noise_at(points, 7.0, 5, 3) == pytest.approx(expected, abs=1e-5)


def test_noise_has_no_drift_and_follows_its_seed():
    points = np.random.default_rng(2).uniform(-3, 3, (20000, 3))
    values = noise_at(points, 10.0, 3, 2)
    assert abs(values.mean()) < 0.02 and 0.15 < values.std() < 0.5 and np.abs(values).max() <= 1
    assert abs(np.corrcoef(values, noise_at(points, 10.0, 4, 2))[0, 1]) < 0.05


def test_darts_keep_their_distance_and_leave_no_gap():
    place, _, _ = sheet()
    spacing = (0.03 + 0.1 * place[:, 0]).astype(np.float32)
    chosen = scatter(place, spacing, np.random.default_rng(3))
    away = np.linalg.norm(place[chosen][:, None] - place[chosen][None], axis=2)
    later = np.tril(np.ones_like(away, dtype=bool), -1)  # a dart keeps away from those thrown before it
    assert (away >= np.minimum.outer(spacing[chosen], spacing[chosen]) - 1e-6)[later].all()
    assert (away >= spacing[chosen][:, None] - 1e-6)[later].all()
    nearest = np.linalg.norm(place[:, None] - place[chosen][None], axis=2).min(axis=1)
    assert (nearest < spacing + 1e-6).all()
    assert len(scatter(place, 0 * spacing + np.float32(0), np.random.default_rng(3))) == 0


def test_scattering_is_its_slow_twin():
    place, _, _ = sheet(24)
    spacing = np.random.default_rng(1).uniform(0.015, 0.04, len(place)).astype(np.float32)
    kept = []
    for p in np.random.default_rng(8).permutation(len(place)):
        if all(np.sum((place[p] - place[q]) ** 2) >= spacing[p] ** 2 for q in kept):
            kept.append(p)
    assert scatter(place, spacing, np.random.default_rng(8)).tolist() == kept


def slow_rosettes(warped, normals, fur, place, centres, shapes, spacing, keep_apart_m):
    mark, inside = np.full(len(place), PLAIN), np.zeros(len(place))
    away_of = np.full((len(place), len(centres)), FAR_M)
    for c, v in enumerate(centres):
        ring, thick, lobe1, lobe2, phase1, phase2, number, long, turn, opened = shapes[c].astype(float)
        tangent, across = fur[v].astype(float), np.cross(normals[v], fur[v])
        for p in range(len(place)):
            d = warped[p].astype(float) - place[v]
            if normals[p] @ normals[v] < 0 or np.linalg.norm(d) > REACH * spacing[c]:
                continue
            away_of[p, c] = np.linalg.norm(d)
            spot = np.array([d @ tangent, d @ across])
            u = (spot @ [np.cos(turn), np.sin(turn)]) / long
            w = (spot @ [-np.sin(turn), np.cos(turn)]) * long
            r, angle = np.hypot(u, w), np.arctan2(w, u)
            lobes = (
                1 + lobe1 * np.cos(number * angle + phase1) + lobe2 * np.cos((number - 1) * angle + phase2)
            )
            from_ring = abs(r - ring * (1 + 0.1 * np.cos(2 * angle + phase2)))
            mark[p] = max(mark[p], thick * lobes - from_ring)
            if opened > OPEN_FROM:
                inside[p] = max(inside[p], np.clip(1.6 - 1.15 * r / max(ring, 1e-4), 0, 1))
    two = np.sort(np.column_stack([away_of, np.full((len(place), 2), FAR_M)]), axis=1)[:, :2]
    apart = 0.5 * (two[:, 1] - two[:, 0]) - keep_apart_m
    return np.maximum(np.minimum(mark, apart), PLAIN), inside


def test_rosettes_are_their_slow_twin():
    rng = np.random.default_rng(5)
    place, normals, fur = sheet()
    warped = (place + rng.normal(0, 0.001, place.shape)).astype(np.float32)
    centres = scatter(place, np.full(len(place), 0.06, dtype=np.float32), rng)
    spacing = np.full(len(centres), 0.06, dtype=np.float32)
    openness = np.linspace(0, 1, len(centres))
    shapes = rosette_shapes(spacing, openness, ring=0.32, thickness=0.1, spot=0.26, lobes=0.6, rng=rng)
    mark, inside = rosette_field(warped, normals, fur, place, centres, shapes, spacing, keep_apart_m=0.002)
    expected = slow_rosettes(warped, normals, fur, place, centres, shapes, spacing, 0.002)
    assert mark == pytest.approx(expected[0], abs=2e-5)
    assert inside == pytest.approx(expected[1], abs=2e-3)
    assert 0.1 < (mark > 0).mean() < 0.6


def test_an_open_rosette_is_pale_in_its_middle_and_a_spot_is_not():
    rng = np.random.default_rng(1)
    spacing = np.full(200, 0.06, dtype=np.float32)
    for openness, dark_share in ((1.0, 0.0), (0.0, 1.0)):
        shapes = rosette_shapes(
            spacing, np.full(200, openness), ring=0.32, thickness=0.1, spot=0.26, lobes=0.6, rng=rng
        )
        middle = [rosette_value(shape, 0.0, 0.0)[0] > 0 for shape in shapes]
        assert np.mean(middle) == pytest.approx(dark_share, abs=0.05)


def waves(place, normals, fur, centres, wavelength, phase):
    grid = NeighbourGrid(place, 0.02)
    return wave_sum(
        place, normals, fur, centres, wavelength, phase, 3.0, grid.order, grid.start, grid.low, grid.shape,
        grid.cell_m,
    )  # fmt: skip


def test_waves_are_their_slow_twin():
    rng = np.random.default_rng(4)
    place, normals, fur = sheet(30)
    centres = scatter(place, np.full(len(place), 0.05, dtype=np.float32), rng)
    wavelength = rng.uniform(0.03, 0.05, len(centres)).astype(np.float32)
    phase = rng.uniform(0, 6, len(centres)).astype(np.float32)
    expected = np.zeros(len(place), dtype=complex)
    for v, length, start in zip(centres, wavelength, phase, strict=True):
        d = place.astype(float) - place[v]
        u = d @ fur[v].astype(float)
        fall = (u**2 + ((d**2).sum(axis=1) - u**2) / 9.0) / (0.85 * length) ** 2
        alike = normals.astype(float) @ normals[v]
        box = np.abs(d).max(axis=1) <= 2.2 * 0.85 * length * 3.0 + 0.02
        part = np.exp(-fall) * np.minimum(1, alike + 0.2) * np.exp(1j * (2 * np.pi * u / length + start))
        expected += np.where((fall <= 4.8) & (alike >= -0.2) & box, part, 0)
    real, imaginary = waves(place, normals, fur, centres, wavelength, phase)
    assert real == pytest.approx(expected.real, abs=2e-4)
    assert imaginary == pytest.approx(expected.imag, abs=2e-4)


def test_one_wavelet_makes_stripes_of_its_wavelength():
    place, normals, fur = sheet(60, 0.003)
    middle = np.array([60 * 30 + 30])
    length = np.array([0.04], dtype=np.float32)
    real, imaginary = waves(place, normals, fur, middle, length, np.zeros(1, dtype=np.float32))
    mark = stripe_field(
        real, imaginary, np.full(len(place), 0.04, np.float32), np.full(len(place), 0.4, np.float32)
    )
    row = mark.reshape(60, 60)[30]  # along the hair, across the stripes
    assert row[30] == pytest.approx(0.5 * 0.4 * 0.04, abs=1e-5)
    dark = row[17:44] > 0  # two wavelengths about the middle
    assert dark.mean() == pytest.approx(0.4, abs=0.12)
    column = mark.reshape(60, 60)[:, 30]
    assert (column[20:40] > 0).all()  # along the stripe
