"""Rows of checked tables as the records of `observe`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any, cast

import polars as pl

from pardine.exchange.camtrap_dp.check import local_times, offsets_min
from pardine.exchange.camtrap_dp.custom import CAMERAS, FILES
from pardine.exchange.imported import ImportedMedia
from pardine.observe.capture import AgeClass, Sex
from pardine.observe.deployment import Deployment
from pardine.observe.media import MediaKind
from pardine.observe.sighting import BoundingBox, Method, Sighting, SightingKind

_SEX: dict[str, Sex] = {"female": "F", "male": "M"}
_AGE: dict[str, AgeClass] = {"adult": "adult", "subadult": "subadult", "juvenile": "cub"}
_BOX = ("bboxX", "bboxY", "bboxWidth", "bboxHeight")
Row = dict[str, Any]


def deployments_of(
    frame: pl.DataFrame, extras: pl.DataFrame | None, own: Mapping[str, pl.DataFrame]
) -> tuple[Deployment, ...]:
    """Deployments of a checked table; the station is the location, or the deployment where none is told."""
    cameras = _by_key(own.get(CAMERAS), "deploymentID")
    frame = _with_times(frame, {"deploymentStart": "starts", "deploymentEnd": "ends"})
    return tuple(_deployment(row, extra, cameras) for row, extra in _rows(frame, extras))


def _deployment(row: Row, extra: Row, cameras: Mapping[str, Row]) -> Deployment:
    code = row.pop("deploymentID")
    camera = cameras.get(code, {})
    # Both times in the offset of the first, so that one number tells it.
    shift = dt.timedelta(minutes=row["starts_min"] - row["ends_min"])
    longitude, latitude = float(row.pop("longitude")), float(row.pop("latitude"))
    has_own_place = all(camera.get(name) is not None for name in ("x", "y", "crs"))
    return Deployment(
        code=code,
        station=row.pop("locationID") or row.get("locationName") or code,
        slot=camera.get("slot") or "",
        x=float(camera["x"]) if has_own_place else longitude,
        y=float(camera["y"]) if has_own_place else latitude,
        crs=camera["crs"] if has_own_place else "EPSG:4326",
        starts=row["starts"],
        ends=row["ends"] + shift,
        utc_offset_min=row["starts_min"],
        camera_serial=row.pop("cameraID") or "",
        camera_model=row.pop("cameraModel") or "",
        covariates=_rest(row, extra, "deploymentID"),
    )


def media_of(
    frame: pl.DataFrame, extras: pl.DataFrame | None, own: Mapping[str, pl.DataFrame]
) -> tuple[ImportedMedia, ...]:
    """Media of a checked table."""
    hashes = _by_key(own.get(FILES), "mediaID")
    frame = _with_times(frame, {"timestamp": "at"})
    return tuple(_media(row, extra, hashes) for row, extra in _rows(frame, extras))


def _media(row: Row, extra: Row, hashes: Mapping[str, Row]) -> ImportedMedia:
    code, media_type = row.pop("mediaID"), row.pop("fileMediatype")
    kind: MediaKind = "video" if media_type.startswith("video/") else "image"
    return ImportedMedia(
        code=code,
        deployment=row.pop("deploymentID"),
        path=row.pop("filePath"),
        kind=kind,
        media_type=media_type,
        wall_clock=row["at"],
        utc_offset_min=row["at_min"],
        name=row.pop("fileName") or "",
        public=row.pop("filePublic") == "true",
        sha256=hashes.get(code, {}).get("sha256") or "",
        attributes=_rest(row, extra, "mediaID"),
    )


def sightings_of(frame: pl.DataFrame, extras: pl.DataFrame | None) -> tuple[Sighting, ...]:
    """Sightings of a checked table of observations."""
    times = {"eventStart": "starts", "eventEnd": "ends", "classificationTimestamp": "said"}
    frame = _with_times(frame, times)
    return tuple(_sighting(row, extra) for row, extra in _rows(frame, extras))


def _sighting(row: Row, extra: Row) -> Sighting:
    shift = dt.timedelta(minutes=row["starts_min"] - row["ends_min"])
    count, probability = row.pop("count"), row.pop("classificationProbability")
    return Sighting(
        code=row.pop("observationID"),
        deployment=row.pop("deploymentID"),
        media=row.pop("mediaID") or "",
        event=row.pop("eventID") or "",
        starts=row["starts"],
        ends=row["ends"] + shift,
        utc_offset_min=row["starts_min"],
        kind=cast(SightingKind, row.pop("observationType")),
        species=row.pop("scientificName") or "",
        count=None if count is None else int(count),
        sex=_SEX.get(row.pop("sex") or ""),
        age_class=_AGE.get(row.pop("lifeStage") or ""),
        individual=row.pop("individualID") or "",
        box=_box(row),
        method=cast("Method | None", row.pop("classificationMethod")),
        by=row.pop("classifiedBy") or "",
        at=_said_at(row),
        probability=None if probability is None else float(probability),
        attributes=_rest(row, extra, "observationID"),
    )


def _box(row: Row) -> BoundingBox | None:
    """The box, where all four of its numbers are told; else they stay among the attributes."""
    if any(row[name] is None for name in _BOX):
        return None
    x, y, width, height = (float(row.pop(name)) for name in _BOX)
    return BoundingBox(x=x, y=y, width=width, height=height)


def _said_at(row: Row) -> dt.datetime | None:
    """With its own offset: a classification is not made where the camera stood."""
    if row["said"] is None:
        return None
    zone = dt.timezone(dt.timedelta(minutes=row["said_min"]))
    moment: dt.datetime = row["said"]
    return moment.replace(tzinfo=zone)


def _with_times(frame: pl.DataFrame, columns: Mapping[str, str]) -> pl.DataFrame:
    """Each time column as wall clock and offset, under another name."""
    for column, name in columns.items():
        cells = frame[column]
        frame = frame.drop(column).with_columns(
            local_times(cells).alias(name), offsets_min(cells).alias(f"{name}_min")
        )
    return frame


_TIME_COLUMNS = ("starts", "ends", "at", "said", "starts_min", "ends_min", "at_min", "said_min")


def _rows(frame: pl.DataFrame, extras: pl.DataFrame | None) -> Iterator[tuple[Row, Row]]:
    further: Iterator[Row] | None = extras.iter_rows(named=True) if extras is not None else None
    for row in frame.iter_rows(named=True):
        yield row, next(further) if further is not None else {}


def _rest(row: Row, extra: Row, key: str) -> dict[str, str]:
    """What no attribute of the record holds, missing cells left out."""
    rest = {name: cell for name, cell in row.items() if cell is not None and name not in _TIME_COLUMNS}
    return rest | {name: cell for name, cell in extra.items() if cell is not None and name != key}


def _by_key(frame: pl.DataFrame | None, key: str) -> dict[str, Row]:
    return {} if frame is None else {row[key]: row for row in frame.iter_rows(named=True)}
