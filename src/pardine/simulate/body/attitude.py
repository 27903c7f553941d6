"""The values that describe a pose."""

from __future__ import annotations

from dataclasses import dataclass

WALK_DUTY = 0.64


@dataclass(frozen=True, kw_only=True)
class Pose:
    """How an animal holds itself at one moment; angles in radians, left positive, up positive.

    Attributes
    ----------
    phase
        Of the stride, 0 to 1; advance it with the way walked (see `walked`).
    stride_m
        Length of a stride; 0 stands.
    duty
        Share of the stride that a foot is down.
    trot
        Diagonal feet together instead of one after the other.
    lift
        Height of the swinging foot over the height of the hip.
    bend_rad
        Of the trunk sideways, hips to shoulders.
    neck_yaw_rad, neck_pitch_rad, head_yaw_rad, head_pitch_rad, head_roll_rad
        Turns of neck and head from the rest pose.
    tail_yaw_rad, tail_pitch_rad, tail_wave_rad, tail_phase_rad
        Bend of the tail over its length, and a wave along it.
    crouch
        How far the trunk is lowered, over the height of the hip (0 to 0.4).
    fore_crouch
        The same of the shoulders alone (sniffing, stalking, drinking).
    stance
        (4,) displacement along x (m) of left hind, right hind, left fore, right fore: feet that stand.
    ears_back
        0 to 1.
    """

    phase: float = 0.0
    stride_m: float = 0.0
    duty: float = WALK_DUTY
    trot: bool = False
    lift: float = 0.12
    bend_rad: float = 0.0
    neck_yaw_rad: float = 0.0
    neck_pitch_rad: float = 0.0
    head_yaw_rad: float = 0.0
    head_pitch_rad: float = 0.0
    head_roll_rad: float = 0.0
    tail_yaw_rad: float = 0.0
    tail_pitch_rad: float = 0.0
    tail_wave_rad: float = 0.0
    tail_phase_rad: float = 0.0
    crouch: float = 0.0
    fore_crouch: float = 0.0
    stance: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)
    ears_back: float = 0.0
