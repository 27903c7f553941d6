"""What the stages gave of one labelled photograph."""

from __future__ import annotations

from dataclasses import dataclass

from pardine.identify.describe import Described


@dataclass(frozen=True, kw_only=True, eq=False)
class Seen:
    """One photograph after all stages.

    Attributes
    ----------
    mirror
        The same of its mirror image, ``None`` where it was not drawn for that.
    verdict
        Of its quality, or ``unreadable``.
    cpu_s
        Processor time of all stages.
    """

    described: Described
    mirror: Described | None
    verdict: str
    cpu_s: float
