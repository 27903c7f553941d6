"""Triangle meshes: edges, neighbours, refinement, the largest piece."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.csgraph import connected_components

FloatArray = NDArray[np.float64]
FaceArray = NDArray[np.int32]


def directed_edges(faces: FaceArray) -> NDArray[np.int64]:
    """(3F, 2) edges of the triangles in the order in which they are walked."""
    return np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]).astype(np.int64)


def is_closed(faces: FaceArray, n_vertices: int) -> bool:
    """True when every edge is walked as often one way as the other: no hole, one orientation."""
    start, end = directed_edges(faces).T
    there = np.sort(start * n_vertices + end)
    back = np.sort(end * n_vertices + start)
    return bool(np.array_equal(there, back))


def averaging_matrix(faces: FaceArray, n_vertices: int) -> sparse.csr_array:
    """(V, V) matrix that replaces each vertex's value by the mean of its neighbours."""
    start, end = directed_edges(faces).T
    links = sparse.coo_array((np.ones(len(start)), (start, end)), shape=(n_vertices, n_vertices)).tocsr()
    links = ((links + links.T) > 0).astype(np.float64)
    degree = np.maximum(np.asarray(links.sum(axis=1)).ravel(), 1.0)
    return sparse.csr_array(sparse.diags_array(1.0 / degree) @ links)


def largest_piece(vertices: FloatArray, faces: FaceArray) -> tuple[FloatArray, FaceArray]:
    """Mesh without what is not connected to its largest piece."""
    start, end = directed_edges(faces).T
    links = sparse.coo_array((np.ones(len(start)), (start, end)), shape=(len(vertices), len(vertices)))
    _, piece = connected_components(links, directed=False)
    keep = piece == np.bincount(piece).argmax()
    number = np.cumsum(keep) - 1
    kept_faces = faces[keep[faces[:, 0]]]
    return vertices[keep], number[kept_faces].astype(np.int32)


def halve_edges(
    vertices: FloatArray, faces: FaceArray, chosen: NDArray[np.bool_]
) -> tuple[FloatArray, FaceArray]:
    """Mesh with a new vertex in the middle of each edge between two chosen vertices.

    A triangle with three halved edges becomes four, with two three, with one two: no hole opens
    between what is refined and what is not.
    """
    n_vertices = len(vertices)
    corner = faces.astype(np.int64)
    following = np.roll(corner, -1, axis=1)
    halved = chosen[corner] & chosen[following]
    keys = np.minimum(corner, following) * n_vertices + np.maximum(corner, following)
    unique_keys, inverse = np.unique(keys[halved], return_inverse=True)
    middle = np.full(corner.shape, -1, dtype=np.int64)
    middle[halved] = n_vertices + inverse
    low, high = np.divmod(unique_keys, n_vertices)
    new_vertices = np.concatenate([vertices, (vertices[low] + vertices[high]) / 2])
    return new_vertices, _split(corner, middle, halved)


def _split(corner: NDArray[np.int64], middle: NDArray[np.int64], halved: NDArray[np.bool_]) -> FaceArray:
    count = halved.sum(axis=1)
    pieces = [corner[count == 0]]
    c, m = corner[count == 3], middle[count == 3]
    pieces += [np.column_stack([c[:, i], m[:, i], m[:, i - 1]]) for i in range(3)] + [m]
    for i in range(3):  # the halved edge starts at corner i
        one = (count == 1) & halved[:, i]
        a, b, o, n = corner[one, i], corner[one, i - 2], corner[one, i - 1], middle[one, i]
        pieces += [np.column_stack([a, n, o]), np.column_stack([n, b, o])]
        two = (count == 2) & ~halved[:, i]  # edge i is whole, the two at the opposite corner are halved
        a, b, o = corner[two, i], corner[two, i - 2], corner[two, i - 1]
        n, p = middle[two, i - 2], middle[two, i - 1]
        pieces += [np.column_stack([a, b, n]), np.column_stack([a, n, p]), np.column_stack([p, n, o])]
    return np.concatenate(pieces).astype(np.int32)


def vertex_areas(vertices: NDArray[np.floating], faces: FaceArray) -> FloatArray:
    """(V,) area that belongs to each vertex: a third of its triangles' (m2)."""
    a, b, c = (vertices[faces[:, i]].astype(float) for i in range(3))
    area = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 6
    shared = np.bincount(faces.ravel(), weights=np.repeat(area, 3), minlength=len(vertices))
    return np.asarray(shared, dtype=float)
