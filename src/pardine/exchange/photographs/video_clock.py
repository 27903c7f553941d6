"""Whether the clock of a video container is local time or UTC: a rule for each make, else undecided.

The standard wants UTC, and telephones keep to it. Many cameras write the time that they show. A make
that no rule names is undecided: its container's time counts only where another source agrees with it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Literal

from pardine.observe.media import TimeReading

VideoClock = Literal["utc", "local"]

# By the beginning of the make, in small letters; an office can add its own cameras.
CLOCK_OF_MAKE: Mapping[str, VideoClock] = {
    "apple": "utc",
    "android": "utc",
    "gopro": "local",
}
_EPOCH_1904 = dt.datetime(1904, 1, 1)
_EPOCH_1970 = dt.datetime(1970, 1, 1)
_MAX_SECONDS = 250 * 366 * 86_400


def container_reading(seconds: int, make: str, clocks: Mapping[str, VideoClock]) -> TimeReading | None:
    """The time of a container that counts seconds since 1904; ``None`` where it states none.

    Cameras that count from 1970 against the standard are recognised, for there was no digital video
    before then, and are undecided.
    """
    if not 0 < seconds < _MAX_SECONDS:
        return None
    moment = _EPOCH_1904 + dt.timedelta(seconds=seconds)
    from_1970 = moment < _EPOCH_1970
    if from_1970:
        moment = _EPOCH_1970 + dt.timedelta(seconds=seconds)
    clock = clock_of_make(make, clocks)
    return TimeReading(
        source="container",
        wall_clock=moment,
        text=moment.isoformat(sep=" "),
        utc_offset_min=0 if clock == "utc" and not from_1970 else None,
        certain=clock is not None and not from_1970,
    )


def clock_of_make(make: str, clocks: Mapping[str, VideoClock]) -> VideoClock | None:
    """The rule for a make, ``None`` where there is none."""
    name = make.lower()
    return next((clock for start, clock in clocks.items() if start and name.startswith(start.lower())), None)
