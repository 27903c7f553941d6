"""Simulated cards with planted faults through add, check and clock; kills, hostile files, strange names."""

import datetime as dt
import json
import os
import random
import subprocess
import sys
import time

import pytest

from pardine.exchange.photographs.path_pattern import PathFacts
from pardine.observe.deployment import Deployment
from pardine.simulate.season.card_contents import CardSettings
from pardine.simulate.season.card_faults import draw_cards
from pardine.simulate.season.card_files import write_card_files
from pardine.store.doctor import examine
from pardine.store.media import known_files, media_counts
from pardine.store.project import open_project
from pardine.workflows.cards import card_folder, place_photographs
from pardine.workflows.ingest_photographs import whole_folders

FEW = {"visits_a_day": 0.7, "days": 40}


def rules_of(checked, deployment):
    return {f["rule"] for f in checked["findings"] if deployment in f["deployments"]}


@pytest.fixture
def checked_season(season, pardine_json, home):
    faults = ("twelve hours", "copied card", "missing card", "mixed cards")
    cards, folder, sheet = season(faults, partner_prob=1.0, serial_prob=1.0, dead_prob=0.0, **FEW)
    done = pardine_json("add", folder, sheet, "--utc-offset", "+08:00", "--project", home)
    return cards, folder, done, pardine_json("check", "--project", home)


def test_planted_faults_are_found_from_the_card_to_the_page(checked_season, home):
    cards, _, done, checked = checked_season
    assert done["photographs"][0]["added"] == cards.media.size == checked["media"]
    assert done["photographs"][0]["new_deployments"] == []
    expected = {
        "twelve hours": {"check.slot_lag", "check.outside_deployment"},
        "copied card": {"check.same_hash"},
        "missing card": {"check.missing_card"},
        "mixed cards": {"check.serial_not_sheet", "check.serial_two_stations"},
    }
    for fault in cards.faults:
        found = set().union(*(rules_of(checked, code) for code in fault.deployments))
        assert found & expected[fault.kind], fault
    assert [f for f in checked["findings"] if set(f["deployments"]) & set(cards.sound)] == []
    page = (home / "reports" / "check.html").read_text(encoding="utf-8")
    assert "Кедровая падь 雪豹" in page
    assert all(finding["key"] in page for finding in checked["findings"])
    assert "http" not in page.replace('http-equiv="', "")


def test_strict_leaves_with_one_and_verdicts_settle_findings(
    checked_season, pardine, pardine_json, home, tmp_path
):
    assert pardine("check", "--project", home, "--strict")[0] == 1
    table = tmp_path / "вердикты.csv"
    pardine_json("check", "--project", home, "--csv", table)
    head, *rows = table.read_text(encoding="utf-8-sig").splitlines()
    assert head.endswith("verdict,by,at,remark,time")
    body = "\n".join([head, *(row.removesuffix(",,,,,") + ",no fault,Иванов,2026-05-01,," for row in rows)])
    table.write_text(body, encoding="utf-8")
    after = pardine_json("check", "--project", home, "--verdicts", table)
    assert (after["open"], after["new_verdicts"]) == (0, len(rows))
    assert pardine("check", "--project", home, "--strict")[0] == 0


def test_a_clock_is_shown_corrected_and_taken_back(checked_season, pardine, pardine_json, home):
    cards, _, _, checked = checked_season
    (code,) = next(fault.deployments for fault in cards.faults if fault.kind == "twelve hours")
    listed = {clock["deployment"]: clock for clock in pardine_json("clock", "--project", home)["clocks"]}
    assert code in listed
    own = cards.media.deployment == [d.code for d in cards.deployments].index(code)
    ahead = (cards.media.wall_clock[own] - cards.true_local[own]).astype(int).mean() > 0
    way = "ahead" if ahead else "behind"
    words = ("clock", code, "--project", home, "--twelve-hours", way)
    preview = pardine_json(*words)
    assert abs(preview["smallest_shift_s"]) == 43_200
    assert pardine_json("check", "--project", home)["findings"] == checked["findings"]
    assert pardine(*words, "--apply")[0] == 2  # no note
    change = pardine_json(*words, "--apply", "--note", "часы установлены на 12 часов вперёд")
    assert change["changed"] == preview["n_changed"] > 0
    mended = pardine_json("check", "--project", home, "--rule", "check.slot_lag")
    assert not rules_of(mended, code)
    undone = pardine_json("clock", code, "--project", home, "--undo")
    assert (undone["changed"], undone["corrections"]) == (preview["n_changed"], [])
    assert pardine_json("check", "--project", home)["findings"] == checked["findings"]
    assert pardine("clock", code, "--project", home, "--undo")[0] == 2


@pytest.fixture
def many_files(tmp_path):
    cards = draw_cards((), 3, 5, CardSettings(visits_a_day=2.0, days=50))
    folder = tmp_path / "карта 卡 with spaces"
    write_card_files(cards, folder)
    return folder, cards.media.size


def start_add(folder, home):
    words = ["-m", "pardine", "add", str(folder), "--project", str(home), "--json"]
    words += ["--pattern", "{deployment}/**"]
    return subprocess.Popen(
        [sys.executable, *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


@pytest.mark.parametrize("n_kills", [4])
def test_a_killed_add_goes_on_and_completes(many_files, home, n_kills):
    folder, n_files = many_files
    rng, n_stored, n_between = random.Random(3), 0, 0
    for _ in range(n_kills):
        with start_add(folder, home) as process:
            time.sleep(rng.uniform(0.3, 2.5))
            process.kill()
        with open_project(home) as project:
            assert [n for n in examine(project) if n.severity == "error"] == []
            n_now = len(known_files(project, folder.name))
        assert n_now >= n_stored
        n_between += 0 < n_now < n_files
        n_stored = n_now
    with start_add(folder, home) as process:
        out, err = process.communicate()
    assert process.returncode == 0, err
    (done,) = json.loads(out)["photographs"]
    assert (done["unchanged"], done["added"]) == (n_stored, n_files - n_stored)
    with open_project(home) as project:
        assert sum(count.n_media for count in media_counts(project).values()) == n_files
        assert [n for n in examine(project) if n.severity == "error"] == []


def test_hostile_and_strange_files_are_listed_and_the_rest_comes_in(tmp_path, pardine_json, home):
    cards = draw_cards((), 1, 5, CardSettings(visits_a_day=0.3, days=20, partner_prob=0.0))
    folder = tmp_path / "卡"
    good = write_card_files(cards, folder)
    whole = good[0].read_bytes()
    (folder / "обрезан.jpg").write_bytes(whole[: len(whole) // 2])
    (folder / "пустой.jpg").write_bytes(b"")
    (folder / "не фото.mp4").write_bytes(b"\0" * 4096)
    (folder / "bomb.png").write_bytes(
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (60_000).to_bytes(4, "big") * 2 + b"\x08\x02\0\0\0" + b"\0" * 64
    )
    (folder / "заметки.doc").write_bytes(b"words")
    (done,) = pardine_json("add", folder, "--project", home)["photographs"]
    assert done["added"] == len(good)
    refused = {notice["fields"]["file"]: notice["severity"] for notice in done["refused"]}
    assert set(refused) == {"обрезан.jpg", "пустой.jpg", "не фото.mp4", "bomb.png", "заметки.doc"}
    assert all(notice["message"] for notice in done["refused"])


def test_photographs_go_to_the_deployment_of_their_time_card_by_card():

    def day(month, number=1):
        return dt.datetime(2026, month, number)

    known = [
        Deployment(code="spring", station="С1", slot="A", starts=day(3), ends=day(5)),
        Deployment(code="summer", station="С1", slot="A", starts=day(5), ends=day(7),
                   covariates={"card": "K7"}),
    ]  # fmt: skip
    paths = {f"С1/A/{card}/100RECNX/IMG_{n}.JPG": card for card in ("one", "two") for n in range(4)}
    clocks = {path: day(4 if card == "one" else 6, n % 4 + 1) for n, (path, card) in enumerate(paths.items())}
    # One clock of the second card fell back: the card stays together all the same.
    clocks["С1/A/two/100RECNX/IMG_0.JPG"] = dt.datetime(2015, 1, 1)
    places = dict.fromkeys(clocks, PathFacts(station="С1", slot="A"))
    placed = place_photographs(clocks, places, known)
    assert {path: "spring" if card == "one" else "summer" for path, card in paths.items()} == placed.codes
    lost = place_photographs(dict.fromkeys(clocks, dt.datetime(2015, 1, 1)), places, known)
    assert lost.codes == {}
    assert {notice.code for notice in lost.notices} == {"add.card_unclear"}
    named = place_photographs({"K7/a.jpg": None}, {"K7/a.jpg": PathFacts(deployment="K7")}, known)
    assert named.codes == {"K7/a.jpg": "summer"}
    new = place_photographs({"x/a.jpg": None}, {"x/a.jpg": PathFacts(station="Новая", slot="B")}, known)
    assert [d.code for d in new.made] == ["Новая_B"]


def test_folders_of_a_camera_do_not_part_a_card():
    assert card_folder("S1/A/card 2/DCIM/100RECNX/IMG_1.JPG") == "S1/A/card 2"
    assert card_folder("IMG_1.JPG") == ""


def test_batches_never_part_a_folder():
    names = [f"{folder}/{n}.jpg" for folder in "abc" for n in range(7)]
    groups = list(whole_folders(names, 5))
    assert [len(group) for group in groups] == [7, 7, 7]
    assert [len(group) for group in whole_folders(names, 8)] == [14, 7]
