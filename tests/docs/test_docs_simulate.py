"""The example of the how-to page is a scenario that works, and the page names what is written."""

import re
from pathlib import Path

from pardine.exchange.scenario_file import parse_scenario
from pardine.workflows.simulate import draw_season, simulate_to_folder

PAGES = Path(__file__).resolve().parents[2] / "docs"


def test_the_example_is_a_scenario_and_its_files_are_named(tmp_path):
    text = (PAGES / "how-to" / "simulate-a-survey.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"<!-- file: scenario.toml -->\n```toml\n(.*?)```", text, re.DOTALL)
    scenario = parse_scenario(example, "scenario.toml")
    made = simulate_to_folder(scenario, tmp_path / "winter", seed=1, photographs="tiny")
    for path in made.out.rglob("*"):
        inside = path.relative_to(made.out).parts
        known = inside[0] if inside[0] != "truth" or len(inside) == 1 else inside[1]
        assert known in text or known in ("simulation.json", "scenario.toml"), path


def test_the_default_scenario_has_as_many_photographs_as_the_page_says():
    scenario = parse_scenario("", "scenario.toml")
    (year,) = draw_season(scenario, seed=1).years
    assert 14_000 < sum(map(len, year.frames)) < 26_000
