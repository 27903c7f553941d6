"""Makes of trail camera: frame, lens, flash, sensor and the layout of their info strip.

The layouts follow what field teams meet; names are neutral. Sizes in pixels are of the whole picture,
strip included.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType


class Flash(StrEnum):
    """What lights the night."""

    LOW_GLOW = "infrared_850"
    NO_GLOW = "infrared_940"
    WHITE = "white"


class StripLayout(StrEnum):
    """Where a maker prints date, temperature and name, and where its logo sits."""

    TWO_BARS = "two_bars"
    """Thin black bars above (date, time, frame, moon, temperature) and below (name), oval logo below."""
    TWO_BARS_COMPACT = "two_bars_compact"
    """The same without logo, moon in words; used at 4:3."""
    WHITE_BAR = "white_bar"
    """One white bar below: logo box at the left, then temperature, moon, date and time."""
    BLACK_BAR = "black_bar"
    """One tall black bar below with a square logo at the left and large letters."""
    OVERLAY = "overlay"
    """Letters printed straight onto the picture, with a dark edge."""
    NONE = "none"


@dataclass(frozen=True, kw_only=True)
class CameraModel:
    """One make of trail camera.

    Attributes
    ----------
    code, maker, name
        Key in :data:`CAMERA_MODELS`, and what EXIF says (neutral, generic words).
    width_px, height_px
        Size of the picture, strip included.
    hfov_deg
        Angle of view across the width.
    distortion
        Barrel distortion: radius grows by ``1 + distortion * r^2``, r = 1 at half the width.
    vignetting
        Loss of light at the corners, 0 to 1.
    softness_px
        Blur of lens and interpolation at 1920 pixels of width.
    noise
        Strength of sensor noise, 1 = ordinary.
    sharpening
        Strength of the maker's halo along edges.
    saturation
        How strongly colours are pushed.
    flash, flash_reach_m
        Light of the night and the distance at which it is well exposed.
    night_exposure_s
        Longest exposure under infrared: what blurs walking animals.
    layout, top_bar_px, bottom_bar_px
        Info strip and its height in rows of this picture.
    """

    code: str
    maker: str
    name: str
    width_px: int
    height_px: int
    hfov_deg: float
    layout: StripLayout
    top_bar_px: int = 0
    bottom_bar_px: int = 0
    flash: Flash = Flash.LOW_GLOW
    flash_reach_m: float = 5.0
    night_exposure_s: float = 1 / 50
    distortion: float = -0.05
    vignetting: float = 0.35
    softness_px: float = 0.85
    noise: float = 1.0
    sharpening: float = 0.8
    saturation: float = 1.1

    @property
    def focal_px(self) -> float:
        """Focal length in pixels, before distortion."""
        return self.width_px / 2 / _tangent_deg(self.hfov_deg / 2)

    def resized(self, width_px: int) -> CameraModel:
        """The same camera set to another picture size; bars keep their share of the height."""
        if width_px < 16:
            raise ValueError(f"width_px must be at least 16, got {width_px}")
        k = width_px / self.width_px
        return replace(
            self,
            width_px=width_px,
            height_px=max(16, round(self.height_px * k)),
            top_bar_px=round(self.top_bar_px * k),
            bottom_bar_px=round(self.bottom_bar_px * k),
        )


def _tangent_deg(angle_deg: float) -> float:
    return math.tan(math.radians(angle_deg))


_MODELS = (
    CameraModel(
        code="ridge-hd",
        maker="TRAILCAM",
        name="RIDGE HD",
        width_px=1920,
        height_px=1080,
        hfov_deg=42.0,
        layout=StripLayout.TWO_BARS,
        top_bar_px=32,
        bottom_bar_px=32,
        flash_reach_m=5.0,
        night_exposure_s=1 / 60,
    ),
    CameraModel(
        code="ridge-43",
        maker="TRAILCAM",
        name="RIDGE 3M",
        width_px=2048,
        height_px=1536,
        hfov_deg=42.0,
        layout=StripLayout.TWO_BARS_COMPACT,
        top_bar_px=32,
        bottom_bar_px=32,
        flash=Flash.NO_GLOW,
        flash_reach_m=4.2,
        night_exposure_s=1 / 40,
        noise=1.3,
    ),
    CameraModel(
        code="panther-white",
        maker="FIELDCAM",
        name="PANTHER W",
        width_px=2048,
        height_px=1536,
        hfov_deg=46.0,
        layout=StripLayout.NONE,
        flash=Flash.WHITE,
        flash_reach_m=3.2,
        night_exposure_s=1 / 1000,
        softness_px=1.2,
        noise=1.5,
        sharpening=0.8,
        saturation=1.2,
    ),
    CameraModel(
        code="wood-white-bar",
        maker="GAMECAM",
        name="WOOD 8",
        width_px=1920,
        height_px=1440,
        hfov_deg=50.0,
        layout=StripLayout.WHITE_BAR,
        bottom_bar_px=80,
        flash=Flash.LOW_GLOW,
        flash_reach_m=6.0,
        night_exposure_s=1 / 45,
        distortion=-0.07,
        noise=1.2,
        sharpening=0.9,
    ),
    CameraModel(
        code="scout-black-bar",
        maker="SCOUTCAM",
        name="SCOUT 12",
        width_px=1920,
        height_px=1080,
        hfov_deg=55.0,
        layout=StripLayout.BLACK_BAR,
        bottom_bar_px=72,
        flash=Flash.NO_GLOW,
        flash_reach_m=4.5,
        night_exposure_s=1 / 30,
        distortion=-0.09,
        noise=1.6,
        softness_px=1.2,
        sharpening=0.9,
    ),
    CameraModel(
        code="village-overlay",
        maker="PARKCAM",
        name="P5",
        width_px=2592,
        height_px=1944,
        hfov_deg=52.0,
        layout=StripLayout.OVERLAY,
        bottom_bar_px=70,
        flash_reach_m=5.0,
        night_exposure_s=1 / 40,
        distortion=-0.06,
        noise=1.3,
        softness_px=1.4,
        sharpening=0.9,
    ),
)

CAMERA_MODELS = MappingProxyType({model.code: model for model in _MODELS})
"""Makes by code."""
