"""Effort as intervals with a cause, and the usage of occasions that follows from it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Literal, get_args

State = Literal["working", "dead", "stolen", "moved", "vandalised", "burnt", "snowed", "full", "unknown"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, kw_only=True)
class EffortInterval:
    """What a camera slot did from one moment to another.

    Attributes
    ----------
    session, station
        Codes.
    slot
        ``A`` or ``B``; empty where the table does not tell slots apart.
    starts, ends
        Local wall-clock time of the session; ``ends`` is not included.
    state
        ``working``, or why it did not.
    """

    session: str
    station: str
    starts: dt.datetime
    ends: dt.datetime
    state: State
    slot: str = ""
