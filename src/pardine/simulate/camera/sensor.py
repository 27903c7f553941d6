"""From light to numbers: exposure, tone curve, colour, noise, sharpening, compression."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np

from pardine.base.compiled import compiled
from pardine.simulate.camera.models import CameraModel
from pardine.simulate.scene.arrays import ByteArray, FloatArray, IntArray

_TILE_PX = 512
_LEVELS = 4096
_TOP = 8.0


@lru_cache(maxsize=1)
def _noise_tiles() -> tuple[FloatArray, FloatArray]:
    """Fine and blotchy noise of unit spread, (512, 512) float32 each; the same in every process."""
    rng = np.random.Generator(np.random.PCG64(20260101))
    fine = rng.normal(0, 1, (_TILE_PX, _TILE_PX)).astype(np.float32)
    blotch = rng.normal(0, 1, (_TILE_PX, _TILE_PX)).astype(np.float32)
    near = np.asarray(cv2.GaussianBlur(fine, (0, 0), 0.65), np.float32)
    far = np.asarray(cv2.GaussianBlur(blotch, (0, 0), 2.6), np.float32)
    return near / near.std(), far / far.std()


@lru_cache(maxsize=2)
def _tone_table(infrared: bool) -> FloatArray:
    """Picture value 0 to 255 by square root of light: gamma with a shoulder and crushed blacks."""
    light = (np.arange(_LEVELS) / (_LEVELS - 1) * np.sqrt(_TOP)) ** 2
    if infrared:
        value = 1 - np.exp(-1.15 * light)
        value = 0.03 + 0.95 * np.maximum(value, 0) ** 0.62
    else:
        value = light * (1 + light * 0.10) / (1 + light * 0.62)
        value = np.minimum(1, value) ** (1 / 2.15)
        value = 0.6 * value + 0.4 * value * value * (3 - 2 * value)
    return np.asarray(np.clip(value, 0, 1) * 255, np.float32)


def exposure_gain(light: FloatArray, *, bias: float) -> float:
    """Gain that the meter chooses: the middle of the frame brought towards middle grey.

    Parameters
    ----------
    light : (H, W, 3)
    bias
        Multiplies what the meter wants.
    """
    seen = np.minimum(light[::9, ::9].mean(-1), 30.0)
    height, width = seen.shape
    weight = np.ones_like(seen)
    weight[height // 4 : -height // 4, width // 4 : -width // 4] = 2.5
    level = float(np.exp(np.average(np.log(seen + 1e-5), weights=weight)))
    return bias * 0.19 / max(level, 1e-6)


def vignette(camera: CameraModel) -> FloatArray:
    """Share of light that each pixel keeps, (H, W) float32."""
    return _vignette(camera.width_px, camera.height_px, camera.vignetting)


@lru_cache(maxsize=4)
def _vignette(width: int, height: int, strength: float) -> FloatArray:
    x = (np.arange(width, dtype=np.float32) - (width - 1) / 2) / (width / 2)
    y = (np.arange(height, dtype=np.float32) - (height - 1) / 2) / (width / 2)
    squared = x[None] ** 2 + y[:, None] ** 2
    return np.asarray(1 - strength * (squared / 1.32) ** 1.3, np.float32)


def develop(
    light: FloatArray,
    camera: CameraModel,
    rng: np.random.Generator,
    *,
    gain: float,
    balance: FloatArray,
    noise: float,
    infrared: bool,
) -> ByteArray:
    """Picture (H, W, 3) uint8 RGB of linear light.

    Parameters
    ----------
    light : (H, W, 3) or (H, W) float32
        The latter under infrared.
    gain, balance
        Exposure, and white balance (3,).
    noise
        1 for the clean picture of a bright day; grows with the gain of the sensor.
    """
    # Lenses that are focused for daylight are a little off under infrared.
    softness = (camera.softness_px + (0.25 if infrared else 0.0)) * camera.width_px / 1920
    if softness > 0.3:
        light = np.asarray(cv2.GaussianBlur(light, (0, 0), softness), np.float32)
    fine, blotch = _noise_tiles()
    offsets = rng.integers(0, _TILE_PX, 8)
    table, shade = _tone_table(infrared), vignette(camera)
    strength = 1.5 * noise * camera.noise
    if light.ndim == 2:
        grey = np.empty(light.shape, np.uint8)
        _grey(light, shade, gain, table, fine, blotch, offsets, strength, grey)
        grey = _sharpened(grey, camera)
        return np.repeat(grey[..., None], 3, axis=2)
    out = np.empty(light.shape, np.uint8)
    _colour(
        light, shade, gain * balance, camera.saturation, table, fine, blotch, offsets, strength, out
    )  # fmt: skip
    return _sharpened(out, camera)


def _sharpened(picture: ByteArray, camera: CameraModel) -> ByteArray:
    """Halos along edges, as cameras make them to look crisp."""
    if camera.sharpening <= 0:
        return picture
    blurred = cv2.GaussianBlur(picture, (0, 0), max(0.5, 1.5 * camera.width_px / 1920))
    return np.asarray(
        cv2.addWeighted(picture, 1 + camera.sharpening, blurred, -camera.sharpening, 0), np.uint8
    )


@compiled
def _grey(
    light: FloatArray, shade: FloatArray, gain: float, table: FloatArray, fine: FloatArray,
    blotch: FloatArray, offsets: IntArray, strength: float, out: ByteArray,
) -> None:  # fmt: skip
    height, width = light.shape
    scale = (len(table) - 1) / np.sqrt(8.0)
    for r in range(height):
        a, b = (r + offsets[0]) % 512, (r + offsets[2]) % 512
        for c in range(width):
            v = max(0.0, light[r, c] * shade[r, c] * gain)
            value = table[min(len(table) - 1, int(np.sqrt(v) * scale))]
            grain = fine[a, (c + offsets[1]) % 512] + 0.35 * blotch[b, (c + offsets[3]) % 512]
            value += strength * grain * (0.75 + 0.5 * value / 255)
            out[r, c] = int(min(255.0, max(0.0, value + 0.5)))


@compiled
def _colour(
    light: FloatArray, shade: FloatArray, gains: FloatArray, saturation: float, table: FloatArray,
    fine: FloatArray, blotch: FloatArray, offsets: IntArray, strength: float, out: ByteArray,
) -> None:  # fmt: skip
    height, width = shade.shape
    scale = (len(table) - 1) / np.sqrt(8.0)
    for r in range(height):
        a, b, d = (r + offsets[0]) % 512, (r + offsets[2]) % 512, (r + offsets[4]) % 512
        for c in range(width):
            red = max(0.0, light[r, c, 0] * shade[r, c] * gains[0])
            green = max(0.0, light[r, c, 1] * shade[r, c] * gains[1])
            blue = max(0.0, light[r, c, 2] * shade[r, c] * gains[2])
            y = 0.3 * red + 0.59 * green + 0.11 * blue
            luma = strength * fine[a, (c + offsets[1]) % 512]
            chroma = 0.3 * strength * blotch[b, (c + offsets[3]) % 512]
            tint = 0.3 * strength * blotch[d, (c + offsets[5]) % 512]
            for k in range(3):
                v = red if k == 0 else (green if k == 1 else blue)
                v = max(0.0, y + saturation * (v - y))
                value = table[min(len(table) - 1, int(np.sqrt(v) * scale))]
                value += luma + (chroma if k == 0 else (tint if k == 2 else -0.4 * chroma - 0.3 * tint))
                out[r, c, k] = int(min(255.0, max(0.0, value + 0.5)))


def jpeg_bytes(picture: ByteArray, quality: int) -> bytes:
    """Picture (H, W, 3) RGB as a JPEG file without metadata."""
    done, data = cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, quality])
    if not done:
        raise ValueError(f"a picture of shape {picture.shape} could not be encoded")
    return data.tobytes()


def jpeg_picture(data: bytes) -> ByteArray:
    """Pixels (H, W, 3) RGB of a JPEG file."""
    decoded = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    if decoded is None:
        raise ValueError("not a JPEG file")
    return np.ascontiguousarray(decoded[..., ::-1])
