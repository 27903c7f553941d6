"""Every sentence that a `Notice` or error can become, in English, by its code.

A sentence says what is wrong and where; the hint says what was expected and what to do. Fields of
the notice stand in braces. `docs/reference/messages.md` is generated from this table.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Message:
    """An English sentence and, where there is one, what to do about it."""

    sentence: str
    hint: str = ""


MESSAGES: dict[str, Message] = {
    # --- place -----------------------------------------------------------------------------------
    "place.unknown_crs": Message(
        "The coordinate reference system “{value}” is not known.",
        "Write an EPSG code such as EPSG:32652, or “local” for metres without a place on Earth.",
    ),
    "place.crs_not_metres": Message(
        "The coordinate reference system “{value}” is in {unit}, not metres.",
        "Use a projection in metres, or longitude and latitude (EPSG:4326).",
    ),
    # --- tables ----------------------------------------------------------------------------------
    # --- project and store -----------------------------------------------------------------------
    # --- estimate --------------------------------------------------------------------------------
    # --- report ----------------------------------------------------------------------------------
    # --- command line ----------------------------------------------------------------------------
}
