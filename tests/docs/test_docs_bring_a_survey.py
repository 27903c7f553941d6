"""The tables of the how-to page are read as the page says."""

import re
from pathlib import Path

import pytest

from pardine.estimate.history import capture_history
from pardine.exchange.survey_tables import ReadOptions, read_survey

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "bring-a-survey.md"


@pytest.fixture
def survey(tmp_path):
    blocks = re.findall(
        r"<!-- file: (\S+) -->\n```csv\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL
    )
    assert len(blocks) == 4
    for name, text in blocks:
        (tmp_path / name).write_text(text, encoding="utf-8")
    return read_survey([tmp_path], ReadOptions(crs="EPSG:32652", detector_type="count")).survey


def test_stations_work_while_one_camera_does(survey):
    worked = {station.code: sum(station.usage_station_days) for station in survey.stations}
    # 30 days from noon to noon; Барс-3 was stolen after 10, Барс-4 began a day late.
    assert worked == pytest.approx({"Барс-1": 30.0, "Барс-2": 30.0, "Барс-3": 10.0, "Барс-4": 29.0})


def test_the_cub_is_counted_apart(survey):
    history = capture_history(survey, "winter 2026")
    assert history.animals == ("Leo 5F", "Leo 12")
    assert (history.n_detections, history.n_cubs_excluded) == (5, 1)
    assert history.sex == ("F", None)
