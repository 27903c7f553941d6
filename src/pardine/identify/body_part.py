"""Which part of the body a piece of coat belongs to: parts are matched apart, and a face never alone."""

from __future__ import annotations

from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

VERSION = 1
Floats = NDArray[np.float32]
Parts = NDArray[np.uint8]


class BodyPart(IntEnum):
    """Parts as codes of a pixel; a piece whose part nobody told is compared with every part."""

    UNKNOWN = 0
    HEAD = 1
    SHOULDER = 2
    FLANK = 3
    HIND_LEG = 4
    FORE_LEG = 5
    TAIL = 6


def other_parts(a: Parts, b: Parts) -> NDArray[np.bool_]:
    """(K, L) whether two features are known to lie on different parts."""
    known = (a[:, None] != BodyPart.UNKNOWN) & (b[None, :] != BodyPart.UNKNOWN)
    return np.asarray(known & (a[:, None] != b[None, :]), np.bool_)


def without_lone_face(weights: Floats, parts: Parts) -> Floats:
    """Weights of matches, those on the head together worth at most as much as all others.

    Eyes, nose and rows of whiskers are much the same in all animals of a kind: by themselves they say
    nothing, beside a coat that agrees they may add their share.

    Parameters
    ----------
    weights, parts
        (M,) of matches.
    """
    on_head = parts == BodyPart.HEAD
    head, rest = float(weights[on_head].sum()), float(weights[~on_head].sum())
    if head <= rest:
        return weights
    return np.where(on_head, weights * np.float32(rest / head), weights).astype(np.float32)
