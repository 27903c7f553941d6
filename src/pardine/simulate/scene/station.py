"""A station's place: its ground and all that stands on it, the same for both cameras and all seasons."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pardine.base.randomness import stream
from pardine.simulate.scene.arrays import FloatArray
from pardine.simulate.scene.furnish import furnish
from pardine.simulate.scene.ground import Relief
from pardine.simulate.scene.kinds import Leaf, SceneKind, Season
from pardine.simulate.scene.mesh import Mesh, merge


@dataclass(frozen=True, kw_only=True)
class StationScene:
    """One station's place; small, everything else is drawn from it by seed.

    Attributes
    ----------
    seed, kind
        Which place.
    across_m
        Distance between the two cameras; the trail runs half-way, along x.
    facing_deg
        Where slot A looks, clockwise from north.
    relief
        Shape of the ground.
    """

    seed: int
    kind: SceneKind
    across_m: float
    facing_deg: float
    relief: Relief

    @property
    def trail_z_m(self) -> float:
        """Where the trail runs, station frame."""
        return self.across_m / 2

    def ground_m(self, x_m: float, z_m: float) -> float:
        """Height of the ground at a point."""
        return self.relief.height_at(x_m, z_m)


_TILT = {
    SceneKind.OAK_FOREST: 0.03,
    SceneKind.PINE_FOREST: 0.02,
    SceneKind.RIDGE: 0.05,
    SceneKind.STONY_SLOPE: 0.06,
}
_RISE = {
    SceneKind.OAK_FOREST: 0.16,
    SceneKind.PINE_FOREST: 0.10,
    SceneKind.RIDGE: 0.12,
    SceneKind.STONY_SLOPE: 0.14,
}
_ROUGHNESS_M = {
    SceneKind.OAK_FOREST: 0.07,
    SceneKind.PINE_FOREST: 0.06,
    SceneKind.RIDGE: 0.11,
    SceneKind.STONY_SLOPE: 0.09,
}


def build_station_scene(seed: int, kind: SceneKind) -> StationScene:
    """The place of a station: same seed and kind, same place.

    Parameters
    ----------
    seed
        Of this station, non-negative.
    kind
        Habitat it stands in.
    """
    rng = stream(seed, "station scene")
    across = float(rng.uniform(6.4, 8.6))
    relief = Relief(
        seed=int(rng.integers(1, 1_000_000)),
        middle_z_m=across / 2,
        roughness_m=_ROUGHNESS_M[kind] * float(rng.uniform(0.7, 1.3)),
        tilt_x=float(rng.normal(0, _TILT[kind])),
        tilt_z=float(rng.normal(0, _TILT[kind])),
        rise=_RISE[kind] * float(rng.uniform(0.5, 1.4)),
    )
    return StationScene(
        seed=seed, kind=kind, across_m=across, facing_deg=float(rng.uniform(0, 360)), relief=relief
    )


def scene_mesh(scene: StationScene, season: Season) -> Mesh:
    """Everything that stands on the ground (the ground itself is drawn as each camera needs it).

    Leaves and litter change with the season; what is woody or stony never moves.
    """
    return merge(furnish(scene.seed, scene.kind, scene.across_m, scene.relief, season))


def ground_colour(scene: StationScene, leaf: Leaf) -> FloatArray:
    """Mean reflectance of bare ground, linear (3,)."""
    rng = stream(scene.seed, "ground colour")
    soil = {
        SceneKind.OAK_FOREST: [0.20, 0.135, 0.08],
        SceneKind.PINE_FOREST: [0.15, 0.095, 0.055],
        SceneKind.RIDGE: [0.22, 0.18, 0.13],
        SceneKind.STONY_SLOPE: [0.30, 0.25, 0.185],
    }[scene.kind]
    turned = {Leaf.SUMMER: 0.85, Leaf.AUTUMN: 1.15, Leaf.BARE: 1.0}[leaf]
    return np.asarray(np.array(soil) * turned * rng.uniform(0.8, 1.2) * rng.normal(1, 0.04, 3))
