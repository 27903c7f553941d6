"""The registry of rules, and running them over a season."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pardine.base.errors import Severity
from pardine.observe.check import camera_rules, card_rules, clock_rules, effort_rules, reading_rules
from pardine.observe.check.finding import Finding, refuse_unknown_rules
from pardine.observe.check.season import Limits, Season

Find = Callable[[Season, Limits], Iterator[Finding]]


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule of the check.

    Attributes
    ----------
    id
        Stable; the code of its sentence too.
    severity
        Of its findings.
    find
        Finds them; the first line of its docstring says what.
    needs
        What must be known for it to find anything.
    limits
        Fields of `Limits` that it heeds.
    """

    id: str
    severity: Severity
    find: Find
    needs: tuple[str, ...]
    limits: tuple[str, ...] = ()


RULES: tuple[Rule, ...] = (
    Rule(id="check.no_deployment", severity="error", find=card_rules.no_deployment, needs=("media",)),
    Rule(id="check.no_time", severity="warning", find=clock_rules.no_time, needs=("media",)),
    Rule(id="check.impossible_date", severity="error", find=clock_rules.impossible_date,
         needs=("times",), limits=("first_year",)),
    Rule(id="check.outside_deployment", severity="error", find=clock_rules.outside_deployment,
         needs=("times", "visits at both ends"), limits=("visit_tolerance_h",)),
    Rule(id="check.time_backwards", severity="error", find=clock_rules.time_backwards,
         needs=("times", "file numbers"), limits=("backwards_s",)),
    Rule(id="check.clock_check", severity="error", find=clock_rules.clock_check,
         needs=("photographs of a reference clock",), limits=("reference_s",)),
    Rule(id="check.slot_lag", severity="error", find=clock_rules.slot_lag,
         needs=("times", "two slots"), limits=("lag_s", "lag_confidence")),
    Rule(id="check.times_disagree", severity="error", find=reading_rules.times_disagree,
         needs=("two sources of the time",), limits=("reading_s",)),
    Rule(id="check.strip_alone", severity="warning", find=reading_rules.strip_alone,
         needs=("info strips",)),
    Rule(id="check.time_to_read", severity="note", find=reading_rules.time_to_read,
         needs=("media",), limits=("to_read",)),
    Rule(id="check.strip_confirms", severity="note", find=reading_rules.strip_confirms,
         needs=("times that wait", "info strips"), limits=("reading_s",)),
    Rule(id="check.same_hash", severity="error", find=card_rules.same_hash, needs=("hashes",)),
    Rule(id="check.missing_card", severity="error", find=card_rules.missing_card,
         needs=("visits at both ends",)),
    Rule(id="check.serial_two_stations", severity="error", find=card_rules.serial_two_stations,
         needs=("camera serials",)),
    Rule(id="check.serial_not_sheet", severity="error", find=card_rules.serial_not_sheet,
         needs=("camera serials in files and on sheets",)),
    Rule(id="check.label_not_station", severity="error", find=card_rules.label_not_station,
         needs=("labels",)),
    Rule(id="check.partner_gap", severity="warning", find=camera_rules.partner_gap,
         needs=("times", "two slots"), limits=("silent_days", "chance")),
    Rule(id="check.no_night", severity="warning", find=camera_rules.no_night,
         needs=("times",), limits=("silent_days", "chance", "blocked_brightness")),
    Rule(id="check.trigger_storm", severity="warning", find=camera_rules.trigger_storm,
         needs=("times",), limits=("storm_an_hour",)),
    Rule(id="check.view_blocked", severity="warning", find=camera_rules.view_blocked,
         needs=("times", "thumbnails"), limits=("blocked_brightness", "blocked_contrast", "blind_days")),
    Rule(id="check.view_moved", severity="warning", find=camera_rules.view_moved,
         needs=("times", "thumbnails"), limits=("view_correlation", "blind_days")),
    Rule(id="check.overlapping_deployments", severity="error", find=effort_rules.overlapping_deployments,
         needs=("visits at both ends",)),
    Rule(id="check.effort_overlap", severity="warning", find=effort_rules.effort_overlap,
         needs=("effort table",)),
    Rule(id="check.effort_gap", severity="warning", find=effort_rules.effort_gap,
         needs=("effort table",), limits=("effort_gap_h",)),
    Rule(id="check.effort_contradicted", severity="error", find=effort_rules.effort_contradicted,
         needs=("times", "effort table")),
    Rule(id="check.effort_uncovered", severity="warning", find=effort_rules.effort_uncovered,
         needs=("times", "effort table"), limits=("visit_tolerance_h",)),
)  # fmt: skip


def run_checks(
    season: Season, limits: Limits | None = None, *, only: Sequence[str] | None = None
) -> tuple[Finding, ...]:
    """Every finding of the rules, in the order of `RULES`.

    Parameters
    ----------
    season
        What is checked; what it does not hold, rules do not look at.
    limits
        Defaults where ``None``.
    only
        Ids of rules to run; all where ``None``.

    Raises
    ------
    InputError
        ``check.unknown_rule``.
    """
    in_force = limits or Limits()
    refuse_unknown_rules(only or (), (rule.id for rule in RULES))
    return tuple(
        finding
        for rule in RULES
        if only is None or rule.id in only
        for finding in rule.find(season, in_force)
    )
