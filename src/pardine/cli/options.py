"""The options that several commands share, each declared once."""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer


class DetectorChoice(StrEnum):
    """How a station counts an animal on an occasion."""

    COUNT = "count"
    PROXIMITY = "proximity"
    MULTI = "multi"


class DetectionChoice(StrEnum):
    """Detection functions."""

    HHN = "HHN"
    HN = "HN"
    HEX = "HEX"
    EX = "EX"
    HHR = "HHR"
    HR = "HR"


class LikelihoodChoice(StrEnum):
    """What the likelihood is conditional on."""

    FULL = "full"
    CONDITIONAL = "conditional"


class AudienceChoice(StrEnum):
    """Who will read it."""

    INTERNAL = "internal"
    PARTNER = "partner"
    PUBLIC = "public"


class PhotographChoice(StrEnum):
    """How photographs are simulated."""

    NONE = "none"
    TINY = "tiny"
    SMALL = "small"
    FULL = "full"


class AheadChoice(StrEnum):
    """Which way a clock is off."""

    AHEAD = "ahead"
    BEHIND = "behind"


class LanguageChoice(StrEnum):
    """Languages of reports and messages."""

    ENGLISH = "en"
    RUSSIAN = "ru"
    CHINESE = "zh"


Project = Annotated[
    Path | None,
    typer.Option("--project", metavar="DIR", help="Project folder. Default: the one you stand in."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object on standard output.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Read and check everything, write nothing.")]
Language = Annotated[
    LanguageChoice | None,
    typer.Option("--lang", help="Language of report and messages. Default: PARDINE_LANG, else English."),
]
Workers = Annotated[int, typer.Option("--workers", min=1, help="Number of processes for bulk work.")]

Database = Annotated[
    str | None,
    typer.Option("--database", help="PostgreSQL address for a team. Default: SQLite in the folder."),
]

Crs = Annotated[
    str | None,
    typer.Option(
        "--crs",
        help="Of projected x and y: an EPSG code, or local (metres without a place on Earth).",
    ),
]
Detector = Annotated[
    DetectorChoice | None,
    typer.Option(
        "--detector",
        help="count: a station may record an animal several times an occasion; proximity: at most once; "
        "multi: an animal is caught at one station an occasion at most. "
        "Said by a person, never guessed.",
    ),
]
Masks = Annotated[
    list[Path] | None,
    typer.Option("--mask", metavar="FILE", help="Habitat mask: session, x, y and, if known, area_ha."),
]
FullEffort = Annotated[
    bool,
    typer.Option(
        "--assume-full-effort",
        help="Say that every station worked on every occasion, where the tables hold no effort.",
    ),
]

Sessions = Annotated[
    list[str] | None, typer.Option("--session", metavar="CODE", help="Only this session; may be repeated.")
]
Detection = Annotated[
    DetectionChoice | None,
    typer.Option(
        "--detection",
        help="HHN, HEX, HHR: half-normal, exponential or hazard-rate hazard (lambda0, sigma, z). "
        "HN, EX, HR: the same of a probability (g0, sigma, z). Default: HHN, unless the model names g0.",
    ),
]
Model = Annotated[
    str | None,
    typer.Option(
        "--model",
        metavar="TEXT|FILE",
        help='Predictors such as "D~session, lambda0~bk, sigma~1" or "hcov=sex, sigma~h2", or a model.toml.',
    ),
]
Likelihood = Annotated[
    LikelihoodChoice, typer.Option("--likelihood", help="Full, or conditional on the animals detected.")
]
Buffer = Annotated[
    float | None,
    typer.Option("--buffer-m", min=0.0, help="Width of the state space around the stations. Default: found."),
]
Spacing = Annotated[
    float | None, typer.Option("--spacing-m", min=0.0, help="Distance of its points. Default: found.")
]
Level = Annotated[
    float, typer.Option("--level", min=0.5, max=0.999, help="Nominal coverage of the intervals.")
]
Profile = Annotated[
    bool, typer.Option("--profile", help="Add profile-likelihood intervals of density (slower).")
]
Audience = Annotated[
    AudienceChoice,
    typer.Option("--for", help="Who will read it; places are generalised for partner and public."),
]

Compare = Annotated[
    list[str] | None,
    typer.Option(
        "--compare",
        metavar="TEXT",
        help="Another model to stand in a table of AICc and weights beside it; may be repeated.",
    ),
]
Goodness = Annotated[
    int,
    typer.Option(
        "--goodness",
        min=0,
        metavar="N",
        help="Test the fit with N surveys drawn from it and fitted again (99; at least 19). 0: no test.",
    ),
]
Bootstrap = Annotated[
    int,
    typer.Option(
        "--bootstrap",
        min=0,
        metavar="N",
        help="Intervals of density from N surveys drawn from the fit (500; at least 20). 0: none.",
    ),
]
Ghosts = Annotated[
    bool,
    typer.Option("--ghosts", help="Show density if some of the animals seen once were never matched."),
]
Windows = Annotated[
    bool,
    typer.Option(
        "--windows",
        help="Estimate density from each half of the session, too; of a session of photographs also from "
        "shorter, longer and shifted windows.",
    ),
]
CheckSeed = Annotated[
    int, typer.Option("--seed", min=0, help="Seed of the surveys drawn by --goodness, --bootstrap, --ghosts.")
]


def _day(text: str) -> dt.date:
    """A day as YYYY-MM-DD."""
    try:
        return dt.date.fromisoformat(text.strip())
    except ValueError as error:
        raise typer.BadParameter("expected a day such as 2026-05-01") from error


Species = Annotated[
    str | None,
    typer.Option(
        "--species",
        metavar="NAME",
        help="Scientific name: estimate from the named animals of photographs and packages.",
    ),
]
SessionStart = Annotated[
    dt.date | None,
    typer.Option(
        "--session-start",
        metavar="DAY",
        parser=_day,
        help="Day at whose noon a session of photographs begins. Default: that of the most effort.",
    ),
]
SessionDays = Annotated[
    int | None,
    typer.Option("--session-days", metavar="N", help="Its length in days from noon to noon. Default: 90."),
]
SessionReason = Annotated[
    str, typer.Option("--session-reason", metavar="TEXT", help="Why this window; recorded with it.")
]
OccasionDays = Annotated[
    int | None,
    typer.Option("--occasion-days", min=1, metavar="N", help="Days an occasion lasts. Default: 1."),
]
Independence = Annotated[
    float | None,
    typer.Option(
        "--independence-min",
        min=0.0,
        metavar="MIN",
        help="Minutes after which an animal counts again at a station. Default: 30.",
    ),
]


def _minutes(text: str) -> int:
    """Minutes of an offset from UTC such as +10, +05:30 or -3:30."""
    match = re.fullmatch(r"(?:UTC)?([+-]?)(\d{1,2})(?::?(\d{2}))?", text.strip())
    minutes = 60 * int(match[2]) + int(match[3] or 0) if match else 841
    if match is None or minutes > 840:
        raise typer.BadParameter("expected an offset from UTC such as +10 or +05:30")
    return -minutes if match[1] == "-" else minutes


Pattern = Annotated[
    str | None,
    typer.Option(
        "--pattern",
        metavar="TEXT",
        help="What folders and names of photographs mean, such as {station}/{slot}/**.",
    ),
]
FolderName = Annotated[
    str,
    typer.Option(
        "--as",
        metavar="NAME",
        help="Name under which a folder of photographs is known. Default: the folder's own.",
    ),
]
UtcOffset = Annotated[
    int | None,
    typer.Option(
        "--utc-offset",
        metavar="+HH:MM",
        parser=_minutes,
        help="Offset of the cameras' clocks from UTC, where nothing else tells it.",
    ),
]
ClockOffset = Annotated[
    int | None,
    typer.Option(
        "--utc-offset",
        metavar="+HH:MM",
        parser=_minutes,
        help="How far the clock is from UTC; without a deployment, of all whose offset is not known.",
    ),
]


class IdentityChoice(StrEnum):
    """Whether names of animals are taken as facts."""

    CERTAIN = "certain"
    UNCERTAIN = "uncertain"


Identity = Annotated[
    IdentityChoice,
    typer.Option("--identity", help="Names as facts, or who is who estimated together with density."),
]
PassageTable = Annotated[
    Path | None,
    typer.Option("--passages", metavar="FILE", help="With --identity uncertain: passages without names."),
]
PairTable = Annotated[
    Path | None,
    typer.Option(
        "--pair-evidence",
        metavar="FILE",
        help="With --identity uncertain: log likelihood ratios of pairs of passages.",
    ),
]
IdentityDraws = Annotated[
    int, typer.Option("--draws", min=100, help="With --identity uncertain: draws kept of each chain.")
]
