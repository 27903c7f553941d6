"""What `pardine design` does and prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from pardine.base.errors import Notice
from pardine.cli import show
from pardine.exchange.design_file import DesignRequest, read_design_file
from pardine.language.translate import Language
from pardine.language.words import Words
from pardine.workflows.design import Designed, design_survey
from pardine.workflows.design_files import design_json, refuse_used_folder, write_design


def design_and_show(
    file: Path | None,
    project: Path | None,
    overrides: Mapping[str, Any],
    out: Path | None,
    *,
    n_surveys: int,
    seed: int,
    n_workers: int,
    language: Language,
    as_json: bool,
) -> None:
    """Design, write the files unless ``out`` is ``None``, and show the outcome."""
    request = replace(read_design_file(file) if file else DesignRequest(), **overrides)
    if out is not None:
        refuse_used_folder(out)
    with show.watcher(language, quiet=as_json) as watch:
        designed = design_survey(
            request, project, seed=seed, n_surveys=n_surveys, n_workers=n_workers, watch=watch
        )
    files, notices = write_design(designed, out, language) if out is not None else ([], [])
    _show(designed, files, (*designed.notices, *notices), language, as_json=as_json)


def _show(
    designed: Designed, files: Sequence[Path], notices: Sequence[Notice], language: Language, *, as_json: bool
) -> None:
    if as_json:
        facts = design_json(designed)
        written = {"files": [str(file) for file in files], "warnings": show.notices_json(notices, language)}
        show.result_json(facts | written)
        return
    show.tell(notices, language)
    words = Words(language)
    table = Table(box=box.SIMPLE_HEAD, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    for name, value in _rows(designed, words):
        table.add_row(name, value)
    Console(highlight=False).print(table)
    for file in files:
        show.result(str(file))


def _rows(designed: Designed, words: Words) -> list[tuple[str, str]]:
    expected, simulated = designed.expected, designed.simulated
    rows = [
        (words.say("stations"), words.number(len(designed.plan.xy_m))),
        (words.say("station-days"), words.number(float(designed.plan.usage_station_days.sum()))),
        (words.say("animals expected to be seen"), words.number(expected.n_animals, 1)),
        (words.say("of them at two stations or more"), words.number(expected.n_moved, 1)),
        (words.say("detections expected"), words.number(expected.n_detections, 1)),
        (words.say("coefficient of variation of density"), words.percent(expected.cv_density, 1)),
        (words.say("habitat within two sigma of a station"), words.percent(designed.habitat_share)),
    ]
    if designed.layout.cost_usd:
        rows.append((words.say("cost, USD"), words.number(designed.layout.cost_usd)))
    if simulated is not None:
        reached = words.say(
            "{cv} ± {error} ({n} surveys, {refused} refused)",
            cv=words.percent(simulated.cv_density, 1),
            error=words.percent(simulated.cv_mc_error, 1),
            n=simulated.n_surveys,
            refused=simulated.n_refused,
        )
        if designed.model is not None:
            rows.append((words.say("model that is simulated and fitted"), designed.model.text))
        rows.append((words.say("the same by simulation"), reached))
    return rows
