"""For internal readers: which animal, where, when, and from which row of the file."""

from __future__ import annotations

from collections import defaultdict

from pardine.report.content import SessionSection
from pardine.report.derive import detections_per_station
from pardine.report.document import Block, Column, Section, Table
from pardine.report.privacy import may_see_names
from pardine.report.sections.context import Context, cells


def appendix_section(context: Context) -> Section | None:
    """Captures by animal and stations by name; ``None`` where the audience may not see names."""
    if not may_see_names(context.report.audience):
        return None
    blocks: list[Block] = []
    for section in context.report.sections:
        if section.history.n_animals:
            blocks.append(_captures(context, section))
        blocks.append(_stations(context, section))
    return Section(
        key="captures",
        heading=context.words.say("Captures and stations (internal)"),
        blocks=tuple(blocks),
        new_page=True,
    )


def _captures(context: Context, section: SessionSection) -> Table:
    words, history = context.words, section.history
    sexes = {"F": words.say("female"), "M": words.say("male"), None: "–"}
    rows_of = _source_rows(section)
    heads = [words.say("Animal"), words.say("Sex"), words.say("Detections"), words.say("Station: occasions")]
    if rows_of:
        heads.append(words.say("Rows of the table"))
    rows = []
    for animal, (name, sex) in enumerate(zip(history.animals, history.sex, strict=True)):
        n = int(history.event_count[history.event_animal == animal].sum())
        row = [name, sexes[sex], words.number(n), _where_and_when(section, animal)]
        rows.append(cells([*row, _ranges(rows_of.get(name, []))] if rows_of else row))
    return Table(
        caption=words.say("{survey}: captures", survey=section.session.code),
        columns=tuple(Column(head=head, align="right" if i == 2 else "left") for i, head in enumerate(heads)),
        rows=tuple(rows),
        note=words.say("Occasions are numbered from 1; (×2) means two detections on that occasion."),
        dense=True,
    )


def _where_and_when(section: SessionSection, animal: int) -> str:
    history = section.history
    occasions: dict[str, list[str]] = defaultdict(list)
    for event in (history.event_animal == animal).nonzero()[0]:
        count = int(history.event_count[event])
        times = f" (×{count})" if count > 1 else ""
        station = history.detectors[int(history.event_detector[event])]
        occasions[station].append(f"{int(history.event_occasion[event]) + 1}{times}")
    return "; ".join(f"{station}: {', '.join(when)}" for station, when in occasions.items())


def _source_rows(section: SessionSection) -> dict[str, list[int]]:
    rows: dict[str, list[int]] = defaultdict(list)
    for capture in section.captures:
        if capture.row is not None and capture.session == section.session.code:
            rows[capture.individual].append(capture.row)
    return dict(rows)


def _ranges(rows: list[int]) -> str:
    """Row numbers with runs drawn together: 3–5, 9."""
    parts: list[list[int]] = []
    for row in sorted(set(rows)):
        if parts and row == parts[-1][1] + 1:
            parts[-1][1] = row
        else:
            parts.append([row, row])
    return ", ".join(str(a) if a == b else f"{a}–{b}" for a, b in parts)


def _stations(context: Context, section: SessionSection) -> Table:
    words, history = context.words, section.history
    seen = detections_per_station(history)
    heads = (words.say("Station"), "x (m)", "y (m)", words.say("Station-days"), words.say("Detections"))
    rows = (
        (code, words.number(x), words.number(y), words.number(days, 1 if days % 1 else 0), words.number(n))
        for code, (x, y), days, n in zip(
            history.detectors, history.xy_m, history.usage_station_days.sum(axis=1), seen, strict=True
        )
    )
    return Table(
        caption=words.say("{survey}: stations", survey=section.session.code),
        columns=tuple(Column(head=head, align="right" if i else "left") for i, head in enumerate(heads)),
        rows=tuple(cells(row) for row in rows),
        dense=True,
    )
