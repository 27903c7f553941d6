"""Two animals side by side on one picture: what a person needs to judge them, and nothing that tells who."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageDraw, ImageOps

from pardine.base.errors import InputError
from pardine.exchange.photographs.thumbnails import decode_small

WIDTH_PX, HEIGHT_PX = 760, 520
_GAP_PX, _MARGIN = 12, 0.10
_READ_PX = 2400
_GREY = (96, 96, 96)
_QUALITY = 90
Box = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class SheetPicture:
    """One photograph on a sheet.

    Attributes
    ----------
    file
        Original.
    animal
        Left, top, right, bottom of the animal in shares; ``None``: the whole scene.
    scene
        The same of what the camera did not write over: nothing outside is shown.
    """

    file: Path
    animal: Box | None
    scene: Box = (0.0, 0.0, 1.0, 1.0)


def write_sheet(path: Path, left: Sequence[SheetPicture], right: Sequence[SheetPicture]) -> None:
    """Write a JPEG with the photographs of one animal at the left and of the other at the right.

    Animals are cut out, what the camera wrote is cut off, and the file holds no metadata: neither
    station, date, temperature nor name. A photograph that cannot be read leaves its place grey.
    """
    n_rows = max(len(left), len(right), 1)
    size = (2 * WIDTH_PX + _GAP_PX, n_rows * HEIGHT_PX + (n_rows - 1) * _GAP_PX)
    sheet = Image.new("RGB", size, (255, 255, 255))
    for column, pictures in enumerate((left, right)):
        for row, picture in enumerate(pictures):
            place = (column * (WIDTH_PX + _GAP_PX), row * (HEIGHT_PX + _GAP_PX))
            sheet.paste(_cut(picture), place)
    buffer = io.BytesIO()
    sheet.save(buffer, "JPEG", quality=_QUALITY)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(buffer.getvalue())


def _cut(picture: SheetPicture) -> Image.Image:
    frame = Image.new("RGB", (WIDTH_PX, HEIGHT_PX), _GREY)
    try:
        whole = decode_small(picture.file, _READ_PX)
    except InputError:
        draw = ImageDraw.Draw(frame)
        draw.line((0, 0, WIDTH_PX, HEIGHT_PX), fill=(128, 128, 128), width=3)
        return frame
    width, height = whole.size
    box = _grown(picture.animal, picture.scene) if picture.animal is not None else picture.scene
    cut = whole.crop(
        (round(box[0] * width), round(box[1] * height), round(box[2] * width), round(box[3] * height))
    )
    # Dark photographs are lifted: eyes see contrast, not exposure.
    cut = ImageOps.autocontrast(cut, cutoff=0.5, preserve_tone=True)
    cut = ImageOps.contain(cut, (WIDTH_PX, HEIGHT_PX), Image.Resampling.LANCZOS)
    frame.paste(cut, ((WIDTH_PX - cut.width) // 2, (HEIGHT_PX - cut.height) // 2))
    return frame


def _grown(animal: Box, scene: Box) -> Box:
    wide, high = _MARGIN * (animal[2] - animal[0]), _MARGIN * (animal[3] - animal[1])
    return (
        max(animal[0] - wide, scene[0]),
        max(animal[1] - high, scene[1]),
        min(animal[2] + wide, scene[2]),
        min(animal[3] + high, scene[3]),
    )
