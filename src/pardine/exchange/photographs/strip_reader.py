"""Reading info strips of photographs: print found and read by the models of the extra ``strip``.

The models ship in the package that the extra installs, and are given by their place, so that nothing is
fetched from a network.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pardine.base.errors import InputError
from pardine.exchange.photographs.header import ReadLimits
from pardine.exchange.photographs.thumbnails import decode_small

try:
    import rapidocr as _installed
except ImportError:
    rapidocr: Any = None  # StripReader says so
else:
    rapidocr = _installed

# Strips stand within this share of the height, at the top, the bottom, or both.
_BAND = 0.10
_LARGEST_PX = 2048
# Print is found on a picture of this width; finer ones take longer and find no more.
_FIND_PX = 1600
_SURE = 0.6
_MODELS = {
    "Det.model_path": "PP-OCRv6_det_small.onnx",
    "Rec.model_path": "PP-OCRv6_rec_small.onnx",
    "Cls.model_path": "ch_ppocr_mobile_v2.0_cls_mobile.onnx",
}
_DEFAULT_LIMITS = ReadLimits()


def is_installed() -> bool:
    """Whether the extra ``strip`` is there."""
    return rapidocr is not None


@dataclass(frozen=True, kw_only=True)
class _Piece:
    """A piece of print: its words, how sure they are, and its box in pixels."""

    text: str
    left: float
    middle: float
    height: float


class StripReader:
    """Reads strips, one photograph after another; loading the models takes a second.

    Raises
    ------
    InputError
        ``strip.not_installed``: the extra ``strip`` is not there.
    """

    def __init__(self) -> None:
        if rapidocr is None:
            raise InputError("strip.not_installed")
        models = Path(rapidocr.__file__).parent / "models"
        self.name = f"rapidocr {metadata.version('rapidocr')}"
        self._read: Any = rapidocr.RapidOCR(
            params={
                "Global.log_level": "critical",
                "Global.use_cls": False,
                "Det.limit_type": "max",
                "Det.limit_side_len": _FIND_PX,
                "EngineConfig.onnxruntime.intra_op_num_threads": 1,
                **{setting: str(models / name) for setting, name in _MODELS.items()},
            }
        )

    def lines(self, path: Path, *, limits: ReadLimits = _DEFAULT_LIMITS) -> tuple[str, ...]:
        """Lines of print at the top and bottom of a photograph, from above and from the left.

        Raises
        ------
        InputError
            The file is set aside for a reason that `read_media_file` tells, or it cannot be decoded.
        """
        found = self._read(_bands(decode_small(path, _LARGEST_PX, limits=limits)))
        if found.txts is None:
            return ()
        pieces = [
            _Piece(
                text=text,
                left=float(np.min(box[:, 0])),
                middle=float(np.mean(box[:, 1])),
                height=float(np.ptp(box[:, 1])),
            )
            for text, sure, box in zip(found.txts, found.scores, np.asarray(found.boxes), strict=True)
            if sure >= _SURE
        ]
        return join_pieces((p.text, p.left, p.middle, p.height) for p in pieces)


def join_pieces(pieces: Iterable[tuple[str, float, float, float]]) -> tuple[str, ...]:
    """Pieces of print (words, left, middle of the height, height) as lines, each from the left.

    Examples
    --------
    >>> join_pieces([("PM", 90.0, 11.0, 10.0), ("7:46:57", 40.0, 10.0, 10.0), ("22", 0.0, 30.0, 10.0)])
    ('7:46:57 PM', '22')
    """
    lines: list[list[tuple[str, float, float, float]]] = []
    for piece in sorted(pieces, key=lambda piece: piece[2]):
        if lines and abs(piece[2] - lines[-1][0][2]) < 0.5 * min(piece[3], lines[-1][0][3]):
            lines[-1].append(piece)
        else:
            lines.append([piece])
    return tuple(" ".join(text for text, *_ in sorted(line, key=lambda piece: piece[1])) for line in lines)


def _bands(picture: Image.Image) -> NDArray[np.uint8]:
    """Top and bottom of a picture, one above the other, blue first as the models want it."""
    pixels = np.asarray(picture)
    n_rows = max(1, round(_BAND * pixels.shape[0]))
    both = np.concatenate([pixels[:n_rows], pixels[-n_rows:]])
    return np.ascontiguousarray(both[:, :, ::-1])
