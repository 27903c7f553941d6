"""What a package leaves out and other cells tell: media types, levels, times of events, offsets."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from pardine.exchange.camtrap_dp.check import LOCAL_TIME, ZONE, WorkingTable, is_valid
from pardine.exchange.camtrap_dp.mend import MEDIA_TYPES, replace_cells
from pardine.exchange.camtrap_dp.specification import TableName
from pardine.exchange.ledger import Ledger
from pardine.exchange.offsets import offset_text

_TIMES: dict[TableName, tuple[str, ...]] = {
    "deployments": ("deploymentStart", "deploymentEnd"),
    "media": ("timestamp",),
    "observations": ("eventStart", "eventEnd", "classificationTimestamp"),
}


def complete_package(
    tables: Mapping[TableName, WorkingTable], utc_offset_min: int | None, ledger: Ledger
) -> None:
    """Fill in place what other cells tell, and name each cell that was filled.

    Parameters
    ----------
    tables
        Mended, those that could be read.
    utc_offset_min
        Offset of times that state none; ``None``: that of their deployment.
    ledger
        Takes the repairs.
    """
    _complete_offsets(tables, utc_offset_min, ledger)
    if media := tables.get("media"):
        _complete_media(media, ledger)
    if observations := tables.get("observations"):
        _complete_levels(observations, ledger)
        _drop_zero_counts(observations, ledger)
        if media:
            _complete_events(observations, media, ledger)


def _complete_offsets(
    tables: Mapping[TableName, WorkingTable], utc_offset_min: int | None, ledger: Ledger
) -> None:
    """Add the offset to times that state none: the one given, else that of the deployment's start."""
    given = None if utc_offset_min is None else offset_text(utc_offset_min)
    for name, columns in _TIMES.items():
        if name not in tables:
            continue
        for column in columns:
            cells = tables[name].frame[column]
            lacking = cells.str.contains(LOCAL_TIME + "$").fill_null(False)
            if lacking.any():
                zones = _zones(tables, name, cells, given)
                filled = pl.select(
                    pl.when(lacking & zones.is_not_null()).then(cells + zones).otherwise(cells)
                )
                replace_cells(tables[name], column, filled.to_series(), ledger, "camtrapdp.offset_assumed")


def _zones(
    tables: Mapping[TableName, WorkingTable], name: TableName, cells: pl.Series, given: str | None
) -> pl.Series:
    """Offset to add to each row; null where nothing tells it."""
    n_rows = len(cells)
    stated = cells.str.extract(f"({ZONE})").drop_nulls().unique()
    if given is not None:
        return pl.repeat(given, n_rows, dtype=pl.String, eager=True)
    if name == "observations" and len(stated) == 1:
        # Programs write observations in UTC beside media in local time.
        return pl.repeat(stated[0], n_rows, dtype=pl.String, eager=True)
    if name == "deployments":
        one = stated[0] if len(stated) == 1 else None
        return pl.repeat(one, n_rows, dtype=pl.String, eager=True)
    deployments = tables.get("deployments")
    if deployments is None:
        return pl.repeat(None, n_rows, dtype=pl.String, eager=True)
    zone = deployments.frame["deploymentStart"].str.extract(f"({ZONE})")
    codes = deployments.frame["deploymentID"]
    known = {code: zone for code, zone in zip(codes, zone, strict=True) if code and zone}
    return tables[name].frame["deploymentID"].replace_strict(known, default=None, return_dtype=pl.String)


def _complete_media(media: WorkingTable, ledger: Ledger) -> None:
    path = media.frame["filePath"]
    kind = media.frame["fileMediatype"]
    suffixes = [
        name.str.extract(r"\.([A-Za-z0-9]+)$").str.to_lowercase() for name in (path, media.frame["fileName"])
    ]
    told = [suffix.replace_strict(MEDIA_TYPES, default=None, return_dtype=pl.String) for suffix in suffixes]
    filled = pl.select(pl.coalesce(kind, *told)).to_series()
    replace_cells(media, "fileMediatype", filled, ledger, "camtrapdp.filled")
    # Who says nothing has not agreed that everybody sees it.
    public = media.frame["filePublic"].fill_null("false")
    replace_cells(media, "filePublic", public, ledger, "camtrapdp.filled")


def _complete_levels(observations: WorkingTable, ledger: Ledger) -> None:
    level = pl.when(pl.col("mediaID").is_null()).then(pl.lit("event")).otherwise(pl.lit("media"))
    filled = observations.frame.select(pl.coalesce("observationLevel", level)).to_series()
    replace_cells(observations, "observationLevel", filled, ledger, "camtrapdp.filled")


def _drop_zero_counts(observations: WorkingTable, ledger: Ledger) -> None:
    """A count of 0 where nothing was seen is no count; beside an animal it contradicts itself."""
    nothing = (pl.col("observationType") != "animal") & (pl.col("count") == "0")
    counts = observations.frame.select(pl.when(~nothing.fill_null(False)).then(pl.col("count")))
    replace_cells(observations, "count", counts.to_series(), ledger)


def _complete_events(observations: WorkingTable, media: WorkingTable, ledger: Ledger) -> None:
    """Times of events of one photograph are those of the photograph."""
    field = next(f for f in media.specification.fields if f.name == "timestamp")
    known = media.frame.filter(is_valid(field, media.frame["timestamp"])).select("mediaID", "timestamp")
    known = known.drop_nulls().unique("mediaID", keep="first")
    for column in ("eventStart", "eventEnd"):
        cells = observations.frame[column]
        if not cells.null_count():
            continue
        asked = observations.frame.select("mediaID")
        told = asked.join(known, on="mediaID", how="left", maintain_order="left")["timestamp"]
        filled = pl.select(pl.coalesce(cells, told)).to_series()
        replace_cells(observations, column, filled, ledger, "camtrapdp.filled")
