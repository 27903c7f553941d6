"""Rotations of bones: about an axis, and the smallest that turns one direction into another."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
YAW = np.array([0.0, 1.0, 0.0])  # positive turns the nose to the animal's left
PITCH = np.array([0.0, 0.0, 1.0])  # positive lifts the nose
ROLL = np.array([1.0, 0.0, 0.0])


def about(axis: FloatArray, angle_rad: float) -> FloatArray:
    """Rotation matrix (3, 3) by an angle about a unit axis (Rodrigues)."""
    x, y, z = axis
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.asarray(np.eye(3) + math.sin(angle_rad) * cross + (1.0 - math.cos(angle_rad)) * cross @ cross)


def towards(start: FloatArray, end: FloatArray) -> FloatArray:
    """Smallest rotation that turns the direction `start` into the direction `end`."""
    a, b = start / np.linalg.norm(start), end / np.linalg.norm(end)
    axis = np.cross(a, b)
    sine = float(np.linalg.norm(axis))
    if sine < 1e-9:
        return np.eye(3) if float(a @ b) > 0 else about(PITCH, math.pi)
    return about(axis / sine, math.atan2(sine, float(a @ b)))


def bent_joint(
    hip: FloatArray, foot: FloatArray, upper_m: float, lower_m: float, pole: FloatArray
) -> FloatArray:
    """Place of the joint between two bones that reach from hip to foot, bent towards `pole`.

    A foot out of reach gives a nearly straight limb that does not reach it.
    """
    line = foot - hip
    away = float(np.linalg.norm(line))
    reach = min(max(away, abs(upper_m - lower_m) * 1.001 + 1e-9), (upper_m + lower_m) * 0.9999)
    along = line / away
    sideways = pole - along * float(pole @ along)
    sideways /= np.linalg.norm(sideways)
    near = (upper_m**2 - lower_m**2 + reach**2) / (2 * reach)
    out = math.sqrt(max(upper_m**2 - near**2, 0.0))
    return np.asarray(hip + near * along + out * sideways)
