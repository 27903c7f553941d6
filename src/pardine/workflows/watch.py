"""What a workflow lets others see of its work while it goes on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from pardine.base.errors import Notice

Stage = Literal[
    "simulate", "take", "read", "store", "photographs", "thumbnails", "strips", "check", "estimate", "report",
    "resample", "design", "match", "judge",
]  # fmt: skip


class Watcher:
    """Sees the work and says nothing; the command line and the web show it."""

    def stage(self, name: Stage) -> None:
        """Note that a stage begins, and so ends the one before it."""

    def tell(self, notices: Sequence[Notice]) -> None:
        """Note what a person should know before the next stage."""

    def done(self, n_done: int, n_tasks: int) -> None:
        """Note that so many tasks of the stage are done."""


SILENT = Watcher()
