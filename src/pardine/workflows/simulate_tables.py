"""The tables of a simulated survey: those of the team, and the truth apart."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from pardine import __version__
from pardine.base.provenance import source_hash
from pardine.exchange.scenario_file import scenario_toml
from pardine.exchange.survey_export import Cell, export_survey, write_table
from pardine.simulate.season.cameras import Deployed
from pardine.simulate.season.card_clocks import seconds_of
from pardine.simulate.season.cards import PlantedFault
from pardine.simulate.season.encounters import SCIENTIFIC_NAMES
from pardine.simulate.season.frames import SeasonYear
from pardine.simulate.world.faults import SLOTS
from pardine.simulate.world.survey import survey_of
from pardine.simulate.world.world import World, WorldYear

Table = tuple[list[str], list[list[Cell]]]

_SHEET = ["session", "station", "slot", "arrive", "leave", "state", "stopped", "card_out", "card_in",
          "serial", "camera_left", "remark"]  # fmt: skip


def write_field_tables(world: World, years: Sequence[SeasonYear], out: Path, *, with_captures: bool) -> None:
    """Tables, check sheets and map, as the team has them; earlier ones of the same name are replaced."""
    survey = survey_of(world).survey
    captured = survey if with_captures else replace(survey, captures=())
    _replaced(out / "tables")
    export_survey(captured, (), out / "tables")
    if not with_captures:
        (out / "tables" / "captures.csv").unlink()
    _write(out / "map" / "habitat.csv", _habitat(world))
    _write(out / "map" / "border.csv", _line([world.scenario.landscape.border_m()], world))
    _write(out / "map" / "roads.csv", _line(world.scenario.landscape.roads_m(world.seed), world))
    for year, season in zip(world.years, years, strict=True):
        name = "" if len(years) == 1 else f"-{world.scenario.starts_on(year.year).year}"
        _write(out / f"check-sheets{name}.csv", _sheets(world, year, season))
        _write(out / f"reference-clocks{name}.csv", _reference_clocks(season))


def write_truth(
    world: World,
    years: Sequence[SeasonYear],
    faults: Sequence[Sequence[PlantedFault]],
    out: Path,
) -> None:
    """What only a simulation knows, in ``truth/``: nothing of it belongs into a project."""
    folder = out / "truth"
    simulated = survey_of(world)
    _write(folder / "animals.csv", _animals(world))
    _write(folder / "encounters.csv", _encounters(world, years))
    _write(folder / "deployments.csv", _deployments(years))
    _write(folder / "faults.csv", _faults(faults))
    _replaced(folder / "survey")
    export_survey(simulated.survey, (), folder / "survey")
    (folder / "scenario.toml").write_text(scenario_toml(world.scenario), encoding="utf-8", newline="\n")
    facts = truth_json(world)
    text = json.dumps(facts, ensure_ascii=False, indent=2, allow_nan=False)
    (folder / "truth.json").write_text(text + "\n", encoding="utf-8", newline="\n")


def truth_json(world: World) -> dict[str, Any]:
    """What an estimate of each session should find, and how it was made."""
    simulated = survey_of(world)
    return {
        "simulated": True,
        "pardine": __version__,
        "source_sha256": source_hash(),
        "seed": world.seed,
        "counted": "independent animals: adults, and subadults apart from their mother; cubs with their "
        "mother are never counted in density or abundance",
        "sessions": [
            {
                "session": truth.session,
                "density_per_100km2": truth.density_per_100km2,
                "n_animals": truth.n_animals,
                "n_detected": truth.n_detected,
                "n_cubs_with_mother": truth.n_cubs,
                "region_area_km2": truth.region_area_km2,
                "kind_of_visits": world.scenario.movement.kind,
                "detection": truth.detection.detection,
                "at_centre": truth.detection.at_centre,
                "sigma_m": truth.detection.sigma_m,
            }
            for truth in simulated.truths
        ],
    }


def _sheets(world: World, year: WorldYear, season: SeasonYear) -> Table:
    """One row for each camera at each visit, as the team fills it in."""
    session = world.scenario.sessions[year.year]
    rows: list[list[Cell]] = []
    by_slot: dict[tuple[int, int], list[Deployed]] = {}
    for one in season.deployed:
        by_slot.setdefault((one.station, one.slot), []).append(one)
    for (station, slot), own in by_slot.items():
        code = world.station_codes[station]
        for k, one in enumerate(own):
            before = own[k - 1] if k else None
            follows = before is not None and before.ends == one.starts
            if before is not None and not follows:
                rows.append(_row(session, code, slot, before.ends, before, None))
            rows.append(_row(session, code, slot, one.starts, before if follows else None, one))
        rows.append(_row(session, code, slot, own[-1].ends, own[-1], None))
    return _SHEET, rows


def _row(
    session: str, station: str, slot: int, at: dt.datetime, taken: Deployed | None, left: Deployed | None
) -> list[Cell]:
    """A visit that takes one deployment's card and leaves another camera."""
    stopped = taken.stopped if taken else None
    is_gone = taken is not None and taken.found == "stolen"
    return [
        session,
        station,
        SLOTS[slot],
        _minute(at),
        _minute(at),
        taken.found if taken else "set",
        _minute(stopped) if stopped else "",
        f"{station}{SLOTS[slot]}-{taken.number + 1}" if taken and not is_gone else "",
        f"{station}{SLOTS[slot]}-{left.number + 1}" if left else "",
        left.serial if left else "",
        "yes" if left else "no",
        "simulated",
    ]


def _reference_clocks(season: SeasonYear) -> Table:
    """What cameras showed beside a reference clock, at both ends of a deployment."""
    rows: list[list[Cell]] = []
    for one in season.deployed:
        if not one.is_checked or one.is_lost:
            continue
        for at in (one.starts, one.ends) if one.stopped is None else (one.starts,):
            shown = float(one.clock.shows(np.array([seconds_of(at)]))[0])
            rows.append([one.code, _second(_moment(shown)), _second(at)])
    return ["deployment", "shown", "reference"], rows


def _habitat(world: World) -> Table:
    rows: list[list[Cell]] = [
        [x, y, round(value, 4)]
        for (x, y), value in zip(world.habitat.xy_m.tolist(), world.suitability.tolist(), strict=True)
    ]
    return ["x", "y", "suitability"], rows


def _line(lines: Iterable[Any], world: World) -> Table:
    rows: list[list[Cell]] = [
        [number + 1, round(x, 1), round(y, 1), world.scenario.landscape.crs]
        for number, line in enumerate(lines)
        for x, y in line.tolist()
    ]
    return ["line", "x", "y", "crs"], rows


def _animals(world: World) -> Table:
    rows: list[list[Cell]] = []
    for year in world.years:
        n_detections: dict[int, int] = {}
        for row, count in zip(year.events.animal.tolist(), year.events.count.tolist(), strict=True):
            n_detections[row] = n_detections.get(row, 0) + count
        number_of = {animal.code: number for number, animal in enumerate(year.animals)}
        places = [[animal.x_m, animal.y_m] for animal in year.living]
        beyond = world.scenario.landscape.is_beyond_border(np.array(places).reshape(-1, 2))
        for animal, is_beyond in zip(year.living, beyond.tolist(), strict=True):
            counts = not animal.mother
            rows.append(
                [
                    world.scenario.sessions[year.year],
                    animal.code,
                    animal.sex,
                    animal.age_class,
                    animal.age_years,
                    round(animal.x_m, 1),
                    round(animal.y_m, 1),
                    "west" if is_beyond else "east",
                    animal.mother,
                    int(counts),
                    n_detections.get(number_of[animal.code], 0) if counts else None,
                ]
            )
    header = ["session", "individual", "sex", "age_class", "age_years", "x", "y", "side_of_border", "mother",
              "is_independent", "n_detections"]  # fmt: skip
    return header, rows


def _encounters(world: World, years: Sequence[SeasonYear]) -> Table:
    rows: list[list[Cell]] = []
    for year, season in zip(world.years, years, strict=True):
        begins = world.scenario.occasion_edges(year.year)[0]
        for encounter, recorded in zip(season.encounters, season.recorded, strict=True):
            at = begins + dt.timedelta(hours=encounter.hour)
            rows.append(
                [
                    world.scenario.sessions[year.year],
                    encounter.code,
                    world.station_codes[encounter.station],
                    _second(at),
                    encounter.kind,
                    SCIENTIFIC_NAMES.get(encounter.species, ""),
                    encounter.n,
                    ";".join(encounter.individuals),
                    "".join(SLOTS[slot] for slot in sorted(recorded)),
                ]
            )
    header = ["session", "encounter", "station", "true_local", "kind", "species", "count", "individuals",
              "recorded_by"]  # fmt: skip
    return header, rows


def _deployments(years: Sequence[SeasonYear]) -> Table:
    rows: list[list[Cell]] = [
        [
            one.code,
            _minute(one.starts),
            _minute(one.ends),
            one.found,
            _minute(one.stopped) if one.stopped else "",
            one.serial,
            one.fault,
            round(one.clock.offset_s, 1),
            round(one.clock.drift_s_per_day, 3),
            _second(_moment(one.clock.reset_s)) if one.clock.reset_s < float("inf") else "",
            len(frames),
        ]
        for season in years
        for one, frames in zip(season.deployed, season.frames, strict=True)
    ]
    header = ["deployment", "start", "end", "state", "stopped", "serial", "fault", "clock_offset_s",
              "clock_drift_s_per_day", "clock_reset_at", "photographs_taken"]  # fmt: skip
    return header, rows


def _faults(faults: Sequence[Sequence[PlantedFault]]) -> Table:
    rows: list[list[Cell]] = [
        [fault.kind, fault.deployments[0], ";".join(fault.deployments[1:]), fault.evidence]
        for of_year in faults
        for fault in of_year
    ]
    return ["fault", "deployment", "other_deployment", "evidence"], rows


def _write(path: Path, table: Table) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    write_table(path, *table)


def _replaced(folder: Path) -> None:
    """Take away tables of an earlier try, which `export_survey` would not overwrite."""
    if folder.is_dir():
        for file in sorted(folder.glob("*.csv")):
            file.unlink()


def _moment(seconds: float) -> dt.datetime:
    return dt.datetime(1970, 1, 1) + dt.timedelta(seconds=int(seconds))


def _minute(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M}"


def _second(at: dt.datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M:%S}"
