"""Which side of an animal a photograph shows, and which sides can be compared at all."""

from __future__ import annotations

from enum import StrEnum


class Side(StrEnum):
    """Side of an animal that a camera saw; ``UNKNOWN`` where nobody said."""

    LEFT = "left"
    RIGHT = "right"
    FRONT = "front"
    REAR = "rear"
    UNKNOWN = "unknown"

    @property
    def is_flank(self) -> bool:
        """Whether it is a flank: only flanks have a body frame of their own."""
        return self in (Side.LEFT, Side.RIGHT)


_WORDS = {
    "l": Side.LEFT, "left": Side.LEFT, "left flank": Side.LEFT,
    "r": Side.RIGHT, "right": Side.RIGHT, "right flank": Side.RIGHT,
    "f": Side.FRONT, "front": Side.FRONT, "head": Side.FRONT, "face": Side.FRONT,
    "b": Side.REAR, "back": Side.REAR, "rear": Side.REAR, "tail": Side.REAR,
    "": Side.UNKNOWN, "unknown": Side.UNKNOWN, "unk": Side.UNKNOWN, "?": Side.UNKNOWN, "na": Side.UNKNOWN,
}  # fmt: skip


def side_of_word(word: str) -> Side | None:
    """The side that a table's word means; ``None`` for a word that means none."""
    return _WORDS.get(word.strip().lower())


def comparable(a: Side, b: Side) -> bool:
    """Whether two photographs can show the same skin, as far as their sides tell.

    Left and right flank of a leopard differ, as do front and rear. A side that nobody told excludes
    nothing: front and rear show parts of both flanks.
    """
    if a == b or Side.UNKNOWN in (a, b):
        return True
    return a.is_flank != b.is_flank
