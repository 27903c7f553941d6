"""Clocks mended from evidence through the command line: reference clocks, offsets from UTC, info strips."""

import csv
import datetime as dt
import importlib.util
import json
from pathlib import Path

import pytest
from PIL import Image

from pardine.exchange.photographs import strip_reader
from pardine.store.clock_records import read_clock_records
from pardine.store.media_page import read_media_page
from pardine.store.project import open_project

_SPEC = importlib.util.spec_from_file_location(
    "strip_pictures", Path(__file__).parents[1] / "exchange_photographs" / "strip_pictures.py"
)
_PICTURES = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(_PICTURES)
strip_picture = _PICTURES.strip_picture

START = dt.datetime(2024, 5, 3, 9, 0)
STEP = dt.timedelta(days=4, hours=3, minutes=17)
N = 6


def exif_picture(path, moment, grey):
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = f"{moment:%Y:%m:%d %H:%M:%S}"
    Image.new("RGB", (64, 48), (grey, grey, 90)).save(path, exif=exif)


@pytest.fixture
def card(tmp_path, pardine_json, home):
    """Six photographs of a camera that is 100 s behind at first and loses 10 s a day; no offset is known."""
    folder = tmp_path / "cards" / "K1" / "A" / "100RECNX"
    folder.mkdir(parents=True)
    for number in range(N):
        exif_picture(folder / f"IMG_{number:04}.JPG", START + number * STEP, 40 * number)
    done = pardine_json("add", tmp_path / "cards", "--pattern", "{station}/{slot}/**", "--project", home)
    assert done["photographs"][0]["new_deployments"] == ["K1_A"]
    return tmp_path / "cards"


def true_at(shown: dt.datetime) -> dt.datetime:
    return shown + dt.timedelta(seconds=100 + 10 * ((shown - START) / dt.timedelta(days=1)))


def stored(home):
    with open_project(home) as project:
        page = read_media_page(project, after=None, limit=100)
        return sorted(page.media, key=lambda media: media.path)


def both_ends():
    shown = [START, START + (N - 1) * STEP]
    return [
        f"IMG_{number:04}.JPG={true_at(moment):%Y-%m-%d %H:%M:%S}"
        for number, moment in zip((0, N - 1), shown, strict=True)
    ]


def test_photographs_of_a_reference_clock_at_both_ends_give_the_drift(card, pardine, pardine_json, home):
    first, last = both_ends()
    words = ("clock", "K1_A", "--photograph", first, "--photograph", last, "--project", home)
    shown = pardine_json(*words)
    assert shown["correction"]["kind"] == "drift"
    assert shown["correction"]["drift_s_per_day"] == pytest.approx(10, abs=0.05)
    assert shown["correction"]["offset_s"] == pytest.approx(100, abs=1)
    assert [check["photograph"] for check in shown["correction"]["checks"]] == [
        "K1/A/100RECNX/IMG_0000.JPG", "K1/A/100RECNX/IMG_0005.JPG",
    ]  # fmt: skip
    assert shown["n_changed"] == N
    with open_project(home) as project:
        assert read_clock_records(project)["K1_A"].corrections == ()
    code, out, _ = pardine(*words)
    assert code == 0 and "IMG_0005.JPG: the camera showed" in out
    change = pardine_json(*words, "--apply", "--note", "GPS photographed at both ends")
    # The wall clock is corrected although nobody has said how far it is from UTC.
    assert (change["changed"], change["without_instant"]) == (N, N)
    assert all(media.instant_utc is None for media in stored(home))
    offset = ("clock", "K1_A", "--utc-offset", "+08:00", "--project", home)
    assert pardine_json(*offset)["changed"] == N
    assert all(media.instant_utc is None for media in stored(home))
    assert pardine_json(*offset, "--apply")["applied"]
    for media in stored(home):
        right = true_at(media.wall_clock) - dt.timedelta(hours=8)
        assert abs(media.instant_utc.replace(tzinfo=None) - right) <= dt.timedelta(seconds=1)
    again = pardine_json("clock", "K1_A", "--undo", "--project", home)
    assert (again["changed"], again["without_instant"]) == (N, 0)
    for media in stored(home):
        assert media.instant_utc.replace(tzinfo=None) == media.wall_clock - dt.timedelta(hours=8)
    assert pardine_json(*offset, "--undo")["changed"] == N
    assert all(media.instant_utc is None for media in stored(home))


def test_one_reference_clock_gives_an_offset_and_the_next_what_is_left(card, pardine_json, home):
    first, last = both_ends()
    words = ("clock", "K1_A", "--project", home, "--photograph")
    one = pardine_json(*words, first, "--apply", "--note", "GPS")
    assert one["corrections"][0]["offset_s"] == 100
    left = pardine_json(*words, first, "--photograph", last)["correction"]
    assert (left["offset_s"], left["drift_s_per_day"]) == (
        pytest.approx(0, abs=1),
        pytest.approx(10, abs=0.05),
    )
    # As the cameras stamped them, whatever was corrected before.
    assert left["checks"][0]["shown"] == START.isoformat()
    # The check now knows a reference clock that the corrected clock disagrees with, once both are recorded.
    pardine_json(*words, first, "--photograph", last, "--apply", "--note", "GPS at both ends")
    wrong = ("clock", "K1_A", "--project", home, "--offset-s", "7200", "--apply", "--note", "guessed")
    pardine_json(*wrong)
    (finding,) = pardine_json("check", "--rule", "check.clock_check", "--project", home)["findings"]
    assert finding["evidence"]["minutes"] == pytest.approx(-120, abs=0.1)


def test_a_reference_clock_that_states_its_offset(card, pardine, pardine_json, home):
    words = ("clock", "K1_A", "--project", home, "--photograph", "IMG_0000.JPG=2024-05-03T01:01:40+00:00")
    code, out, err = pardine(*words)
    assert code == 2 and "K1_A" in out + err
    pardine_json("clock", "--utc-offset", "+08:00", "--apply", "--project", home)
    assert pardine_json(*words)["correction"]["offset_s"] == 100


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--photograph", "IMG_0099.JPG=2024-05-03 09:00"), "clock.unknown_photograph"),
        (("--photograph", "IMG_0000.JPG=yesterday"), "clock.bad_reference"),
        (("--photograph", "IMG_0000.JPG"), "clock.bad_reference"),
        (("--reference", "2024-05-03 09:00"), "clock.bad_reference"),
        (("--offset-s", "3", "--photograph", "IMG_0000.JPG=2024-05-03 09:00"), "clock.one_correction"),
        (("--offset-s", "3", "--utc-offset", "+08:00"), "clock.offset_asked_alone"),
    ],
)
def test_what_makes_no_correction_is_refused_in_words(card, pardine, home, words, said):
    code, out, _ = pardine("clock", "K1_A", "--project", home, "--json", *words)
    assert code == 2
    assert json.loads(out)["error"]["code"] == said


# --- info strips -----------------------------------------------------------------------------------


def strip_card(folder, station, moments, names):
    place = folder / station / "A"
    place.mkdir(parents=True)
    for number, (moment, name) in enumerate(zip(moments, names, strict=True)):
        strip_picture(place / name, moment, label=f"{station}-A", seed=100 * len(station) + number)


@pytest.fixture
def strips(tmp_path, pardine_json, home):
    """Three cameras: names by a clock 12 hours off, names that are right, and names that tell nothing."""
    folder = tmp_path / "cards"
    moments = [START + number * STEP for number in range(4)]
    late = [f"{moment - dt.timedelta(hours=12):%Y%m%d_%H%M%S}.JPG" for moment in moments]
    strip_card(folder, "K10", moments, [f"IMG_{name}" for name in late])
    strip_card(folder, "K20", moments, [f"IMG_{moment:%Y%m%d_%H%M%S}.JPG" for moment in moments])
    strip_card(folder, "K30", moments[:2], ["IMG_0001.JPG", "IMG_0002.JPG"])
    pardine_json(
        "add", folder, "--pattern", "{station}/{slot}/**", "--utc-offset", "+08:00", "--project", home
    )
    return folder, moments


def test_strips_from_the_card_to_the_mended_clock(strips, pardine, pardine_json, home, tmp_path):
    _, moments = strips
    read = pardine_json("clock", "--strips", "--project", home)
    counted = {row["deployment"]: row for row in read["deployments"]}
    assert read["read"] == 10
    one = read["photographs"][0]
    assert (one["deployment"], one["clock"], one["state"], one["label"]) == (
        "K10_A", str(moments[0]), "differs", "K10-A",
    )  # fmt: skip
    assert {code: row["n_times"] for code, row in counted.items()} == {"K10_A": 4, "K20_A": 4, "K30_A": 2}
    assert (counted["K10_A"]["n_differ"], counted["K20_A"]["n_agree"], counted["K30_A"]["n_alone"]) == (
        4,
        4,
        2,
    )
    assert pardine_json("clock", "--strips", "--project", home)["read"] == 0  # known from before
    found = pardine_json("check", "--project", home)["findings"]
    (off,) = [f for f in found if f["rule"] == "check.times_disagree"]
    assert (off["deployments"], off["proposal"]["kind"], off["proposal"]["offset_s"]) == (
        ["K10_A"], "twelve hours", 43_200,
    )  # fmt: skip
    pardine_json("clock", "K10_A", "--apply", "--note", "strips", "--project", home)
    mended = [media for media in stored(home) if media.deployment == "K10_A"]
    assert [m.instant_utc.replace(tzinfo=None) + dt.timedelta(hours=8) for m in mended] == moments
    after = pardine_json("check", "--rule", "check.times_disagree", "--project", home)
    assert after["findings"] == []


def read_table(table):
    with table.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def write_rows(table, rows):
    with table.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)


def test_a_person_types_the_time_that_stands_on_a_photograph(pardine, pardine_json, home, tmp_path):
    folder = tmp_path / "cards" / "K40" / "A"
    folder.mkdir(parents=True)
    for number, grey in ((1, 90), (2, 160)):
        Image.new("L", (64, 48), grey).save(folder / f"IMG_000{number}.JPG")
    add = ("add", tmp_path / "cards", "--pattern", "{station}/{slot}/**", "--utc-offset", "+08:00")
    pardine_json(*add, "--project", home)
    table = tmp_path / "findings.csv"
    words = ("check", "--csv", table, "--project", home)
    pardine_json(*words)
    rows = [row for row in read_table(table) if row["rule"] == "check.time_to_read"]
    assert [row["other"].rsplit("/", 1)[-1] for row in rows] == ["IMG_0001.JPG", "IMG_0002.JPG"]

    rows[0].update(verdict="mended", by="Simulated warden", time="2025-06-01")
    write_rows(table, rows)
    code, _, err = pardine(*words, "--verdicts", table)
    assert code == 2 and "2025-06-01" in err
    for said in ("2025-06-01 21:03:05", "2025-06-01 21:04:05"):
        rows = [row for row in read_table(table) if row["other"].endswith("IMG_0001.JPG")]
        rows[0].update(verdict="mended", by="Simulated warden", time=said)
        write_rows(table, rows)
        pardine_json(*words, "--verdicts", table)
        first, second = (m for m in stored(home) if m.deployment == "K40_A")
        assert str(first.wall_clock) == said
        assert first.instant_utc.replace(tzinfo=None) == first.wall_clock - dt.timedelta(hours=8)
        assert second.wall_clock is None
        pardine_json(*words)
    # It is settled, and stands in the table with what was typed.
    after = pardine_json("check", "--project", home)
    settled = {f["other"].rsplit("/", 1)[-1]: f["verdict"] for f in after["findings"] if f["other"]}
    assert settled == {"IMG_0001.JPG": "mended", "IMG_0002.JPG": None}
    rows = [row for row in read_table(table) if row["other"].endswith("IMG_0001.JPG")]
    assert [row["time"] for row in rows] == ["2025-06-01 21:04:05"]
    # Taken back by another verdict, without a time.
    rows[0].update(verdict="fault", time="")
    write_rows(table, rows)
    pardine_json(*words, "--verdicts", table)
    assert [m.wall_clock for m in stored(home) if m.deployment == "K40_A"] == [None, None]


def test_strips_that_stand_alone_get_their_time_by_verdict_and_lose_it_again(
    strips, pardine, pardine_json, home, tmp_path
):
    _, moments = strips
    pardine_json("clock", "K30_A", "--strips", "--project", home)
    table = tmp_path / "queue.csv"
    pardine("check", "--rule", "check.strip_alone", "--csv", table, "--project", home)

    def say(answers):
        with table.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
        assert [row["other"].rsplit("/", 1)[-1] for row in rows] == ["IMG_0001.JPG", "IMG_0002.JPG"]
        for row, answer in zip(rows, answers, strict=True):
            row.update(verdict=answer, by="Simulated warden")
        with table.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
        words = ("check", "--rule", "check.strip_alone", "--verdicts", table, "--project", home)
        assert pardine_json(*words)["new_verdicts"] == 2
        return [m for m in stored(home) if m.deployment == "K30_A"]

    one, other = say(["no fault", "fault"])
    assert (one.wall_clock, one.clock_source, one.agreement) == (moments[0], "strip", "single")
    assert one.instant_utc.replace(tzinfo=None) == moments[0] - dt.timedelta(hours=8)
    assert (other.wall_clock, other.agreement) == (None, "none")
    # Verdicts on other findings leave it as it is.
    empty = tmp_path / "empty.csv"
    empty.write_text("key,verdict,by\n", encoding="utf-8")
    pardine_json("check", "--rule", "check.no_time", "--verdicts", empty, "--project", home)
    assert stored(home)[-2].wall_clock == moments[0]
    one, other = say(["unclear", "no fault"])
    assert (one.wall_clock, one.instant_utc, one.agreement) == (None, None, "none")
    assert other.wall_clock == moments[1]


def test_a_strip_that_agrees_settles_a_time_that_waits(tmp_path, pardine_json, home):
    """A date of the last change alone is only proposed; with the strip two sources agree."""
    folder = tmp_path / "cards" / "K10" / "A"
    folder.mkdir(parents=True)
    path = strip_picture(folder / "IMG_0001.JPG", START)
    exif = Image.Exif()
    exif[0x0132] = f"{START:%Y:%m:%d %H:%M:%S}"
    with Image.open(path) as picture:
        picture.save(path, exif=exif, quality=95)
    words = ("--pattern", "{station}/{slot}/**", "--utc-offset", "+08:00", "--project", home)
    pardine_json("add", tmp_path / "cards", *words)
    (before,) = stored(home)
    assert (before.agreement, before.instant_utc) == ("undecided", None)
    assert pardine_json("clock", "--strips", "--project", home)["settled"] == 1
    (after,) = stored(home)
    assert (after.wall_clock, after.agreement) == (START, "agree")
    assert {reading.source for reading in after.readings} == {"exif", "strip"}
    assert after.instant_utc.replace(tzinfo=None) == START - dt.timedelta(hours=8)


def test_strips_without_the_extra_or_the_disk_say_what_to_do(strips, pardine, home, monkeypatch):
    folder, _ = strips
    folder.rename(folder.with_name("elsewhere"))
    code, out, _ = pardine("clock", "--strips", "--project", home, "--json")
    assert code == 0
    assert [notice["code"] for notice in json.loads(out)["warnings"]] == ["strip.file_gone"]
    monkeypatch.setattr(strip_reader, "rapidocr", None)
    code, out, err = pardine("clock", "--strips", "--project", home)
    assert code == 2
    assert 'pip install "pardine[strip]"' in out + err
