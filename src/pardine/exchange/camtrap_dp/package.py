"""A Camtrap DP package in memory: checked tables, and the records that they tell of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import polars as pl

from pardine.base.errors import Notice
from pardine.base.identifiers import sha256_of_bytes
from pardine.exchange.camtrap_dp.clocks import clocks_of
from pardine.exchange.camtrap_dp.custom import CLOCKS, EFFORT, effort_of
from pardine.exchange.camtrap_dp.descriptor import DESCRIPTOR
from pardine.exchange.camtrap_dp.specification import TableName
from pardine.exchange.camtrap_dp.to_records import deployments_of, media_of, sightings_of
from pardine.exchange.imported import ImportedMedia
from pardine.exchange.source import SourceTable, TableKind
from pardine.observe.clock import ClockRecord
from pardine.observe.deployment import Deployment
from pardine.observe.effort import EffortInterval
from pardine.observe.sighting import Sighting


@dataclass(frozen=True, kw_only=True)
class OtherResource:
    """A resource that is neither of the standard nor ours, kept byte for byte.

    Attributes
    ----------
    descriptor
        As datapackage.json declares it; its rows may stand in it.
    files
        Content of the files that it names in the package; what is remote is left where it is.
    """

    descriptor: Mapping[str, Any]
    files: Mapping[str, bytes] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True, eq=False)
class CamtrapPackage:
    """A package whose tables keep the standard.

    Attributes
    ----------
    tables
        Cells as the standard writes them; null where nothing stands.
    extras
        Key and further columns of each table.
    metadata
        The descriptor without its resources.
    own
        Our own further tables (slots, hashes, effort, clocks, identity) by their names.
    others
        Further resources of others.
    notices
        Repairs and what a person should look at.
    repairs
        Every repaired cell: file, row, column, was, made.
    descriptor
        datapackage.json byte for byte; empty where there was none.
    """

    tables: Mapping[TableName, pl.DataFrame]
    extras: Mapping[TableName, pl.DataFrame]
    metadata: Mapping[str, Any]
    own: Mapping[str, pl.DataFrame] = field(default_factory=dict)
    others: tuple[OtherResource, ...] = ()
    notices: tuple[Notice, ...] = ()
    repairs: pl.DataFrame = field(default_factory=pl.DataFrame)
    descriptor: bytes = b""

    @property
    def n_rows(self) -> int:
        """Rows of the three tables together."""
        return sum(frame.height for frame in self.tables.values())

    @cached_property
    def deployments(self) -> tuple[Deployment, ...]:
        """Deployments in the order of their table."""
        return deployments_of(self.tables["deployments"], self.extras.get("deployments"), self.own)

    @cached_property
    def media(self) -> tuple[ImportedMedia, ...]:
        """Media in the order of their table."""
        return media_of(self.tables["media"], self.extras.get("media"), self.own)

    @cached_property
    def sightings(self) -> tuple[Sighting, ...]:
        """Observations in the order of their table."""
        return sightings_of(self.tables["observations"], self.extras.get("observations"))

    @cached_property
    def effort(self) -> tuple[EffortInterval, ...]:
        """Effort with causes, where the package holds our table of it."""
        return effort_of(self.own[EFFORT])[0] if EFFORT in self.own else ()

    def sources(self, name: str) -> tuple[SourceTable, ...]:
        """The descriptor and the files of other resources, to be kept byte for byte.

        Parameters
        ----------
        name
            Of the package; stands before the name of each file.
        """
        files = {DESCRIPTOR: self.descriptor} if self.descriptor else {}
        kept = [_source(f"{name}/{file}", content, "package descriptor") for file, content in files.items()]
        for other in self.others:
            kept += [
                _source(f"{name}/{f}", content, "package resource") for f, content in other.files.items()
            ]
        return tuple(kept)

    @cached_property
    def clocks(self) -> tuple[ClockRecord, ...]:
        """Clocks with their corrections, where the package holds our table of them."""
        return clocks_of(self.own[CLOCKS])[0] if CLOCKS in self.own else ()


def _source(name: str, content: bytes, kind: TableKind) -> SourceTable:
    return SourceTable(
        name=name,
        kind=kind,
        content=content,
        sha256=sha256_of_bytes(content),
        encoding="utf-8" if kind == "package descriptor" else "",
        separator="",
        decimal=".",
        n_rows=0,
    )
