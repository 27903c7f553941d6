"""Where the feet are: the path of a foot over a stride, planted while it carries weight.

All times are phases of a stride (0 to 1), all places are in the frame of the animal, which moves
forward over the ground; a planted foot therefore moves backward, at exactly the speed of walking.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
HEEL_RAD = 0.62
ROLL_SHARE = 0.22  # last part of the stance, in which the heel lifts and the toes stay


@dataclass(frozen=True)
class FootPlace:
    """One foot at one moment.

    Attributes
    ----------
    forward_m, up_m
        Displacement of the toes from where they are in the rest pose.
    heel_rad
        How far the foot is rolled forward over its toes.
    toe_rad
        How far the toes hang in the swing; 0 on the ground.
    flex
        How far the leg is folded, 0 to 1 at the height of the swing.
    planted
        The toes lie on the ground and do not slide.
    swing
        From -1 (leg far forward) to 1 (leg far back).
    """

    forward_m: float
    up_m: float
    heel_rad: float
    toe_rad: float
    flex: float
    planted: bool
    swing: float


def foot_place(phase: float, stride_m: float, duty: float, lift_m: float) -> FootPlace:
    """Place of a foot that comes down at phase 0 and leaves the ground at phase `duty`.

    Parameters
    ----------
    phase
        Of this foot, any real number.
    stride_m
        Way of the animal from one footfall to the next of the same foot; 0 stands still.
    duty
        Share of the stride that the foot is down.
    lift_m
        Height of the swing.
    """
    if stride_m <= 0.0:
        return FootPlace(0.0, 0.0, 0.0, 0.0, 0.0, True, 0.0)
    turn = phase % 1.0
    half_way = 0.5 * duty * stride_m
    if turn < duty:
        through = turn / duty
        roll = max(0.0, (through - (1.0 - ROLL_SHARE)) / ROLL_SHARE)
        forward = half_way - turn * stride_m
        return FootPlace(forward, 0.0, HEEL_RAD * roll * roll, 0.0, 0.0, True, 2.0 * through - 1.0)
    through = (turn - duty) / (1.0 - duty)
    # a smooth way forward that leaves and meets the ground at the speed of the ground
    speed = -stride_m * (1.0 - duty)
    ease = through * through * (3.0 - 2.0 * through)
    ends = through * (1.0 - through) * (1.0 - 2.0 * through)
    forward = -half_way + 2.0 * half_way * ease + speed * ends
    arc = math.sin(math.pi * through**0.85)
    heel = HEEL_RAD * (1.0 - through) ** 2
    toe = arc * (0.85 * (1.0 - through) - 0.18 * through)
    return FootPlace(forward, lift_m * arc * arc, heel, toe, arc, False, 1.0 - 2.0 * ease)
