"""Info strips: what a camera prints into its pictures, in the manner of several makers."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pardine.simulate.camera.models import CameraModel, StripLayout
from pardine.simulate.camera.shot import StripText
from pardine.simulate.scene.arrays import ByteArray

_WHITE, _BLACK = (255, 255, 255), (0, 0, 0)


@lru_cache(maxsize=4096)
def _letters(text: str, height_px: int, narrow: bool) -> ByteArray:
    """Text in a bitmap face, (height, width) uint8 of 0 or 255; made large without smoothing."""
    font = ImageFont.load_default_imagefont()
    left, top, right, bottom = font.getbbox(text)
    small = Image.new("L", (max(1, int(right - left)), max(1, int(bottom - top))))
    ImageDraw.Draw(small).text((0, 0), text, fill=255, font=font)
    pixels = (np.asarray(small) > 127).astype(np.uint8) * 255
    k = height_px / pixels.shape[0]
    width = max(1, round(pixels.shape[1] * k * (1.15 if narrow else 1.7)))
    return np.asarray(cv2.resize(pixels, (width, height_px), interpolation=cv2.INTER_NEAREST_EXACT))


def _put(
    picture: ByteArray, text: str, top: int, height_px: int, *, left: int | None = None,
    right: int | None = None, colour: tuple[int, int, int] = _WHITE, edge: bool = False, narrow: bool = False,
) -> None:  # fmt: skip
    """Write ``text`` from a left or up to a right column; what does not fit is cut."""
    if height_px < 2 or not text:
        return
    mask = _letters(text, height_px, narrow)
    start = left if left is not None else int(right or 0) - mask.shape[1]
    start = max(0, start)
    target = picture[top : top + height_px, start : start + mask.shape[1]]
    inside = mask[: target.shape[0], : target.shape[1]] > 0
    if edge:
        around = cv2.dilate(inside.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
        target[around] = _BLACK
    target[inside] = colour


def _moon(
    picture: ByteArray, x: int, y: int, radius: int, phase: float, colour: tuple[int, int, int]
) -> None:
    """Disc with the lit share of the moon."""
    if radius < 2:
        return
    grid_y, grid_x = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    inside = grid_x**2 + grid_y**2 <= radius**2
    half = np.sqrt(np.maximum(0, radius**2 - grid_y**2))
    edge = np.cos(2 * np.pi * phase) * half
    lit = inside & (grid_x > edge if phase < 0.5 else grid_x < -edge)
    rim = inside & (grid_x**2 + grid_y**2 >= (radius - 1.5) ** 2)
    target = picture[max(0, y - radius) : y + radius + 1, max(0, x - radius) : x + radius + 1]
    shape = target.shape[:2]
    target[(lit | rim)[: shape[0], : shape[1]]] = colour


def draw_strip(picture: ByteArray, camera: CameraModel, text: StripText) -> None:
    """Print the strip of this camera into a picture (H, W, 3), in place."""
    {
        StripLayout.TWO_BARS: _two_bars,
        StripLayout.TWO_BARS_COMPACT: _two_bars,
        StripLayout.WHITE_BAR: _white_bar,
        StripLayout.BLACK_BAR: _black_bar,
        StripLayout.OVERLAY: _overlay,
        StripLayout.NONE: _nothing,
    }[camera.layout](picture, camera, text)


def _nothing(picture: ByteArray, camera: CameraModel, text: StripText) -> None:
    """A camera that prints nothing."""


def _degrees(text: StripText, *, fahrenheit: bool = False) -> str:
    value = text.temperature_c * 9 / 5 + 32 if fahrenheit else text.temperature_c
    return f"{round(value)}\u00b0{'F' if fahrenheit else 'C'}"


def _two_bars(picture: ByteArray, camera: CameraModel, text: StripText) -> None:
    height, width = picture.shape[:2]
    top, bottom = camera.top_bar_px, camera.bottom_bar_px
    picture[:top] = 0
    picture[height - bottom :] = 0
    letters, pad = round(top * 0.78), round(top * 0.12)
    clock = text.wall_clock
    hour = clock.hour % 12 or 12
    half = "AM" if clock.hour < 12 else "PM"
    date = f"{clock:%Y-%m-%d} {hour}:{clock:%M:%S} {half}"
    _put(picture, date, pad, letters, left=top)
    _put(picture, f"M {text.frame}/{text.frames}", pad, letters, left=round(width * 0.42))
    _moon(picture, round(width * 0.88), top // 2, round(top * 0.34), text.moon, _WHITE)
    _put(picture, _degrees(text), pad, letters, right=width - top // 2)
    _put(picture, text.camera_name.upper(), height - bottom + pad, letters, left=top)
    if camera.layout is StripLayout.TWO_BARS and bottom >= 6:
        centre = (width - round(bottom * 3.3), height - round(bottom * 0.95))
        cv2.ellipse(picture, centre, (round(bottom * 3.1), round(bottom * 0.9)), 0, 0, 360, _BLACK, -1)
        cv2.ellipse(
            picture, centre, (round(bottom * 3.1), round(bottom * 0.9)), 0, 0, 360, (0, 110, 20),
            max(1, bottom // 9), cv2.LINE_AA,
        )  # fmt: skip
        _put(
            picture, camera.maker, height - round(bottom * 1.35), round(bottom * 0.8),
            left=centre[0] - round(bottom * 2.2), colour=(0, 130, 25), narrow=True,
        )  # fmt: skip


def _white_bar(picture: ByteArray, camera: CameraModel, text: StripText) -> None:
    height, width = picture.shape[:2]
    bar = camera.bottom_bar_px
    picture[height - bar :] = 245
    letters, top = round(bar * 0.5), height - round(bar * 0.74)
    box = round(width * 0.16)
    picture[height - bar :, :box] = (190, 40, 30)
    _put(picture, camera.maker, top, letters, left=round(bar * 0.3), narrow=True)
    dark = (25, 25, 30)
    temperatures = f"{_degrees(text, fahrenheit=True)} {_degrees(text)}"
    _put(picture, temperatures, top, letters, left=box + bar // 2, colour=dark, narrow=True)
    _moon(picture, round(width * 0.43), height - bar // 2, round(bar * 0.28), text.moon, dark)
    _put(picture, text.camera_name, top, letters, left=round(width * 0.47), colour=dark, narrow=True)
    clock = text.wall_clock
    _put(
        picture, f"{clock:%m-%d-%Y %H:%M:%S}", top, letters, right=width - bar // 3, colour=dark, narrow=True
    )


def _black_bar(picture: ByteArray, camera: CameraModel, text: StripText) -> None:
    height, width = picture.shape[:2]
    bar = camera.bottom_bar_px
    picture[height - bar :] = (8, 8, 10)
    letters, top = round(bar * 0.55), height - round(bar * 0.78)
    cv2.rectangle(
        picture, (bar // 4, height - bar + bar // 8), (bar + bar // 4, height - bar // 8), (225, 120, 20), -1
    )
    clock = text.wall_clock
    _put(picture, f"{clock:%m/%d/%Y} {clock:%I:%M%p}", top, letters, left=round(bar * 1.7), narrow=True)
    _put(picture, text.camera_name, top, letters, left=round(width * 0.48), narrow=True)
    _moon(picture, round(width * 0.78), height - bar // 2, round(bar * 0.3), text.moon, _WHITE)
    _put(picture, _degrees(text, fahrenheit=True), top, letters, right=width - bar // 3, narrow=True)


def _overlay(picture: ByteArray, camera: CameraModel, text: StripText) -> None:
    height, width = picture.shape[:2]
    letters = round(camera.bottom_bar_px * 0.6)
    top, clock = height - round(camera.bottom_bar_px * 0.85), text.wall_clock
    for written, left in (
        (f"{clock:%d/%m/%Y %H:%M:%S}", round(width * 0.02)),
        (_degrees(text), round(width * 0.55)),
        (text.camera_name, round(width * 0.75)),
    ):
        _put(picture, written, top, letters, left=left, colour=(255, 240, 90), edge=True, narrow=True)
