"""Simulated cards hold the faults they say, and the season's check finds them and little else."""

import csv
import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from pardine.exchange.photographs.media_file import read_media_file
from pardine.observe.media_columns import columns_of_files
from pardine.simulate.season.card_clocks import CLOCK_KINDS
from pardine.simulate.season.card_contents import CardSettings
from pardine.simulate.season.card_faults import CARD_FAULTS, draw_cards
from pardine.simulate.season.card_files import write_card_files

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture(scope="module")
def study():
    path = ROOT / "verification" / "card_fault_study.py"
    spec = importlib.util.spec_from_file_location("card_fault_study", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


@pytest.fixture(scope="module")
def cards():
    return draw_cards(CARD_FAULTS, 4, seed=1)


def rows_of(cards, code):
    number = [d.code for d in cards.deployments].index(code)
    return np.flatnonzero(cards.media.deployment == number)


def error_s(cards, code):
    rows = rows_of(cards, code)
    return (cards.media.wall_clock[rows] - cards.true_local[rows]).astype(np.int64)


def test_clocks_go_wrong_as_they_should(cards):
    by_kind = {fault.kind: error_s(cards, fault.deployments[0]) for fault in cards.faults[:5]}
    assert tuple(by_kind) == CLOCK_KINDS
    assert 150 < np.ptp(by_kind["drift"]) < 25 * 70
    assert np.abs(np.abs(by_kind["twelve hours"]) - 43_200).max() < 60
    assert (np.abs(by_kind["day and month"]) > 86_400).all()
    assert by_kind["reset"].min() < -365 * 86_400
    assert np.ptp(by_kind["offset"]) < 60 < np.abs(by_kind["offset"]).min()
    for code in cards.sound:
        assert np.abs(error_s(cards, code)).max() < 60


def test_cards_are_mixed_copied_and_lost(cards):
    mixed, copied, missing = cards.faults[5:]
    one, other = (set(cards.media.code[rows_of(cards, code)]) for code in mixed.deployments)
    assert all(code.startswith("G") for code in one) and all(code.startswith("F") for code in other)
    first, second = (set(cards.media.sha256[rows_of(cards, code)]) for code in copied.deployments)
    assert second < first
    assert rows_of(cards, missing.deployments[0]).size == 0


def test_same_seed_same_cards_whatever_else_is_drawn(cards):
    alone = draw_cards((), 2, seed=1)
    code = cards.sound[0]
    assert code == alone.sound[0]
    np.testing.assert_array_equal(
        cards.media.wall_clock[rows_of(cards, code)], alone.media.wall_clock[rows_of(alone, code)]
    )


def test_faults_of_clocks_and_cards_are_found_without_false_alarms(study):
    outcome = study.study(CardSettings(), seed=77, n_each=12, n_sound=100)
    assert sum(outcome.found.values()) >= 0.95 * sum(outcome.with_evidence.values())
    assert sum(outcome.with_evidence.values()) >= 0.9 * sum(outcome.n.values())
    assert outcome.false_alarms <= 2
    assert max(outcome.drift_s[0]) <= 60
    assert max(outcome.drift_s[1]) <= 60


def test_page_of_the_study_says_what_its_table_holds(study):
    folder = ROOT / "docs" / "verification"
    with (folder / "card-faults.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    page = (folder / "card-faults.md").read_text(encoding="utf-8")
    for name in study.FIELD_WORK:
        own = [row for row in rows if row["field_work"] == name]
        found = sum(int(row["found"]) for row in own if row["kind"] != "none")
        with_evidence = sum(int(row["with_evidence"]) for row in own)
        (none,) = (row for row in own if row["kind"] == "none")
        assert f"| {name} | {found} of {with_evidence} (" in page
        assert found >= study.TARGET_FOUND * with_evidence
        assert int(none["found"]) <= study.TARGET_FALSE * int(none["deployments"])
        assert int(none["deployments"]) == study.N_SOUND


def test_cards_as_files_say_what_the_columns_say(tmp_path):
    few = CardSettings(visits_a_day=0.1, days=12, partner_prob=1.0, serial_prob=1.0)
    cards = draw_cards(["copied card", "reset"], 0, seed=4, settings=few)
    paths = write_card_files(cards, tmp_path / "cards")
    assert len(set(paths)) == cards.media.size
    for i, path in enumerate(paths):
        media = read_media_file(path, root=tmp_path)
        wall = {reading.source: reading.wall_clock for reading in media.readings}["exif"]
        assert np.datetime64(wall, "s") == cards.media.wall_clock[i]
        assert media.camera_serial == cards.media.serial[i]
        assert media.infrared == bool(cards.media.infrared[i])
        assert (media.width_px, media.height_px) == (16, 12)
    first, second = (rows_of(cards, code) for code in cards.faults[0].deployments)
    written = {paths[i].read_bytes() for i in first}
    assert all(paths[i].read_bytes() in written for i in second)


def test_records_of_files_become_the_same_columns(tmp_path):
    few = CardSettings(visits_a_day=0.1, days=12)
    cards = draw_cards([], 1, seed=4, settings=few)
    paths = write_card_files(cards, tmp_path)
    files = [read_media_file(path, root=tmp_path) for path in paths]
    columns = columns_of_files(
        files,
        deployment=cards.media.deployment,
        wall_clock=[media.readings[0].wall_clock for media in files],
    )
    for name in ("deployment", "wall_clock", "file_number", "serial", "infrared"):
        np.testing.assert_array_equal(getattr(columns, name), getattr(cards.media, name))
    assert columns.code.tolist() == [path.relative_to(tmp_path).as_posix() for path in paths]
