"""What was done in the field and what was seen."""

from __future__ import annotations

from pardine.observe.session import Session
from pardine.report.content import SessionSection
from pardine.report.derive import detections_per_animal, detections_per_station, frequency
from pardine.report.document import Block, Column, Figure, Paragraph, Section, Table
from pardine.report.figures.bars import frequency_figure
from pardine.report.sections.context import Context, cells


def fieldwork_section(context: Context) -> Section:
    """Effort, animals, detections and recaptures; how often each animal was seen."""
    words = context.words
    table = _facts(context) if context.is_single else _by_session(context)
    explained = words.say(
        "A detection is an animal identified at a station on an occasion; a recapture is every detection "
        "after the animal's first. A station-day is one station with at least one working camera for 24 "
        "hours."
    )
    blocks: list[Block] = [table, Paragraph(text=explained)]
    if any(section.history.n_animals for section in context.report.sections):
        blocks.append(_frequency_figure(context))
    return Section(
        key="fieldwork", heading=words.say("What was done and what was seen"), blocks=tuple(blocks)
    )


def _facts(context: Context) -> Table:
    words, section = context.words, context.report.sections[0]
    history = section.history
    n_seen = int((detections_per_station(history) > 0).sum())
    rows = [
        (words.say("Survey"), section.session.code),
        (words.say("Dates"), _dates(context, section.session)),
        (words.say("Occasions"), words.number(history.n_occasions)),
        (words.say("Stations"), _stations(context, section)),
        (words.say("Stations with detections"), words.number(n_seen)),
        (words.say("Station-days"), words.number(history.station_days)),
        (words.say("Animals identified"), words.number(history.n_animals)),
        (words.say("Females, males, sex unknown"), _sexes(context, section)),
        (words.say("Detections"), words.number(history.n_detections)),
        (words.say("Recaptures"), words.number(history.n_recaptures)),
        (words.say("Cubs with their mother (counted apart)"), words.number(history.n_cubs_excluded)),
    ]
    return Table(
        caption=words.say("The survey in numbers"),
        columns=(Column(head=words.say("What")), Column(head=words.say("How much"), align="right")),
        rows=tuple(cells(row) for row in rows if row[1]),
    )


def _stations(context: Context, section: SessionSection) -> str:
    words, n = context.words, section.history.n_detectors
    n_working = int((section.history.usage_station_days.sum(axis=1) > 0.0).sum())
    if n_working == n:
        return words.number(n)
    return words.say("{n}, of which {working} worked", n=words.number(n), working=words.number(n_working))


def _sexes(context: Context, section: SessionSection) -> str:
    sexes = section.history.sex
    if not any(sexes):
        return ""
    return ", ".join(context.words.number(sexes.count(sex)) for sex in ("F", "M", None))


def _dates(context: Context, session: Session) -> str:
    words = context.words
    if session.starts_on is None or session.ends_on is None:
        return ""
    days = words.plural("{n} day", "{n} days", session.duration_days or 0)
    return words.say(
        "{start} to {end} ({days})",
        start=words.date(session.starts_on),
        end=words.date(session.ends_on),
        days=days,
    )


def _by_session(context: Context) -> Table:
    words, sections = context.words, context.report.sections
    dated = any(section.session.duration_days is not None for section in sections)
    heads = [
        words.say("Survey"),
        words.say("Stations"),
        words.say("Occasions"),
        words.say("Station-days"),
        words.say("Animals"),
        words.say("Detections"),
        words.say("Recaptures"),
    ]
    columns = [Column(head=head, align="right" if i else "left") for i, head in enumerate(heads)]
    if dated:
        columns[1:1] = [Column(head=words.say("First day")), Column(head=words.say("Days"), align="right")]
    rows = [_session_row(context, section, dated) for section in sections]
    return Table(
        caption=words.say("The surveys in numbers"),
        columns=tuple(columns),
        rows=tuple(cells(row) for row in rows),
        total=cells(_totals(context, dated)),
        dense=len(rows) > 8,
        note=words.say("Animals are summed over surveys: one that was seen in two surveys counts twice."),
    )


def _session_row(context: Context, section: SessionSection, dated: bool) -> list[str]:
    words, history = context.words, section.history
    numbers = (
        history.n_detectors,
        history.n_occasions,
        history.station_days,
        history.n_animals,
        history.n_detections,
        history.n_recaptures,
    )
    dates = _short_dates(context, section.session) if dated else []
    return [section.session.code, *dates, *(words.number(number) for number in numbers)]


def _short_dates(context: Context, session: Session) -> list[str]:
    if session.starts_on is None or session.duration_days is None:
        return ["", ""]
    return [session.starts_on.isoformat(), context.words.number(session.duration_days)]


def _totals(context: Context, dated: bool) -> list[str]:
    words = context.words
    histories = [section.history for section in context.report.sections]
    return [
        words.say("All"),
        *(["", ""] if dated else []),
        words.number(sum(h.n_detectors for h in histories)),
        "",
        words.number(sum(h.station_days for h in histories)),
        words.number(sum(h.n_animals for h in histories)),
        words.number(sum(h.n_detections for h in histories)),
        words.number(sum(h.n_recaptures for h in histories)),
    ]


def _frequency_figure(context: Context) -> Figure:
    words = context.words
    per_animal = [
        int(n) for section in context.report.sections for n in detections_per_animal(section.history)
    ]
    counts = frequency(per_animal)
    n_once = sum(1 for n in per_animal if n == 1)
    animals = words.plural("{n} animal", "{n} animals", len(per_animal))
    once = words.plural("{n} of them was detected once only", "{n} of them were detected once only", n_once)
    caption = words.say("How often each animal was detected ({animals}; {once}).", animals=animals, once=once)
    most = words.plural(
        "the most often seen animal has {n} detection",
        "the most often seen animal has {n} detections",
        max(per_animal),
    )
    x_label, y_label = words.say("Detections of an animal"), words.say("Animals")
    return Figure(
        key="detections-per-animal",
        svg=frequency_figure(context.canvas, counts, x_label, y_label),
        alt=words.say(
            "Bar chart of detections per animal: {animals}; {once}; {most}.",
            animals=animals,
            once=once,
            most=most,
        ),
        caption=caption,
        data=Table(
            caption=words.say("Detections per animal"),
            columns=(Column(head=x_label, align="right"), Column(head=y_label, align="right")),
            rows=tuple(cells((words.number(value), words.number(n))) for value, n in counts if n),
        ),
        width_fraction=0.82,
    )
