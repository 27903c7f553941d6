"""Real deployments: the official example's events, and what the check says of two surveys."""

import csv
import datetime as dt
import importlib.util
from pathlib import Path

import numpy as np

from pardine.observe.check.rules import RULES, run_checks
from pardine.observe.check.season import Season
from pardine.observe.clock import exchange_day_and_month
from pardine.observe.deployment import Deployment
from pardine.observe.encounter import find_encounters
from pardine.observe.media_columns import file_numbers, media_columns

ROOT = Path(__file__).resolve().parents[2]


def rows_of(path):
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def wall(text):
    """Local time, or UTC where the text names an offset."""
    moment = dt.datetime.fromisoformat(text.replace("Z", "+00:00"))
    return moment.astimezone(dt.UTC).replace(tzinfo=None) if moment.tzinfo else moment


def official_example(folder):
    deployments = tuple(
        Deployment(
            code=row["deploymentID"],
            station=row["locationName"],
            starts=wall(row["deploymentStart"]),
            ends=wall(row["deploymentEnd"]),
            camera_serial=row["cameraID"],
        )
        for row in rows_of(folder / "deployments.csv")
    )
    number = {d.code: i for i, d in enumerate(deployments)}
    media = rows_of(folder / "media.csv")
    columns = media_columns(
        code=[row["mediaID"] for row in media],
        deployment=[number[row["deploymentID"]] for row in media],
        wall_clock=[wall(row["timestamp"]) for row in media],
        file_number=file_numbers([row["fileName"] for row in media]),
    )
    return deployments, columns


def wildlife_insights(folder):
    deployments = tuple(
        Deployment(
            code=row["deployment_id"],
            station=row["placename"],
            starts=wall(row["start_date"]),
            ends=wall(row["end_date"]),
            camera_serial=row["camera_id"],
        )
        for row in rows_of(folder / "deployments.csv")
    )
    number = {d.code: i for i, d in enumerate(deployments)}
    media = rows_of(folder / "images.csv")
    columns = media_columns(
        code=[row["filename"] for row in media],
        deployment=[number[row["deployment_id"]] for row in media],
        wall_clock=[wall(row["timestamp"]) for row in media],
        file_number=file_numbers([row["filename"] for row in media]),
    )
    return deployments, columns


def findings(deployments, media):
    season = Season(deployments=deployments, media=media, now=dt.datetime(2024, 1, 1))
    return [(finding.rule.removeprefix("check."), finding.subject) for finding in run_checks(season)]


def test_encounters_are_the_events_of_the_official_example(camtrap_data):
    folder = camtrap_data / "tdwg-camtrap-dp-example" / "example"
    deployments, media = official_example(folder)
    observations = rows_of(folder / "observations.csv")
    spans = {
        (row["deploymentID"], wall(row["eventStart"]), wall(row["eventEnd"]))
        for row in observations
        if row["observationLevel"] == "event"
    }
    found = find_encounters(media.deployment, media.wall_clock)
    mine = {
        (deployments[station].code, start, end)
        for station, start, end in zip(
            found.station, found.starts.astype(object), found.ends.astype(object), strict=True
        )
    }
    assert found.size == len({row["eventID"] for row in observations}) == 34
    # The other three are pictures taken on the full hour; their statements are about media.
    assert spans < mine
    assert {start.minute for _, start, _ in mine - spans} == {0}
    assert findings(deployments, media) == []


def test_what_the_check_says_of_two_surveys(camtrap_data):
    folder = camtrap_data / "wiutils-wildlife-insights"
    assert findings(*wildlife_insights(folder / "cajambre" / "cajambre")) == [
        # Two cameras at one place whose slots nobody tells.
        ("overlapping_deployments", "CTCAJ143748")
    ]
    assert findings(*wildlife_insights(folder / "cristales" / "cristales")) == [
        # File numbers go on from 29 to 27 November; its times are days only, so no hour is judged.
        ("time_backwards", "CTCCR165091")
    ]


def test_clock_that_was_read_day_first_in_one_place_and_month_first_in_another():
    """RCNX0031.JPG reads 2021-04-11 in EXIF and on its strip, 2021-11-04 in its MakerNote."""
    exif = np.array(["2021-04-11T04:35:51"], dtype="datetime64[s]")
    assert exchange_day_and_month(exif)[0] == np.datetime64("2021-11-04T04:35:51")


def test_reference_of_the_rules_is_that_of_the_code():
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = ROOT / "docs" / "reference" / "checks.md"
    assert "\n".join(module._check_lines()) + "\n" == page.read_text(encoding="utf-8")
    assert all(f"## `{rule.id}`" in page.read_text(encoding="utf-8") for rule in RULES)
