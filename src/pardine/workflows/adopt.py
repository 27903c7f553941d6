"""Photographs that were stored before anybody told of their deployments: placed anew, card by card."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Mapping

from pardine.base.errors import Notice, note
from pardine.exchange.photographs.path_pattern import PathPattern
from pardine.exchange.photographs.scan import place_files
from pardine.observe.deployment import Deployment
from pardine.store import runs
from pardine.store.adoption import LooseFile, assign_deployments, loose_files, withdraw_empty
from pardine.store.deployments import read_deployments
from pardine.store.project import Project
from pardine.workflows.cards import place_photographs

_SHOWN = 5


def adopt_photographs(project: Project) -> tuple[Notice, ...]:
    """Give photographs without a dated deployment the one that sheets or tables tell of by now.

    Photographs of no deployment, or of one that only their path told of, are placed as if they were added
    now, by the pattern with which their folder was added. Deployments that thereby lose their last
    photograph are taken away; what was, stays readable in decisions.

    Returns
    -------
    tuple of Notice
        ``add.adopted`` with what went where, and cards that could be of several deployments.
    """
    told = [d for d in read_deployments(project) if d.starts is not None or d.ends is not None]
    loose = loose_files(project) if told else ()
    if not loose:
        return ()
    by_folder: dict[str, list[LooseFile]] = defaultdict(list)
    for file in loose:
        by_folder[file.folder].append(file)
    patterns = _patterns(project)
    codes: dict[str, str] = {}
    notices: list[Notice] = []
    for folder, files in by_folder.items():
        of_folder, unclear = _placed(files, patterns.get(folder), told)
        codes |= of_folder
        notices += unclear
    moved = assign_deployments(project, codes)
    if moved:
        withdraw_empty(project, {before for before, _ in moved if before})
        notices.append(_told(moved))
    return tuple(notices)


def _placed(
    files: list[LooseFile], pattern: str | None, told: list[Deployment]
) -> tuple[dict[str, str], tuple[Notice, ...]]:
    """Deployment code by uid of those that find one, and cards that are unclear."""
    clocks = {f.path: dt.datetime.fromisoformat(f.wall_clock) if f.wall_clock else None for f in files}
    places, _ = place_files(list(clocks), PathPattern(pattern) if pattern else None)
    placed = place_photographs(clocks, places, told)
    known = {deployment.code for deployment in told}
    codes = {f.uid: placed.codes[f.path] for f in files if placed.codes.get(f.path) in known}
    return codes, placed.notices


def _patterns(project: Project) -> dict[str, str]:
    """The pattern with which each folder was added last."""
    found: dict[str, str] = {}
    for run in runs.all_runs(project, workflow="add"):
        folder, pattern = run.parameters.get("folder"), run.parameters.get("pattern")
        if isinstance(folder, str) and isinstance(pattern, str):
            found[folder] = pattern
    return found


def _told(moved: Mapping[tuple[str, str], int]) -> Notice:
    of_code: Counter[str] = Counter()
    for (_, code), n in moved.items():
        of_code[code] += n
    shown = ", ".join(f"{code} ({n})" for code, n in of_code.most_common(_SHOWN))
    more = ", …" if len(of_code) > _SHOWN else ""
    return note("add.adopted", n_files=sum(moved.values()), value=shown + more)
