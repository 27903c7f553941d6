"""Scenario files: `scenario.toml`, checked key by key, each fault with its line and what to write."""

from __future__ import annotations

import datetime as dt
import difflib
import re
import tomllib
from collections.abc import Mapping
from dataclasses import fields
from pathlib import Path
from typing import Any

from pardine.base.errors import InputError, Notice
from pardine.simulate.world.keys import expected_value, fitting_value, key_of
from pardine.simulate.world.scenario import Scenario, conflicts_of

_HEADER = re.compile(r"^\s*\[\s*([^\[\]]+?)\s*\]")
_KEY = re.compile(r"^\s*([A-Za-z0-9_\-.\"' ]+?)\s*=")
_AT_LINE = re.compile(r"\(at line (\d+), column \d+\)")


def read_scenario(path: Path) -> Scenario:
    """Read a scenario; every key may be left out.

    Raises
    ------
    InputError
        ``scenario.cannot_read``, ``scenario.not_toml``; ``scenario.refused`` with every fault of the file:
        ``scenario.unknown_section``, ``scenario.unknown_key``, ``scenario.bad_value``, and what cannot be
        together.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("scenario.cannot_read", file=str(path), detail=str(error)) from error
    return parse_scenario(text, path.name)


def parse_scenario(text: str, name: str) -> Scenario:
    """The scenario that a text of this name tells; raises as `read_scenario`."""
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        at = _AT_LINE.search(str(error))
        # At the end of the document no line is named: it is the last.
        row = int(at.group(1)) if at else text.count("\n") + 1
        detail = _AT_LINE.sub("", str(error)).strip()
        raise InputError("scenario.not_toml", file=name, row=row, detail=detail) from error
    lines = key_lines(text)
    problems: list[Notice] = []
    sections = _sections(told, lines, name, problems)
    if not problems:
        for conflict in conflicts_of(sections):
            row = lines.get(f"{conflict.section}.{conflict.name}") or lines.get(conflict.section, 1)
            problems.append(Notice(conflict.code, {"file": name, "row": row, **conflict.fields}))
    if problems:
        problems.sort(key=lambda problem: int(problem.fields["row"]))
        raise InputError("scenario.refused", file=name, n_problems=len(problems), problems=problems)
    return Scenario(**sections)


def scenario_toml(scenario: Scenario) -> str:
    """A scenario in full, as text that reads back to the same scenario."""
    lines = []
    for part in fields(Scenario):
        section = getattr(scenario, part.name)
        lines += ["", f"[{part.name}]"]
        for declared in fields(section):
            value = getattr(section, declared.name)
            if value is not None:
                lines.append(f"{declared.name} = {_toml(value)}")
    return "\n".join(lines[1:]) + "\n"


def key_lines(text: str) -> dict[str, int]:
    """Line (from 1) of each section and of each key, by its dotted name."""
    lines: dict[str, int] = {}
    section = ""
    within = ""
    for number, line in enumerate(text.splitlines(), start=1):
        for quotes in ('"""', "'''"):
            if within in ("", quotes) and line.count(quotes) % 2:
                within = "" if within else quotes
        if within:
            continue
        if header := _HEADER.match(line):
            section = _plain(header.group(1))
            lines.setdefault(section, number)
        elif named := _KEY.match(line):
            dotted = ".".join(filter(None, (section, _plain(named.group(1)))))
            lines.setdefault(dotted, number)
            lines.setdefault(dotted.split(".")[0], number)
    return lines


def _sections(
    told: Mapping[str, Any], lines: Mapping[str, int], name: str, problems: list[Notice]
) -> dict[str, Any]:
    """Every section with what the file says of it."""
    parts = {part.name: part.default_factory for part in fields(Scenario)}
    for unknown in told.keys() - parts.keys():
        facts = {"file": name, "row": lines.get(unknown, 1), "value": unknown}
        problems.append(Notice("scenario.unknown_section", facts | _nearest(unknown, list(parts))))
    sections = {}
    for part, make in parts.items():
        given = told.get(part, {})
        kind: Any = make
        if not isinstance(given, dict):
            facts = {"file": name, "row": lines.get(part, 1), "value": part, "expected": f"[{part}]"}
            problems.append(Notice("scenario.unknown_section", facts))
            given = {}
        sections[part] = kind(**_values(part, given, kind, lines, name, problems))
    return sections


def _values(
    part: str,
    given: Mapping[str, Any],
    kind: Any,
    lines: Mapping[str, int],
    name: str,
    problems: list[Notice],
) -> dict[str, Any]:
    """The values of one section that fit their keys."""
    declared = {each.name: each for each in fields(kind)}
    values = {}
    for key, value in given.items():
        facts = {"file": name, "row": lines.get(f"{part}.{key}", lines.get(part, 1))}
        if key not in declared:
            facts |= {"value": f"{part}.{key}"}
            problems.append(Notice("scenario.unknown_key", facts | _nearest(key, list(declared))))
            continue
        told, of_kind = key_of(declared[key])
        fitting = fitting_value(told, of_kind, value)
        if fitting is None:
            expected = expected_value(told, of_kind)
            facts |= {"column": f"{part}.{key}", "value": _toml(value), "expected": expected}
            problems.append(Notice("scenario.bad_value", facts))
        else:
            values[key] = fitting
    return values


def _nearest(word: str, known: list[str]) -> dict[str, str]:
    """The known name most like a word, or all of them."""
    like = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.55)
    return {"expected": like[0] if like else ", ".join(known)}


def _plain(dotted: str) -> str:
    return ".".join(part.strip(" \"'") for part in dotted.split("."))


def _toml(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case str():
            escaped = value.replace("\\", "\\\\").replace('"', '\\"')
            return f'"{escaped}"'
        case tuple() | list():
            return "[" + ", ".join(map(_toml, value)) + "]"
        case dt.date() | int():
            return str(value)
        case float():
            return repr(value)
    return str(value)
