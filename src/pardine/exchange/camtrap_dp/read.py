"""Read a Camtrap DP package: liberal in what it takes, every repair named, nothing fetched."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import polars as pl

from pardine.base.errors import InputError, Notice
from pardine.exchange.camtrap_dp.check import WorkingTable, check_package, local_times, offsets_min
from pardine.exchange.camtrap_dp.clocks import clocks_of
from pardine.exchange.camtrap_dp.complete import complete_package
from pardine.exchange.camtrap_dp.custom import (
    CLOCKS,
    COLUMNS,
    EFFORT,
    check_own,
    effort_of,
    extras_of,
    own_columns,
)
from pardine.exchange.camtrap_dp.descriptor import DESCRIPTOR, Plan, read_descriptor
from pardine.exchange.camtrap_dp.mend import mend_table
from pardine.exchange.camtrap_dp.package import CamtrapPackage, OtherResource
from pardine.exchange.camtrap_dp.specification import (
    MISSING_VALUES,
    SPECIFICATION,
    TableName,
    TableSpecification,
)
from pardine.exchange.container import Container, is_remote, is_unsafe, open_container
from pardine.exchange.ledger import Ledger
from pardine.exchange.offsets import StatedOffset, doubtful_offsets, offset_text
from pardine.exchange.text_frame import TextFrame, read_text_frame

# Without these nothing can be made of a table.
_INDISPENSABLE: dict[TableName, tuple[str, ...]] = {
    "deployments": ("deploymentID", "latitude", "longitude", "deploymentStart", "deploymentEnd"),
    "media": ("mediaID", "deploymentID", "timestamp", "filePath"),
    "observations": ("observationID", "deploymentID", "observationType"),
}
_PARSERS: dict[str, Callable[[pl.DataFrame], tuple[tuple[object, ...], tuple[Notice, ...]]]] = {
    EFFORT: effort_of,
    CLOCKS: clocks_of,
}
_NEUTRALISED = r"^'+[=+\-@]"


def read_package(path: Path, *, utc_offset_min: int | None = None) -> CamtrapPackage:
    """Read and check a package.

    Parameters
    ----------
    path
        Its folder, its datapackage.json, or a zip of it.
    utc_offset_min
        Offset of times that state none. Without it that of their deployment is taken, and times
        without any are refused.

    Raises
    ------
    InputError
        ``imported.refused`` with every problem; ``camtrapdp.no_package``, ``json.*`` and
        ``container.*`` where the package cannot be opened.
    """
    ledger = Ledger()
    descriptor = path.name if path.suffix.lower() == ".json" else DESCRIPTOR
    with open_container(path) as container:
        plan = read_descriptor(container, descriptor, ledger)
        tables = _working_tables(container, plan, ledger)
        own = _own_tables(container, plan, ledger)
        others = tuple(_other_resource(container, each, ledger) for each in plan.others)
    for table in tables.values():
        mend_table(table, ledger)
    complete_package(tables, utc_offset_min, ledger)
    check_package(tables, ledger)
    keys = {name: set(table.frame[table.specification.key]) for name, table in tables.items()} if own else {}
    for name, frame in own.items():
        check_own(name, frame, keys, ledger)
        if name in _PARSERS and not ledger.has_problems:
            for problem in _PARSERS[name](frame)[1]:
                ledger.problem(problem.code, **problem.fields)
    ledger.refuse_if_any()
    _tell_oddities(tables, ledger)
    columns = own.pop(COLUMNS, None)
    return CamtrapPackage(
        tables={name: table.frame for name, table in tables.items()},
        extras={name: _extras(table, columns) for name, table in tables.items()},
        metadata=plan.metadata,
        own=own,
        others=others,
        notices=ledger.notices,
        repairs=ledger.repairs,
        descriptor=plan.content,
    )


def _working_tables(container: Container, plan: Plan, ledger: Ledger) -> dict[TableName, WorkingTable]:
    tables: dict[TableName, WorkingTable] = {}
    for name, files in plan.tables.items():
        try:
            parts = [_read_part(container, file, SPECIFICATION[name], ledger) for file in files]
        except InputError as error:
            ledger.absorb(error)
            continue
        known = [part for part in parts if part is not None]
        if known and len(known) == len(files):
            tables[name] = _joined(known, SPECIFICATION[name])
    return tables


def _read_part(
    container: Container, file: str, specification: TableSpecification, ledger: Ledger
) -> WorkingTable | None:
    """One file of a table, its columns under the names of the standard."""
    read = read_text_frame(container.read(file), file, specification.columns)
    if read.encoding not in ("utf-8", "xlsx") or read.separator not in (",", ""):
        ledger.warn("camtrapdp.form", file=file, encoding=read.encoding, separator=read.separator)
    named = _named(read, specification, ledger)
    lacking = [name for name in _INDISPENSABLE[specification.name] if name not in named.columns]
    for column in lacking:
        ledger.problem("imported.missing_column", file=file, column=column)
    if lacking:
        return None
    if absent := [name for name in specification.columns if name not in named.columns]:
        ledger.warn("camtrapdp.columns_added", file=file, value=", ".join(absent))
    cells = [_cell(name) if name in named.columns else _nothing(name) for name in specification.columns]
    further = [_cell(name) for name in named.columns if name not in specification.columns]
    if further:
        names = [name for name in named.columns if name not in specification.columns]
        ledger.note("camtrapdp.columns_kept", file=file, value=", ".join(names))
    return WorkingTable(
        specification=specification,
        file=file,
        frame=named.select(cells),
        extras=named.select(further),
        lines=read.lines,
    )


def _named(read: TextFrame, specification: TableSpecification, ledger: Ledger) -> pl.DataFrame:
    """The frame with the names of the standard where a name means one of them."""
    plain = {_plain(name): name for name in specification.columns}
    renamed: dict[str, str] = {}
    for name in read.frame.columns:
        meant = plain.get(_plain(name))
        taken = meant in read.frame.columns or meant in renamed.values()
        if meant is not None and meant != name and not taken:
            renamed[name] = meant
            ledger.warn("camtrapdp.column_renamed", file=read.file, value=name, made=meant)
    return read.frame.rename(renamed)


def _plain(name: str) -> str:
    return re.sub(r"[^a-z]", "", name.casefold())


def _cell(name: str) -> pl.Expr:
    """Cells without the missing values of the standard and without what neutralises formulas."""
    cell = pl.col(name)
    bare = pl.when(cell.str.contains(_NEUTRALISED)).then(cell.str.slice(1)).otherwise(cell)
    return pl.when(~cell.is_in(MISSING_VALUES)).then(bare).alias(name)


def _nothing(name: str) -> pl.Expr:
    return pl.lit(None, dtype=pl.String).alias(name)


def _joined(parts: Sequence[WorkingTable], specification: TableSpecification) -> WorkingTable:
    if len(parts) == 1:
        return parts[0]
    return WorkingTable(
        specification=specification,
        file=", ".join(part.file for part in parts),
        frame=pl.concat([part.frame for part in parts]),
        extras=pl.concat([part.extras for part in parts], how="diagonal"),
        lines=[line for part in parts for line in part.lines],
    )


def _own_tables(container: Container, plan: Plan, ledger: Ledger) -> dict[str, pl.DataFrame]:
    own = {}
    for name, files in plan.own.items():
        try:
            frames = [read_text_frame(container.read(file), file, own_columns(name)).frame for file in files]
        except InputError as error:
            ledger.absorb(error)
            continue
        frame = pl.concat(frames, how="diagonal")
        frame = frame.select([_cell(column) for column in frame.columns])
        lacking = [column for column in own_columns(name) if column not in frame.columns]
        for column in lacking:
            ledger.problem("imported.missing_column", file=files[0], column=column)
        if not lacking:
            own[name] = frame
    return own


def _other_resource(container: Container, descriptor: Mapping[str, object], ledger: Ledger) -> OtherResource:
    """A resource of others with its files; what cannot be read is left out and told."""
    path = descriptor.get("path")
    paths = [path] if isinstance(path, str) else path if isinstance(path, list) else []
    files: dict[str, bytes] = {}
    for each in paths:
        name = str(each)
        if is_remote(name):
            continue
        if is_unsafe(name):
            ledger.problem("container.unsafe_path", file=DESCRIPTOR, value=name)
            continue
        try:
            files[name] = container.read(name)
        except InputError as error:
            ledger.warn(error.code, **error.notice.fields)
    return OtherResource(descriptor=descriptor, files=files)


def _extras(table: WorkingTable, columns: pl.DataFrame | None) -> pl.DataFrame:
    """Key and further columns, from the table itself and from our own table of columns."""
    key = table.specification.key
    extras = pl.concat([table.frame.select(key), table.extras], how="horizontal")
    if columns is None:
        return extras
    kept = extras_of(columns, table.specification.name, table.frame[key].to_list())
    new = [name for name in kept.columns if name not in extras.columns]
    return pl.concat([extras, kept.select(new)], how="horizontal")


def _tell_oddities(tables: Mapping[TableName, WorkingTable], ledger: Ledger) -> None:
    """What keeps the standard and is still doubtful."""
    deployments, observations = tables["deployments"], tables["observations"]
    _tell_offsets(deployments, ledger)
    for table, first, last in ((deployments, "deploymentStart", "deploymentEnd"),
                               (observations, "eventStart", "eventEnd")):  # fmt: skip
        backwards = _utc(table.frame[last]) < _utc(table.frame[first])
        if backwards.any():
            values = table.frame[last].filter(backwards).to_list()
            rows = table.rows(backwards)
            ledger.odd_cells("camtrapdp.ends_before_it_starts", table.file, last, rows, values)
    lonely = (observations.frame["observationLevel"] == "media") & observations.frame["mediaID"].is_null()
    if lonely.any():
        rows = observations.rows(lonely)
        values = observations.frame["observationID"].filter(lonely).to_list()
        ledger.odd_cells("camtrapdp.media_not_named", observations.file, "mediaID", rows, values)
    _tell_strays(observations, tables["media"], ledger)


def _tell_strays(observations: WorkingTable, media: WorkingTable, ledger: Ledger) -> None:
    """Observations whose photograph belongs to another deployment."""
    owners = media.frame.select("mediaID", pl.col("deploymentID").alias("owner"))
    asked = observations.frame.select("mediaID", "deploymentID")
    joined = asked.join(owners, on="mediaID", how="left", maintain_order="left")
    strays = (joined["owner"] != joined["deploymentID"]).fill_null(False)
    if strays.any():
        rows, values = observations.rows(strays), joined["deploymentID"].filter(strays).to_list()
        ledger.odd_cells("camtrapdp.other_deployment", observations.file, "deploymentID", rows, values)


def _tell_offsets(deployments: WorkingTable, ledger: Ledger) -> None:
    frame = deployments.frame
    columns = (
        frame["longitude"].cast(pl.Float64).to_list(),
        frame["latitude"].cast(pl.Float64).to_list(),
        local_times(frame["deploymentStart"]).to_list(),
        local_times(frame["deploymentEnd"]).to_list(),
        offsets_min(frame["deploymentStart"]).to_list(),
    )
    stated = [
        StatedOffset(longitude=x, latitude=y, starts=starts, ends=ends, utc_offset_min=offset)
        for x, y, starts, ends, offset in zip(*columns, strict=True)
    ]
    for i, expected, days in doubtful_offsets(stated):
        ledger.warn(
            "camtrapdp.summer_time",
            file=deployments.file,
            row=deployments.lines[i],
            deployment=frame["deploymentID"][i],
            value=offset_text(stated[i].utc_offset_min),
            expected=offset_text(expected),
            n_days=round(days),
        )
    offsets = sorted({each.utc_offset_min for each in stated})
    if len(offsets) > 1:
        told = ", ".join(map(offset_text, offsets))
        ledger.warn("camtrapdp.offsets_differ", file=deployments.file, value=told)


def _utc(cells: pl.Series) -> pl.Series:
    return cells.str.to_datetime("%Y-%m-%dT%H:%M:%S%#z", time_unit="us", time_zone="UTC", strict=False)
