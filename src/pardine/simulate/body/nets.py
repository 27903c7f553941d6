"""Surface nets: a closed triangle mesh of where a sampled field changes sign.

References
----------
Gibson S. F. F. (1998) Constrained elastic surface nets. MICCAI.
"""

from __future__ import annotations

from itertools import product

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
CORNERS = tuple(product((0, 1), repeat=3))


def surface_net(
    field: NDArray[np.float32], origin_m: FloatArray, cell_m: float
) -> tuple[FloatArray, NDArray[np.int32]]:
    """Vertices and triangles of the surface field = 0, triangles seen anticlockwise from outside.

    Parameters
    ----------
    field : (X, Y, Z) array
        Negative inside; positive on the whole border of the grid.
    origin_m, cell_m
        Place of the first sample and distance of samples.

    Returns
    -------
    (V, 3) vertices, one a cell with a change of sign, at the mean of the crossings of its edges; and
    (F, 3) triangles, two an edge of the grid that crosses the surface.
    """
    inside = field < 0
    nx, ny, nz = field.shape
    n_inside = np.zeros((nx - 1, ny - 1, nz - 1), dtype=np.uint8)
    for a, b, c in CORNERS:
        n_inside += inside[a : a + nx - 1, b : b + ny - 1, c : c + nz - 1]
    crossed = (n_inside > 0) & (n_inside < 8)
    cells = np.argwhere(crossed)
    number = np.full(crossed.shape, -1, dtype=np.int32)
    number[crossed] = np.arange(len(cells), dtype=np.int32)
    vertices = origin_m + cell_m * (cells + _mean_crossing(field, cells))
    return vertices, np.concatenate([_faces_along(inside, number, axis) for axis in range(3)])


def _mean_crossing(field: NDArray[np.float32], cells: NDArray[np.int64]) -> FloatArray:
    total = np.zeros((len(cells), 3))
    count = np.zeros(len(cells))
    for corner, axis in product(CORNERS, range(3)):
        if corner[axis] == 1:
            continue
        step = np.eye(3, dtype=np.int64)[axis]
        start = field[tuple((cells + corner).T)].astype(float)
        end = field[tuple((cells + corner + step).T)].astype(float)
        crosses = (start < 0) != (end < 0)
        t = np.where(crosses, start / np.where(crosses, start - end, 1.0), 0.0)
        total += crosses[:, None] * (np.array(corner) + t[:, None] * step)
        count += crosses
    return total / count[:, None]


def _faces_along(inside: NDArray[np.bool_], number: NDArray[np.int32], axis: int) -> NDArray[np.int32]:
    """Two triangles for each edge of the grid along `axis` that goes in or out."""
    u, v = (axis + 1) % 3, (axis + 2) % 3
    before: list[slice] = [slice(None)] * 3
    after: list[slice] = [slice(None)] * 3
    before[axis], after[axis] = slice(0, -1), slice(1, None)
    edges = np.argwhere(inside[tuple(before)] != inside[tuple(after)])
    goes_out = inside[tuple(edges.T)]

    def cell(back_u: int, back_v: int) -> NDArray[np.int32]:
        where = edges.copy()
        where[:, u] -= back_u
        where[:, v] -= back_v
        return number[tuple(where.T)]

    a, b, c, d = cell(1, 1), cell(0, 1), cell(0, 0), cell(1, 0)
    faces = np.concatenate([np.column_stack([a, b, c]), np.column_stack([a, c, d])])
    flip = ~np.concatenate([goes_out, goes_out])
    faces[flip] = faces[flip][:, ::-1]
    return faces.astype(np.int32)
