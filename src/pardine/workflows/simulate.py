"""`pardine simulate`: a survey with known truth, as a field team would hold it, and the truth apart."""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from pardine import __version__
from pardine.base.bulk import local_executor, map_tasks
from pardine.base.errors import InputError, Notice, ProjectError, note
from pardine.base.identifiers import sha256_of_bytes
from pardine.base.provenance import source_hash
from pardine.exchange.scenario_file import scenario_toml
from pardine.simulate.season.cameras import draw_deployed
from pardine.simulate.season.cards import CardInFolder, PlantedFault, planted, settle_cards
from pardine.simulate.season.encounters import draw_encounters
from pardine.simulate.season.files import (
    HEADER,
    PhotographSize,
    pieces_of,
    write_piece,
    write_whole,
)
from pardine.simulate.season.frames import SeasonYear, draw_season_year
from pardine.simulate.season.pictures import Picture, pictures_of
from pardine.simulate.world.scenario import Scenario
from pardine.simulate.world.world import World, draw_world
from pardine.workflows.simulate_tables import truth_json, write_field_tables, write_truth
from pardine.workflows.watch import SILENT, Watcher

_MARK = "simulation.json"
_PARTS = "parts"
# A piece is what a broken-off simulation has to do again; drawn photographs take long.
_TINY_A_PIECE, _DRAWN_A_PIECE = 2000, 40


@dataclass(frozen=True, kw_only=True, eq=False)
class Season:
    """A world and everything that its cameras saw.

    Attributes
    ----------
    world
        Places, animals, effort.
    years, cards, faults
        By year: what passed the cameras, in which folders the cards lie, what was planted.
    """

    world: World
    years: tuple[SeasonYear, ...]
    cards: tuple[tuple[CardInFolder, ...], ...]
    faults: tuple[tuple[PlantedFault, ...], ...]


@dataclass(kw_only=True, eq=False)
class Simulated:
    """What a simulation made.

    Attributes
    ----------
    season
        All that is true.
    out
        The folder; ``None`` in a dry run.
    n_photographs, n_written
        Files of the season, and those written now rather than before.
    notices
        What a person should know.
    """

    season: Season
    out: Path | None
    n_photographs: int
    n_written: int = 0
    notices: list[Notice] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The truth and the counts as plain JSON values."""
        kinds = Counter(fault.kind for year in self.season.faults for fault in year)
        return {
            **truth_json(self.season.world),
            "stations": len(self.season.world.station_codes),
            "deployments": sum(len(year.deployed) for year in self.season.years),
            "encounters": sum(len(year.encounters) for year in self.season.years),
            "photographs": self.n_photographs,
            "photographs_written_now": self.n_written,
            "faults": dict(sorted(kinds.items())),
            "directory": str(self.out) if self.out else None,
        }


def draw_season(scenario: Scenario, *, seed: int) -> Season:
    """Draw a world, and everybody who passes its cameras; no file is written."""
    world = draw_world(scenario, seed=seed)
    years, cards, faults = [], [], []
    for year in world.years:
        season = draw_season_year(world, year, draw_encounters(world, year), draw_deployed(world, year))
        of_year, planted_now = settle_cards(world, year, season)
        years.append(planted(season, planted_now))
        cards.append(tuple(of_year))
        faults.append(tuple(planted_now))
    return Season(world=world, years=tuple(years), cards=tuple(cards), faults=tuple(faults))


def simulate_to_folder(
    scenario: Scenario,
    out: Path,
    *,
    seed: int,
    photographs: PhotographSize = "small",
    n_workers: int = 1,
    dry_run: bool = False,
    watch: Watcher = SILENT,
) -> Simulated:
    """Simulate a survey into a folder; a simulation that was broken off is gone on with.

    Parameters
    ----------
    scenario
        What to draw from.
    out
        Folder to make. It may hold a part of the same simulation.
    seed
        The same scenario and seed give the same files for any number of workers.
    photographs
        ``none``: tables with captures only; ``tiny``: grey pictures of 16 x 12 pixels with all their
        metadata; ``small``; ``full``: the size of each make of camera.
    n_workers
        Processes that draw photographs.
    dry_run
        Draw, write nothing.
    watch
        Told of each stage.

    Raises
    ------
    ProjectError
        ``simulate.other_folder``: the folder holds something else; ``simulate.cannot_write``: the disk is
        full, or the like. Everything that was written is whole, and the same command goes on.
    """
    mark = _mark(scenario, seed, photographs)
    notices = [] if dry_run else _claim(out, mark)
    watch.stage("simulate")
    season = draw_season(scenario, seed=seed)
    pictures = [] if photographs == "none" else _pictures(season)
    made = Simulated(
        season=season, out=None if dry_run else out, n_photographs=len(pictures), notices=notices
    )
    if photographs == "none":
        made.notices.append(note("simulate.no_photographs"))
    if dry_run:
        return made
    try:
        write_whole(out / "truth" / _MARK, mark)
        write_field_tables(season.world, season.years, out, with_captures=photographs == "none")
        write_truth(season.world, season.years, season.faults, out)
        if photographs != "none":
            watch.stage("take")
            made.n_written = _write_photographs(made, pictures, photographs, n_workers, watch)
    except OSError as error:
        raise ProjectError("simulate.cannot_write", directory=str(out), detail=str(error)) from error
    watch.tell(made.notices)
    return made


def _pictures(season: Season) -> list[Picture]:
    world = season.world
    return [
        picture
        for year, of_year, cards in zip(world.years, season.years, season.cards, strict=True)
        for picture in pictures_of(world, year, of_year, cards)
    ]


def _write_photographs(
    made: Simulated, pictures: list[Picture], size: PhotographSize, n_workers: int, watch: Watcher
) -> int:
    assert made.out is not None
    world = made.season.world
    parts = made.out / "truth" / _PARTS
    keys = world.scenario.photographs
    pieces = pieces_of(
        pictures,
        out=made.out,
        parts=parts,
        station_codes=world.station_codes,
        size=size,
        small_width_px=keys.small_width_px,
        jpeg_quality=keys.jpeg_quality,
        seed=world.seed,
        n_each=_TINY_A_PIECE if size == "tiny" else _DRAWN_A_PIECE,
    )
    table = made.out / "truth" / "photographs.csv"
    if table.exists() and not parts.exists():
        return 0  # everything was done before
    written = map_tasks(
        write_piece, pieces, make_executor=partial(local_executor, n_workers), on_done=watch.done
    )
    content = [(",".join(HEADER) + "\n").encode(), *(piece.rows.read_bytes() for piece in pieces)]
    write_whole(table, b"".join(content))
    for piece in pieces:
        piece.rows.unlink()
    parts.rmdir()
    return sum(written)


def _mark(scenario: Scenario, seed: int, photographs: PhotographSize) -> bytes:
    """What makes two simulations the same one."""
    facts = {
        "scenario_sha256": sha256_of_bytes(scenario_toml(scenario).encode("utf-8")),
        "seed": seed,
        "photographs": photographs,
        "pardine": __version__,
        "source_sha256": source_hash(),
    }
    return (json.dumps(facts, indent=2) + "\n").encode("utf-8")


def _claim(out: Path, mark: bytes) -> list[Notice]:
    """Refuse a folder that is not for this simulation; tell where one is gone on with."""
    if not out.exists():
        return []
    if not out.is_dir():
        raise ProjectError("simulate.other_folder", directory=str(out))
    if not any(out.iterdir()):
        return []
    there = out / "truth" / _MARK
    if not there.is_file() or there.read_bytes() != mark:
        raise ProjectError("simulate.other_folder", directory=str(out))
    return [note("simulate.resumed", directory=str(out))]


def read_truth_of_photographs(out: Path) -> list[dict[str, str]]:
    """The rows of ``truth/photographs.csv``.

    Raises
    ------
    InputError
        ``scenario.cannot_read``: there is no such table.
    """
    path = out / "truth" / "photographs.csv"
    try:
        with path.open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))
    except OSError as error:
        raise InputError("scenario.cannot_read", file=str(path), detail=str(error)) from error
