"""The body of an animal: a closed skin over a skeleton, shared by all animals of one build."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.simulate.body import regions
from pardine.simulate.body.build_plans import body_plan
from pardine.simulate.body.distance import (
    distances,
    gradients,
    sampled_distances,
    volume_distances,
    volume_table,
)
from pardine.simulate.body.mesh import averaging_matrix, halve_edges, largest_piece
from pardine.simulate.body.nets import surface_net
from pardine.simulate.body.plan import BodyPlan
from pardine.simulate.body.skeleton import Skeleton, skeleton_of
from pardine.simulate.body.skin import bone_pull, smoothed_weights
from pardine.simulate.body.vocabulary import AgeClass, Feature, Sex, Species

FloatArray = NDArray[np.float64]
Float32Array = NDArray[np.float32]
MARGIN_M = 0.03
COARSE_CELLS = 4
DETAIL_REACH_CELLS = 1.5  # how far from a detailed volume the mesh is halved
GRADIENT_STEP_M = 0.0008
N_PROJECTIONS, N_STEPS_A_GRADIENT = 2, 2
N_SMOOTHINGS = 14  # of weights, at the plan's own spacing
FEATURE_DEPTH_CELLS = 0.30  # of the mesh where the feature is


@dataclass(frozen=True, kw_only=True)
class Body:
    """One build (species, sex, age, size) in its rest pose.

    Attributes
    ----------
    species, sex, age_class, size
        What was built.
    vertices_m, faces, normals
        (V, 3), (F, 3), (V, 3): closed mesh, triangles anticlockwise from outside.
    bone_indices, bone_weights
        (V, 4): the bones that move a vertex.
    part, side
        (V,) `BodyPart`; -1 left, +1 right, 0 neither.
    dorsal
        (V,) 1 on the back, 0 on belly and inner legs.
    feature, eye
        (V,) `Feature`; and how far inside the opening of an eye a vertex is: 1 in it, 0 outside.
    fur_direction, fur_length_m
        (V, 3) unit tangents; (V,) length of the summer coat of an adult.
    """

    species: Species
    sex: Sex
    age_class: AgeClass
    size: float
    vertices_m: Float32Array
    faces: NDArray[np.int32]
    normals: Float32Array
    bone_indices: NDArray[np.int32]
    bone_weights: Float32Array
    skeleton: Skeleton
    part: NDArray[np.uint8]
    side: NDArray[np.int8]
    dorsal: Float32Array
    feature: NDArray[np.uint8]
    eye: Float32Array
    eye_centres_m: Float32Array
    fur_direction: Float32Array
    fur_length_m: Float32Array
    cell_m: float


def build_body(
    species: Species,
    sex: Sex = Sex.FEMALE,
    age_class: AgeClass = AgeClass.ADULT,
    *,
    size: float = 1.0,
    cell_m: float | None = None,
) -> Body:
    """Build the body of one kind of animal.

    Parameters
    ----------
    species, sex, age_class
        Of the animal; sex and age change sizes and proportions.
    size
        Linear size over that of the average animal of the kind (0.7 to 1.3).
    cell_m
        Spacing of vertices on the trunk; None for the plan's own (6 mm on a leopard, finer on
        heads and paws in any case).

    Returns
    -------
    The same body for the same arguments on every call; seconds each, so callers keep it.

    Raises
    ------
    ValueError
        For a size outside 0.7 to 1.3.
    """
    if not 0.7 <= size <= 1.3:
        raise ValueError(f"size is a factor between 0.7 and 1.3, got {size}")
    plan = body_plan(species, sex, age_class, size=size)
    spacing = plan.cell_m if cell_m is None else cell_m
    vertices, faces = _mesh(plan, spacing)
    return _dressed(
        plan, vertices, faces, species=species, sex=sex, age_class=age_class, size=size, cell_m=spacing
    )


def _mesh(plan: BodyPlan, cell_m: float) -> tuple[FloatArray, NDArray[np.int32]]:
    """Closed mesh of a plan: surface nets, halved where there is detail, drawn onto the surface."""
    rows = volume_table(plan.volumes).rows
    reach = rows[:, 18:19] + MARGIN_M
    low, high = (rows[:, 15:18] - reach).min(axis=0), (rows[:, 15:18] + reach).max(axis=0)
    widest = max(abs(low[2]), high[2], (rows[:, 17] + rows[:, 18]).max() + MARGIN_M)
    n_side = int(np.ceil(widest / cell_m))
    zs = (np.arange(2.0 * n_side) - n_side + 0.5) * cell_m  # symmetric about the middle plane
    xs, ys = (np.arange(low[k], high[k] + cell_m, cell_m) for k in range(2))
    field = sampled_distances(rows, xs, ys, zs.astype(np.float64), COARSE_CELLS)
    vertices, faces = surface_net(field, np.array([xs[0], ys[0], zs[0]]), cell_m)
    vertices, faces = largest_piece(vertices, faces)
    vertices = _drawn_onto_surface(rows, vertices, cell_m)
    for level in range(1, max(one.detail for one in plan.volumes) + 1):
        chosen = _near_detail(plan, vertices, level, DETAIL_REACH_CELLS * cell_m / 2 ** (level - 1))
        n_before = len(vertices)
        vertices, faces = halve_edges(vertices, faces, chosen)
        vertices[n_before:] = _drawn_onto_surface(rows, vertices[n_before:], cell_m / 2**level)
    return vertices, faces


def _near_detail(plan: BodyPlan, vertices: FloatArray, level: int, reach_m: float) -> NDArray[np.bool_]:
    detailed = tuple(one for one in plan.volumes if one.detail >= level)
    rows = volume_table(detailed).rows
    mirrored = vertices * np.array([1.0, 1.0, -1.0])
    chosen = np.zeros(len(vertices), dtype=bool)
    for row, volume in zip(rows, detailed, strict=True):
        for points in (vertices, mirrored) if volume.paired else (vertices,):
            away = np.linalg.norm(points - row[15:18], axis=1) < row[18] + reach_m
            chosen[away] |= distances(_uncarved(row), points[away]) < reach_m
    return chosen


def _uncarved(row: FloatArray) -> FloatArray:
    alone = row[None].copy()
    alone[0, 13:15] = 0.0
    return alone


def _drawn_onto_surface(rows: FloatArray, vertices: FloatArray, limit_m: float) -> FloatArray:
    """Vertices moved along the gradient to where the distance is zero (Newton), never far."""
    out = vertices.copy()
    for _ in range(N_PROJECTIONS):
        direction = gradients(rows, out, GRADIENT_STEP_M)
        for _ in range(N_STEPS_A_GRADIENT):
            away = np.clip(distances(rows, out), -0.4 * limit_m, 0.4 * limit_m)
            out -= away[:, None] * direction
    return out


def _dressed(
    plan: BodyPlan,
    vertices: FloatArray,
    faces: NDArray[np.int32],
    *,
    species: Species,
    sex: Sex,
    age_class: AgeClass,
    size: float,
    cell_m: float,
) -> Body:
    skeleton = skeleton_of(plan)
    averaging = averaging_matrix(faces, len(vertices))
    normals = gradients(volume_table(plan.volumes).rows, vertices, GRADIENT_STEP_M)
    length_m = float(np.ptp(skeleton.head_m[:, 0]) if not plan.upright else np.ptp(skeleton.head_m[:, 1]))
    # the same width of smoothing on a coarser mesh takes fewer steps
    n_times = int(np.clip(round(N_SMOOTHINGS * (plan.cell_m / cell_m) ** 2), 2, 60))
    bones, weights = smoothed_weights(bone_pull(plan, skeleton, vertices, length_m / 1.8), averaging, n_times)
    eyes = _eyes(plan)
    part = regions.parts(vertices, normals, bones[:, 0], skeleton, eyes[0] if len(eyes) else None)
    dorsal = regions.smoothed(regions.dorsality(vertices, normals, part), averaging, 25)
    feature = _features(plan, vertices, cell_m)
    lie = regions.fur_directions(normals, bones, weights, skeleton, averaging)
    fur = regions.fur_lengths(part, dorsal, feature != Feature.FUR, plan, averaging)
    return Body(
        species=species,
        sex=sex,
        age_class=age_class,
        size=size,
        vertices_m=vertices.astype(np.float32),
        faces=faces,
        normals=normals.astype(np.float32),
        bone_indices=bones,
        bone_weights=weights,
        skeleton=skeleton,
        part=part,
        side=regions.sides(vertices, bones[:, 0], skeleton, length_m),
        dorsal=dorsal.astype(np.float32),
        feature=feature,
        eye=_eye_share(plan, vertices),
        eye_centres_m=eyes.astype(np.float32),
        fur_direction=lie.astype(np.float32),
        fur_length_m=fur.astype(np.float32),
        cell_m=cell_m,
    )


def _eyes(plan: BodyPlan) -> FloatArray:
    """(2, 3) centres of the eyeballs, right first; empty where a plan has none."""
    right = [one.a_m for one in plan.volumes if one.feature is Feature.EYE]
    return np.array([[p, (p[0], p[1], -p[2])] for p in right]).reshape(-1, 3)


def _eye_share(plan: BodyPlan, vertices: FloatArray) -> Float32Array:
    share = np.zeros(len(vertices))
    for volume in plan.volumes:
        if volume.feature is Feature.EYE:
            for mirror in (1.0, -1.0):
                centre = np.array(volume.a_m) * np.array([1.0, 1.0, mirror])
                away = np.linalg.norm(vertices - centre, axis=1) - volume.radius_a_m
                np.maximum(share, np.clip(1.0 - away / 0.0012, 0.0, 1.0), out=share)
    return share.astype(np.float32)


def _features(plan: BodyPlan, vertices: FloatArray, cell_m: float) -> NDArray[np.uint8]:
    """(V,) what covers a vertex: that of the last bare volume whose own surface it lies on.

    Clothes cover all of a person: there it is that of the nearest volume.
    """
    out = np.zeros(len(vertices), dtype=np.uint8)
    table = volume_table(plan.volumes).rows
    if plan.upright:
        away = volume_distances(table, vertices)
        twin = np.array([one.paired for one in plan.volumes])
        nearest = np.where(twin, away.min(axis=2), away[:, :, 0]).argmin(axis=1)
        covers = np.array([one.feature for one in plan.volumes], dtype=np.uint8)
        return np.asarray(covers[nearest])
    for row, volume in zip(table, plan.volumes, strict=True):
        if volume.feature is Feature.FUR:
            continue
        for points in (vertices, vertices * np.array([1.0, 1.0, -1.0])) if volume.paired else (vertices,):
            depth_m = FEATURE_DEPTH_CELLS * cell_m / 2**volume.detail
            out[distances(_uncarved(row), points) < depth_m] = volume.feature
    return out
