"""Small surveys and tables for the store's tests; simulated, all of them."""

import dataclasses
import datetime as dt

import numpy as np

from pardine.base.identifiers import sha256_of_bytes
from pardine.exchange.source import SourceTable
from pardine.observe.capture import ImportedCapture
from pardine.observe.effort import EffortInterval
from pardine.observe.session import Session
from pardine.observe.station import Station
from pardine.observe.survey import HabitatMask, Survey
from pardine.observe.telemetry import Fix


def table(kind: str, content: bytes, name: str | None = None) -> SourceTable:
    return SourceTable(
        name=name or f"{kind}.csv",
        kind=kind,
        content=content,
        sha256=sha256_of_bytes(content),
        encoding="utf-8",
        separator=",",
        decimal=".",
        n_rows=content.count(b"\n"),
    )


def capture(individual: str, occasion: int, station: str = "K1", **more) -> ImportedCapture:
    session = more.pop("session", "Кедровая 2024")
    return ImportedCapture(session=session, individual=individual, occasion=occasion, station=station, **more)


def small_survey(session: str = "Кедровая 2024") -> Survey:
    """Two stations, three captures of two animals, a mask, one interval of effort; of `small_sources`."""
    of = {source.kind: source.sha256 for source in small_sources()}
    return Survey(
        sessions=(
            Session(
                code=session,
                n_occasions=3,
                detector_type="count",
                covariates={"снег": "да"},
                table=of["sessions"],
            ),
        ),
        stations=tuple(
            Station(
                session=session,
                code=code,
                x=x,
                y=0.1,
                usage_station_days=(1.0, 0.5, 0.0),
                covariates={"trail": "豹"},
                table=of["stations"],
            )
            for code, x in (("K1", 500_000.25), ("K2", 503_000.0))
        ),
        captures=(
            capture("Leo 7F", 1, session=session, sex="F", row=2, table=of["captures"]),
            capture(
                "Leo 7F", 2, "K2", session=session, sex="F", age_class="adult", row=3, table=of["captures"]
            ),
            capture("Leo 9", 1, "K2", session=session, count=2, row=4, table=of["captures"]),
        ),
        masks=(mask(session),),
        effort=(
            EffortInterval(
                session=session,
                station="K1",
                slot="A",
                starts=dt.datetime(2024, 3, 1, 12),
                ends=dt.datetime(2024, 3, 9, 8, 30),
                state="working",
                table=of["effort"],
            ),
        ),
        fixes=(
            fix("Leo 9", 501_000.5, dt.datetime(2024, 3, 2, 6), session=session, table=of["telemetry"]),
            fix("Leo 9", 501_900.0, None, session=session, row=3, table=of["telemetry"]),
            fix("collared", 500_100.0, dt.datetime(2024, 3, 2, 6), session=session, table=of["telemetry"]),
        ),
    )


def fix(individual: str, x: float, at: dt.datetime | None, *, session: str, **more) -> Fix:
    return Fix(session=session, individual=individual, x=x, y=0.1, at=at, **more)


def mask(session: str | None, shift_m: float = 0.0) -> HabitatMask:
    xy = np.array([[499_000.0, 0.0], [501_000.0, 1e-9], [503_000.0, 2_000.5]]) + shift_m
    covariates = {"лес": np.array(["кедр", "", "豹"]), "a": np.array(["1", "2", "3"])}
    return HabitatMask(
        session=session, xy=xy, cell_area_m2=4e6 / 3, covariates=covariates, sha256=sha256_of_bytes(b"m")
    )


def small_sources() -> list[SourceTable]:
    return [
        table("sessions", b"session\n1\n"),
        table("stations", b"id,x,y\nK1,0,0\nK2,1,1\n"),
        table("effort", b"id\nK1\n"),
        table("captures", b"session,individual\n1,2\n"),
        table("telemetry", b"individual,x,y\n"),
        table("mask", b"m"),
    ]


def as_values(survey: Survey) -> tuple:
    """A survey as something that can be compared, masks included, in its order."""
    masks = tuple(
        (m.session, m.xy.tolist(), m.cell_area_m2, {k: v.tolist() for k, v in m.covariates.items()}, m.sha256)
        for m in survey.masks
    )
    return (survey.sessions, survey.stations, survey.captures, survey.effort, survey.fixes, masks)


def tables_of(survey: Survey) -> list[str | None]:
    """Table of each record, in the order of the survey's parts."""
    parts = (survey.sessions, survey.stations, survey.captures, survey.effort, survey.fixes)
    return [record.table for part in parts for record in part] + [m.sha256 for m in survey.masks]


def moved_to(records: tuple, source: SourceTable, **more) -> tuple:
    """The same records as another table says them."""
    return tuple(dataclasses.replace(record, table=source.sha256, **more) for record in records)


def large_survey(n_captures: int, n_mask_points: int, session: str = "large") -> Survey:
    """Simulated rows in numbers that no single survey reaches."""
    rng = np.random.default_rng(1)
    n_stations, n_occasions, n_animals = 400, 90, 500
    stations = tuple(
        Station(
            session=session,
            code=f"S{j:03d}",
            x=float(x),
            y=float(y),
            usage_station_days=(1.0,) * n_occasions,
        )
        for j, (x, y) in enumerate(rng.uniform(0, 60_000, (n_stations, 2)))
    )
    cells = rng.choice(n_animals * n_occasions * n_stations, n_captures, replace=False)
    captures = tuple(
        ImportedCapture(
            session=session,
            individual=f"animal {cell % n_animals}",
            occasion=int(cell // n_animals % n_occasions) + 1,
            station=f"S{cell // n_animals // n_occasions:03d}",
            sex="F" if cell % 2 else None,
            row=row,
        )
        for row, cell in enumerate(cells.tolist(), start=2)
    )
    points = HabitatMask(
        session=session,
        xy=rng.uniform(-10_000, 70_000, (n_mask_points, 2)),
        cell_area_m2=2.5e5,
        covariates={"forest": rng.choice(["yes", "no", ""], n_mask_points)},
        sha256=sha256_of_bytes(b"large"),
    )
    return Survey(
        sessions=(Session(code=session, n_occasions=n_occasions, detector_type="count"),),
        stations=stations,
        captures=captures,
        masks=(points,),
    )


def with_captures(survey: Survey, *captures: ImportedCapture) -> Survey:
    return dataclasses.replace(survey, captures=captures)
