"""The script for secr: names cannot break out of it, and what it cannot say it does not try to say."""

import csv
import re
from dataclasses import replace

import numpy as np
import pytest

from pardine.estimate.fit import fit_model
from pardine.estimate.formula.grammar import make_model
from pardine.estimate.model import MaskSpec
from pardine.estimate.statespace import buffer_state_space
from pardine.exchange.secr_script import not_repeatable, r_string, write_secr_files
from pardine.simulate.captures import TrueDetection, draw_capture_history

NASTY = 'a"); system("x") # \\ „б”\n虎'


@pytest.fixture(scope="module")
def fitted():
    """Two sessions of another length; the first has a name that would like to be code."""
    x, y = np.meshgrid(np.arange(5), np.arange(5))
    xy_m = np.column_stack([x.ravel(), y.ravel()]) * 3000.0
    space = buffer_state_space(xy_m, 8000.0, 2000.0)
    histories = [
        draw_capture_history(
            space,
            0.08,
            xy_m=xy_m,
            usage_station_days=np.full((25, n_occasions), 10.0),
            detection=TrueDetection(detection="HHN", at_centre=0.03, sigma_m=2000.0),
            detector_type="count",
            seed=1,
            replicate=n_occasions,
            session=session,
        )[0]
        for session, n_occasions in ((NASTY, 6), ("2", 4))
    ]
    spec = make_model({h.session: "count" for h in histories}, mask=MaskSpec(kind="given"))
    return fit_model(histories, [space, space], spec), histories, [space, space]


def rows_of(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_names_are_only_letters_of_a_literal(tmp_path, fitted):
    fit, histories, spaces = fitted
    write_secr_files(tmp_path, fit, histories, spaces)
    script = (tmp_path / "repeat-fit.R").read_text(encoding="ascii")
    (line,) = [line for line in script.splitlines() if line.startswith("session_names")]
    # Without its literals nothing is left of the line but commas.
    assert re.sub(r'"(?:[^"\\]|\\.)*"', "", line) == "session_names <- c(, )"


def test_tables_hold_every_session(tmp_path, fitted):
    fit, histories, spaces = fitted
    files = write_secr_files(tmp_path, fit, histories, spaces)
    assert sorted(files) == sorted(tmp_path.iterdir())
    stations = rows_of(tmp_path / "stations.csv")
    assert len(stations) == 50 and [stations[0]["usage_6"], stations[25]["usage_6"]] == ["10", ""]
    captures = rows_of(tmp_path / "captures.csv")
    for number, history in enumerate(histories, start=1):
        mine = [r for r in captures if r["session"] == str(number)]
        assert sum(int(r["count"]) for r in mine) == history.n_detections
        assert {int(r["animal"]) for r in mine} == set(range(1, history.n_animals + 1))
    assert len(rows_of(tmp_path / "mask.csv")) == 2 * spaces[0].n_points


def test_what_it_cannot_say_is_named(tmp_path, fitted):
    fit, histories, spaces = fitted
    assert not_repeatable(fit.spec, histories) == ()
    density, *others = fit.spec.parameters
    by_place = replace(fit.spec, parameters=(replace(density, terms=("elevation",)), *others))
    assert not_repeatable(by_place, histories) == ("elevation",)
    with pytest.raises(ValueError, match="elevation"):
        write_secr_files(tmp_path, replace(fit, spec=by_place), histories, spaces)
    assert list(tmp_path.iterdir()) == []


def test_sex_as_a_class_is_told_to_both(tmp_path, fitted):
    fit, histories, spaces = fitted
    spec = replace(fit.spec, hcov="sex")
    write_secr_files(tmp_path, replace(fit, spec=spec), histories, spaces)
    script = (tmp_path / "repeat-fit.R").read_text(encoding="ascii")
    assert "use_sex <- TRUE" in script and 'hcov = "sex"' in script


@pytest.mark.parametrize(
    ("text", "literal"),
    [
        ("a", '"a"'),
        ('"', '"\\""'),
        ("\\", '"\\\\"'),
        ("\n\x00", '"\\u000a\\ufffd"'),
        ("б😀", '"\\u0431\\U0001f600"'),
    ],
)
def test_r_literals(text, literal):
    assert r_string(text) == literal
