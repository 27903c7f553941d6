"""What stands at a station of each kind, and where: the trail stays open, its edges do not."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from pardine.base.randomness import stream
from pardine.simulate.scene import plants, rocks
from pardine.simulate.scene.arrays import FloatArray
from pardine.simulate.scene.ground import Relief
from pardine.simulate.scene.kinds import Leaf, SceneKind, Season
from pardine.simulate.scene.mesh import Material, Mesh, grid_faces, piece
from pardine.simulate.scene.noise import octaves_at

Stock = Callable[["Site", Season], list[Mesh]]
"""Draws one sort of thing at a site in a season."""

_CLUMP = 130
_TRAIL_HALF_M = 0.75
_WEDGE = 0.62
"""Half width of what is furnished, as a tangent: a little more than any lens sees."""


class Site:
    """Where things may stand: draws points in front of both cameras, away from trail and lenses."""

    def __init__(self, rng: np.random.Generator, across_m: float, relief: Relief) -> None:
        self.rng, self.across_m, self.relief = rng, across_m, relief

    def scatter(self, n: int, nearest_m: float, farthest_m: float, *, clear_m: float) -> FloatArray:
        """Up to ``n`` points (x, z) seen by slot A or B, as dense in the picture near as far.

        Parameters
        ----------
        clear_m
            Distance kept from the middle of the trail, and from the lenses.
        """
        away = nearest_m * (farthest_m / nearest_m) ** self.rng.random(n)
        x = away * self.rng.uniform(-_WEDGE, _WEDGE, n)
        from_b = self.rng.random(n) < 0.5
        z = np.where(from_b, self.across_m - away, away)
        off_trail = np.abs(z - self.across_m / 2) > clear_m
        at_lens = np.minimum(np.hypot(x, z), np.hypot(x, z - self.across_m)) < 0.6 * nearest_m
        # Nothing tall in the middle of the view between a lens and the trail: that is cut at set-up.
        to_lens = np.minimum(np.abs(z), np.abs(z - self.across_m))
        between = (z > 0.0) & (z < self.across_m)
        before = between & (np.abs(x) < (0.30 * to_lens + 0.2) * min(1.0, clear_m))
        return np.stack([x, z], 1)[off_trail & ~at_lens & ~before]

    def on_ground(self, points: FloatArray, lift_m: FloatArray | float = 0.0) -> FloatArray:
        """Points (N, 2) as (N, 3) with the height of the ground."""
        height = self.relief.height_m(points[:, 0], points[:, 1]) + lift_m
        return np.stack([points[:, 0], height, points[:, 1]], 1)


def furnish(seed: int, kind: SceneKind, across_m: float, relief: Relief, season: Season) -> list[Mesh]:
    """All objects of a station in one season."""
    made: list[Mesh] = []
    for name, draw in _STOCK[kind]:
        # A stream for each: more grass in summer must not move a tree.
        made += draw(Site(stream(seed, f"furnish {name}"), across_m, relief), season)
    boxes = Site(stream(seed, "furnish camera boxes"), across_m, relief)
    return made + _camera_boxes(boxes, trees=kind is not SceneKind.STONY_SLOPE)


def _colour(rng: np.random.Generator, mean: list[float], spread: float = 0.2) -> FloatArray:
    return np.asarray(np.array(mean) * rng.uniform(1 - spread, 1 + spread) * rng.normal(1, 0.025, 3))


def _colours(rng: np.random.Generator, mean: list[float], n: int, spread: float = 0.3) -> FloatArray:
    shade = rng.uniform(1 - spread, 1 + spread, (n, 1)) * rng.normal(1, 0.03, (n, 3))
    return np.clip(np.array(mean) * shade, 0.01, 0.9)


def _camera_boxes(site: Site, *, trees: bool) -> list[Mesh]:
    """The other slot's camera on its tree, or on a stake where no trees grow, as each slot sees it."""
    made: list[Mesh] = []
    for z, behind in ((0.0, -1.0), (site.across_m, 1.0)):
        wood, radius = _colour(site.rng, [0.12, 0.10, 0.08]), site.rng.uniform(0.10, 0.16)
        if trees:
            post = plants.trunk(site.rng, site.relief, 0.05, z + behind * 0.28, radius, wood, near=True)
        else:
            foot = np.array([[0.0, site.relief.height_at(0.0, z) - 0.2, z + behind * 0.14]])
            tip, thick = foot + np.array([[0.02, 0.85, 0.01]]), np.array([0.022])
            post = plants.tubes(foot, tip, thick, thick * 0.9, wood)
        half = np.array([0.055, 0.075, 0.03])
        corners, faces = rocks.sphere(2)
        box = np.sign(np.round(corners, 6)) * half  # a sphere of few points squared into a box
        box = box + np.array([0, site.relief.height_at(0.0, z) + 0.47, z + behind * 0.09])
        made += [post, piece(box, faces, Material.WOOD, np.array([0.06, 0.07, 0.05]))]
    return made


def _trees(mean: list[float], n_near: int, n_far: int) -> Stock:
    def draw(site: Site, season: Season) -> list[Mesh]:
        rng, made = site.rng, []
        for x, z in site.scatter(n_near, 3.2, 16.0, clear_m=1.1):
            made.append(
                plants.trunk(rng, site.relief, x, z, rng.uniform(0.04, 0.25), _colour(rng, mean), near=True)
            )
        for x, z in site.scatter(n_far, 14.0, 65.0, clear_m=3.0):
            made.append(
                plants.trunk(rng, site.relief, x, z, rng.uniform(0.04, 0.22), _colour(rng, mean), near=False)
            )
        return made

    return draw


def _shrubs(n: int, *, keeps_leaves: float, nearest_m: float = 2.8) -> Stock:
    def draw(site: Site, season: Season) -> list[Mesh]:
        rng = site.rng
        feet = site.on_ground(site.scatter(n, nearest_m, 45.0, clear_m=0.95))
        stems = np.repeat(feet, 3, 0) + rng.normal(0, 0.12, (3 * len(feet), 3)) * [1, 0, 1]
        tall = rng.gamma(3.0, 0.27, len(stems)) + 0.25
        skeleton = plants.branching(rng, stems, tall, levels=4, children=4, spread=0.75)
        starts, ends, thick, thin = skeleton
        made = [plants.tubes(starts, ends, thick, thin, _colours(rng, [0.13, 0.10, 0.075], len(starts)))]
        # Leaves sit on the finest twigs; in winter young oaks keep some, dry.
        twigs = np.flatnonzero(thin < 0.0012)
        chosen = twigs[rng.permutation(len(twigs))[:26_000]]
        size = rng.uniform(0.016, 0.036, len(chosen))
        where = ends[chosen] + rng.normal(0, 0.03, (len(chosen), 3))
        green = _colours(rng, [0.075, 0.145, 0.035], len(chosen), 0.45)
        dry = _colours(rng, [0.30, 0.17, 0.08], len(chosen), 0.4)
        share = {Leaf.SUMMER: 1.0, Leaf.AUTUMN: 0.6, Leaf.BARE: keeps_leaves}[season.leaf]
        stay = rng.random(len(chosen)) < share
        turned = (
            rng.random((len(chosen), 1)) < {Leaf.SUMMER: 0.02, Leaf.AUTUMN: 0.75, Leaf.BARE: 1.0}[season.leaf]
        )
        if stay.any():
            made.append(plants.leaves(rng, where[stay], size[stay], np.where(turned, dry, green)[stay]))
        return made

    return draw


def _foliage(n: int, needles: bool) -> Stock:
    """Crowns in the distance: leaves by the ten thousand, in clumps."""

    def draw(site: Site, season: Season) -> list[Mesh]:
        rng = site.rng
        clumps = site.on_ground(site.scatter(n // _CLUMP, 12.0, 60.0, clear_m=5.0))
        away = np.abs(clumps[:, 2] - site.across_m / 2)
        clumps[:, 1] += rng.uniform(0.3, 1, len(clumps)) * (1.0 + 0.28 * away)
        centres = np.repeat(clumps, _CLUMP, 0) + rng.normal(0, 1, (_CLUMP * len(clumps), 3)) * [
            0.7,
            0.22,
            0.7,
        ]
        size = rng.uniform(0.03, 0.075, len(centres)) * np.repeat(0.8 + away / 26, _CLUMP)
        tone = np.repeat(rng.uniform(0.55, 1.35, (len(clumps), 1)), _CLUMP, 0)
        if needles:
            colours = _colours(rng, [0.04, 0.075, 0.035], len(centres)) * tone
            stay = np.ones(len(centres), bool)
        else:
            green = _colours(rng, [0.07, 0.15, 0.03], len(centres), 0.4)
            dry = _colours(rng, [0.33, 0.19, 0.07], len(centres), 0.4)
            colours = (green if season.leaf is Leaf.SUMMER else dry) * tone
            stay = (
                rng.random(len(centres)) < {Leaf.SUMMER: 1.0, Leaf.AUTUMN: 0.5, Leaf.BARE: 0.03}[season.leaf]
            )
        return [plants.leaves(rng, centres[stay], size[stay], colours[stay])] if stay.any() else []

    return draw


def _grass(n_tufts: int, tall_m: float, summer: list[float], dry: list[float]) -> Stock:
    def draw(site: Site, season: Season) -> list[Mesh]:
        rng = site.rng
        tufts = site.scatter(n_tufts, 0.9, 16.0, clear_m=0.30)
        each = rng.integers(14, 55, len(tufts))
        feet = np.repeat(tufts, each, 0) + rng.normal(0, 0.055, (each.sum(), 2))
        length = np.repeat(rng.gamma(4.0, tall_m / 4, len(tufts)), each) * rng.uniform(0.4, 1.2, each.sum())
        # Grass on the line of sight is trodden or cut when a camera is set up, not wholly.
        near_line = np.abs(feet[:, 0]) < 0.35
        length = np.where(near_line, np.minimum(length, 0.14), length)
        green, straw = _colours(rng, summer, len(feet), 0.35), _colours(rng, dry, len(feet), 0.35)
        share = {Leaf.SUMMER: 0.15, Leaf.AUTUMN: 0.75, Leaf.BARE: 1.0}[season.leaf]
        colours = np.where(rng.random((len(feet), 1)) < share, straw, green)
        length = length * {Leaf.SUMMER: 1.0, Leaf.AUTUMN: 0.8, Leaf.BARE: 0.55}[season.leaf]
        width = rng.uniform(0.0014, 0.0035, len(feet))
        return [plants.blades(rng, site.on_ground(feet, -0.01), length, width, colours)]

    return draw


def _herbs(n: int) -> Stock:
    def draw(site: Site, season: Season) -> list[Mesh]:
        rng = site.rng
        plants_at = site.scatter(n, 1.7, 22.0, clear_m=0.45)
        feet = np.repeat(plants_at, 9, 0) + rng.normal(0, 0.05, (9 * len(plants_at), 2))
        length = np.repeat(rng.gamma(5, 0.035, len(plants_at)), 9) * rng.uniform(0.5, 1.2, len(feet))
        length = np.where(np.abs(feet[:, 0]) < 0.4, np.minimum(length, 0.16), length)
        width = length * rng.uniform(0.04, 0.11, len(feet))
        colours = _colours(rng, [0.08, 0.17, 0.035], len(feet), 0.4)
        if season.leaf is not Leaf.SUMMER:
            return []
        return [plants.blades(rng, site.on_ground(feet, -0.01), length, width, colours, droop=1.0)]

    return draw


def _litter(n: int, dry: list[float], *, needles: bool = False) -> Stock:
    def draw(site: Site, season: Season) -> list[Mesh]:
        rng = site.rng
        where = site.scatter(n, 0.8, 18.0, clear_m=0.0)
        size = rng.uniform(0.014, 0.042, len(where)) * (0.55 if needles else 1.0)
        colours = _colours(rng, dry, len(where), 0.5)
        share = {Leaf.SUMMER: 0.35, Leaf.AUTUMN: 1.0, Leaf.BARE: 0.8}[season.leaf]
        # What lies on the ground lies under the snow, but for what fell since.
        share *= 1 - 0.97 * season.snow_class / 4
        stay = rng.random(len(where)) < share
        lifted = site.on_ground(where, 0.008)
        sticks = site.on_ground(site.scatter(260, 1.0, 18.0, clear_m=0.0), 0.015)
        ends = sticks + rng.normal(0, 0.28, sticks.shape) * [1, 0.06, 1]
        thick = rng.gamma(2, 0.004, len(sticks)) + 0.002
        wood = plants.tubes(sticks, ends, thick, thick * 0.5, _colours(rng, [0.17, 0.13, 0.10], len(sticks)))
        return [plants.leaves(rng, lifted[stay], size[stay], colours[stay], lying=0.85), wood]

    return draw


def _stones(n: int, mean_radius_m: float, colour: list[float]) -> Stock:
    def draw(site: Site, season: Season) -> list[Mesh]:
        rng = site.rng
        where = site.scatter(n, 0.9, 30.0, clear_m=0.0)
        radius = mean_radius_m * np.exp(rng.normal(0, 0.8, len(where)))
        on_trail = np.abs(where[:, 1] - site.across_m / 2) < _TRAIL_HALF_M
        radius = np.minimum(radius, np.where(on_trail | (np.abs(where[:, 0]) < 0.3), 0.05, 0.32))
        return rocks.scattered_stones(
            rng, site.relief, where[:, 0], where[:, 1], radius, _colours(rng, colour, len(where), 0.35)
        )

    return draw


def _boulders(n: int, size_m: float, colour: list[float], nearest_m: float) -> Stock:
    def draw(site: Site, season: Season) -> list[Mesh]:
        rng, made = site.rng, []
        for x, z in site.scatter(n, nearest_m, 20.0, clear_m=1.5):
            away = abs(z - site.across_m / 2)
            half = size_m * rng.uniform([0.6, 0.4, 0.5], [1.3, 1.2, 1.2]) * min(1.0, 0.3 + away / 5)
            if away - half.max() < 0.8:
                half = half * max(0.2, (away - 0.8) / half.max())
            made.append(rocks.boulder(rng, site.relief, x, z, half, _colour(rng, colour)))
        return made

    return draw


def _backdrop(colour: list[float]) -> Stock:
    """A cliff, great boulders or a wall of stacked stones behind the other camera, other for each slot."""

    def draw(site: Site, season: Season) -> list[Mesh]:
        rng, made = site.rng, []
        order = rng.permutation(3)
        for side in (1.0, -1.0):
            lens_z = site.across_m if side > 0 else 0.0
            z, x = lens_z + side * rng.uniform(0.9, 2.2), float(rng.normal(0, 1.4))
            pick, tone = order[0 if side > 0 else 1], _colour(rng, colour)
            if pick == 0:
                turn = (0.0 if side > 0 else math.pi) + rng.normal(0, 0.25)
                size = rng.uniform([7, 3.0], [13, 6.5])
                made.append(rocks.cliff(rng, site.relief, x, z + side * 1.6, size[0], size[1], turn, tone))
            elif pick == 1:
                half = rng.uniform([1.6, 1.3, 0.9], [3.2, 2.6, 1.5])
                made.append(rocks.boulder(rng, site.relief, x + np.sign(x), z + side * half[2], half, tone))
            else:
                lean = rng.normal(0, 0.4)
                ends = np.array([[x - 4.5, z + side * (0.6 - lean)], [x + 4.0, z + side * (0.6 + lean)]])
                made += rocks.stacked_wall(rng, site.relief, ends[0], ends[1], tone)
            made += _flanking_rocks(site, side, tone)
        return made

    return draw


def _flanking_rocks(site: Site, side: float, tone: FloatArray) -> list[Mesh]:
    """Large rocks between trail and the other lens, outside that lens's own view."""
    rng, made = site.rng, []
    for _ in range(int(rng.integers(1, 4))):
        past_trail = rng.uniform(1.4, 2.6)
        to_lens = site.across_m / 2 - past_trail
        half = rng.uniform([0.5, 0.4, 0.4], [1.0, 1.1, 0.6])
        x = rng.choice([-1.0, 1.0]) * (_WEDGE * max(0.0, to_lens) + 0.3 + 1.2 * half[0])
        z = site.across_m / 2 + side * past_trail
        made.append(rocks.boulder(rng, site.relief, x, z, half, tone * rng.uniform(0.8, 1.2)))
    return made


def _mountains(site: Site, season: Season) -> list[Mesh]:
    """Ridges at 60 to 2,000 m, all around."""
    rng, made = site.rng, []
    around = np.linspace(0, 2 * np.pi, 720, endpoint=False)
    for distance, tall in ((140.0, 0.07), (500.0, 0.10), (1800.0, 0.13)):
        ring = np.stack([np.cos(around) * 3, 0 * around, np.sin(around) * 3], 1).astype(np.float32)
        crest = octaves_at(ring, 1.0 + 0.5 * rng.random(), int(rng.integers(1, 99_999)), 6)
        height = np.maximum(0.01, (crest - 0.32) * 2) * tall * distance
        rows = np.linspace(-0.05, 1, 24)[:, None] ** 1.0
        slope = distance * (1 + 0.45 * rows)
        rough = octaves_at(ring, 14.0, int(rng.integers(1, 99_999)), 4)[None] - 0.5
        up = rows * height + 0.3 * rough * height * rows * (1 - rows)
        points = np.stack([slope * np.cos(around), up, slope * np.sin(around)], -1)
        faces = grid_faces(24, 720, closed=True)[:, ::-1]
        grey = np.array([0.24, 0.20, 0.16]) * rng.uniform(0.8, 1.2)
        white = np.clip((rows * height - 0.75 * tall * distance) / (0.2 * tall * distance), 0, 1).reshape(
            -1, 1
        )
        tint = grey * (1 - white) + 0.8 * white if distance > 1000 else np.broadcast_to(grey, (len(white), 3))
        made.append(piece(points.reshape(-1, 3), faces, Material.FAR, tint))
    return made


_STOCK = {
    SceneKind.OAK_FOREST: (
        ("trees", _trees([0.15, 0.125, 0.10], 26, 260)),
        ("shrubs", _shrubs(70, keeps_leaves=0.18)),
        ("foliage", _foliage(70_000, needles=False)),
        ("grass", _grass(150, 0.20, [0.10, 0.17, 0.045], [0.33, 0.26, 0.14])),
        ("herbs", _herbs(420)),
        ("litter", _litter(24_000, [0.30, 0.175, 0.085])),
        ("stones", _stones(260, 0.022, [0.23, 0.21, 0.18])),
        ("boulders", _boulders(7, 0.5, [0.24, 0.22, 0.19], 2.4)),
    ),
    SceneKind.PINE_FOREST: (
        ("trees", _trees([0.19, 0.115, 0.075], 22, 240)),
        ("shrubs", _shrubs(38, keeps_leaves=0.05)),
        ("foliage", _foliage(80_000, needles=True)),
        ("grass", _grass(70, 0.16, [0.09, 0.15, 0.05], [0.30, 0.24, 0.14])),
        ("herbs", _herbs(240)),
        ("litter", _litter(22_000, [0.22, 0.125, 0.06], needles=True)),
        ("stones", _stones(300, 0.025, [0.21, 0.20, 0.17])),
        ("boulders", _boulders(9, 0.6, [0.22, 0.21, 0.18], 2.4)),
    ),
    SceneKind.RIDGE: (
        ("trees", _trees([0.15, 0.125, 0.10], 5, 50)),
        ("shrubs", _shrubs(34, keeps_leaves=0.3)),
        ("foliage", _foliage(9_000, needles=False)),
        ("grass", _grass(330, 0.24, [0.13, 0.19, 0.06], [0.36, 0.29, 0.16])),
        ("litter", _litter(3_500, [0.30, 0.18, 0.09])),
        ("stones", _stones(1_500, 0.034, [0.26, 0.24, 0.21])),
        ("boulders", _boulders(20, 0.8, [0.27, 0.25, 0.215], 2.0)),
        ("backdrop", _backdrop([0.28, 0.25, 0.21])),
        ("mountains", _mountains),
    ),
    SceneKind.STONY_SLOPE: (
        ("shrubs", _shrubs(7, keeps_leaves=0.5, nearest_m=2.5)),
        ("grass", _grass(170, 0.13, [0.17, 0.19, 0.085], [0.40, 0.33, 0.20])),
        ("stones", _stones(4_200, 0.033, [0.36, 0.31, 0.25])),
        ("boulders", _boulders(16, 0.7, [0.38, 0.32, 0.25], 2.0)),
        ("backdrop", _backdrop([0.38, 0.29, 0.205])),
        ("mountains", _mountains),
    ),
}
