"""datapackage.json: which files hold which table, and what else the package says of itself."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pardine.base.errors import InputError
from pardine.exchange.camtrap_dp.custom import OWN_PREFIX
from pardine.exchange.camtrap_dp.specification import SAME_FIELDS, SPECIFICATION, VERSION, TableName
from pardine.exchange.container import Container, is_remote, is_unsafe
from pardine.exchange.json_file import parse_json
from pardine.exchange.ledger import Ledger

DESCRIPTOR = "datapackage.json"
_VERSION_IN_ADDRESS = re.compile(r"camtrap-dp/v?(\d+(?:\.\d+){1,2}(?:-[\w.]+)?)/")
_TABLE_ENDINGS = (".csv", ".tsv", ".txt", ".csv.gz", ".tsv.gz", ".csv.zip")


@dataclass(kw_only=True)
class Plan:
    """Where the parts of a package stand.

    Attributes
    ----------
    tables
        Files of each table of the standard.
    own
        Files of our own further tables, by their names.
    others
        Descriptors of all other resources, as they are.
    metadata
        The descriptor without its resources.
    content
        The descriptor byte for byte; empty where there is none.
    """

    tables: dict[TableName, tuple[str, ...]] = field(default_factory=dict)
    own: dict[str, tuple[str, ...]] = field(default_factory=dict)
    others: list[dict[str, Any]] = field(default_factory=list)
    metadata: dict[str, Any] = field(default_factory=dict)
    content: bytes = b""


def read_descriptor(container: Container, name: str, ledger: Ledger) -> Plan:
    """Find the parts of a package, with or without a descriptor.

    Parameters
    ----------
    container
        Folder or zip.
    name
        Of the descriptor.
    ledger
        Takes problems and repairs.

    Raises
    ------
    InputError
        ``camtrapdp.no_package``, or the descriptor cannot be read at all.
    """
    names = container.names()
    found = next((each for each in names if each.casefold() == name.casefold()), None)
    if found is None:
        return _without_descriptor(container, names, ledger)
    content = container.read(found)
    document, _ = parse_json(content, found)
    if not isinstance(document, dict):
        raise InputError("camtrapdp.not_an_object", file=found)
    metadata = {key: value for key, value in document.items() if key != "resources"}
    plan = Plan(metadata=metadata, content=content)
    _check_version(document, found, ledger)
    resources = document.get("resources")
    if not isinstance(resources, list):
        ledger.warn("camtrapdp.no_resources", file=found)
        resources = []
    for resource in resources:
        _place_resource(resource, found, plan, ledger)
    for table in SPECIFICATION:
        if table not in plan.tables:
            _find_table(table, found, names, plan, ledger)
    return plan


def _without_descriptor(container: Container, names: tuple[str, ...], ledger: Ledger) -> Plan:
    plan = Plan()
    files = {table: _table_file(table, names) for table in SPECIFICATION}
    if not all(files.values()):
        raise InputError("camtrapdp.no_package", file=container.name)
    plan.tables = {table: (file,) for table, file in files.items() if file}
    ledger.warn("camtrapdp.no_descriptor", file=container.name)
    return plan


def _table_file(table: str, names: tuple[str, ...]) -> str | None:
    return next((name for name in names if name.casefold() in {table + e for e in _TABLE_ENDINGS}), None)


def _find_table(
    table: TableName, descriptor: str, names: tuple[str, ...], plan: Plan, ledger: Ledger
) -> None:
    file = _table_file(table, names)
    if file is None:
        ledger.problem("imported.no_table", file=descriptor, value=table)
    else:
        plan.tables[table] = (file,)
        ledger.warn("camtrapdp.table_not_named", file=descriptor, value=table, made=file)


def _check_version(document: Mapping[str, Any], file: str, ledger: Ledger) -> None:
    """Versions before 1.0 have other columns; later ones may."""
    resources = document.get("resources")
    schemas = (
        [r.get("schema") for r in resources if isinstance(r, dict)] if isinstance(resources, list) else []
    )
    addresses = [each for each in (document.get("profile"), *schemas) if isinstance(each, str)]
    versions = sorted({match.group(1) for a in addresses if (match := _VERSION_IN_ADDRESS.search(a))})
    for version in versions:
        if version.startswith("0."):
            ledger.problem("camtrapdp.old_version", file=file, value=version, expected=VERSION)
        elif version not in SAME_FIELDS:
            ledger.warn("camtrapdp.other_version", file=file, value=version, expected=VERSION)
    if not versions:
        ledger.warn("camtrapdp.no_version", file=file, expected=VERSION)


def _place_resource(resource: Any, file: str, plan: Plan, ledger: Ledger) -> None:
    name = resource.get("name") if isinstance(resource, dict) else None
    name = name.strip() if isinstance(name, str) else ""
    if not name:
        ledger.problem("camtrapdp.bad_resource", file=file, value=str(resource)[:80])
        return
    table = next((t for t in SPECIFICATION if t == name.casefold()), None)
    if table is None and not name.startswith(OWN_PREFIX):
        plan.others.append(resource)
        return
    paths = resource.get("path")
    paths = [paths] if isinstance(paths, str) else paths
    if not isinstance(paths, list) or not paths or not all(isinstance(path, str) for path in paths):
        ledger.problem("camtrapdp.bad_resource", file=file, value=name)
        return
    paths = [path if is_remote(path) else path.replace("\\", "/") for path in paths]
    if all([_may_read(path, file, ledger) for path in paths]):
        if table is not None and table in plan.tables:
            ledger.problem("camtrapdp.resource_twice", file=file, value=name)
        elif table is not None:
            plan.tables[table] = tuple(paths)
        else:
            plan.own[name] = tuple(paths)
    elif table is not None:
        # What is refused by name is not looked for under its usual name.
        plan.tables.setdefault(table, ())


def _may_read(path: str, file: str, ledger: Ledger) -> bool:
    if is_remote(path):
        ledger.problem("camtrapdp.remote_table", file=file, value=path)
        return False
    if is_unsafe(path):
        ledger.problem("container.unsafe_path", file=file, value=path)
        return False
    return True
