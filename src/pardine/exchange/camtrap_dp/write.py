"""Write a Camtrap DP package: strict in what leaves, generalised for who will read it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import polars as pl

from pardine.base.errors import InputError
from pardine.exchange.camtrap_dp.audience import package_for
from pardine.exchange.camtrap_dp.check import NUMBER, WorkingTable, check_package
from pardine.exchange.camtrap_dp.custom import COLUMNS, columns_table, resource_of
from pardine.exchange.camtrap_dp.descriptor import DESCRIPTOR
from pardine.exchange.camtrap_dp.metadata import complete_metadata
from pardine.exchange.camtrap_dp.package import CamtrapPackage
from pardine.exchange.camtrap_dp.specification import SPECIFICATION, TableName, TableSpecification
from pardine.exchange.container import is_remote, is_unsafe
from pardine.exchange.generalise import Audience
from pardine.exchange.ledger import Ledger

_RISKY = r"^'*[=+\-@\t\r]"


def write_package(
    package: CamtrapPackage, folder: Path, *, audience: Audience = "public"
) -> tuple[Path, ...]:
    """Write a package that keeps the standard; media are named, not copied.

    Parameters
    ----------
    package
        As `read_package` or `package_from_records` made it.
    folder
        Made where it is missing; nothing in it is overwritten.
    audience
        Who will read it; see `audience.package_for`.

    Returns
    -------
    tuple of Path
        Files that were written; the descriptor last.

    Raises
    ------
    InputError
        ``imported.refused`` with everything that breaks the standard or is missing from the metadata;
        ``export.file_exists``. Nothing was written.

    Notes
    -----
    Text that a spreadsheet would run as a formula gets an apostrophe, which reading takes away.
    """
    package = package_for(package, audience)
    ledger = Ledger()
    check_package({name: _working(name, frame) for name, frame in package.tables.items()}, ledger)
    metadata = complete_metadata(package.metadata, package.tables, ledger)
    ledger.refuse_if_any()
    own = {**package.own, **_kept_columns(package)}
    contents: dict[str, bytes] = {}
    for table, frame in package.tables.items():
        contents[f"{table}.csv"] = _csv(frame, _free_text(SPECIFICATION[table]))
    for name, frame in own.items():
        contents[f"{name}.csv"] = _csv(frame, tuple(frame.columns))
    for other in package.others:
        safe = {name: content for name, content in other.files.items() if not _leads_out(name)}
        contents |= {name: content for name, content in safe.items() if name not in contents}
    contents[DESCRIPTOR] = _descriptor(package, metadata, own)
    return _write_all(contents, folder)


def _working(name: TableName, frame: pl.DataFrame) -> WorkingTable:
    return WorkingTable(
        specification=SPECIFICATION[name],
        file=f"{name}.csv",
        frame=frame,
        extras=pl.DataFrame(),
        lines=range(2, frame.height + 2),
    )


def _kept_columns(package: CamtrapPackage) -> dict[str, pl.DataFrame]:
    columns = columns_table(package.extras)
    return {COLUMNS: columns} if columns.height else {}


def _free_text(specification: TableSpecification) -> tuple[str, ...]:
    """Columns in which a person may have typed a formula."""
    return tuple(
        field.name
        for field in specification.fields
        if field.type in ("string", "any") and not field.words and field.pattern is None
    )


def _csv(frame: pl.DataFrame, free_text: tuple[str, ...]) -> bytes:
    safe = []
    for name in free_text:
        cell = pl.col(name)
        risky = cell.str.contains(_RISKY) & ~cell.str.contains(NUMBER)
        safe.append(pl.when(risky).then("'" + cell).otherwise(cell).alias(name))
    return frame.with_columns(safe).write_csv(line_terminator="\n").encode()


def _leads_out(name: str) -> bool:
    return is_remote(name) or is_unsafe(name)


def _descriptor(package: CamtrapPackage, metadata: dict[str, Any], own: dict[str, pl.DataFrame]) -> bytes:
    resources: list[Any] = [
        {
            "name": name,
            "path": f"{name}.csv",
            "profile": "tabular-data-resource",
            "format": "csv",
            "mediatype": "text/csv",
            "encoding": "utf-8",
            "schema": specification.schema_url,
        }
        for name, specification in SPECIFICATION.items()
    ]
    resources += [resource_of(name, frame) for name, frame in own.items()]
    resources += [other.descriptor for other in package.others]
    return json.dumps({"resources": resources, **metadata}, ensure_ascii=False, indent=2).encode() + b"\n"


def _write_all(contents: dict[str, bytes], folder: Path) -> tuple[Path, ...]:
    paths = [folder / name for name in contents]
    for path in paths:
        if path.exists():
            raise InputError("export.file_exists", file=str(path))
    for path, content in zip(paths, contents.values(), strict=True):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return tuple(paths)
