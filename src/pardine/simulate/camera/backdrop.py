"""The empty station as one camera sees it: drawn once, kept, and lit anew for each photograph."""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np

from pardine.base.compiled import compiled
from pardine.simulate.camera.geometry import View, slot_view
from pardine.simulate.camera.lens import soften_by_depth
from pardine.simulate.camera.models import CameraModel
from pardine.simulate.camera.raster import draw_depth, draw_triangles, empty_buffers
from pardine.simulate.camera.shadow_map import ShadowMap, light_axes, lit_share
from pardine.simulate.scene.arrays import ByteArray, FloatArray
from pardine.simulate.scene.kinds import Leaf, SceneKind, Season
from pardine.simulate.scene.light import canopy_cover, canopy_light, sun_direction
from pardine.simulate.scene.mesh import Material, Mesh, grid_faces, piece
from pardine.simulate.scene.noise import octaves
from pardine.simulate.scene.station import StationScene, ground_colour, scene_mesh
from pardine.simulate.scene.surface import texture_surface

_SHADOW_PX = 1800
_SHADOW_SPAN_M = 26.0
_KEPT_BYTES = 450_000_000


@dataclass(frozen=True, eq=False)
class Backdrop:
    """All that does not change between photographs of one deployment in one season.

    Attributes
    ----------
    view
        The camera.
    rays : (H, W, 3) float32
        As :meth:`View.rays`.
    inverse_depth : (H, W) float32
        1/m along the viewing axis; 0 is sky.
    albedo : (H, W, 4) uint8
        Square root of reflectance x 255: red, green, blue, infrared. Where there is sky: clouds, 0, 0, 0.
    normals : (H, W, 3) int8
        Unit normal x 127.
    openness : (H, W) uint8
        Share of the sky that each point sees x 255.
    flash : (H, W) float32
        What the camera's flash brings to each point at unit power, before reflectance.
    cover, canopy_seed
        Of :func:`~pardine.simulate.scene.light.canopy_light`.
    mesh
        Gives all that stands at the station.
    """

    view: View
    rays: FloatArray
    inverse_depth: FloatArray
    albedo: ByteArray
    normals: FloatArray
    openness: ByteArray
    flash: FloatArray
    cover: float
    canopy_seed: int
    mesh: Callable[[], Mesh]
    _suns: dict[tuple[int, int], tuple[ByteArray, ShadowMap]] = field(default_factory=dict)

    def sun(self, elevation_class: int, azimuth_class: int) -> tuple[ByteArray, ShadowMap]:
        """Direct sun on each point x 160 for one direction, (H, W) uint8, and the shadow map of the place.

        Drawn on first use.
        """
        key = (elevation_class, azimuth_class)
        if key not in self._suns:
            towards = sun_direction(*key)
            shadow = _scene_shadow(self.mesh(), towards)
            lit = np.zeros(self.inverse_depth.shape, np.uint8)
            _sun_light(
                self.inverse_depth, self.rays, self.normals, self.view.position_m, towards, shadow.nearest,
                shadow.axes, shadow.corner, shadow.cells_per_m, self.cover, self.canopy_seed, lit,
            )  # fmt: skip
            self._suns[key] = lit, shadow
        return self._suns[key]

    @property
    def n_bytes(self) -> int:
        """Memory that this backdrop holds."""
        fixed = (self.rays, self.inverse_depth, self.albedo, self.normals, self.openness, self.flash)
        return sum(a.nbytes for a in fixed) + sum(a.nbytes + b.nearest.nbytes for a, b in self._suns.values())


_kept: OrderedDict[tuple[object, ...], Backdrop] = OrderedDict()
_meshes: OrderedDict[tuple[object, ...], Mesh] = OrderedDict()


def backdrop(
    scene: StationScene, *, is_b: bool, camera: CameraModel, season: Season, deployment: int
) -> Backdrop:
    """Backdrop of a station, slot, camera, season and deployment; the latest few hundred MB are kept.

    Keeping changes no pixel: what was dropped is drawn again, the same.
    """
    key = (scene, is_b, camera, season.leaf, season.snow_class, deployment)
    found = _kept.pop(key, None)
    if found is None:
        found = draw_backdrop(scene, is_b=is_b, camera=camera, season=season, deployment=deployment)
    _kept[key] = found
    while len(_kept) > 1 and sum(b.n_bytes for b in _kept.values()) > _KEPT_BYTES:
        _kept.popitem(last=False)
    return found


def forget_backdrops() -> None:
    """Drop all kept backdrops and meshes: for measuring, and to give memory back."""
    _kept.clear()
    _meshes.clear()


def _station_mesh(scene: StationScene, season: Season) -> Mesh:
    """Mesh of a station, the last two kept: both slots and all suns need the same one."""
    key = (scene, season.leaf, season.snow_class)
    found = _meshes.pop(key, None)
    _meshes[key] = scene_mesh(scene, season) if found is None else found
    while len(_meshes) > 2:
        _meshes.popitem(last=False)
    return _meshes[key]


def draw_backdrop(
    scene: StationScene, *, is_b: bool, camera: CameraModel, season: Season, deployment: int
) -> Backdrop:
    """Draw what :func:`backdrop` keeps."""
    z = scene.across_m if is_b else 0.0
    view = slot_view(
        camera,
        is_b=is_b,
        across_m=scene.across_m,
        ground_m=scene.ground_m(0.0, z),
        seed=scene.seed,
        deployment=deployment,
    )
    ground = _ground_sheet(scene, view, season.leaf)
    objects = _station_mesh(scene, season)
    height, width = camera.height_px, camera.width_px
    nearness, triangle, w1, w2 = empty_buffers(height, width)
    albedo, normals = np.zeros((height, width, 4), np.float32), np.zeros((height, width, 3), np.float32)
    look = _look(scene, season)
    for mesh in (ground, objects):
        triangle.fill(-1)
        draw_triangles(view.project(mesh.vertices), mesh.faces, nearness, triangle, w1, w2, 0)
        texture_surface(
            triangle, w1, w2, mesh.vertices, mesh.normals, mesh.tint, mesh.faces, mesh.material,
            view.position_m, view.focal_px, look, albedo, normals,
        )  # fmt: skip
    rays = view.rays()
    sky = nearness == 0
    albedo[sky] = 0
    albedo[..., 0][sky] = _clouds(rays[sky], scene.seed)
    openness = _openness(nearness, normals)
    flash = np.zeros((height, width), np.float32)
    _flash_light(nearness, rays, normals, view.axes[2].astype(np.float32), flash)
    flash *= openness**0.5
    with np.errstate(divide="ignore"):
        depth = 1 / nearness
    albedo = soften_by_depth(albedo, depth, view.focal_px)
    flash = soften_by_depth(flash, depth, view.focal_px)
    albedo[..., 1:][sky] = 0
    return Backdrop(
        view=view,
        rays=rays,
        inverse_depth=nearness,
        albedo=np.asarray(np.round(np.sqrt(np.clip(albedo, 0, 1)) * 255), np.uint8),
        normals=np.asarray(np.round(normals * 127), np.int8),
        openness=np.asarray(np.round(openness * 255), np.uint8),
        flash=flash,
        cover=canopy_cover(scene.kind, season.leaf),
        canopy_seed=scene.seed % 100_000,
        mesh=lambda: _station_mesh(scene, season),
    )


def _look(scene: StationScene, season: Season) -> FloatArray:
    """Numbers of :func:`texture_surface`: seed, cells a metre, lichen, moss, snow."""
    cell = {SceneKind.OAK_FOREST: 17.0, SceneKind.PINE_FOREST: 24.0, SceneKind.RIDGE: 20.0}.get(
        scene.kind, 26.0
    )
    lichen = {SceneKind.STONY_SLOPE: 0.42, SceneKind.RIDGE: 0.45}.get(scene.kind, 0.30)
    moss = {SceneKind.STONY_SLOPE: 0.35, SceneKind.RIDGE: 0.6}.get(scene.kind, 0.45)
    green = {Leaf.SUMMER: 1.0, Leaf.AUTUMN: 0.6, Leaf.BARE: 0.35}[season.leaf]
    return np.array([scene.seed % 100_000, cell, lichen, moss * green, season.snow_class / 4], np.float64)


def _ground_sheet(scene: StationScene, view: View, leaf: Leaf) -> Mesh:
    """Ground before one camera: a fan of points, dense near the lens, to 90 m."""
    n_rows, n_columns = 460, 420
    away = 0.45 * (90 / 0.45) ** np.linspace(0, 1, n_rows)[:, None]
    aside = away * np.linspace(-0.85, 0.85, n_columns)[None]
    forward, right = view.axes[2], view.axes[0]
    level = np.array([forward[0], forward[2]]) / math.hypot(forward[0], forward[2])
    across = np.array([right[0], right[2]]) / math.hypot(right[0], right[2])
    x = view.position_m[0] + away * level[0] + aside * across[0]
    z = view.position_m[2] + away * level[1] + aside * across[1]
    height = scene.relief.height_m(x.ravel(), z.ravel())
    points = np.stack([x.ravel(), height, z.ravel()], 1)
    faces = grid_faces(n_rows, n_columns)
    made = piece(points, faces, Material.GROUND, ground_colour(scene, leaf))
    if made.normals[:, 1].mean() < 0:
        return Mesh(made.vertices, -made.normals, made.tint, made.faces, made.material)
    return made


def _clouds(rays: FloatArray, seed: int) -> FloatArray:
    return _cloud_cover(np.ascontiguousarray(rays, np.float64), seed % 99_991)


@compiled
def _cloud_cover(rays: FloatArray, seed: int) -> FloatArray:
    out = np.empty(len(rays), np.float32)
    for i in range(len(rays)):
        k = 1 / max(0.06, rays[i, 1])
        cloud = octaves(0.35 * k * rays[i, 0], 0.35 * k * rays[i, 2], 4.0, seed, 5)
        out[i] = min(1.0, max(0.0, (cloud - 0.42) * 4))
    return out


def _openness(nearness: FloatArray, normals: FloatArray) -> FloatArray:
    """Ambient light of each pixel: which way it faces, and how much stands before its neighbours."""
    log_depth = np.log(1 / np.maximum(nearness, 1 / 60)).astype(np.float32)
    scale = nearness.shape[1] / 1920
    closed = np.ones_like(log_depth)
    for size_px, strength in ((5, 3.0), (18, 1.8), (60, 0.9)):
        k = max(1, round(size_px * scale)) * 2 + 1
        mean = cv2.blur(cv2.blur(log_depth, (k, k)), (k, k))
        closed *= 1 - np.clip((log_depth - mean - 0.004) * strength, 0, 0.55)
    return np.asarray(closed * (0.62 + 0.38 * normals[..., 1]).clip(0.1, 1), np.float32)


@compiled
def _flash_light(
    nearness: FloatArray, rays: FloatArray, normals: FloatArray, forward: FloatArray, out: FloatArray
) -> None:
    """Irradiance by a lamp at the lens: square law, angle of the surface, beam narrower than the frame."""
    height, width = nearness.shape
    for r in range(height):
        for c in range(width):
            if nearness[r, c] <= 0:
                continue
            x, y, z = rays[r, c, 0], rays[r, c, 1], rays[r, c, 2]
            length = math.sqrt(x * x + y * y + z * z)
            distance = length / nearness[r, c]
            facing = -(normals[r, c, 0] * x + normals[r, c, 1] * y + normals[r, c, 2] * z) / length
            angle = 1 - ((x * forward[0] + y * forward[1] + z * forward[2]) / length) ** 2
            beam = math.exp(-angle * 5.0)
            out[r, c] = (0.15 + 0.85 * max(0.0, facing)) * beam / (distance * distance + 0.25)


def _scene_shadow(mesh: Mesh, towards: FloatArray) -> ShadowMap:
    axes = light_axes(towards)
    seen = mesh.vertices @ axes.T.astype(np.float32)
    middle = axes @ np.array([0.0, 0.5, 3.7])
    corner = middle[:2] - _SHADOW_SPAN_M / 2
    screen = np.empty_like(seen)
    screen[:, :2] = (seen[:, :2] - corner.astype(np.float32)) * (_SHADOW_PX / _SHADOW_SPAN_M)
    screen[:, 2] = seen[:, 2]
    nearest = np.full((_SHADOW_PX, _SHADOW_PX), np.inf, np.float32)
    draw_depth(screen, mesh.faces[mesh.material != Material.FAR], nearest)
    return ShadowMap(nearest, axes, corner, _SHADOW_PX / _SHADOW_SPAN_M)


@compiled
def _sun_light(
    nearness: FloatArray, rays: FloatArray, normals: FloatArray, camera: FloatArray, towards: FloatArray,
    shadow: FloatArray, axes: FloatArray, corner: FloatArray, px_per_m: float, cover: float, seed: int,
    out: ByteArray,
) -> None:  # fmt: skip
    height, width = nearness.shape
    for r in range(height):
        for c in range(width):
            if nearness[r, c] <= 0:
                continue
            depth = 1 / nearness[r, c]
            x = camera[0] + rays[r, c, 0] * depth
            y = camera[1] + rays[r, c, 1] * depth
            z = camera[2] + rays[r, c, 2] * depth
            nx, ny, nz = normals[r, c, 0] / 127.0, normals[r, c, 1] / 127.0, normals[r, c, 2] / 127.0
            facing = nx * towards[0] + ny * towards[1] + nz * towards[2]
            if facing <= 0:
                continue
            # Tested a little off the surface, or every slanting stone would shade itself.
            off = 0.03 + 0.05 * (1 - facing)
            light = lit_share(shadow, axes, corner, px_per_m, x + off * nx, y + off * ny, z + off * nz, 0.025)
            light *= canopy_light(x, y, z, towards, cover, seed)
            out[r, c] = int(min(255.0, 160 * facing * light))
