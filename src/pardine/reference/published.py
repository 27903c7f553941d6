"""A published number travels with its source and its reason."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

ReadIn = Literal["paper", "abstract", "own analysis of published data"]


@dataclass(frozen=True, kw_only=True)
class Citation:
    """A source.

    Attributes
    ----------
    key
        Short and unique, such as ``"vitkalova2016"``.
    title
        Title, journal, volume and pages as far as known.
    year
        Of publication.
    authors
        As printed, ``None`` where not told.
    doi
        ``None`` where it was not verified.
    """

    key: str
    title: str
    year: int
    authors: str | None = None
    doi: str | None = None


@dataclass(frozen=True, kw_only=True)
class PublishedValue:
    """A number that somebody published.

    Attributes
    ----------
    name
        What it is.
    value, lower, upper
        Value and its interval in ``unit``; limits are ``None`` where none was given.
    unit
        Such as ``"animals per 100 km2"``.
    taxon
        Of which animal: not always the Amur leopard.
    citation
        Where it was read.
    read_in
        How far the source was read: a number from an abstract is quoted as such.
    because
        Why this number serves here, and what it cannot tell.
    """

    name: str
    value: float
    unit: str
    taxon: str
    citation: Citation
    read_in: ReadIn
    because: str
    lower: float | None = None
    upper: float | None = None

    def __post_init__(self) -> None:
        low = self.value if self.lower is None else self.lower
        high = self.value if self.upper is None else self.upper
        if not low <= self.value <= high:
            raise ValueError(f"{self.name}: {self.value} lies outside {low} to {high}")
