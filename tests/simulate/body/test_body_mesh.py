"""Surface nets and meshes: closed, oriented, in place; refinement opens no hole."""

import numpy as np
import pytest

from pardine.simulate.body.mesh import (
    averaging_matrix,
    directed_edges,
    halve_edges,
    is_closed,
    largest_piece,
    vertex_areas,
)
from pardine.simulate.body.nets import surface_net

CELL_M = 0.1


def sphere(centres=((0.0, 0.0, 0.0),), radius_m=1.0):
    axis = np.arange(-2.0, 2.0 + 1e-9, CELL_M)
    points = np.stack(np.meshgrid(axis, axis, axis, indexing="ij"), axis=-1)
    away = [np.linalg.norm(points - centre, axis=-1) - radius_m for centre in centres]
    return surface_net(np.min(away, axis=0).astype(np.float32), np.full(3, -2.0), CELL_M)


def volume_m3(vertices, faces):
    a, b, c = (vertices[faces[:, i]] for i in range(3))
    return float(np.einsum("ij,ij->i", a, np.cross(b, c)).sum() / 6)


def test_net_of_a_sphere():
    vertices, faces = sphere()
    assert is_closed(faces, len(vertices))
    assert np.linalg.norm(vertices, axis=1) == pytest.approx(1.0, abs=0.02)
    assert volume_m3(vertices, faces) == pytest.approx(4 / 3 * np.pi, rel=0.02)  # positive: outward
    assert len(vertices) - len(directed_edges(faces)) / 2 + len(faces) == 2  # Euler


def test_a_hole_is_seen():
    vertices, faces = sphere()
    assert not is_closed(faces[1:], len(vertices))
    turned = faces.copy()
    turned[0] = turned[0][::-1]
    assert not is_closed(turned, len(vertices))


def test_halving_some_edges_keeps_the_surface():
    vertices, faces = sphere()
    chosen = (vertices[:, 0] > 0.2) & (np.random.default_rng(3).uniform(size=len(vertices)) < 0.9)
    finer, new_faces = halve_edges(vertices, faces, chosen)
    assert is_closed(new_faces, len(finer))
    assert len(finer) > 1.5 * len(vertices)
    assert np.array_equal(finer[: len(vertices)], vertices)
    assert volume_m3(finer, new_faces) == pytest.approx(volume_m3(vertices, faces), rel=1e-12)
    assert vertex_areas(finer, new_faces).sum() == pytest.approx(
        vertex_areas(vertices, faces).sum(), rel=1e-12
    )


def test_nothing_chosen_changes_nothing():
    vertices, faces = sphere()
    finer, new_faces = halve_edges(vertices, faces, np.zeros(len(vertices), dtype=bool))
    assert len(finer) == len(vertices) and np.array_equal(np.sort(new_faces, axis=0), np.sort(faces, axis=0))


def test_small_pieces_are_dropped():
    vertices, faces = sphere(centres=((-0.5, 0.0, 0.0), (1.6, 1.6, 1.6)), radius_m=0.3)
    assert volume_m3(vertices, faces) == pytest.approx(2 * 4 / 3 * np.pi * 0.027, rel=0.3)
    kept, kept_faces = largest_piece(vertices, faces)
    assert is_closed(kept_faces, len(kept)) and len(kept_faces) == pytest.approx(len(faces) / 2, rel=0.1)


def test_means_of_neighbours_by_hand():
    faces = np.array([[0, 1, 2], [0, 2, 3]], dtype=np.int32)
    means = averaging_matrix(faces, 4) @ np.array([0.0, 3.0, 6.0, 9.0])
    assert means == pytest.approx([6.0, 3.0, 4.0, 3.0])
