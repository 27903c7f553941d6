"""Records of `observe` as tables of the standard, checked before anything is written."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import polars as pl

from pardine.base.errors import InputError
from pardine.base.place import GEOGRAPHIC, LOCAL, transform
from pardine.exchange.camtrap_dp.check import WorkingTable, check_package
from pardine.exchange.camtrap_dp.clocks import clock_table
from pardine.exchange.camtrap_dp.complete import complete_package
from pardine.exchange.camtrap_dp.custom import CAMERAS, CLOCKS, EFFORT, FILES, effort_table, own_table
from pardine.exchange.camtrap_dp.package import CamtrapPackage, OtherResource
from pardine.exchange.camtrap_dp.specification import MISSING_VALUES, SPECIFICATION, TableName
from pardine.exchange.imported import ImportedMedia
from pardine.exchange.ledger import Ledger
from pardine.exchange.offsets import offset_text
from pardine.observe.clock import ClockRecord
from pardine.observe.deployment import Deployment
from pardine.observe.effort import EffortInterval
from pardine.observe.sighting import Sighting

_SEX = {"F": "female", "M": "male", None: None}
_AGE = {"adult": "adult", "subadult": "subadult", "cub": "juvenile", None: None}
Cells = dict[str, str | None]


def package_from_records(
    deployments: Sequence[Deployment],
    media: Sequence[ImportedMedia],
    sightings: Sequence[Sighting],
    metadata: Mapping[str, Any],
    *,
    effort: Iterable[EffortInterval] = (),
    clocks: Iterable[ClockRecord] = (),
    own: Mapping[str, pl.DataFrame] | None = None,
    others: tuple[OtherResource, ...] = (),
) -> CamtrapPackage:
    """Make a package of records.

    Parameters
    ----------
    deployments, media, sightings
        Their ``covariates`` and ``attributes`` fill columns of the standard that have the same name;
        the others go into a table of their own.
    metadata
        The descriptor without its resources; see `write_package` for what it must hold.
    effort
        With causes; written into a table of its own.
    clocks
        Clocks with their corrections; written into a table of its own.
    own
        Further tables of ours, such as identity, as `custom.own_table` makes them.
    others
        Further resources, written as they are.

    Raises
    ------
    InputError
        ``imported.refused`` with every problem, such as times without an offset;
        ``camtrapdp.no_place``: a deployment on a local map has no longitude and latitude.
    """
    tables: dict[TableName, WorkingTable] = {
        "deployments": _table("deployments", _deployment_rows(deployments)),
        "media": _table("media", [_media_cells(each) for each in media]),
        "observations": _table("observations", [_sighting_cells(each) for each in sightings]),
    }
    ledger = Ledger()
    complete_package(tables, None, ledger)
    check_package(tables, ledger)
    ledger.refuse_if_any()
    return CamtrapPackage(
        tables={name: table.frame for name, table in tables.items()},
        extras={name: _with_key(table) for name, table in tables.items()},
        metadata=metadata,
        own={
            **(own or {}),
            **_if_any(CAMERAS, own_table(CAMERAS, _camera_rows(deployments))),
            **_if_any(FILES, own_table(FILES, _file_rows(media))),
            **_if_any(EFFORT, effort_table(effort)),
            **_if_any(CLOCKS, clock_table(clocks)),
        },
        others=others,
        notices=ledger.notices,
        repairs=ledger.repairs,
    )


def _table(name: TableName, rows: Sequence[Cells]) -> WorkingTable:
    """Columns of the standard and the others apart; texts that mean “missing” are missing."""
    specification = SPECIFICATION[name]
    further = dict.fromkeys(column for row in rows for column in row if column not in specification.columns)
    schema = dict.fromkeys((*specification.columns, *further), pl.String)
    frame = pl.DataFrame(rows, schema=schema)
    frame = frame.select(pl.when(~pl.all().is_in(MISSING_VALUES)).then(pl.all()))
    return WorkingTable(
        specification=specification,
        file=f"{name}.csv",
        frame=frame.select(specification.columns),
        extras=frame.select(list(further)),
        lines=range(2, len(rows) + 2),
    )


def _with_key(table: WorkingTable) -> pl.DataFrame:
    return pl.concat([table.frame.select(table.specification.key), table.extras], how="horizontal")


def _if_any(name: str, frame: pl.DataFrame) -> dict[str, pl.DataFrame]:
    return {name: frame} if frame.height else {}


def _deployment_rows(deployments: Sequence[Deployment]) -> list[Cells]:
    places = _places(deployments)
    return [_deployment_cells(each, *place) for each, place in zip(deployments, places, strict=True)]


def _places(deployments: Sequence[Deployment]) -> list[tuple[float, float]]:
    """Longitude and latitude of each, whatever its crs."""
    xy = np.array([(each.x, each.y) for each in deployments], dtype=np.float64).reshape(-1, 2)
    for crs in {each.crs for each in deployments} - {GEOGRAPHIC}:
        mine = np.array([each.crs == crs for each in deployments])
        if crs == LOCAL:
            first = next(each for each in deployments if each.crs == LOCAL)
            raise InputError("camtrapdp.no_place", deployment=first.code)
        # Seven decimals are a centimetre.
        xy[mine] = np.round(transform(xy[mine], crs, GEOGRAPHIC), 7)
    return [(float(x), float(y)) for x, y in xy]


def _deployment_cells(each: Deployment, longitude: float, latitude: float) -> Cells:
    return {
        **each.covariates,
        "deploymentID": each.code,
        "locationID": each.station,
        "longitude": number_text(longitude),
        "latitude": number_text(latitude),
        "deploymentStart": time_text(each.starts, each.utc_offset_min),
        "deploymentEnd": time_text(each.ends, each.utc_offset_min),
        "cameraID": each.camera_serial or None,
        "cameraModel": each.camera_model or None,
    }


def _media_cells(each: ImportedMedia) -> Cells:
    return {
        **each.attributes,
        "mediaID": each.code,
        "deploymentID": each.deployment,
        "timestamp": time_text(each.wall_clock, each.utc_offset_min),
        "filePath": each.path,
        "filePublic": None if each.public is None else str(each.public).lower(),
        "fileName": each.name or None,
        "fileMediatype": each.media_type or None,
    }


def _sighting_cells(each: Sighting) -> Cells:
    box = each.box
    boxes = (
        {}
        if box is None
        else {"bboxX": box.x, "bboxY": box.y, "bboxWidth": box.width, "bboxHeight": box.height}
    )
    return {
        **each.attributes,
        "observationID": each.code,
        "deploymentID": each.deployment,
        "mediaID": each.media or None,
        "eventID": each.event or None,
        "eventStart": time_text(each.starts, each.utc_offset_min),
        "eventEnd": time_text(each.ends, each.utc_offset_min),
        "observationType": each.kind,
        "scientificName": each.species or None,
        "count": None if each.count is None else str(each.count),
        "lifeStage": _AGE[each.age_class],
        "sex": _SEX[each.sex],
        "individualID": each.individual or None,
        **{name: number_text(value) for name, value in boxes.items()},
        "classificationMethod": each.method,
        "classifiedBy": each.by or None,
        "classificationTimestamp": _said_text(each),
        "classificationProbability": None if each.probability is None else number_text(each.probability),
    }


def _said_text(each: Sighting) -> str | None:
    """When it was said: with its own offset, else with that of the sighting."""
    if each.at is None or each.at.tzinfo is None:
        return time_text(each.at, each.utc_offset_min)
    offset = each.at.utcoffset() or dt.timedelta()
    return time_text(each.at.replace(tzinfo=None), round(offset.total_seconds() / 60))


def time_text(moment: dt.datetime | None, utc_offset_min: int | None) -> str | None:
    """A time as the standard writes it; without an offset where none is known, for the checks to name."""
    if moment is None:
        return None
    zone = "" if utc_offset_min is None else offset_text(utc_offset_min)
    return moment.isoformat(timespec="seconds") + zone


def number_text(value: float) -> str | None:
    """The shortest text that reads back to the same number; whole numbers without a point."""
    if math.isnan(value):
        return None
    return str(int(value)) if value == int(value) else repr(value)


def _camera_rows(deployments: Iterable[Deployment]) -> list[Cells]:
    return [
        {
            "deploymentID": each.code,
            "slot": each.slot or None,
            **({} if each.crs == GEOGRAPHIC else {"x": repr(each.x), "y": repr(each.y), "crs": each.crs}),
        }
        for each in deployments
        if each.slot or each.crs != GEOGRAPHIC
    ]


def _file_rows(media: Iterable[ImportedMedia]) -> list[Cells]:
    return [{"mediaID": each.code, "sha256": each.sha256} for each in media if each.sha256]
