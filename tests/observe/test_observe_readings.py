"""What sources say of a photograph's time: disagreements are found, strips confirm, the sound are silent."""

import dataclasses

import numpy as np
import pytest
from test_observe_check import NOW, assert_told, deployment, times

from pardine.observe.check.rules import run_checks
from pardine.observe.check.season import Season
from pardine.observe.clock import ClockCorrection, ClockRecord, local_clocks
from pardine.observe.media_columns import file_numbers, media_columns
from pardine.simulate.season.card_contents import CardSettings
from pardine.simulate.season.card_faults import draw_cards

ONLY = ("check.times_disagree", "check.strip_alone", "check.strip_confirms")
HOUR = np.timedelta64(3600, "s")
NAT = np.datetime64("NaT", "s")


def sampled(clocks, rows=(0, 30, 60, 90, 119)):
    strips = np.full(clocks.size, NAT)
    strips[list(rows)] = clocks[list(rows)]
    return strips


def season(wall, source="file name", *, waiting=False, corrections=(), **readings):
    media = media_columns(
        code=[f"{i}.jpg" for i in range(wall.size)],
        deployment=np.zeros(wall.size, int),
        wall_clock=wall,
        file_number=np.arange(wall.size),
        clock_source=np.where(np.isnat(wall), "", source),
        is_waiting=np.full(wall.size, waiting),
        readings={name.replace("_", " "): clocks for name, clocks in readings.items()},
    )
    clocks = {"d1": ClockRecord(deployment="d1", corrections=tuple(corrections))}
    return Season(deployments=(deployment("d1"),), media=media, now=NOW, clocks=clocks)


def findings(*args, **facts):
    found = run_checks(season(*args, **facts), only=ONLY)
    for finding in found:
        assert_told(finding)
    return found


def test_names_that_are_off_from_the_strips_are_found_with_the_correction_that_settles_them():
    names = times()
    shown = names + 12 * HOUR
    (finding,) = findings(names, file_name=names, strip=sampled(shown))
    assert (finding.rule, finding.subject, finding.other) == (
        "check.times_disagree", "d1", "strip / file name",
    )  # fmt: skip
    assert (finding.evidence["n"], finding.evidence["n_all"], finding.evidence["n_alike"]) == (5, 5, 5)
    assert finding.evidence["hours"] == -12
    assert (finding.proposal.kind, finding.proposal.offset_s) == ("twelve hours", 43_200)
    assert (local_clocks(names, [finding.proposal]) == shown).all()
    assert findings(names, file_name=names, strip=sampled(shown), corrections=[finding.proposal]) == ()


def test_one_strip_that_was_misread_proposes_nothing():
    names = times()
    strips = sampled(names)
    strips[60] += 8 * HOUR
    (finding,) = findings(names, file_name=names, strip=strips)
    assert (finding.evidence["n"], finding.proposal, finding.media) == (1, None, ("60.jpg",))


def test_what_the_cameras_own_clocks_say_is_told_once():
    shown = times()
    (finding,) = findings(shown, "exif", exif=shown, makernote=shown, strip=sampled(shown),
                          file_name=shown - HOUR, waiting=True)[:1]  # fmt: skip
    found = findings(shown, "exif", exif=shown, makernote=shown, strip=sampled(shown), file_name=shown - HOUR)
    assert [f.other for f in found] == ["exif / file name"]
    assert finding.proposal is None
    assert finding.evidence["n_alike"] == 120


def test_a_person_who_keeps_the_chosen_times_settles_it():
    shown = times()
    kept = ClockCorrection(deployment="d1", kind="offset", reason="strip looked at")
    assert findings(shown, "exif", exif=shown, file_name=shown - HOUR, corrections=[kept]) == ()
    elsewhere = ClockCorrection(deployment="d1", kind="offset", offset_s=7.0)
    assert findings(shown, "exif", exif=shown, file_name=shown - HOUR, corrections=[elsewhere]) != ()


@pytest.mark.parametrize("apart_s", [0, 1, 59, -60])
def test_differences_within_the_limit_are_none(apart_s):
    shown = times()
    assert findings(shown, "exif", exif=shown, file_name=shown + np.timedelta64(apart_s, "s")) == ()


def test_a_strip_that_stands_alone_waits_for_a_person():
    nothing = np.full(120, NAT)
    found = findings(nothing, strip=sampled(times(), (4, 9)))
    assert [(f.rule, f.other) for f in found] == [
        ("check.strip_alone", "4.jpg"), ("check.strip_alone", "9.jpg"),
    ]  # fmt: skip
    assert len({finding.key for finding in found}) == 2
    # Once it has been taken for the time, its finding keeps its key, by which the verdict is known.
    taken = sampled(times(), (4,))
    again = findings(taken, "strip", strip=sampled(times(), (4, 9)))
    assert [f.key for f in again] == [f.key for f in found]


def test_times_that_wait_are_confirmed_by_strips_and_settled_by_nothing():
    names = times()
    (finding,) = findings(names, file_name=names, strip=sampled(names), waiting=True)
    assert (finding.rule, finding.proposal.offset_s) == ("check.strip_confirms", 0.0)
    assert (finding.evidence["n"], finding.evidence["n_waiting"]) == (5, 120)
    applied = [dataclasses.replace(finding.proposal, reason="strips")]
    assert findings(names, file_name=names, strip=sampled(names), waiting=True, corrections=applied) == ()
    assert findings(names, file_name=names, strip=sampled(names, (0, 60)), waiting=True) == ()
    assert findings(names, file_name=names, strip=sampled(names), waiting=False) == ()


def test_planted_renamings_of_simulated_cards_are_found_and_no_sound_card_is():
    """Names written by another clock on every third deployment: all found, none besides."""
    cards = draw_cards((), 30, 17, CardSettings(visits_a_day=1.5, days=40))
    media, rng = cards.media, np.random.default_rng(4)
    planted = {d.code for number, d in enumerate(cards.deployments) if number % 3 == 0}
    names = media.readings["file name"].copy()
    expected = {}
    for number, held in enumerate(cards.deployments):
        if held.code in planted:
            offset_s = int(rng.choice([3600, -3600, 43_200, -46_800, 86_400, 120]))
            names[media.deployment == number] += np.timedelta64(offset_s, "s")
            expected[held.code] = offset_s
    columns = dataclasses.replace(media, readings={**media.readings, "file name": names})
    checked = Season(
        deployments=cards.deployments, media=columns, now=cards.now, clock_checks=cards.clock_checks
    )
    found = {f.subject: f for f in run_checks(checked, only=ONLY)}
    with_media = {
        cards.deployments[number].code for number in np.unique(media.deployment[media.deployment >= 0])
    }
    assert set(found) == planted & with_media
    assert len(found) >= 15
    for code, finding in found.items():
        assert finding.evidence["hours"] * 3600 == pytest.approx(expected[code], abs=1)
    sound = dataclasses.replace(checked, media=media)
    assert run_checks(sound, only=ONLY) == ()


def test_names_that_end_in_a_time_do_not_number_the_files():
    """Numbered by the hour of the day, every sound card would seem to run backwards."""
    wall = times()
    names = [f"IMG_{clock.astype(object):%Y%m%d_%H%M%S}.JPG" for clock in wall]
    assert (file_numbers(names) == -1).all()
    assert file_numbers(["20200709093328-RCNX0001.JPG", "20240503_IMG0012.JPG"]).tolist() == [1, 12]
