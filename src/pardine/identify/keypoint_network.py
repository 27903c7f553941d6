"""Local features by a keypoint network that a person names: an ONNX file.

At will, a linear map of its descriptors goes with it, as safetensors.

The network takes one picture (1, 1 or 3, height, width) from 0 to 1 and gives keypoints (N, 2) in pixels,
scores (N,) and descriptors (N, D), with or without a leading dimension of 1; outputs are known by their
names or, failing these, by their shapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from pardine.base.errors import InputError
from pardine.identify.body_frame import Chip
from pardine.identify.features import Features, no_features
from pardine.identify.model_file import ModelFile, open_session, read_model, read_safetensors

VERSION = 1
Floats = NDArray[np.float32]
# Sides must be a multiple of what such networks halve and double again.
_STEP_PX = 32
_DIAMETER_PX = 12.0
# Entries of a unit vector of 64 numbers or more hardly reach a half: finer steps cut none off.
_QUANTUM, _FINE_QUANTUM, _MANY = 127.0, 254.0, 64


@dataclass(frozen=True, kw_only=True)
class KeypointNetwork:
    """A network that was opened.

    Attributes
    ----------
    projection, mean
        (D, d) and (D,), applied to descriptors before they are compared; ``None`` where nothing is applied.
    """

    session: onnxruntime.InferenceSession
    file: str
    projection: Floats | None
    mean: Floats | None


def open_network(network: ModelFile, projection: ModelFile | None = None) -> KeypointNetwork:
    """Open a network, and the map of its descriptors.

    Raises
    ------
    InputError
        ``detector.unreadable``, ``detector.other_hash``.
    """
    session = open_session(read_model(network), network.path.name)
    if projection is None:
        return KeypointNetwork(session=session, file=network.path.name, projection=None, mean=None)
    tensors = read_safetensors(projection)
    matrix, mean = tensors.get("projection"), tensors.get("mean")
    if matrix is None or matrix.ndim != 2 or (mean is not None and mean.shape != matrix.shape[:1]):
        raise InputError(
            "detector.unreadable", file=projection.path.name, value="projection (D, d), mean (D)"
        )
    return KeypointNetwork(session=session, file=network.path.name, projection=matrix, mean=mean)


def network_features(network: KeypointNetwork, chip: Chip, *, n_keypoints: int = 500) -> Features:
    """Features of a chip, the surest keypoints first, those off the animal left out.

    Keypoints of such networks have no size and no direction: they match between body frames, and outside
    them between chips that are about as large and upright.
    """
    picture, scale = _input(network.session, chip)
    outputs = network.session.run(None, {network.session.get_inputs()[0].name: picture})
    names = [output.name.lower() for output in network.session.get_outputs()]
    xy, scores, descriptors = _sorted_out(names, outputs, network.file)
    xy = (xy + 0.5) / scale - 0.5
    order = np.argsort(-scores, kind="stable")
    order = order[_on_animal(xy[order], chip.mask)][:n_keypoints]
    if not len(order):
        return no_features()
    xy = xy[order].astype(np.float32)
    return Features(
        xy=xy,
        scale=np.full(len(xy), _DIAMETER_PX, np.float32),
        angle_deg=np.zeros(len(xy), np.float32),
        descriptors=_quantised(descriptors[order], network),
        frame_xy=(xy @ chip.to_photograph[:, :2].T + chip.to_photograph[:, 2]).astype(np.float32),
    )


def _input(session: onnxruntime.InferenceSession, chip: Chip) -> tuple[Floats, Floats]:
    """(1, C, h, w) picture and the scale along x and y."""
    _, channels, high, wide = session.get_inputs()[0].shape
    height, width = chip.image.shape[:2]
    size = (
        wide if isinstance(wide, int) else max(round(width / _STEP_PX), 1) * _STEP_PX,
        high if isinstance(high, int) else max(round(height / _STEP_PX), 1) * _STEP_PX,
    )
    picture = np.asarray(cv2.resize(chip.image, size, interpolation=cv2.INTER_AREA), np.uint8)
    if channels == 1:
        picture = np.asarray(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), np.uint8)[:, :, None]
    scale = np.array([size[0] / width, size[1] / height], np.float32)
    ready = np.ascontiguousarray(picture.transpose(2, 0, 1)[None], dtype=np.float32) / np.float32(255.0)
    return ready, scale


def _sorted_out(names: list[str], outputs: list[Any], file: str) -> tuple[Floats, Floats, Floats]:
    """Keypoints, scores and descriptors, whatever their order."""
    arrays = [np.asarray(output, dtype=np.float32) for output in outputs]
    arrays = [a[0] if a.ndim == 3 and len(a) == 1 else a for a in arrays]
    found: dict[str, Floats] = {}
    for word in ("keypoint", "score", "descriptor"):
        named = [a for name, a in zip(names, arrays, strict=True) if word in name]
        if named:
            found[word] = named[0]
    xy = found.get("keypoint", next((a for a in arrays if a.ndim == 2 and a.shape[1] == 2), None))
    if xy is None or xy.ndim != 2 or xy.shape[1] != 2:
        raise _not_understood(file, arrays)
    vector = found.get("descriptor", next((a for a in arrays if a.ndim == 2 and a.shape[1] > 2), None))
    scores = found.get("score", next((a for a in arrays if a.ndim == 1 or a.shape == (1, len(xy))), None))
    if vector is None or scores is None or vector.ndim != 2 or scores.size != len(xy):
        raise _not_understood(file, arrays)
    vector = vector if len(vector) == len(xy) else vector.T
    if len(vector) != len(xy):
        raise _not_understood(file, arrays)
    return xy, scores.ravel(), vector


def _not_understood(file: str, arrays: list[Floats]) -> InputError:
    return InputError("detector.unreadable", file=file, value=str([a.shape for a in arrays]))


def _on_animal(xy: Floats, mask: NDArray[np.uint8]) -> NDArray[np.bool_]:
    height, width = mask.shape
    column, row = np.rint(xy).astype(np.int64).T
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    on = mask[np.clip(row, 0, height - 1), np.clip(column, 0, width - 1)] > 0
    return np.asarray(inside & on, np.bool_)


def _quantised(descriptors: Floats, network: KeypointNetwork) -> NDArray[np.int8]:
    """(K, d) of unit length in equal steps; signs are kept."""
    if network.projection is not None:
        if descriptors.shape[1] != len(network.projection):
            raise InputError("detector.unreadable", file=network.file, value=str(descriptors.shape))
        centred = descriptors if network.mean is None else descriptors - network.mean
        descriptors = np.asarray(centred @ network.projection, np.float32)
    unit = np.asarray(descriptors) / np.maximum(np.linalg.norm(descriptors, axis=1, keepdims=True), 1e-9)
    quantum = _FINE_QUANTUM if unit.shape[1] >= _MANY else _QUANTUM
    return np.asarray(np.clip(np.rint(unit * quantum), -127, 127), dtype=np.int8)
