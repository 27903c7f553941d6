"""What `pardine simulate` does and prints."""

from __future__ import annotations

from pathlib import Path

from rich import box
from rich.console import Console
from rich.table import Table

from pardine.cli import show
from pardine.exchange.scenario_file import read_scenario
from pardine.language.translate import Language
from pardine.language.words import Words
from pardine.simulate.season.files import PhotographSize
from pardine.simulate.world.scenario import Scenario
from pardine.workflows.simulate import Simulated, simulate_to_folder


def simulate_and_show(
    file: Path | None,
    out: Path,
    *,
    seed: int,
    photographs: PhotographSize,
    n_workers: int,
    dry_run: bool,
    language: Language,
    as_json: bool,
) -> None:
    """Simulate a scenario, the default one where ``file`` is ``None``, and tell what came of it."""
    scenario = read_scenario(file) if file else Scenario()
    with show.watcher(language, quiet=as_json) as watch:
        made = simulate_to_folder(
            scenario,
            out,
            seed=seed,
            photographs=photographs,
            n_workers=n_workers,
            dry_run=dry_run,
            watch=watch,
        )
    if as_json:
        facts = made.as_dict()
        show.result_json(facts | {"warnings": show.notices_json(made.notices, language)})
        return
    if dry_run:
        show.tell(made.notices, language)
    _print(made, Words(language))


def _print(made: Simulated, words: Words) -> None:
    facts = made.as_dict()
    table = Table(
        box=box.SIMPLE_HEAD,
        show_header=False,
        title=words.say("A simulated survey, its truth known"),
    )
    table.add_column()
    table.add_column(justify="right", no_wrap=True)
    for truth in facts["sessions"]:
        table.add_row(words.say("survey"), truth["session"])
        table.add_row(words.say("animals per 100 km²"), words.significant(truth["density_per_100km2"]))
        table.add_row(words.say("independent animals in the region"), words.number(truth["n_animals"]))
        table.add_row(words.say("of them detected"), words.number(truth["n_detected"]))
        table.add_row(
            words.say("cubs with their mothers, never counted"), words.number(truth["n_cubs_with_mother"])
        )
    table.add_row(words.say("stations"), words.number(facts["stations"]))
    table.add_row(words.say("deployments"), words.number(facts["deployments"]))
    table.add_row(words.say("encounters"), words.number(facts["encounters"]))
    table.add_row(words.say("photographs"), words.number(facts["photographs"]))
    n_faults = sum(facts["faults"].values())
    table.add_row(words.say("faults of clocks, cards and flashes"), words.number(n_faults))
    Console(highlight=False).print(table)
    if made.out is not None:
        show.result(str(made.out))
