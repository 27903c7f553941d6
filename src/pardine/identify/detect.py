"""Where animals are: boxes of a detector, and the built-in answer from what moved at a station.

A detector is an ONNX file that a person names by path and sha256; nothing is downloaded, and a file
with another hash is refused. Two shapes of output are understood: boxes (N, 4) and scores (N,), or the
single table (1, N, 5 + classes) that YOLOv5 exports give (MegaDetector v5 is one).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from pardine.base.errors import InputError
from pardine.identify.foreground import Image, Mask
from pardine.identify.model_file import ModelFile, open_session, read_model

VERSION = 1
_DEFAULT_SIDE_PX = 640
_GREY = 114
_OVERLAP = 0.45


@dataclass(frozen=True, kw_only=True)
class Detection:
    """An animal that a detector saw.

    Attributes
    ----------
    box
        Left, top, right, bottom as shares of width and height.
    score
        The detector's own confidence, 0 to 1.
    """

    box: tuple[float, float, float, float]
    score: float


@dataclass(frozen=True, kw_only=True)
class Detector:
    """A detector that was opened; ``sha256`` enters the address of what is derived with it."""

    session: onnxruntime.InferenceSession
    sha256: str
    height_px: int
    width_px: int


def open_detector(path: Path, sha256: str) -> Detector:
    """Open an ONNX detector whose bytes are the ones that were named.

    Raises
    ------
    InputError
        ``detector.other_hash``, ``detector.unreadable``.
    """
    content = read_model(ModelFile(path=path, sha256=sha256))
    session = open_session(content, path.name)
    shape = session.get_inputs()[0].shape
    if isinstance(shape[1], int) and shape[1] != 3:
        raise InputError("detector.unreadable", file=path.name, value=str(shape))
    height, width = (side if isinstance(side, int) else _DEFAULT_SIDE_PX for side in shape[2:])
    return Detector(session=session, sha256=sha256.strip().lower(), height_px=height, width_px=width)


def detect(detector: Detector, photograph: Image, *, min_score: float = 0.2) -> list[Detection]:
    """Boxes of a photograph, the surest first; those that overlap a surer one are dropped.

    Parameters
    ----------
    photograph
        (H, W, 3) RGB.
    min_score
        Boxes below it are dropped.
    """
    canvas, scale = _letterbox(photograph, detector.height_px, detector.width_px)
    inputs = {detector.session.get_inputs()[0].name: canvas}
    boxes, scores = _boxes_and_scores(detector.session.run(None, inputs))
    height, width = photograph.shape[:2]
    shares = np.clip(boxes / scale / np.array([width, height, width, height]), 0.0, 1.0)
    kept = _without_overlaps(shares, scores, min_score)
    return [
        Detection(box=(float(b[0]), float(b[1]), float(b[2]), float(b[3])), score=float(s))
        for b, s in zip(shares[kept], scores[kept], strict=True)
    ]


def box_mask(box: tuple[float, float, float, float], height: int, width: int) -> Mask:
    """(H, W) mask that is 1 inside a box of shares."""
    mask = np.zeros((height, width), np.uint8)
    left, top, right, bottom = box
    mask[int(top * height) : round(bottom * height), int(left * width) : round(right * width)] = 1
    return mask


def _letterbox(photograph: Image, height: int, width: int) -> tuple[NDArray[np.float32], float]:
    """(1, 3, h, w) picture from 0 to 1 in the upper left of a grey canvas, and its scale."""
    scale = min(height / photograph.shape[0], width / photograph.shape[1])
    size = (max(round(photograph.shape[1] * scale), 1), max(round(photograph.shape[0] * scale), 1))
    canvas = np.full((height, width, 3), _GREY, np.uint8)
    canvas[: size[1], : size[0]] = cv2.resize(photograph, size, interpolation=cv2.INTER_AREA)
    return np.ascontiguousarray(canvas.transpose(2, 0, 1)[None], dtype=np.float32) / np.float32(255.0), scale


def _boxes_and_scores(outputs: list[Any]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Boxes as corners in pixels of the canvas, and scores, from either shape of output."""
    arrays = [np.asarray(output, dtype=np.float64) for output in outputs]
    if arrays[0].ndim == 3 and arrays[0].shape[2] > 5:
        rows = arrays[0][0]
        half = rows[:, 2:4] / 2.0
        boxes = np.hstack([rows[:, :2] - half, rows[:, :2] + half])
        # The first class is the animal, for MegaDetector and for detectors of one class.
        return boxes, rows[:, 4] * rows[:, 5]
    if len(arrays) < 2:
        raise InputError("detector.unreadable", file="", value=str([a.shape for a in arrays]))
    return arrays[0].reshape(-1, 4), arrays[1].reshape(-1)


def _without_overlaps(
    boxes: NDArray[np.float64], scores: NDArray[np.float64], min_score: float
) -> NDArray[np.intp]:
    order = [int(i) for i in np.argsort(-scores, kind="stable") if scores[i] >= min_score]
    kept: list[int] = []
    for i in order:
        if all(_overlap(boxes[i], boxes[j]) < _OVERLAP for j in kept):
            kept.append(i)
    return np.array(kept, dtype=np.intp)


def _overlap(a: NDArray[np.float64], b: NDArray[np.float64]) -> float:
    """Intersection over union."""
    wide, high = np.minimum(a[2:], b[2:]) - np.maximum(a[:2], b[:2])
    if wide <= 0 or high <= 0:
        return 0.0
    both = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1])
    return float(wide * high / (both - wide * high))
