"""One vector for a whole chip, by a network that a person names: near vectors are worth a closer look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import onnxruntime
from numpy.typing import NDArray

from pardine.base.errors import InputError
from pardine.identify.body_frame import Chip
from pardine.identify.model_file import ModelFile, open_session, read_model, read_safetensors

VERSION = 1
Floats = NDArray[np.float32]
_DEFAULT_SIDE_PX = 224
# Mean and deviation of the pictures that public image networks were trained on, by channel.
_MEAN, _DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


@dataclass(frozen=True, kw_only=True)
class Embedder:
    """A network that was opened; ``projection`` (D, d) and ``mean`` (D,) as of a keypoint network."""

    session: onnxruntime.InferenceSession
    file: str
    projection: Floats | None
    mean: Floats | None


def open_embedder(network: ModelFile, projection: ModelFile | None = None) -> Embedder:
    """Open a network, and the map of its vectors.

    Raises
    ------
    InputError
        ``detector.unreadable``, ``detector.other_hash``.
    """
    session = open_session(read_model(network), network.path.name)
    if projection is None:
        return Embedder(session=session, file=network.path.name, projection=None, mean=None)
    tensors = read_safetensors(projection)
    matrix, mean = tensors.get("projection"), tensors.get("mean")
    if matrix is None or matrix.ndim != 2 or (mean is not None and mean.shape != matrix.shape[:1]):
        raise InputError(
            "detector.unreadable", file=projection.path.name, value="projection (D, d), mean (D)"
        )
    return Embedder(session=session, file=network.path.name, projection=matrix, mean=mean)


def embed(embedder: Embedder, chip: Chip) -> Floats:
    """(D,) unit vector of a chip, what is not animal made grey so that no scene is recognised."""
    _, channels, high, wide = embedder.session.get_inputs()[0].shape
    size = tuple(side if isinstance(side, int) else _DEFAULT_SIDE_PX for side in (wide, high))
    picture = np.where(chip.mask[..., None] > 0, chip.image, np.uint8(124)).astype(np.uint8)
    small = np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.float32) / np.float32(
        255.0
    )
    ready = (small - np.array(_MEAN, np.float32)) / np.array(_DEVIATION, np.float32)
    if channels == 1:
        ready = ready.mean(axis=2, keepdims=True)
    given = {embedder.session.get_inputs()[0].name: np.ascontiguousarray(ready.transpose(2, 0, 1)[None])}
    vector = np.asarray(embedder.session.run(None, given)[0], np.float32).reshape(-1)
    if embedder.projection is not None:
        if len(vector) != len(embedder.projection):
            raise InputError("detector.unreadable", file=embedder.file, value=str(vector.shape))
        vector = np.asarray(
            (vector if embedder.mean is None else vector - embedder.mean) @ embedder.projection, np.float32
        )
    return np.asarray(vector / max(float(np.linalg.norm(vector)), 1e-9), np.float32)


def nearest(vectors: Sequence[Floats | None], allowed: NDArray[np.bool_], n_most: int) -> NDArray[np.bool_]:
    """(N, N) which photographs are among the nearest of each row, of those that it may be compared with."""
    found = np.zeros_like(allowed)
    known = np.array([i for i, v in enumerate(vectors) if v is not None], np.int64)
    if not len(known):
        return found
    stack = np.array([v for v in vectors if v is not None], np.float32)
    for i, alike in zip(known.tolist(), stack @ stack.T, strict=True):
        reach = known[allowed[i, known]]
        near = np.argsort(-alike[allowed[i, known]], kind="stable")[:n_most]
        found[i, reach[near]] = True
    return found
