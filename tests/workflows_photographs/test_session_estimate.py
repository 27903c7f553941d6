"""Packages with named animals through add and estimate: effort, window, independent detections."""

import datetime as dt
import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
from named_package import DAYS, DENSITY_PER_100KM2, SPECIES, START, named_package, true_detections

from pardine.store.decisions import read_log
from pardine.store.project import open_project
from pardine.store.survey import read_survey
from pardine.workflows.sessions import SESSION_WINDOW, stored_plans

NAME = f"{SPECIES} 2025"


@pytest.fixture
def package(tmp_path):
    folder = tmp_path / "пакет 数据"
    named_package(folder)
    return folder


@pytest.fixture
def added(package, pardine_json, home):
    return pardine_json("add", package, "--project", home)


def thinned(visits, gap_min=30):
    """Independent visits, the plain way: at least so long after the last that counted."""
    last, counted = {}, []
    for animal, station, moment in sorted(visits, key=lambda v: v[2]):
        key = (animal, station)
        if key not in last or moment - last[key] >= dt.timedelta(minutes=gap_min):
            last[key] = moment
            counted.append((animal, station, moment))
    return counted


def noon_occasion(moment, first_noon):
    return (moment - dt.datetime.combine(first_noon, dt.time(12))) // dt.timedelta(days=1) + 1


def test_a_package_with_names_gives_an_estimate(added, pardine_json, home):
    done = pardine_json("estimate", "--species", SPECIES.lower(), "--project", home)
    (session,) = done["fits"][0]["sessions"]
    density = session["density"]
    assert density["unit"] == "animals per 100 km2"
    assert density["lower"] < DENSITY_PER_100KM2 < density["upper"]
    codes = {notice["code"] for notice in done["warnings"]}
    assert {"session.window_default", "session.effort_assumed"} <= codes


def test_captures_are_the_independent_visits_within_the_window(added, pardine_json, home):
    pardine_json("estimate", "--species", SPECIES, "--project", home)
    with open_project(home) as project:
        survey = read_survey(project)
        plan = stored_plans(project)[NAME]
    first = plan.window.first_noon
    expected = defaultdict(int)
    for animal, station, moment in thinned(true_detections(5)):
        occasion = noon_occasion(moment, first)
        if 1 <= occasion <= plan.window.n_days:
            expected[animal, station, occasion] += 1
    adults = {
        (c.individual, c.station, c.occasion): c.count for c in survey.captures if c.age_class == "adult"
    }
    assert adults == expected
    cubs = {c.individual for c in survey.captures if c.age_class == "cub"}
    assert cubs == {"U01 cub"}
    visits = [(a, s, m) for a, s, m in true_detections(5) if a == "U01"]
    n_cub = sum(c.count for c in survey.captures if c.age_class == "cub")
    assert n_cub == sum(1 <= noon_occasion(m, first) <= plan.window.n_days for _, _, m in thinned(visits))


def test_usage_is_in_fractions_from_noon_to_noon(added, pardine_json, home):
    words = ("--session-start", "2025-04-29", "--session-days", "10", "--session-reason", "проба",
             "--occasion-days", "4")  # fmt: skip
    pardine_json("estimate", "--species", SPECIES, *words, "--project", home)
    with open_project(home) as project:
        (session,) = read_survey(project).sessions
        usage = np.array([s.usage_station_days for s in read_survey(project).stations])
    # Set on 1 May at 10:00; the first occasion lasts from noon of 29 April to noon of 3 May.
    assert session.n_occasions == 3
    np.testing.assert_allclose(usage, np.tile([2 + 2 / 24, 4.0, 2.0], (36, 1)))


def test_estimating_again_changes_nothing(added, pardine_json, home):
    first = pardine_json("estimate", "--species", SPECIES, "--project", home)
    with open_project(home) as project:
        n_decisions = len(read_log(project))
    second = pardine_json("estimate", "--project", home)
    with open_project(home) as project:
        assert len(read_log(project)) == n_decisions
    assert second["fits"][0]["log_likelihood"] == first["fits"][0]["log_likelihood"]


def test_without_a_word_the_only_species_with_names_is_taken(added, pardine_json, home):
    done = pardine_json("estimate", "--project", home, "--dry-run")
    assert done["fits"][0]["sessions"][0]["session"] == NAME
    with open_project(home) as project:
        assert read_survey(project).sessions == ()
        assert stored_plans(project) == {}


def test_a_window_needs_a_reason_and_keeps_it(added, pardine, pardine_json, home):
    words = ("--session-start", "2025-05-10", "--session-days", "60")
    code, _, err = pardine("estimate", "--species", SPECIES, *words, "--project", home)
    assert code == 2
    assert "--session-reason" in err
    pardine_json(
        "estimate", "--species", SPECIES, *words, "--session-reason", "сухой сезон", "--project", home
    )
    with open_project(home) as project:
        (decision,) = [d for d in read_log(project) if d.kind == SESSION_WINDOW]
        (session,) = read_survey(project).sessions
    assert decision.value["reason"] == "сухой сезон"
    assert (session.starts_on, session.duration_days) == (dt.date(2025, 5, 10), 60)


def test_another_window_takes_the_place_of_the_first_and_both_stay_readable(added, pardine_json, home):
    pardine_json("estimate", "--species", SPECIES, "--project", home)
    words = ("--session-start", "2025-06-01", "--session-days", "45", "--session-reason", "late")
    done = pardine_json("estimate", "--species", SPECIES, *words, "--project", home)
    assert [s["session"] for s in done["fits"][0]["sessions"]] == [NAME]
    with open_project(home) as project:
        survey = read_survey(project)
        windows = [d.value["n_days"] for d in read_log(project) if d.kind == SESSION_WINDOW]
    assert windows == [90, 45]
    assert survey.sessions[0].n_occasions == 45
    assert max(c.occasion for c in survey.captures) <= 45
    assert all(len(s.usage_station_days) == 45 for s in survey.stations)


def test_other_windows_are_shown_with_their_densities(added, pardine_json, home):
    words = ("--session-start", "2025-05-05", "--session-days", "60", "--session-reason", "middle")
    done = pardine_json("estimate", "--species", SPECIES, *words, "--windows", "--project", home)
    rows = done["session_windows"]
    assert (rows[0]["chosen"], rows[0]["first"], rows[0]["days"]) == (True, "2025-05-05", 60)
    assert {row["days"] for row in rows} == {60, 75}
    assert all(row["density_per_100km2"]["value"] > 0 for row in rows)
    main = done["fits"][0]["sessions"][0]
    assert rows[0]["animals"] == main["n_animals"]
    assert {n["code"] for n in done["warnings"]} & {"session.window_robust", "session.window_matters"}
    page = Path(pardine_json("report", "--project", home)["files"][0]).read_text(encoding="utf-8")
    assert "Other windows of the session" in page
    # The chosen window and another one, by the model that the table names.
    assert f"{rows[0]['density_per_100km2']['value']:.3g}" in page
    assert f"{rows[1]['density_per_100km2']['value']:.3g}" in page


def test_what_is_added_later_reaches_the_session(added, package, pardine_json, home):
    before = pardine_json("estimate", "--species", SPECIES, "--project", home)
    media = (package / "media.csv").read_text(encoding="utf-8")
    observations = (package / "observations.csv").read_text(encoding="utf-8")
    header_m, first_m = media.splitlines()[:2]
    header_o, first_o = observations.splitlines()[:2]
    more_m = (
        media.rstrip("\n") + "\n" + first_m.replace("m0_0", "extra", 1).replace("0_0.jpg", "extra.jpg") + "\n"
    )
    animal = dict(zip(header_o.split(","), first_o.split(","), strict=True))["individualID"]
    line = first_o.replace("o0_0_", "extra_", 1).replace("m0_0", "extra", 1).replace(animal, "Новая 新")
    (package / "media.csv").write_text(more_m, encoding="utf-8")
    (package / "observations.csv").write_text(
        observations.rstrip("\n") + "\n" + line + "\n", encoding="utf-8"
    )
    assert header_m.startswith("mediaID")
    again = pardine_json("add", package, "--project", home)
    assert "session.refreshed" in {notice["code"] for notice in again["notices"]}
    after = pardine_json("estimate", "--project", home)
    counts = [done["fits"][0]["sessions"][0]["n_animals"] for done in (before, after)]
    assert counts[1] == counts[0] + 1


def test_names_of_two_species_have_to_be_told_apart(added, pardine, pardine_json, home):
    code, _, err = pardine("estimate", "--species", "Panthera tigris", "--project", home)
    assert code == 2
    assert SPECIES in err


def test_without_names_the_estimate_says_what_is_missing_and_check_shows_the_effort(
    tmp_path, pardine, pardine_json, home
):
    folder = tmp_path / "nameless"
    named_package(folder, name_animals=False)
    pardine_json("add", folder, "--project", home)
    code, _, err = pardine("estimate", "--project", home)
    assert code == 1
    assert f"{SPECIES} (0/" in err
    checked = pardine_json("check", "--project", home)
    assert checked["effort"]["stations"] == 36
    assert checked["effort"]["station_days"] == pytest.approx(36 * DAYS)
    assert checked["effort"]["both_sides_days"] == pytest.approx(36 * DAYS)
    files = pardine_json("export", tmp_path / "out", "--project", home)["files"]
    (usage,) = [file for file in files if file.endswith("usage.csv")]
    lines = Path(usage).read_text(encoding="utf-8").splitlines()
    assert len(lines) == 1 + 36 * (DAYS + 1)
    first = dict(zip(lines[0].split(","), lines[1].split(","), strict=True))
    assert (float(first["fraction"]), first["cause"]) == (pytest.approx(2 / 24, abs=1e-6), "no record")


def test_an_export_of_a_session_reads_back_to_the_same_estimate(added, tmp_path, pardine_json, home):
    before = pardine_json("estimate", "--species", SPECIES, "--project", home)
    pardine_json("export", tmp_path / "out", "--project", home)
    again = tmp_path / "again"
    pardine_json("new", again)
    pardine_json("add", tmp_path / "out", "--project", again)
    after = pardine_json("estimate", "--project", again)
    assert after["fits"][0]["log_likelihood"] == pytest.approx(before["fits"][0]["log_likelihood"], abs=1e-6)


def test_effort_with_causes_of_a_package_reaches_the_session(tmp_path, pardine_json, home):
    first = tmp_path / "first"
    named_package(first)
    # A camera of K00 that was dead from the tenth day on, at both slots: told in the table of effort.
    rows = ["session,station,slot,starts,ends,state"]
    for slot in "AB":
        died, end = START + dt.timedelta(days=10), START + dt.timedelta(days=DAYS)
        rows.append(f",K00,{slot},{START.isoformat()},{died.isoformat()},working")
        rows.append(f",K00,{slot},{died.isoformat()},{end.isoformat()},dead")
    (first / "pardine-effort.csv").write_text("\n".join(rows) + "\n", encoding="utf-8")
    descriptor = json.loads((first / "datapackage.json").read_text(encoding="utf-8"))
    fields = [{"name": name, "type": "string"} for name in rows[0].split(",")]
    descriptor["resources"].append(
        {"name": "pardine-effort", "path": "pardine-effort.csv", "schema": {"fields": fields}}
    )
    (first / "datapackage.json").write_text(json.dumps(descriptor), encoding="utf-8")
    (records,) = pardine_json("add", first, "--project", home)["records"]
    assert (records["effort_intervals"], records["stored"]["effort"]["added"]) == (4, 4)
    checked = pardine_json("check", "--project", home)
    assert checked["effort"]["lost_days"] == {"dead": pytest.approx(DAYS - 10)}
    done = pardine_json("estimate", "--species", SPECIES, "--project", home)
    with open_project(home) as project:
        usage = {s.code: sum(s.usage_station_days) for s in read_survey(project).stations}
    # From noon of the first day, two hours after the cameras were set.
    assert usage["K00"] == pytest.approx(10 - 2 / 24)
    lost = [n for n in done["warnings"] if n["code"] == "session.detections_without_effort"]
    n_dead = sum(s == "K00" and m > START + dt.timedelta(days=11) for _, s, m in thinned(true_detections(5)))
    assert bool(lost) == bool(n_dead)


def test_one_name_for_two_places_is_refused(tmp_path, pardine, pardine_json, home):
    folder = tmp_path / "two places"
    named_package(folder)
    lines = (folder / "deployments.csv").read_text(encoding="utf-8").splitlines()
    header, row = lines[0].split(","), lines[1].split(",")
    row[header.index("latitude")] = "43.5"
    (folder / "deployments.csv").write_text("\n".join([lines[0], ",".join(row), *lines[2:]]) + "\n", "utf-8")
    pardine_json("add", folder, "--project", home)
    code, _, err = pardine("estimate", "--project", home)
    assert code == 1
    assert "K00" in err


def test_a_project_with_nothing_in_it_says_so(pardine, home):
    code, _, err = pardine("estimate", "--project", home)
    assert code == 1
    assert "pardine add" in err


def test_most_detections_outside_all_effort_are_warned_about(tmp_path, pardine, pardine_json, home):
    folder = tmp_path / "another year"
    named_package(folder)
    deployments = folder / "deployments.csv"
    text = deployments.read_text(encoding="utf-8")
    deployments.write_text(text.replace("2025-05-01T10:00:00", "2025-07-01T10:00:00"), encoding="utf-8")
    pardine_json("add", folder, "--project", home)
    done = pardine_json("estimate", "--project", home)
    (told,) = [n for n in done["warnings"] if n["code"] == "session.outside_window"]
    assert told["severity"] == "warning"


def test_a_corrected_clock_moves_detections_to_their_occasion(added, pardine_json, home):
    pardine_json("estimate", "--species", SPECIES, "--project", home)
    with open_project(home) as project:
        before = read_survey(project).captures
    # Both cameras of a station: its visits happened a day later than they showed.
    for code in ("K11_A", "K11_B"):
        pardine_json("clock", code, "--offset-s", "86400", "--apply", "--note", "день", "--project", home)
    pardine_json("estimate", "--project", home)
    with open_project(home) as project:
        after = read_survey(project).captures

    def at_station(captures, shift):
        return sorted((c.individual, c.occasion + shift, c.count) for c in captures if c.station == "K11")

    moved = [row for row in at_station(before, 1) if row[1] <= 90]
    assert moved
    assert at_station(after, 0) == moved
    assert [c for c in after if c.station != "K11"] == [c for c in before if c.station != "K11"]


def test_the_page_of_the_check_shows_the_effort_of_each_station(added, pardine_json, home):
    pardine_json("check", "--project", home)
    page = (home / "reports" / "check.html").read_text(encoding="utf-8")
    assert "Effort of the stations" in page
    assert page.count(">90.0<") == 2 * 36
