"""What is printed of the comparison of models and of the checks of an estimate."""

from __future__ import annotations

import math
from collections.abc import Iterator

from rich import box
from rich.console import Console
from rich.table import Table

from pardine.base.result import Estimate
from pardine.estimate.checking.ghosts import GhostCheck
from pardine.estimate.checking.goodness import Aspect
from pardine.estimate.checking.windows import WindowCheck
from pardine.estimate.compare import ModelTable
from pardine.estimate.fitted import Fit
from pardine.language.words import Words, phrase
from pardine.simulate.bootstrap import Bootstrap
from pardine.simulate.goodness_test import GoodnessOfFit
from pardine.workflows.checks import Checks

_ASPECTS: dict[Aspect, str] = {
    "individuals": phrase("individuals"),
    "stations": phrase("stations"),
    "both": phrase("animals at stations"),
}


def print_checks(checks: Checks, fit: Fit, words: Words) -> None:
    """Tables of what was compared and checked; their meaning stands in the notices."""
    for table in _tables(checks, fit, words):
        Console(highlight=False).print(table)


def _tables(checks: Checks, fit: Fit, words: Words) -> Iterator[Table]:
    if checks.comparison is not None:
        yield _models(checks.comparison, words)
        yield _averages(checks.comparison, words)
    if checks.goodness is not None:
        yield _goodness(checks.goodness, words)
    if checks.bootstrap is not None:
        yield _bootstrap(checks.bootstrap, words)
    if checks.ghosts is not None:
        yield _ghosts(checks.ghosts, fit, words)
    if checks.windows is not None:
        yield _windows(checks.windows, fit, words)


def _table(title: str, first: str, *others: str) -> Table:
    table = Table(title=title, box=box.SIMPLE_HEAD)
    table.add_column(first)
    for heading in others:
        table.add_column(heading, justify="right", no_wrap=True)
    return table


def _models(found: ModelTable, words: Words) -> Table:
    headings = (words.say("parameters"), "AICc", "ΔAICc", words.say("weight"))
    table = _table(words.say("Models compared"), words.say("model"), *headings)
    for row in found.rows:
        table.add_row(
            row.label,
            str(row.n_parameters),
            words.number(row.aicc, 2),
            words.number(row.delta, 2),
            words.percent(row.weight) if math.isfinite(row.aicc) else words.number(math.nan),
        )
    return table


def _averages(found: ModelTable, words: Words) -> Table:
    headings = (words.say("per 100 km²"), words.say("N in the region"))
    table = _table(words.say("Average over the models"), words.say("survey"), *headings)
    for session in found.averages:
        table.add_row(
            session.session,
            with_interval(session.density_per_100km2, words),
            with_interval(session.n_realised, words),
        )
    return table


def _goodness(found: GoodnessOfFit, words: Words) -> Table:
    title = words.say("Goodness of fit, {n} simulated surveys", n=found.n_replicates)
    headings = (words.say("distance"), words.say("expected"), "p")
    table = _table(title, words.say("of"), *headings)
    for test in found.tests:
        table.add_row(
            words.say(_ASPECTS[test.aspect]),
            words.significant(test.distance),
            words.significant(test.expected_distance),
            words.significant(test.p_value),
        )
    return table


def _bootstrap(found: Bootstrap, words: Words) -> Table:
    n_failed = sum(found.failures.values())
    title = words.say(
        "Parametric bootstrap, {n} surveys, {failed} failed", n=found.n_replicates, failed=n_failed
    )
    table = _table(title, words.say("survey"), words.say("per 100 km²"), words.say("bias"))
    for session in found.sessions:
        table.add_row(
            session.session,
            with_interval(session.density_per_100km2, words),
            words.percent(session.density_bias, 1),
        )
    return table


def _ghosts(found: GhostCheck, fit: Fit, words: Words) -> Table:
    names = (session.session for session in fit.sessions)
    table = _table(
        words.say("Animals per 100 km² if some seen once are ghosts"), words.say("share of them"), *names
    )
    for point in found.curve:
        table.add_row(words.percent(point.share), *map(words.significant, point.density_per_100km2))
    return table


def _windows(found: WindowCheck, fit: Fit, words: Words) -> Table:
    names = (session.session for session in fit.sessions)
    table = _table(words.say("Animals per 100 km² from parts of the survey"), words.say("part"), *names)
    whole = [session.density_per_100km2.value for session in fit.sessions]
    table.add_row(words.say("whole"), *map(words.significant, whole))
    for window in found.windows:
        densities = window.density_per_100km2 or (math.nan,) * len(fit.sessions)
        table.add_row(f"{window.part}/{window.n_parts}", *map(words.significant, densities))
    return table


def with_interval(estimate: Estimate, words: Words) -> str:
    """Value and limits to three digits."""
    value, lower, upper = map(words.significant, (estimate.value, estimate.lower, estimate.upper))
    return f"{value} ({lower}–{upper})"
