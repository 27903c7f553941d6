"""Each rule finds its fault, is silent without it, and its findings can be told in words."""

import dataclasses
import datetime as dt
import time
from string import Formatter

import numpy as np
import pytest

from pardine.base.errors import InputError
from pardine.language.messages import MESSAGES
from pardine.language.translate import sentence
from pardine.observe.check.finding import Finding, Verdict, open_findings
from pardine.observe.check.rules import RULES, run_checks
from pardine.observe.check.season import Limits, Season
from pardine.observe.check_sheet import CameraVisit
from pardine.observe.clock import ClockCheck, ClockCorrection, ClockRecord, local_clocks
from pardine.observe.deployment import Deployment
from pardine.observe.effort import EffortInterval
from pardine.observe.media_columns import file_numbers, media_columns

START = dt.datetime(2024, 5, 1, 10, 30)
NOW = dt.datetime(2024, 9, 1)
N_DAYS = 40


def deployment(code, station="S1", slot="A", starts=START, days=N_DAYS, **facts):
    ends = starts + dt.timedelta(days=days)
    return Deployment(code=code, station=station, slot=slot, starts=starts, ends=ends, **facts)


def times(n=120, seed=1, days=N_DAYS):
    """Wall clocks of n photographs between the visits, by day and night, half an hour apart or more."""
    rng = np.random.default_rng(seed)
    minutes = np.sort(rng.choice(np.arange(30, days * 1440 - 30, 30), n, replace=False))
    return np.datetime64(START, "s") + minutes.astype("timedelta64[m]")


def season(*cards, **facts):
    """A season from (deployment, dict of columns) pairs."""
    columns = {}
    for number, (_, card) in enumerate(cards):
        n = len(card.get("wall_clock", ()))
        filled = {
            "code": [f"{number}/{i}.jpg" for i in range(n)],
            "deployment": np.full(n, number),
            "sha256": [f"{number:04d}{i:060d}" for i in range(n)],
            "file_number": np.arange(n),
            "serial": np.full(n, ""),
            "label": np.full(n, ""),
            "brightness": np.full(n, np.nan),
            "contrast": np.full(n, np.nan),
            "view": np.full((n, 9), np.nan),
            "wall_clock": np.zeros(0, "datetime64[s]"),
            **card,
        }
        for name, values in filled.items():
            columns.setdefault(name, []).append(np.asarray(values))
    media = media_columns(**{name: np.concatenate(parts) for name, parts in columns.items()})
    return Season(**{"deployments": tuple(d for d, _ in cards), "media": media, "now": NOW, **facts})


def found(*args, **facts):
    findings = run_checks(season(*args, **facts))
    for finding in findings:
        assert_told(finding)
    return {(f.rule.removeprefix("check."), f.subject) for f in findings}


def assert_told(finding):
    message = MESSAGES[finding.rule]
    fields = {name for text in (message.sentence, message.hint) for _, name, _, _ in Formatter().parse(text)}
    assert fields - {None} <= finding.notice.fields.keys()
    assert "{" not in sentence(finding.notice)
    assert finding.severity == {rule.id: rule.severity for rule in RULES}[finding.rule]


def working(station="S1", slot="A", first=0, last=N_DAYS, state="working"):
    return EffortInterval(
        session="1",
        station=station,
        slot=slot,
        starts=START + dt.timedelta(days=first),
        ends=START + dt.timedelta(days=last),
        state=state,
    )


SOUND = (deployment("d1", camera_serial="H1"), {"wall_clock": times(), "serial": np.full(120, "H1")})


def test_sound_season_has_no_findings():
    partner = (deployment("d2", slot="B"), {"wall_clock": times() + np.timedelta64(9, "s")})
    assert found(SOUND, partner, effort=(working(), working(slot="B"))) == set()


def test_photographs_without_time():
    wall = times()
    wall[3] = np.datetime64("NaT")
    assert found((deployment("d1"), {"wall_clock": wall})) == {("no_time", "d1"), ("time_to_read", "d1")}


@pytest.mark.parametrize("year", [2001, 2031])
def test_dates_that_cannot_be(year):
    wall = times() + (np.datetime64(f"{year}-05-01") - np.datetime64("2024-05-01"))
    assert ("impossible_date", "d1") in found((deployment("d1"), {"wall_clock": wall}))


def test_photographs_outside_their_deployment_and_the_correction_that_would_fit():
    wall = times()
    shifted = wall + np.timedelta64(12, "h")
    facts = season((deployment("d1"), {"wall_clock": shifted}))
    (finding,) = run_checks(facts)
    assert (finding.rule, finding.proposal.kind) == ("check.outside_deployment", "twelve hours")
    assert (local_clocks(shifted, [finding.proposal]) == wall).all()
    # Once the correction is in force the finding is gone.
    record = ClockRecord(deployment="d1", corrections=(finding.proposal,))
    assert run_checks(dataclasses.replace(facts, clocks={"d1": record})) == ()


def test_visit_dated_without_a_time_may_have_been_at_any_hour():
    early = times()
    early[0] = np.datetime64("2024-05-01T06:00:00")
    assert found((deployment("d1"), {"wall_clock": early})) == {("outside_deployment", "d1")}
    noon = deployment("d1", starts=dt.datetime(2024, 5, 1, 12))
    assert found((noon, {"wall_clock": early})) == set()


@pytest.mark.parametrize(
    ("wall", "kind"),
    [
        # Set to 5 January for 1 May... the day is above 12 nowhere: months and days were exchanged when read.
        (
            np.array(["2024-05-05T11:00", "2024-06-05T12:00", "2024-05-20T12:00"], "datetime64[s]"),
            "day and month",
        ),
        (times() - np.timedelta64(91, "D"), None),
        (np.concatenate([times()[:60], times()[60:] - np.timedelta64(4000, "D")]), "reset"),
    ],
)
def test_proposals(wall, kind):
    if kind == "day and month":
        # 6 May was read as 5 June, so one photograph lies outside a deployment of three weeks.
        short = deployment("d1", days=20)
        (finding,) = run_checks(season((short, {"wall_clock": np.sort(wall), "file_number": [0, 2, 1]})),
                                only=["check.outside_deployment"])  # fmt: skip
    else:
        (finding,) = run_checks(
            season((deployment("d1"), {"wall_clock": wall})), only=["check.outside_deployment"]
        )
    assert (finding.proposal.kind if finding.proposal else None) == kind


def test_time_that_runs_backwards_against_the_file_numbers():
    wall = times()
    written = np.arange(120)
    written[[60, 61]] = written[[61, 60]]
    assert found((deployment("d1"), {"wall_clock": wall, "file_number": written})) == {
        ("time_backwards", "d1")
    }


def test_counter_that_turns_over_and_two_cards_in_a_folder_are_no_step_back():
    numbers = (9950 + np.arange(120) - 1) % 9999 + 1
    assert found((deployment("d1"), {"wall_clock": times(), "file_number": numbers})) == set()
    twice = np.arange(120) % 60
    assert found((deployment("d1"), {"wall_clock": times(), "file_number": twice})) == set()


def test_reference_clock_proposes_the_drift():
    checks = tuple(
        ClockCheck(wall_clock=moment + dt.timedelta(seconds=ahead), reference_clock=moment, media=f"m{ahead}")
        for moment, ahead in ((START, 0), (START + dt.timedelta(days=N_DAYS), 400))
    )
    facts = season(SOUND, clock_checks={"d1": checks})
    (finding,) = run_checks(facts)
    assert (finding.rule, finding.media) == ("check.clock_check", ("m0", "m400"))
    assert finding.proposal.drift_s_per_day == pytest.approx(-10.0, abs=0.01)
    corrected = ClockRecord(deployment="d1", corrections=(finding.proposal,))
    assert run_checks(dataclasses.replace(facts, clocks={"d1": corrected})) == ()


def test_lag_of_two_slots_names_the_one_to_correct_where_the_other_is_checked():
    partner = (deployment("d2", slot="B"), {"wall_clock": times() + np.timedelta64(1800, "s")})
    (finding,) = run_checks(season(SOUND, partner))
    assert (finding.rule, finding.other, finding.proposal) == ("check.slot_lag", "d2", None)
    assert finding.evidence["minutes"] == pytest.approx(30, abs=0.1)
    right = (ClockCheck(wall_clock=START, reference_clock=START),)
    (finding,) = run_checks(season(SOUND, partner, clock_checks={"d1": right}))
    assert (finding.proposal.deployment, round(finding.proposal.offset_s)) == ("d2", -1800)


def test_card_in_two_folders():
    copied = {"wall_clock": times(), "sha256": [f"0000{i:060d}" for i in range(120)]}
    rules = found(SOUND, (deployment("d2", station="S2"), copied))
    assert rules == {("same_hash", "d1")}


def test_missing_card_unless_it_was_lost_or_never_wrote():
    empty = deployment("d2", station="S2")
    assert found(SOUND, (empty, {})) == {("missing_card", "d2")}
    gone = CameraVisit(
        session="1", station="S2", slot="A", arrives=empty.ends, leaves=empty.ends, found="stolen"
    )
    assert found(SOUND, (empty, {}), visits=(gone,)) == set()
    assert found(SOUND, (empty, {}), effort=(working("S2", state="dead"),)) == set()
    assert found(SOUND, (deployment("d2", station="S2", days=900), {})) == set()


def test_camera_at_two_stations_and_card_of_another_camera():
    same = (deployment("d2", station="S2"), {"wall_clock": times(seed=2), "serial": np.full(120, "H1")})
    assert found(SOUND, same) == {("serial_two_stations", "d1")}
    later = deployment("d3", station="S2", starts=START + dt.timedelta(days=N_DAYS), camera_serial="H1")
    assert found(SOUND, (later, {"wall_clock": times(seed=3) + np.timedelta64(N_DAYS, "D")})) == set()
    other = {"wall_clock": times(), "serial": np.full(120, "H9")}
    assert found((deployment("d1", camera_serial="H1"), other)) == {("serial_not_sheet", "d1")}


@pytest.mark.parametrize(
    ("label", "rules"),
    [
        ("s-1 a", set()),
        ("S1", set()),
        ("CAMERA", set()),
        ("S2", {("label_not_station", "d1")}),
        ("S1B", {("label_not_station", "d1")}),
        ("S2A", {("label_not_station", "d1")}),
    ],
)
def test_labels_that_name_another_station_or_slot(label, rules):
    one = (deployment("d1"), {"wall_clock": times(), "label": np.full(120, label)})
    others = [
        (deployment(code, station=station, slot=slot), {"wall_clock": times(seed=seed)})
        for code, station, slot, seed in (("d2", "S1", "B", 1), ("d3", "S2", "A", 4))
    ]
    assert found(one, *others) == rules


def test_silence_while_the_partner_records():
    wall = times(200)
    quiet = wall[(wall < wall[60]) | (wall > wall[140])]
    cards = (
        (deployment("d1"), {"wall_clock": quiet}),
        (deployment("d2", slot="B"), {"wall_clock": wall + np.timedelta64(5, "s")}),
    )
    assert found(*cards) == {("partner_gap", "d1")}
    days = [(moment - np.datetime64(START, "s")) / np.timedelta64(1, "D") for moment in (wall[60], wall[140])]
    declared = (
        working(last=days[0]),
        working(first=days[0], last=days[1], state="snowed"),
        working(first=days[1]),
        working(slot="B"),
    )
    assert found(*cards, effort=declared) == set()


def test_dead_flash_by_missing_nights_and_by_black_pictures():
    wall = times(300)
    hour = (wall - wall.astype("datetime64[D]")).astype(int) / 3600
    by_day = (hour > 5) & (hour < 20)
    partner = (deployment("d2", slot="B"), {"wall_clock": wall + np.timedelta64(5, "s")})
    late = wall > wall[80]
    no_nights = (deployment("d1"), {"wall_clock": wall[by_day | ~late]})
    assert ("no_night", "d1") in found(no_nights, partner)
    black = np.where(late & ~by_day, 0.001, 0.4)
    card = {"wall_clock": wall, "brightness": black, "contrast": np.full(300, 0.2)}
    assert found((deployment("d1"), card), partner) == {("no_night", "d1")}


def test_trigger_storm():
    storm = np.datetime64("2024-05-10T13:00:00") + np.arange(600).astype("timedelta64[s]") * 5
    wall = np.sort(np.concatenate([times(), storm]))
    assert found((deployment("d1"), {"wall_clock": wall})) == {("trigger_storm", "d1")}


def test_blocked_view():
    wall = times(300)
    blocked = wall > wall[200]
    card = {
        "wall_clock": wall,
        "brightness": np.full(300, 0.5),
        "contrast": np.where(blocked, 0.005, 0.2),
    }
    assert found((deployment("d1"), card)) == {("view_blocked", "d1")}
    card["contrast"] = np.where(np.arange(300) % 7 == 0, 0.005, 0.2)
    assert found((deployment("d1"), card)) == set()


def test_moved_view():
    rng = np.random.default_rng(3)
    scenes = rng.uniform(0, 1, (2, 9))
    scenes[1] = 1 - scenes[0]
    wall = times(300)
    noise = rng.normal(0, 0.1, (300, 9))
    moved = (wall > wall[200]).astype(int)
    same = {"wall_clock": wall, "view": scenes[0] + noise}
    assert found((deployment("d1"), same)) == set()
    card = {"wall_clock": wall, "view": scenes[moved] + noise}
    (finding,) = run_checks(season((deployment("d1"), card)))
    assert finding.rule == "check.view_moved"
    first_day = dt.datetime.fromisoformat(finding.evidence["first"])
    assert abs(first_day - wall[200].astype(object)) < dt.timedelta(days=1)
    # A view that is different each time (fog, snow, people) is no moved camera.
    card["view"] = rng.uniform(0, 1, (300, 9))
    assert found((deployment("d1"), card)) == set()


def test_two_deployments_at_one_slot():
    second = deployment("d2", starts=START + dt.timedelta(days=30))
    card = {"wall_clock": times(seed=5) + np.timedelta64(30, "D")}
    assert found(SOUND, (second, card)) == {("overlapping_deployments", "d1")}
    after = deployment("d2", starts=START + dt.timedelta(days=N_DAYS))
    assert found(SOUND, (after, {"wall_clock": card["wall_clock"] + np.timedelta64(10, "D")})) == set()


def test_faults_of_the_effort_table():
    assert found(SOUND, effort=(working(), working(first=30, last=45))) == {("effort_overlap", "S1 A")}
    # A failure within a longer row that says working is how people write it.
    assert found(SOUND, effort=(working(), working(first=3, last=5, state="snowed"))) == set()
    with_hole = (working(last=10), working(first=15))
    assert found(SOUND, effort=with_hole) == {("effort_gap", "S1 A"), ("effort_uncovered", "d1")}
    dead = (working(last=20), working(first=20, state="dead"))
    assert found(SOUND, effort=dead) == {("effort_contradicted", "d1")}
    assert found(SOUND, effort=(working(station="S9"),)) == set()


def test_rules_are_chosen_by_name_and_unknown_ones_refused():
    facts = season((deployment("d1"), {"wall_clock": times() + np.timedelta64(9, "D")}))
    assert run_checks(facts, only=["check.same_hash"]) == ()
    with pytest.raises(InputError, match=r"check\.unknown_rule"):
        run_checks(facts, only=["check.same_hush"])


def test_limits_are_heeded():
    wall = times()
    wall[0] = np.datetime64(START - dt.timedelta(hours=4), "s")
    facts = season((deployment("d1"), {"wall_clock": wall}))
    assert len(run_checks(facts)) == 1
    assert run_checks(facts, Limits(visit_tolerance_h=6.0)) == ()


def test_verdicts_settle_findings_and_survive_a_second_check():
    first = Finding(rule="check.no_time", severity="warning", subject="d1", evidence={"n": 2})
    again = Finding(rule="check.no_time", severity="warning", subject="d1", evidence={"n": 3})
    assert first.key == again.key
    assert open_findings([again], [Verdict(key=first.key, answer="mended", by="Ana")]) == ()
    assert open_findings([again], [Verdict(key=first.key, answer="fault", by="Ana")]) == (again,)
    with pytest.raises(ValueError, match="answer"):
        Verdict(key="x", answer="perhaps", by="Ana")


def test_file_numbers_go_on_through_folders():
    paths = ["S1/100RECNX/RCNX9999.JPG", "S1/101RECNX/RCNX0001.JPG", "20200709093328-RCNX0001.JPG", "x.jpg"]
    assert file_numbers(paths).tolist() == [1_009_999, 1_010_001, 1, -1]


def test_columns_of_different_length_are_refused():
    with pytest.raises(ValueError, match="label"):
        media_columns(code=["a"], deployment=[0], wall_clock=["2024-05-01"], label=["x", "y"])


def test_empty_season():
    assert run_checks(season((deployment("d1", days=900), {}))) == ()


def test_correction_of_a_kind_that_does_not_exist():
    with pytest.raises(ValueError, match="kind"):
        ClockCorrection(deployment="d1", kind="magic")
    with pytest.raises(ValueError, match="pivot"):
        ClockCorrection(deployment="d1", kind="drift", drift_s_per_day=1.0)
    with pytest.raises(ValueError, match="finite"):
        ClockCorrection(deployment="d1", kind="offset", offset_s=float("nan"))


def test_a_million_photographs_are_checked_in_seconds():
    n, n_deployments = 1_000_000, 400
    rng = np.random.default_rng(4)
    cards = tuple(deployment(f"d{i}", station=f"S{i // 2}", slot="AB"[i % 2]) for i in range(n_deployments))
    seconds = rng.integers(0, N_DAYS * 86_400, n).astype("timedelta64[s]")
    media = media_columns(
        code=np.arange(n),
        deployment=np.repeat(np.arange(n_deployments), n // n_deployments),
        wall_clock=np.datetime64(START, "s") + seconds,
    )
    begun = time.process_time()
    run_checks(Season(deployments=cards, media=media, now=NOW))
    assert time.process_time() - begun < 30
