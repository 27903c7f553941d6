"""A table of what photographs show: species, number, side and place of animals, for identification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from pardine.base.errors import InputError, Notice
from pardine.exchange.columns import plain
from pardine.exchange.formulas import restore
from pardine.exchange.numbers import is_missing
from pardine.exchange.tables import Table, read_table
from pardine.observe.sighting import BoundingBox, Sighting

_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "file": ("file", "filename", "file_name", "path", "image", "media"),
    "species": ("species", "scientific_name", "taxon"),
    "side": ("side", "sides", "flank", "viewpoint", "orientation"),
    "count": ("count", "number", "n_animals"),
    "individual": ("individual", "identity", "individual_id", "name"),
    "by": ("by", "observer", "classified_by"),
    "box": ("box", "bbox"),
}
_SIDES = {
    "l": "left", "left": "left", "left flank": "left", "r": "right", "right": "right", "right flank": "right",
    "f": "front", "front": "front", "head": "front", "b": "rear", "rear": "rear", "back": "rear",
    "tail": "rear",
    "": "", "unknown": "", "?": "", "na": "",
}  # fmt: skip
_MAX_TOLD = 10
Places = Mapping[str, Sequence[tuple[str, str, str]]]


@dataclass(frozen=True, kw_only=True)
class AnimalTable:
    """Sightings of a table by the folder that holds their photographs."""

    by_folder: Mapping[str, tuple[Sighting, ...]]
    n_rows: int


def read_animal_table(path: Path, places: Places, *, species: str) -> AnimalTable:
    """Read which animal is where on which photograph; one row an animal, or one with ``;`` between sides.

    Parameters
    ----------
    path
        csv, tsv or xlsx with ``file``, and where known ``species``, ``side``, ``count``, ``box`` (left, top,
        width, height in shares, parted by blanks) and ``by``. A name of an animal is not read here: a
        catalogue of before comes with `pardine add`.
    places
        File name to (folder, path, deployment) of what is stored.
    species
        Rows of others are passed over; where the table has no such column, all are of it.

    Raises
    ------
    InputError
        ``tables.refused`` with every problem; nothing was changed.
    """
    table = read_table(path)
    columns = _found(table)
    if "file" not in columns:
        missing = Notice("table.missing_column", {"file": table.name, "column": "file", "expected": "file"})
        raise InputError("tables.refused", problems=[missing], n_problems=1)
    problems: list[Notice] = []
    found: dict[str, list[Sighting]] = {}
    for row in range(table.n_rows):
        cells = {name: restore(table.column(column)[row].strip()) for name, column in columns.items()}
        if "species" in columns and cells["species"].casefold() != species.casefold():
            continue
        where = {"file": table.name, "row": table.row_numbers[row]}
        place = _place(cells["file"], places)
        if place is None:
            problems.append(Notice("identify.unknown_file", {**where, "value": cells["file"]}))
            continue
        try:
            found.setdefault(place[0], []).extend(_sightings(cells, species, place, path.name))
        except ValueError as error:
            facts = {
                "column": str(error),
                "value": cells.get(str(error), ""),
                "expected": _EXPECTED[str(error)],
            }
            problems.append(Notice("table.unknown_word", {**where, **facts}))
    if problems:
        raise InputError("tables.refused", problems=problems[:_MAX_TOLD], n_problems=len(problems))
    by_folder = {folder: tuple(own) for folder, own in found.items()}
    return AnimalTable(by_folder=by_folder, n_rows=table.n_rows)


_EXPECTED = {
    "side": "left, right, front, rear", "count": "1, 2, 3 ...", "box": "0.12 0.30 0.25 0.20",
}  # fmt: skip


def _found(table: Table) -> dict[str, str]:
    by_plain = {plain(name): name for name in reversed(table.header)}
    return {
        column: name
        for column, words in _COLUMNS.items()
        if (name := next((by_plain[word] for word in words if word in by_plain), None)) is not None
    }


def _place(name: str, places: Places) -> tuple[str, str, str] | None:
    """The one stored file whose path ends as the table says, by as many parts as tell it."""
    parts = name.replace("\\", "/").casefold().strip("/").split("/")
    left = list(places.get(parts[-1], ()))
    for n in range(2, len(parts) + 1):
        if len(left) <= 1:
            break
        tail = "/".join(parts[-n:])
        closer = [place for place in left if f"/{place[1].casefold()}".endswith(f"/{tail}")]
        left = closer or left
    return left[0] if len(left) == 1 else None


def _sightings(
    cells: Mapping[str, str], species: str, place: tuple[str, str, str], table: str
) -> list[Sighting]:
    sides = [_side(word) for word in cells.get("side", "").split(";")]
    count = _count(cells.get("count", ""), len(sides))
    box = _box(cells.get("box", ""))
    # Animals that one row counts are not told apart, so a side is only told of one alone.
    side = sides[0] if len(sides) == 1 and count == 1 else ""
    code = f"{table}:{place[1]}" + (f":{cells['box']}" if box is not None else "")
    return [
        Sighting(
            code=code,
            deployment=place[2],
            media=place[1],
            kind="animal",
            species=species,
            count=count,
            box=box,
            method="human",
            by=cells.get("by", "") or table,
            attributes={"side": side} if side else {},
        )
    ]


def _side(word: str) -> str:
    side = _SIDES.get(word.strip().casefold())
    if side is None:
        raise ValueError("side")
    return side


def _count(text: str, at_least: int) -> int:
    if is_missing(text):
        return at_least
    if not text.isdecimal() or int(text) < 1:
        raise ValueError("count")
    return int(text)


def _box(text: str) -> BoundingBox | None:
    if is_missing(text):
        return None
    try:
        x, y, width, height = (float(part) for part in text.split())
    except ValueError:
        raise ValueError("box") from None
    if min(x, y, width, height) < 0.0 or x + width > 1.001 or y + height > 1.001 or min(width, height) == 0.0:
        raise ValueError("box")
    return BoundingBox(x=x, y=y, width=width, height=height)
