"""The moment a row was written, in the one spelling whose text order is time order."""

from __future__ import annotations

import datetime as dt


def utc_now() -> str:
    """The present moment in UTC: ISO 8601 with microseconds, ending in ``Z``."""
    return dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
