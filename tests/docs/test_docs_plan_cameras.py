"""The example of the how-to page is a design that works, and the page names what is written."""

import re
from pathlib import Path

import pytest

from pardine.exchange.design_file import read_design_file
from pardine.simulate.world.landscape import HillStrip
from pardine.workflows.design import design_survey
from pardine.workflows.design_files import write_design

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "plan-cameras.md"


@pytest.fixture
def text():
    return PAGE.read_text(encoding="utf-8")


def test_the_example_is_a_design(tmp_path, text):
    (example,) = re.findall(r"<!-- file: design.toml -->\n```toml\n(.*?)```", text, re.DOTALL)
    (tmp_path / "design.toml").write_text(example, encoding="utf-8")
    xy_m = HillStrip().state_space(3500.0).xy_m
    rows = "".join(f"{x:.0f},{y:.0f},EPSG:32652\n" for x, y in xy_m)
    (tmp_path / "habitat.csv").write_text("x,y,crs\n" + rows, encoding="utf-8")
    (tmp_path / "roads.csv").write_text("x,y,crs\n" + rows, encoding="utf-8")
    designed = design_survey(read_design_file(tmp_path / "design.toml"))
    assert len(designed.plan.xy_m) == 30
    files, _ = write_design(designed, tmp_path / "design", "en")
    assert all(f"`{file.name}`" in text for file in files)
