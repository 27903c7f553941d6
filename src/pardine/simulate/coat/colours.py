"""Colours of coats as linear reflectance, in daylight and under an infrared flash."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pardine.simulate.body.surface import Body
from pardine.simulate.body.vocabulary import BodyPart, Feature
from pardine.simulate.coat.kinds import Pattern, Style
from pardine.simulate.coat.noise import noise_at
from pardine.simulate.coat.palettes import BARE_RGB, PALETTES, Palette
from pardine.simulate.coat.places import Place, place_on_body

Float32Array = NDArray[np.float32]
FloatArray = NDArray[np.float64]
EAR_PATCH = np.array([0.022, 0.086, 0.066])  # on the head of the reference cat
RED_TO_INFRARED = 0.55  # hair that is tawny by day is pale under infrared
SHINE = {Feature.EYE: 1.0, Feature.NOSE: 0.5, Feature.MOUTH: 0.2, Feature.BOOT: 0.25, Feature.HORN: 0.2}


@dataclass(frozen=True)
class Colours:
    """Ground colour (V, 3), colour of marks (3,), the same under infrared, and gloss (V,)."""

    base_rgb: Float32Array
    mark_rgb: Float32Array
    infrared_base: Float32Array
    infrared_mark: float
    gloss: Float32Array


def dressed_colours(
    body: Body,
    kind: Pattern,
    style: Style,
    mark: Float32Array,
    inside: Float32Array,
    shade_seed: int,
    *,
    winter: float,
    cub: bool,
) -> Colours:
    """Colours of a coat; `winter` 0 to 1 lightens and greys it, cubs are paler."""
    palette = PALETTES[body.species]
    place = place_on_body(body)
    upper = _mixed(palette.summer, palette.winter, winter)
    upper = upper * np.array([1.0 + 0.05 * style.warmth, 1.0, 1.0 - 0.07 * style.warmth])
    pale = _mixed(palette.pale, palette.winter, 0.15 * winter)
    share = _upper_share(body, place, palette)
    base = pale + (upper - pale) * share[:, None]
    base = _with_parts(body, place, base, palette)
    deep = np.array(palette.inside)
    fill = np.clip(palette.fill * style.fill * inside * share, 0.0, 1.0)[:, None]
    base = base * (1.0 - fill) + deep * (0.55 + 0.45 * (upper / np.array(palette.summer))) * fill
    if palette.halo > 0.0:
        smoke = palette.halo * np.exp(np.minimum(mark, 0.0) / (0.005 * place.size))
        base = base * (1.0 - smoke[:, None]) + deep * 0.45 * smoke[:, None]
    if cub:
        base = 0.72 * base + 0.28 * np.array([0.50, 0.45, 0.36])
    vertices = body.vertices_m
    slow = noise_at(vertices, 9.0, shade_seed, 2)
    fine = noise_at(vertices, 95.0, shade_seed + 9, 2)
    base = base * (1.0 + 0.10 * slow + 0.10 * fine)[:, None]
    base = _with_face(body, place, base, pale)
    base = _with_bare_skin(body, base)
    mark_rgb = np.array(palette.mark) * (1.0 + (0.35 if cub else 0.0) + 0.25 * winter) / style.darkness
    luminance = base @ np.array([0.6, 0.3, 0.1])
    infrared = palette.infrared * (0.55 + RED_TO_INFRARED * np.sqrt(np.clip(luminance, 0.0, 1.0)))
    return Colours(
        base_rgb=np.clip(base, 0.0, 1.0).astype(np.float32),
        mark_rgb=np.clip(mark_rgb, 0.0, 1.0).astype(np.float32),
        infrared_base=np.clip(infrared, 0.0, 1.0).astype(np.float32),
        infrared_mark=float(np.clip(palette.infrared_mark / style.darkness, 0.0, 1.0)),
        gloss=_gloss(body),
    )


def _with_parts(body: Body, place: Place, base: FloatArray, palette: Palette) -> FloatArray:
    """Parts with a colour of their own, and the patch about the tail."""
    for part, rgb in palette.parts.items():
        share = place.shares[:, part][:, None]
        base = base * (1.0 - share) + np.array(rgb) * share
    if palette.rump is None:
        return base
    root = body.skeleton.head_m[body.skeleton.index(body.skeleton.tail[0])]
    away = np.linalg.norm((body.vertices_m - root) / (place.size * np.array([0.09, 0.13, 0.10])), axis=1)
    patch = (np.clip(1.5 - away, 0.0, 1.0) * (body.normals[:, 0] < 0.1))[:, None]
    return np.asarray(base * (1.0 - patch) + np.array(palette.rump) * patch)


def _mixed(first: tuple[float, float, float], second: tuple[float, float, float], share: float) -> FloatArray:
    return np.asarray(np.array(first) * (1.0 - share) + np.array(second) * share)


def _upper_share(body: Body, place: Place, palette: Palette) -> FloatArray:
    """How much of the back's colour a vertex has: little on belly, throat, inner legs and underside."""
    share = np.clip((place.dorsal - palette.pale_below) / palette.pale_over, 0.0, 1.0)
    throat = place.shares[:, BodyPart.NECK] * np.clip(
        -body.normals[:, 1] * 0.9 + body.normals[:, 0] * 0.4, 0, 1
    )
    return np.asarray(share * (1.0 - 0.8 * np.clip(throat, 0.0, 1.0)))


def _with_face(body: Body, place: Place, base: FloatArray, pale: FloatArray) -> FloatArray:
    """White muzzle, chin, and patches above and below the eyes; dark backs of ears with a pale patch."""
    palette = PALETTES[body.species]
    if palette.white_face <= 0.0:
        return base
    head = place.head
    on_head = place.shares[:, BodyPart.HEAD]
    muzzle = np.clip((head[:, 0] - 0.170) / 0.014, 0, 1) * np.clip((-0.008 - head[:, 1]) / 0.010, 0, 1)
    chin = np.clip((-0.042 - head[:, 1]) / 0.012, 0, 1)
    under = np.clip(
        1.6 - np.linalg.norm((head - [0.158, 0.002, 0.034]) / [0.022, 0.012, 0.020], axis=1), 0, 1
    )
    above = np.clip(
        1.6 - np.linalg.norm((head - [0.140, 0.050, 0.034]) / [0.020, 0.010, 0.016], axis=1), 0, 1
    )
    white = palette.white_face * on_head * np.clip(muzzle + chin + 0.9 * under + 0.8 * above, 0, 1)
    base = base * (1 - white[:, None]) + pale * 1.08 * white[:, None]
    back = place.shares[:, BodyPart.EAR] * np.clip((0.42 - body.normals[:, 0]) / 0.25, 0, 1)
    back *= np.clip((head[:, 1] - 0.055) / 0.010, 0, 1) * (body.feature == Feature.FUR)
    patch = np.clip((palette.ear_patch_m - np.linalg.norm(head - EAR_PATCH, axis=1)) / 0.003 + 0.5, 0, 1)
    ear = np.array(palette.ear_back) * (1 - patch[:, None]) + pale * patch[:, None]
    base = base * (1 - back[:, None]) + ear * back[:, None]
    return base


def _with_bare_skin(body: Body, base: FloatArray) -> FloatArray:
    colours = {**BARE_RGB, **PALETTES[body.species].bare}
    for feature, rgb in colours.items():
        base[body.feature == feature] = rgb
    if len(body.eye_centres_m):
        base = _with_eyes(body, base)
    return base


def _with_eyes(body: Body, base: FloatArray) -> FloatArray:
    """Iris with a round pupil, looking ahead."""
    palette = PALETTES[body.species]
    for centre in body.eye_centres_m:
        outward = body.vertices_m - centre
        radius = np.linalg.norm(outward, axis=1)
        gaze = np.array([0.88, 0.02, 0.47 * np.sign(centre[2])])
        gaze /= np.linalg.norm(gaze)
        cosine = (outward @ gaze) / np.maximum(radius, 1e-9)
        ours = (body.feature == Feature.EYE) & (np.sign(body.vertices_m[:, 2]) == np.sign(centre[2]))
        base[ours & (cosine > palette.pupil_cosine - 0.24)] = palette.iris
        base[ours & (cosine > palette.pupil_cosine)] = (0.012, 0.012, 0.012)
    return base


def _gloss(body: Body) -> Float32Array:
    gloss = np.zeros(len(body.vertices_m), dtype=np.float32)
    for feature, value in SHINE.items():
        gloss[body.feature == feature] = value
    return gloss
