"""Projects, the command line, and simulated cards with their check sheets as files."""

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from pardine.cli import app
from pardine.exchange.survey_export import write_table
from pardine.simulate.season.card_contents import CardSettings
from pardine.simulate.season.card_faults import SimulatedCards, draw_cards
from pardine.simulate.season.card_files import write_card_files
from pardine.store.project import create_project


@pytest.fixture
def pardine(monkeypatch, capsys) -> Callable:
    """Run a command in this process; gives exit code, standard output and standard error."""

    def run(*words):
        monkeypatch.setattr(sys, "argv", ["pardine", *map(str, words)])
        try:
            app.main()
            code = 0
        except SystemExit as left:
            code = left.code or 0
        output = capsys.readouterr()
        return code, output.out, output.err

    return run


@pytest.fixture
def pardine_json(pardine) -> Callable:
    """Run a command that succeeds and give its JSON."""

    def run(*words):
        code, out, err = pardine(*words, "--json")
        assert code == 0, out + err
        return json.loads(out)

    return run


@pytest.fixture
def home(tmp_path) -> Path:
    """An empty project in a folder whose name is in Cyrillic and Chinese."""
    folder = tmp_path / "проект 项目"
    create_project(folder, name="Кедровая падь 雪豹").close()
    return folder


def write_sheet(cards: SimulatedCards, path: Path) -> Path:
    """The visits as the office's own table."""
    header = ["session", "station", "slot", "arrive", "leave", "state", "card out", "card in", "serial"]
    rows = [
        [v.session, v.station, v.slot, f"{v.arrives:%Y-%m-%d %H:%M}", f"{v.leaves:%Y-%m-%d %H:%M}",
         v.found or "", v.card_out, v.card_in, v.serial if v.leaves_camera else ""]
        for v in cards.visits
    ]  # fmt: skip
    write_table(path, header, rows)
    return path


@pytest.fixture
def season(tmp_path) -> Callable:
    """Simulated cards as files, their check sheet, and the folder they lie in."""

    def make(faults, n_sound=2, seed=11, **settings):
        cards = draw_cards(faults, n_sound, seed, CardSettings(**settings) if settings else None)
        folder = tmp_path / "карты 存储卡"
        write_card_files(cards, folder)
        return cards, folder, write_sheet(cards, tmp_path / "лист 检查.csv")

    return make
