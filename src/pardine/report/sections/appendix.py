"""For internal readers: which animal, where, when, and from which rows of which table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from pardine.report.content import SessionSection
from pardine.report.derive import detections_per_station
from pardine.report.document import Block, Column, Section, Table
from pardine.report.privacy import may_see_names
from pardine.report.sections.context import Context, cells
from pardine.report.sections.provenance import keyed_inputs


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
    rows_of = _source_rows(context, section)
    heads = [words.say("Animal"), words.say("Sex"), words.say("Detections"), words.say("Station: occasions")]
    if rows_of:
        heads.append(words.say("Table: rows"))
    rows = []
    for animal, (name, sex) in enumerate(zip(history.animals, history.sex, strict=True)):
        n = int(history.event_count[history.event_animal == animal].sum())
        row = [name, sexes[sex], words.number(n), _where_and_when(section, animal)]
        rows.append(cells([*row, _places(rows_of.get(name, {}))] if rows_of else row))
    note = words.say("Occasions are numbered from 1; (×2) means two detections on that occasion.")
    if rows_of:
        told = words.say(
            "Rows are lines of the tables T1, T2, … listed under “Where each number comes from”."
        )
        note = f"{note} {told}"
    return Table(
        caption=words.say("{survey}: captures", survey=section.session.code),
        columns=tuple(Column(head=head, align="right" if i == 2 else "left") for i, head in enumerate(heads)),
        rows=tuple(rows),
        note=note,
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


def _source_rows(context: Context, section: SessionSection) -> dict[str, dict[str, list[int]]]:
    """Rows of each animal by the key of their table; an empty key where the table is not known."""
    keys = {table.sha256: key for key, table in keyed_inputs(context) if table.kind == "captures"}
    rows: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for capture in section.captures:
        if capture.row is not None and capture.session == section.session.code:
            rows[capture.individual][keys.get(capture.table or "", "")].append(capture.row)
    return dict(rows)


def _places(rows_of_table: Mapping[str, list[int]]) -> str:
    """Rows by table, in the order of the tables: T1: 3–5, 9; T2: 4."""
    in_order = sorted(rows_of_table.items(), key=lambda item: (len(item[0]), item[0]))
    return "; ".join(f"{key}: {_ranges(rows)}" if key else _ranges(rows) for key, rows in in_order)


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
