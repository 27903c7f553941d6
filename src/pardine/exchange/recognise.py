"""What a file, folder or archive of others is, told by its names and first bytes."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from pardine.base.errors import InputError
from pardine.exchange.columns import plain
from pardine.exchange.container import Container, open_container
from pardine.exchange.delimited import SEPARATORS

ForeignKind = Literal["Camtrap DP", "Wildlife Insights", "detections", "camtrapR cameras", "camtrapR records"]
_CAMTRAP_TABLES = ("deployments", "media", "observations")
_TABLE = re.compile(r"([a-z_]+?)(?:_\d+)?\.(?:csv|tsv)(?:\.gz)?")
_RESULTS = re.compile(rb'"(?:images|predictions|instances)"\s*:\s*\[')
_CAMTRAP_WORDS = re.compile(rb"camtrap-dp|\"observations\"")
# A schema speaks of the same words, but lists no files.
_LIST_OF_FILES = re.compile(rb'"resources"\s*:\s*\[')
_FIRST_BYTES = 1 << 20


def recognise(path: Path) -> ForeignKind | None:
    """Which reader a path is for; ``None`` where it is for none of these.

    Parameters
    ----------
    path
        Folder, zip, JSON or table. What cannot be opened is of no kind; its reader says why.
    """
    try:
        if path.is_dir() or path.suffix.lower() == ".zip":
            with open_container(path) as container:
                return _kind_of_container(container)
        if not path.is_file():
            return None
        if ".json" in (suffix.lower() for suffix in path.suffixes[-2:]):
            with open_container(path) as container:
                return _kind_of_json(container.read(path.name))
        with path.open("rb") as file:
            return _kind_of_table(file.read(_FIRST_BYTES))
    except (InputError, OSError):
        return None


def _kind_of_container(container: Container) -> ForeignKind | None:
    names = [name.casefold() for name in container.names()]
    tables = {match.group(1) for name in names if (match := _TABLE.fullmatch(name))}
    if "datapackage.json" in names:
        name = next(name for name in container.names() if name.casefold() == "datapackage.json")
        if _CAMTRAP_WORDS.search(container.read(name)):
            return "Camtrap DP"
    if tables >= set(_CAMTRAP_TABLES):
        return "Camtrap DP"
    return "Wildlife Insights" if {"deployments", "images"} <= tables else None


def _kind_of_json(content: bytes) -> ForeignKind | None:
    # The list may stand behind a long table of categories, and the file may be in one line.
    if _RESULTS.search(content):
        return "detections"
    is_package = _CAMTRAP_WORDS.search(content[:_FIRST_BYTES]) and _LIST_OF_FILES.search(content)
    return "Camtrap DP" if is_package else None


def _kind_of_table(content: bytes) -> ForeignKind | None:
    """By the first line of a delimited table; workbooks are told by their own reader."""
    header = content.partition(b"\n")[0].decode("utf-8", errors="replace")
    header = header.lstrip("\ufeff")
    separator = max(SEPARATORS, key=header.count)
    names = {plain(name.strip().strip('"')) for name in header.split(separator)}
    if {"station", "setup_date", "retrieval_date"} <= names:
        return "camtrapR cameras"
    timed = "datetimeoriginal" in names or {"date", "time"} <= names
    return "camtrapR records" if timed and {"station", "species"} <= names else None
