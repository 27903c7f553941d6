"""Where on a body a vertex is, as patterns and colours ask: smooth shares of its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.simulate.body.surface import Body
from pardine.simulate.body.vocabulary import BodyPart

FloatArray = NDArray[np.float64]
REFERENCE_HIP_M = 0.535  # height of the hip of the reference cat, whose measures patterns are given in
N_PARTS = len(BodyPart)


@dataclass(frozen=True)
class Place:
    """Smooth description of each vertex.

    Attributes
    ----------
    size
        Length of this body over that of the reference cat; patterns grow with it.
    shares
        (V, parts) share of each part, from the bones that move the vertex: no seams.
    dorsal
        (V,) 1 on the back, 0 below.
    limb_height
        (V,) height over the height of the hip.
    along_tail
        (V,) 0 at the root of the tail (and off it), 1 at its tip.
    head
        (V, 3) place on the head in units of its size: forward of the neck, up, outward (both sides > 0).
    middle
        (V,) distance from the middle plane over the size (m).
    """

    size: float
    shares: FloatArray
    dorsal: FloatArray
    limb_height: FloatArray
    along_tail: FloatArray
    head: FloatArray
    middle: FloatArray

    def of_parts(self, values: Mapping[BodyPart, float]) -> FloatArray:
        """(V,) value of each part, mixed by share; a part that is not named takes the flank's."""
        by_part = np.array([values.get(part, values[BodyPart.FLANK]) for part in BodyPart])
        return np.asarray(self.shares @ by_part)


def place_on_body(body: Body) -> Place:
    """Describe all vertices of a body."""
    skeleton = body.skeleton
    shares = np.zeros((len(body.vertices_m), N_PARTS))
    rows = np.arange(len(shares))
    for j in range(body.bone_indices.shape[1]):
        np.add.at(shares, (rows, skeleton.part[body.bone_indices[:, j]]), body.bone_weights[:, j])
    hip_m = float(skeleton.head_m[skeleton.index(skeleton.legs[0].upper + "_r"), 1])
    vertices = body.vertices_m.astype(float)
    return Place(
        size=body.size * _length_scale(body),
        shares=shares,
        dorsal=body.dorsal.astype(float),
        limb_height=vertices[:, 1] / hip_m,
        along_tail=_along_tail(body),
        head=_on_head(body),
        middle=np.abs(vertices[:, 2]) / (body.size * _length_scale(body)),
    )


def _length_scale(body: Body) -> float:
    """Length from hip to shoulder over the reference's 0.755 m."""
    skeleton = body.skeleton
    legs = skeleton.legs
    if len(legs) < 2:
        return 1.0 / body.size
    fore, hind = (skeleton.head_m[skeleton.index(leg.upper + "_r"), 0] for leg in (legs[1], legs[0]))
    return float(fore - hind) / 0.78 / body.size


def _along_tail(body: Body) -> FloatArray:
    tail = [body.skeleton.index(name) for name in body.skeleton.tail]
    along = np.zeros(len(body.vertices_m))
    for j in range(body.bone_indices.shape[1]):
        for n, bone in enumerate(tail):
            here = body.bone_indices[:, j] == bone
            start, end = body.skeleton.head_m[bone], body.skeleton.tail_m[bone]
            axis = (end - start) / float((end - start) @ (end - start))
            t = np.clip((body.vertices_m[here] - start) @ axis, 0.0, 1.0)
            along[here] += body.bone_weights[here, j] * (n + t) / len(tail)
    return along


def _on_head(body: Body) -> FloatArray:
    bone = body.skeleton.index(body.skeleton.head)
    start, end = body.skeleton.head_m[bone], body.skeleton.tail_m[bone]
    scale = float(np.linalg.norm(end - start)) / 0.2358
    local = (body.vertices_m - start) / scale
    local[:, 2] = np.abs(local[:, 2])
    return np.asarray(local, dtype=float)
