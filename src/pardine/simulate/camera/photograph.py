"""One photograph: place, light, animals, lens, sensor and strip put together."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import cv2
import numpy as np

from pardine.base.randomness import stream
from pardine.simulate.body.pose import walked
from pardine.simulate.camera import lens, sensor
from pardine.simulate.camera.backdrop import Backdrop, backdrop
from pardine.simulate.camera.fur import comb
from pardine.simulate.camera.hide import Lamps, Patch, draw_patch, light_patch, patch_openness
from pardine.simulate.camera.models import Flash
from pardine.simulate.camera.scenery import daylight, flashlight
from pardine.simulate.camera.shadow_map import EMPTY_SHADOW
from pardine.simulate.camera.shadows import EMPTY_SKY_SHADE, flash_depth, lamp_view, shadow_of, sky_shade_of
from pardine.simulate.camera.shot import Light, Shot, Slot
from pardine.simulate.camera.standing import Herd, stand
from pardine.simulate.camera.strip import draw_strip
from pardine.simulate.camera.truth import PixelTruth, hidden, pixel_truth
from pardine.simulate.scene.arrays import BoolArray, ByteArray, FloatArray
from pardine.simulate.scene.light import sky_colour, sun_class, sun_colour, sun_direction

_DAY_EXPOSURE_S = 1 / 320
_DUSK_EXPOSURE_S = 1 / 45


@dataclass(frozen=True, eq=False)
class Photograph:
    """A photograph as the card holds it.

    Attributes
    ----------
    jpeg : bytes
        The file, without metadata.
    truth
        Of each pixel, when it was asked for.
    """

    jpeg: bytes
    truth: PixelTruth | None

    @property
    def image(self) -> ByteArray:
        """Pixels (H, W, 3) uint8 RGB, compression and all."""
        return sensor.jpeg_picture(self.jpeg)


def photograph(shot: Shot, *, with_truth: bool = False) -> Photograph:
    """Take a photograph.

    The same shot gives the same bytes on one machine, in any process and order: what is kept between
    calls (:func:`~pardine.simulate.camera.backdrop.backdrop`) changes only the time.
    """
    rng = stream(shot.seed, "photograph")
    empty = backdrop(
        shot.scene,
        is_b=shot.slot is Slot.B,
        camera=shot.camera,
        season=shot.season,
        deployment=shot.deployment,
    )
    herd = stand(shot.animals, shot.scene, shot.season.snow_cover) if shot.animals else None
    screen = None if herd is None else empty.view.project(herd.vertices_m)
    if shot.light is Light.NIGHT:
        light, gain, noise = _night(shot, empty, herd, screen, rng)
        balance = np.array([1.0, 1.0, 1.0])
    else:
        light, gain, noise = _day(shot, empty, herd, screen, rng)
        balance = rng.normal(1.0, 0.05, 3) * [1.0, 1.0, 0.98]
    infrared = light.ndim == 2
    light = _through_the_window(shot, light, rng)
    picture = sensor.develop(
        light, shot.camera, rng, gain=gain, balance=balance, noise=noise, infrared=infrared
    )
    draw_strip(picture, shot.camera, shot.strip)
    truth = pixel_truth(herd, screen, empty.inverse_depth, _bars(shot)) if with_truth else None
    return Photograph(sensor.jpeg_bytes(picture, shot.jpeg_quality), truth)


def next_shot(shot: Shot, seconds: float) -> Shot:
    """The shot after this one in a burst: each animal has gone on at its speed, the place is the same.

    The pose advances with the way walked, so no paw slides.
    """
    animals = tuple(
        replace(
            a,
            x_m=a.x_m + math.cos(a.heading_rad) * a.speed_m_s * seconds,
            z_m=a.z_m + math.sin(a.heading_rad) * a.speed_m_s * seconds,
            pose=walked(a.pose, a.speed_m_s * seconds / a.scale),
        )
        for a in shot.animals
    )
    return replace(shot, animals=animals, seed=shot.seed + 1)


def _bars(shot: Shot) -> BoolArray:
    rows = np.arange(shot.camera.height_px)
    opaque = 0 if shot.camera.layout.value == "overlay" else shot.camera.bottom_bar_px
    return np.asarray((rows < shot.camera.top_bar_px) | (rows >= shot.camera.height_px - opaque))


def _day(
    shot: Shot, empty: Backdrop, herd: Herd | None, screen: FloatArray | None, rng: np.random.Generator
) -> tuple[FloatArray, float, float]:
    """Light (H, W, 3), gain and noise by day or dusk."""
    cloud = shot.weather.cloud
    elevation = min(shot.sun_elevation_deg, -3.0) if shot.light is Light.DUSK else shot.sun_elevation_deg
    sun, sky = sun_colour(elevation, cloud), sky_colour(elevation, cloud)
    classes = sun_class(elevation, shot.sun_azimuth_deg, shot.scene.facing_deg)
    towards = sun_direction(*classes)
    if sun.sum() > 1e-4:
        sun_on, scene_shadow = empty.sun(*classes)
    else:
        sun_on, scene_shadow = np.zeros(empty.inverse_depth.shape, np.uint8), EMPTY_SHADOW
    shadow = shadow_of(herd, towards) if herd is not None and sun.sum() > 1e-4 else EMPTY_SHADOW
    light = daylight(
        empty,
        sun_on,
        sun=sun,
        sky=sky,
        cloud=cloud,
        visibility_m=shot.weather.visibility_m,
        shadow=shadow,
        sky_shade=EMPTY_SKY_SHADE if herd is None else sky_shade_of(herd),
    )
    gain = sensor.exposure_gain(light, bias=float(np.exp(rng.normal(-0.12, 0.25))))
    if herd is not None and screen is not None:
        lamps = Lamps(
            sun=sun, towards_sun=towards, sky=sky, bounce=_bounce(empty, sun * towards[1] * 0.5 + sky),
            cover=empty.cover, canopy_seed=empty.canopy_seed, flash=np.zeros(3), infrared=False,
            herd_shadow=shadow, scene_shadow=scene_shadow,
        )  # fmt: skip
        exposure = _DUSK_EXPOSURE_S if elevation < 2 else _DAY_EXPOSURE_S
        _put_animals(light, shot, empty, herd, screen, lamps, exposure)
    return light, gain, float(np.clip(0.6 * gain**0.5, 0.8, 6.0))


def _bounce(empty: Backdrop, light: FloatArray) -> FloatArray:
    """Light that the ground in the lower half of the picture throws up."""
    ground = empty.albedo[empty.albedo.shape[0] // 2 :: 12, ::12, :3].reshape(-1, 3)
    return np.asarray(((ground / 255.0) ** 2).mean(0) * light * 0.4)


def _night(
    shot: Shot, empty: Backdrop, herd: Herd | None, screen: FloatArray | None, rng: np.random.Generator
) -> tuple[FloatArray, float, float]:
    """Light (H, W) or, under a white flash, (H, W, 3); gain and noise."""
    camera = shot.camera
    infrared = camera.flash is not Flash.WHITE
    power = 0.0 if shot.flash_dead else camera.flash_reach_m**2
    lamp = lamp_view(empty.view)
    nearest = (
        np.full((lamp.height_px, lamp.width_px), np.inf, np.float32)
        if herd is None
        else flash_depth(herd, lamp)
    )
    light = flashlight(
        empty,
        power=power,
        infrared=infrared,
        lamp=lamp,
        nearest=nearest,
        visibility_m=shot.weather.visibility_m,
    )
    if herd is not None and screen is not None and power > 0:
        colour = light if light.ndim == 3 else np.repeat(light[..., None], 3, 2)
        lamps = Lamps(
            sun=np.zeros(3), towards_sun=np.array([0.0, 1.0, 0.0]), sky=np.zeros(3), bounce=np.zeros(3),
            cover=0.0, canopy_seed=0, flash=np.full(3, power), infrared=infrared,
            herd_shadow=EMPTY_SHADOW, scene_shadow=EMPTY_SHADOW,
        )  # fmt: skip
        _put_animals(colour, shot, empty, herd, screen, lamps, camera.night_exposure_s)
        light = np.ascontiguousarray(colour[..., 0]) if infrared else colour
    # The camera turns its gain down before a bright scene, not far enough for a near animal.
    brightest = float(np.quantile(light[::9, ::9], 0.94))
    gain = float(np.exp(rng.normal(0, 0.18))) * 1.6 / (0.45 + 1.9 * brightest**0.9)
    if shot.flash_dead:
        gain = 1.0
    return _bloom(light, gain), gain, 1.6 * min(2.0, 0.7 + 0.5 * gain)


def _bloom(light: FloatArray, gain: float) -> FloatArray:
    """Spread of what is far too bright, as in cheap lenses."""
    height, width = light.shape[:2]
    small = cv2.resize(light, (max(2, width // 8), max(2, height // 8)), interpolation=cv2.INTER_AREA)
    over = np.clip(small * gain - 1.2, 0, 12).astype(np.float32)
    if over.max() <= 0:
        return light
    wide = cv2.GaussianBlur(over, (0, 0), max(0.8, width / 480))
    return np.asarray(light + 0.10 / gain * cv2.resize(wide, (width, height)), np.float32)


def _put_animals(
    light: FloatArray,
    shot: Shot,
    empty: Backdrop,
    herd: Herd,
    screen: FloatArray,
    lamps: Lamps,
    exposure_s: float,
) -> None:
    """Draw the animals into ``light`` (H, W, 3), in place."""
    view = empty.view
    margin = max(3, round(0.05 * view.focal_px * float(screen[:, 2].max())))
    patch = draw_patch(
        herd, screen, width_px=view.width_px, height_px=view.height_px, margin_px=min(margin, 60)
    )
    if patch is None:
        return
    lit = light_patch(
        patch, herd, lamps, camera_m=view.position_m, axes=view.axes, focal_px=view.focal_px,
        openness=patch_openness(patch, view.focal_px),
    )  # fmt: skip
    nearest = float(patch.inverse_depth.max())
    reach = round(0.012 * view.focal_px * patch.fine * nearest)
    radiance, coverage, nearness = comb(
        lit, patch.inverse_depth, reach_px=min(max(2, reach), 30), seed=shot.seed % 1_000_003
    )
    radiance += 14.0 * lit.glow[..., None]
    radiance, coverage, nearness = _coarse(radiance, coverage, nearness, patch.fine)
    _blend(light, patch, radiance, coverage, nearness, empty, shot, herd, exposure_s)


def _coarse(
    radiance: FloatArray, coverage: FloatArray, nearness: FloatArray, fine: int
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """From patch pixels to picture pixels."""
    if fine == 1:
        return radiance, coverage, nearness
    height, width = coverage.shape[0] // fine, coverage.shape[1] // fine
    blocks = nearness.reshape(height, fine, width, fine)
    return (
        np.asarray(cv2.resize(radiance, (width, height), interpolation=cv2.INTER_AREA), np.float32),
        np.asarray(cv2.resize(coverage, (width, height), interpolation=cv2.INTER_AREA), np.float32),
        np.asarray(blocks.max(axis=(1, 3))),
    )


def _blend(
    light: FloatArray,
    patch: Patch,
    radiance: FloatArray,
    coverage: FloatArray,
    nearness: FloatArray,
    empty: Backdrop,
    shot: Shot,
    herd: Herd,
    exposure_s: float,
) -> None:
    """Mix finished animals into the picture: hidden by scenery, blurred by way and distance, in mist."""
    height, width = coverage.shape
    window = np.s_[patch.top : patch.top + height, patch.left : patch.left + width]
    seen = np.where(hidden(nearness, empty.inverse_depth[window]), 0, 1).astype(np.float32)
    radiance, coverage = radiance * seen[..., None], coverage * seen
    view = empty.view
    depth = 1 / max(1e-3, float(np.median(nearness[coverage > 0.5])) if (coverage > 0.5).any() else 1e-3)
    fastest = int(np.argmax(np.linalg.norm(herd.velocity_m_s, axis=1)))
    way = lens.movement_px(
        herd.velocity_m_s[fastest],
        herd.centre_m[fastest],
        exposure_s,
        view.axes,
        view.position_m,
        view.focal_px,
    )
    both = np.concatenate([radiance, coverage[..., None]], axis=2)
    both = lens.soften(lens.streak(both, way), lens.blur_of_distance_px(depth, view.focal_px))
    cover = both[..., 3:]
    far = 1 - np.exp(-depth * (3 / shot.weather.visibility_m + 0.0006))
    mist = float(light[window].mean()) * far
    light[window] = light[window] * (1 - cover) + both[..., :3] * (1 - far) + mist * cover


def _through_the_window(shot: Shot, light: FloatArray, rng: np.random.Generator) -> FloatArray:
    """Falling snow and a dirty window before the lens."""
    height, width = light.shape[:2]
    night = shot.light is Light.NIGHT
    if shot.weather.snowfall > 0 and not (night and shot.flash_dead):
        layer = lens.flakes(
            rng, height, width, snowfall=shot.weather.snowfall, flash=night, exposure_s=_DAY_EXPOSURE_S * 3
        )
        level = 1.0 if night else 2.2 * float(np.median(light[::9, ::9])) + 0.05
        light = light + (layer if light.ndim == 2 else layer[..., None]) * np.float32(level)
    if shot.condensation > 0 or shot.lens_snow > 0:
        colour = light if light.ndim == 3 else light[..., None].repeat(3, 2)
        colour = lens.window(colour, rng, condensation=shot.condensation, lens_snow=shot.lens_snow)
        light = colour if light.ndim == 3 else np.ascontiguousarray(colour[..., 0])
    return np.asarray(light, np.float32)
