"""Sessions made of photographs and packages: a window chosen openly, the rest from what is stored."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, replace

from pardine.base.errors import AnalysisError, InputError, Notice, PardineError, note, warning
from pardine.base.identifiers import imported_uid
from pardine.base.provenance import RunRecord
from pardine.observe.check_sheet import effort_from_visits
from pardine.observe.compose import (
    Composed,
    FieldRecords,
    Place,
    SessionPlan,
    compose_session,
    default_window,
)
from pardine.observe.detections import INDEPENDENCE_MIN
from pardine.observe.session import DetectorType
from pardine.observe.slot_effort import slot_effort
from pardine.observe.survey import Survey
from pardine.observe.window import SESSION_DAYS, SessionWindow, choose_window
from pardine.store import runs
from pardine.store.clock_records import read_clock_records
from pardine.store.decisions import Draft, append_within, fold, read_log_within
from pardine.store.deployments import read_deployments, read_visits
from pardine.store.named_sightings import count_species, last_media_clocks, read_named_sightings
from pardine.store.project import Project
from pardine.store.run_rows import end_run_within
from pardine.store.slot_effort import read_slot_effort
from pardine.store.survey import read_survey, save_survey, survey_hash_of
from pardine.workflows.request import SessionRequest

# The decision that a session is made of what was photographed, with its window and the reason.
SESSION_WINDOW = "session.window"


@dataclass(frozen=True, kw_only=True, eq=False)
class Formed:
    """A session that was put together, and the run that stored it; ``None``: nothing was to be stored."""

    plan: SessionPlan
    composed: Composed
    notices: tuple[Notice, ...]
    run: RunRecord | None = None


def read_field_records(project: Project, *, with_sightings: bool = True) -> FieldRecords:
    """What a project holds of cameras, effort and named animals.

    Effort comes from effort tables, packages, tables of cameras and check sheets; a deployment of which
    none of these speaks is taken to have worked.

    Parameters
    ----------
    with_sightings
        Whether named animals are wanted, or effort alone.
    """
    deployments = read_deployments(project)
    clocks = read_clock_records(project)
    offsets = Counter(d.utc_offset_min for d in deployments if d.utc_offset_min is not None)
    offset = offsets.most_common(1)[0][0] if offsets else None
    visits = read_visits(project)
    last_media = last_media_clocks(project, clocks) if visits else {}
    sheets = effort_from_visits(visits, last_media=last_media)
    brought = _brought_by_tables(project)
    told = (*read_slot_effort(project), *brought.effort, *sheets.intervals)
    return FieldRecords(
        deployments=deployments,
        effort=slot_effort(deployments, told, utc_offset_min=offset),
        sightings=(read_named_sightings(project, clocks, utc_offset_min=offset) if with_sightings else ()),
        places=_places(brought),
        utc_offset_min=offset,
        notices=sheets.notices,
    )


def stored_plans(project: Project) -> dict[str, SessionPlan]:
    """Plans of the sessions that were made here, by session code."""
    with project.read() as connection:
        state = fold(read_log_within(connection, kinds=(SESSION_WINDOW,)))
    plans = (_plan_of(decision.value) for decision in state.values() if decision.value is not None)
    return {plan.code: plan for plan in plans}


def table_survey(survey: Survey, formed: Collection[str]) -> Survey:
    """The sessions that tables brought."""
    return survey.only(frozenset(s.code for s in survey.sessions if s.code not in formed))


def plan_session(
    project: Project, records: FieldRecords, request: SessionRequest
) -> tuple[SessionPlan, tuple[Notice, ...]]:
    """Settle what a request leaves open: by the session as it was, else by the defaults.

    Raises
    ------
    InputError
        ``session.species_unclear``, ``session.species_unknown``, ``session.name_taken``,
        ``clock.window_*``.
    AnalysisError
        ``session.no_names``, ``session.no_effort``.
    """
    plans = stored_plans(project)
    before = plans.get(request.name or "")
    if before is None and request.name is None and len(plans) == 1 and request.starts_on is None:
        (only,) = plans.values()
        before = only if request.species in (None, only.species) else None
    species = request.species if request.species is not None else before.species if before else None
    species = _species(project, records, species)
    window, notices = _window(records, request, before)
    code = request.name or (before.code if before else f"{species or 'session'} {window.first_noon:%Y}")
    tables = {s.code for s in read_survey(project).sessions} - plans.keys()
    if code in tables:
        raise InputError("session.name_taken", session=code)
    plan = SessionPlan(
        code=code,
        species=species,
        window=window,
        occasion_days=request.occasion_days or (before.occasion_days if before else 1),
        independence_min=_first(
            request.independence_min, before.independence_min if before else None, INDEPENDENCE_MIN
        ),
        detector_type=request.detector_type or (before.detector_type if before else "count"),
    )
    return plan, notices


def form_session(project: Project, request: SessionRequest, *, dry_run: bool = False) -> Formed:
    """Make a session of what the project holds, or make it anew, and record its window as a decision.

    Raises
    ------
    InputError, AnalysisError
        See `plan_session` and `compose_session`; nothing was changed.
    """
    records = read_field_records(project)
    plan, of_plan = plan_session(project, records, request)
    composed = compose_session(records, plan)
    notices = (*of_plan, *composed.notices)
    if dry_run:
        return Formed(plan=plan, composed=composed, notices=notices)
    return Formed(plan=plan, composed=composed, notices=notices, run=_store(project, plan, composed))


def refresh_sessions(project: Project, codes: Collection[str] = ()) -> tuple[Notice, ...]:
    """Make sessions anew of what is stored now; those that stay as they are stay untouched.

    Parameters
    ----------
    codes
        Only these; all by default.

    Returns
    -------
    tuple of Notice
        Which sessions changed, and those that cannot be made any more.
    """
    plans = {code: plan for code, plan in stored_plans(project).items() if not codes or code in codes}
    if not plans:
        return ()
    records = read_field_records(project)
    notices: list[Notice] = []
    for plan in plans.values():
        try:
            composed = compose_session(records, plan)
        except PardineError as refusal:
            notices.append(Notice(refusal.code, refusal.notice.fields, "warning"))
            continue
        notices += composed.notices
        if _store(project, plan, composed) is not None:
            facts = {"n": len(composed.survey.captures), "n_stations": len(composed.survey.stations)}
            notices.append(note("session.refreshed", session=plan.code, **facts))
    return tuple(dict.fromkeys(notices))


def _store(project: Project, plan: SessionPlan, composed: Composed) -> RunRecord | None:
    """Write a session and its plan in one transaction; ``None``: both stand there already."""
    with project.transaction() as connection:
        standing = stored_plans(project).get(plan.code)
        stored = read_survey(project, sessions=(plan.code,), corrected=False)
        own = stored.only(frozenset((plan.code,)))
        as_it_is = survey_hash_of(replace(own, masks=(), fixes=())) == survey_hash_of(composed.survey)
        if as_it_is and standing == plan:
            return None
        run = runs.start_run(project, "session", plan.as_dict())
        if not as_it_is:
            save_survey(project, composed.survey, (), run=run, replace=True, whole=(plan.code,))
        if standing != plan:
            uid = str(imported_uid(project.uid, "session", plan.code))
            before = None if standing is None else standing.as_dict()
            draft = Draft(kind=SESSION_WINDOW, subject_uid=uid, before=before, after=plan.as_dict())
            append_within(connection, project, [draft])
        return end_run_within(connection, run, "done")


# --- what is left open -----------------------------------------------------------------------------


def _species(project: Project, records: FieldRecords, asked: str | None) -> str:
    """The species that is meant: the one asked for, else the only one with names."""
    counts = count_species(project)
    shown = ", ".join(f"{c.species or '?'} ({c.n_named}/{c.n_sightings})" for c in counts[:8]) or "–"
    named = [c.species for c in counts if c.n_named]
    if asked is not None:
        known = {c.species.casefold(): c.species for c in counts}
        if asked.casefold() not in known and "" not in named:
            raise InputError("session.species_unknown", value=asked, expected=shown)
        species = known.get(asked.casefold(), asked)
        if species in named or "" in named:
            return species
        raise _no_names(records, shown)
    if not named:
        raise _no_names(records, shown)
    if len(named) > 1:
        raise InputError("session.species_unclear", expected=shown)
    return named[0]


def _no_names(records: FieldRecords, shown: str) -> AnalysisError:
    stations = {interval.station for interval in records.effort.intervals}
    return AnalysisError(
        "session.no_names", n=len(records.deployments), n_stations=len(stations), value=shown
    )


def _window(
    records: FieldRecords, request: SessionRequest, before: SessionPlan | None
) -> tuple[SessionWindow, tuple[Notice, ...]]:
    if request.starts_on is None and request.n_days is None and before is not None:
        return before.window, ()
    if request.starts_on is not None:
        n_days = request.n_days or (before.window.n_days if before else SESSION_DAYS)
        return choose_window(request.starts_on, reason=request.reason, n_days=n_days)
    if before is not None:
        return choose_window(before.window.first_noon, reason=request.reason, n_days=request.n_days or 0)
    if request.n_days is not None and request.n_days < 1:
        return choose_window(dt.date(1970, 1, 1), reason=request.reason, n_days=request.n_days)
    first, n_days, share = default_window(records, request.n_days or SESSION_DAYS)
    if request.n_days is not None:
        return choose_window(first, reason=request.reason, n_days=request.n_days)
    reason = request.reason or f"default: the {n_days} days with the most station-days"
    facts = {"first": first.isoformat(), "n_days": n_days, "percent": round(100.0 * share)}
    window, notices = choose_window(first, reason=reason, n_days=n_days)
    told = warning if share < 1.0 else note
    return window, (told("session.window_default", **facts), *notices)


def _first(*values: float | None) -> float:
    return next(value for value in values if value is not None)


def _brought_by_tables(project: Project) -> Survey:
    return table_survey(read_survey(project), stored_plans(project))


def _places(survey: Survey) -> dict[str, Place]:
    crs = {session.code: session.crs for session in survey.sessions}
    return {s.code: (s.x, s.y, crs[s.session]) for s in reversed(survey.stations)}


def _plan_of(content: dict[str, object]) -> SessionPlan:
    values = dict(content)
    window = SessionWindow(
        first_noon=dt.date.fromisoformat(str(values.pop("first_noon"))),
        n_days=int(str(values.pop("n_days"))),
        reason=str(values.pop("reason")),
    )
    return SessionPlan(
        code=str(values["code"]),
        species=str(values["species"]),
        window=window,
        occasion_days=int(str(values["occasion_days"])),
        independence_min=float(str(values["independence_min"])),
        detector_type=_detector(str(values["detector_type"])),
    )


def _detector(text: str) -> DetectorType:
    return "proximity" if text == "proximity" else "multi" if text == "multi" else "count"
