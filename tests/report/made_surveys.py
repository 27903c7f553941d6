"""Small simulated surveys for the report's tests, made from the shared types with plain numpy."""

import datetime as dt

import numpy as np

from pardine.base.errors import warning
from pardine.base.provenance import RunRecord
from pardine.base.result import Estimate
from pardine.estimate.fit import Coefficient, Fit, SessionEstimates
from pardine.estimate.history import CaptureHistory
from pardine.estimate.model import MaskSpec, ModelSpec, ParameterSpec
from pardine.estimate.statespace import StateSpace
from pardine.estimate.surface import DensitySurface
from pardine.observe.capture import ImportedCapture
from pardine.observe.session import Session
from pardine.report.content import ReportInput, SessionSection, SimulatedTruth, SurveyReport

# Far from any round number, so that a search for them in a file cannot hit by chance.
EAST_M, NORTH_M = 731_537.0, 4_829_113.0
SIGMA_M, LAMBDA0, DENSITY_PER_KM2 = 3_400.0, 0.02, 0.011
CAPTURES_SHA256 = "2e" * 32
CREATED = dt.datetime(2026, 3, 14, 9, 26, tzinfo=dt.UTC)


def make_section(
    code="Simulated valley 2026",
    seed=1,
    n_side=6,
    spacing_m=4_000.0,
    density=DENSITY_PER_KM2,
    crs="EPSG:32652",
    prefix="QZSTATION",
    animals="QZLEOPARD",
):
    rng = np.random.default_rng(seed)
    grid = np.arange(n_side) * spacing_m
    stations = np.column_stack([g.ravel() for g in np.meshgrid(EAST_M + grid, NORTH_M + grid)])
    stations = np.round(stations + rng.uniform(-700, 700, stations.shape))
    low, high = stations.min(axis=0) - 4 * SIGMA_M, stations.max(axis=0) + 4 * SIGMA_M
    mask = np.column_stack(
        [g.ravel() for g in np.meshgrid(*(np.arange(a, b, 1_000.0) for a, b in zip(low, high, strict=True)))]
    )
    n = rng.poisson(density * len(mask))
    centres = mask[rng.integers(len(mask), size=n)]
    usage = np.where(rng.random((len(stations), 6)) < 0.08, 0.0, 15.0)
    hazard = LAMBDA0 * np.exp(-((centres[:, None] - stations) ** 2).sum(axis=2) / (2 * SIGMA_M**2))
    counts = rng.poisson(hazard[:, None, :] * usage.T)
    seen = counts.sum(axis=(1, 2)) > 0
    animal, occasion, detector = np.nonzero(counts[seen])
    history = CaptureHistory(
        session=code,
        detector_type="count",
        detectors=tuple(f"{prefix}{i:03d}" for i in range(len(stations))),
        xy_m=stations,
        usage_station_days=usage,
        animals=tuple(f"{animals}{i:02d}" for i in range(int(seen.sum()))),
        sex=tuple("FM"[i % 2] if i % 3 else None for i in range(int(seen.sum()))),
        event_animal=animal,
        event_occasion=occasion,
        event_detector=detector,
        event_count=counts[seen][animal, occasion, detector],
        crs=crs,
        duration_days=90,
        n_cubs_excluded=2,
    )
    value = np.full(len(mask), density * 100)
    for centre in centres[seen]:
        value += 40 * density * np.exp(-((mask - centre) ** 2).sum(axis=1) / (2 * 1_800.0**2)) * 100
    value *= max(n, 0.01) / (value.sum() / 100) if value.sum() else 1.0
    session = Session(
        code=code,
        n_occasions=6,
        detector_type="count",
        crs=crs,
        starts_on=dt.date(2026, 1, 5),
        ends_on=dt.date(2026, 4, 4),
    )
    captures = tuple(
        ImportedCapture(
            session=code,
            individual=history.animals[a],
            station=history.detectors[d],
            occasion=int(o) + 1,
            row=i + 2,
            table=CAPTURES_SHA256,
        )
        for i, (a, o, d) in enumerate(zip(animal, occasion, detector, strict=True))
    )
    surface = DensitySurface(session=code, xy_m=mask, cell_area_m2=1e6, density_per_100km2=value)
    return SessionSection(
        session=session,
        history=history,
        captures=captures,
        surface=surface,
        state_space=StateSpace(xy_m=mask, cell_area_m2=1e6),
    )


def estimate(value, cv, unit, *, least=0.0):
    spread = np.exp(1.96 * np.sqrt(np.log1p(cv**2)))
    over = value - least
    return Estimate(
        value=value,
        lower=least + over / spread,
        upper=least + over * spread,
        level=0.95,
        unit=unit,
        method="maximum likelihood, log-normal",
        se=value * cv,
    )


def estimates_of(section, density_per_100km2):
    history, area = section.history, section.state_space.area_km2
    if history.n_animals == 0:
        nothing = Estimate(
            value=0.0,
            lower=0.0,
            upper=0.42,
            level=0.95,
            unit="animals per 100 km2",
            method="maximum likelihood, log-normal",
        )
        none = Estimate(
            value=0.0,
            lower=0.0,
            upper=6.1,
            level=0.95,
            unit="animals",
            method="maximum likelihood, log-normal",
        )
        density, expected, realised = nothing, none, none
    else:
        density = estimate(density_per_100km2, 0.21, "animals per 100 km2")
        n = density_per_100km2 * area / 100
        expected = estimate(n, 0.21, "animals")
        realised = estimate(max(n, history.n_animals + 0.8), 0.12, "animals", least=history.n_animals)
    return SessionEstimates(
        session=history.session,
        density_per_100km2=density,
        n_expected=expected,
        n_realised=realised,
        parameters={
            "lambda0": estimate(LAMBDA0, 0.18, "per station-day"),
            "sigma": estimate(SIGMA_M, 0.07, "m"),
        },
        region_area_km2=area,
        n_animals=history.n_animals,
        n_detections=history.n_detections,
        n_recaptures=history.n_recaptures,
    )


def make_fit(sections, densities=None, notices=(), detection="HHN"):
    terms = ("session",) if len(sections) > 1 else ()
    densities = densities or [DENSITY_PER_KM2 * 100] * len(sections)
    first = "g0" if detection == "HN" else "lambda0"
    link = "logit" if detection == "HN" else "log"
    start = np.log(LAMBDA0 / (1 - LAMBDA0)) if detection == "HN" else np.log(LAMBDA0)
    names = ["D", *(f"D.session[{s.history.session}]" for s in sections[1:]), first, "sigma"]
    values = [
        np.log(densities[0] / 100),
        *(np.log(max(d, 0.01) / densities[0]) for d in densities[1:]),
        start,
        np.log(SIGMA_M),
    ]
    coefficients = tuple(
        Coefficient(
            name=name,
            parameter=name.split(".")[0],
            link=link if name == first else "log",
            estimate=float(value),
            se=0.2,
        )
        for name, value in zip(names, values, strict=True)
    )
    covariance = 0.04 * np.eye(len(names))
    covariance[-2, -1] = covariance[-1, -2] = -0.006
    covariance[-1, -1] = 0.005
    spec = ModelSpec(
        detection=detection,
        parameters=(
            ParameterSpec(name="D", link="log", terms=terms),
            ParameterSpec(name=first, link=link),
            ParameterSpec(name="sigma", link="log"),
        ),
        detector_types={s.history.session: "count" for s in sections},
        mask=MaskSpec(kind="buffer", buffer_m=13_600.0, spacing_m=1_000.0),
    )
    return Fit(
        spec=spec,
        coefficients=coefficients,
        covariance=covariance,
        log_likelihood=-612.4471,
        aic=1230.894,
        aicc=1231.9,
        n_evaluations=14,
        seconds=0.2,
        gradient_norm=1e-6,
        converged=True,
        sessions=tuple(estimates_of(s, d) for s, d in zip(sections, densities, strict=True)),
        notices=notices,
    )


def make_report(
    sections=None, *, audience="public", language="en", truth=True, densities=None, notices=None, **fields
):
    sections = sections or (make_section(),)
    notices = (
        (warning("place.crs_not_metres", value="QZSECRETCRS", unit="foot"),) if notices is None else notices
    )
    told = tuple(
        SimulatedTruth(
            session=s.history.session,
            density_per_100km2=DENSITY_PER_KM2 * 100,
            n_animals=27.0,
            parameters={"lambda0": LAMBDA0, "sigma": SIGMA_M},
        )
        for s in sections
    )
    run = RunRecord(
        uid="6f1d7b1e-3c0a-4a7e-9a51-0a9a4f0c2d11",
        workflow="estimate",
        parameters={"level": 0.95},
        seed=20260314,
        version="0.1.0",
        source_sha256="ab" * 32,
        status="done",
        started_utc="2026-03-14T09:25:58Z",
        finished_utc="2026-03-14T09:26:00Z",
    )
    inputs = (
        ReportInput(kind="stations", name="QZstations.csv", sha256="1f" * 32, n_rows=36),
        ReportInput(kind="captures", name="QZcaptures.csv", sha256=CAPTURES_SHA256, n_rows=88),
    )
    wanted = {
        "project_name": "Simulated valley",
        "created_utc": CREATED,
        "run": run,
        "inputs": inputs,
        **fields,
    }
    return SurveyReport(
        audience=audience,
        language=language,
        fit=make_fit(sections, densities, notices),
        sections=tuple(sections),
        truth=told if truth else (),
        **wanted,
    )


def make_many(n=27):
    """Sessions of very different size and name, one of them without captures."""
    names = [
        "Долина имитации 2026",
        "模拟山谷 2026",
        "A very long name of a simulated reserve in the far north 2026",
        "Price $x_1$ & <b>bold</b> #1 2026",
    ]
    names += [f"Simulated {i:02d}" for i in range(len(names), n)]
    densities = [float(x) for x in np.random.default_rng(5).gamma(2.0, 1.5, n) + 0.3]
    sections = [
        make_section(name, seed=i, n_side=4 + i % 4, spacing_m=2_500.0, density=d / 100)
        for i, (name, d) in enumerate(zip(names, densities, strict=True))
    ]
    empty = n - 1
    sections[empty] = make_section(names[empty], seed=6, density=0.0)
    densities[empty] = 0.0
    return tuple(sections), densities
