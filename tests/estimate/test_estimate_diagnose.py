"""What is refused, what is warned about, and in which words."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from estimate_surveys import history_from_counts, small_history, square_space

import pardine.estimate
from pardine.base.errors import AnalysisError
from pardine.estimate.fit import fit_model
from pardine.estimate.formula.grammar import model_from_text
from pardine.estimate.maximum.diagnose import n_spatial_recaptures, refuse_hopeless
from pardine.estimate.model import MaskSpec
from pardine.language.messages import MESSAGES
from pardine.language.translate import sentence

LINE_M = [[0.0, 0.0], [1000.0, 0.0], [2000.0, 0.0]]


def line_history(counts, **facts):
    """Animals x three stations in a line, one occasion of 10 station-days."""
    counts = np.asarray(counts)[:, :, None]
    return replace(history_from_counts(counts, LINE_M, np.full((3, 1), 10.0)), **facts)


def crowd(**facts):
    history = small_history(np.random.default_rng(1), n_animals=40)
    return replace(history, **facts)


def fit(*histories, text="", spaces=None, mask=None):
    spaces = spaces or [square_space(h, buffer_m=3600.0, spacing_m=400.0) for h in histories]
    types = {h.session: h.detector_type for h in histories}
    return fit_model(histories, spaces, model_from_text(text, types, mask=mask or MaskSpec(kind="given")))


def refusal(*histories, **choices):
    with pytest.raises(AnalysisError) as refused:
        fit(*histories, **choices)
    assert "{" not in sentence(refused.value.notice)
    return refused.value.code


def warnings_of(*histories, **choices):
    notices = fit(*histories, **choices).notices
    assert all("{" not in sentence(notice) for notice in notices)
    return {notice.code for notice in notices}


def without_captures(history, session):
    names = ("animal", "occasion", "detector", "count")
    empty = {f"event_{name}": np.zeros(0, dtype=np.intp) for name in names}
    return replace(history, session=session, animals=(), sex=(), **empty)


def test_nobody_was_caught():
    assert refusal(without_captures(crowd(), "A")) == "estimate.no_captures"


def test_nobody_was_caught_twice():
    assert refusal(line_history([[1, 0, 0], [0, 0, 1]])) == "estimate.no_recaptures"


def test_nobody_was_seen_at_two_stations():
    assert refusal(line_history([[3, 0, 0], [0, 0, 2]])) == "estimate.no_spatial_recaptures"


def test_one_detector():
    history = history_from_counts(np.array([[[2]], [[3]]]), [[0.0, 0.0]], [[10.0]])
    assert refusal(history) == "estimate.one_detector"
    stacked = history_from_counts(np.array([[[2], [1]]]), [[0.0, 0.0], [0.0, 0.0]], [[10.0], [5.0]])
    assert refusal(stacked) == "estimate.one_detector"


def test_no_station_worked():
    idle = replace(without_captures(crowd(), "idle"), usage_station_days=np.zeros((16, 3)))
    assert refusal(crowd(), idle) == "estimate.no_effort"


def test_a_poor_session_is_carried_by_what_it_shares():
    poor = line_history([[1, 0, 0]], session="poor")
    assert refusal(poor) == "estimate.no_recaptures"
    assert fit(crowd(), poor, text="D~session").converged
    assert refusal(crowd(), poor, text="D~session, sigma~session") == "estimate.no_recaptures"
    assert (
        refusal(crowd(), without_captures(crowd(), "B"), text="lambda0~session") == "estimate.no_recaptures"
    )


def test_a_mask_elsewhere_is_refused():
    history = crowd()
    space = square_space(history)
    assert (
        refusal(history, spaces=[replace(space, xy_m=space.xy_m + 1e6)]) == "estimate.detectors_outside_mask"
    )


def test_a_mask_that_misses_a_station_is_warned_about():
    history = crowd()
    space = square_space(history, buffer_m=3600.0, spacing_m=400.0)
    far = np.hypot(*(space.xy_m - history.xy_m[0]).T) > 700.0
    assert "estimate.some_detectors_outside_mask" in warnings_of(
        history, spaces=[replace(space, xy_m=space.xy_m[far])]
    )


def test_detections_as_often_far_as_near_are_refused():
    rng = np.random.default_rng(2)
    history = history_from_counts(
        rng.poisson(1.0, (12, 9, 1)) + np.eye(12, 9, dtype=int)[:, :, None],
        [[x * 1000.0, y * 1000.0] for x in range(3) for y in range(3)],
        np.full((9, 1), 10.0),
    )
    assert refusal(history, spaces=[square_space(history, buffer_m=3000.0)]) == "estimate.sigma_beyond_array"


def test_a_good_survey_is_not_nagged():
    assert warnings_of(crowd()) == set()


def test_few_recaptures_and_one_animal():
    codes = warnings_of(line_history([[2, 2, 0]]))
    assert {"estimate.one_animal", "estimate.few_recaptures"} <= codes


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"duration_days": 121}, "estimate.long_session"),
        ({"n_cubs_excluded": 2}, "estimate.cubs_excluded"),
    ],
)
def test_facts_of_the_session(facts, code):
    assert warnings_of(crowd(**facts)) == {code}
    assert warnings_of(crowd(duration_days=120)) == set()


def test_both_sexes_recorded():
    n = crowd().n_animals
    assert warnings_of(crowd(sex=("F", "M") + (None,) * (n - 2))) == {"estimate.sexes_not_modelled"}
    assert warnings_of(crowd(sex=("F",) * n)) == set()


def test_sessions_without_captures():
    empty = without_captures(crowd(), "empty")
    assert warnings_of(crowd(), empty, text="D~session") == {"estimate.session_without_captures"}
    assert warnings_of(crowd(), empty) == {"estimate.empty_session_shares"}


def test_stations_that_never_worked():
    history = crowd()
    idle = replace(
        history,
        detectors=(*history.detectors, "idle"),
        xy_m=np.vstack([history.xy_m, [[500.0, 500.0]]]),
        usage_station_days=np.vstack([history.usage_station_days, np.zeros(3)]),
    )
    assert warnings_of(idle) == {"estimate.idle_stations"}


def test_wide_and_narrow_arrays():
    rng = np.random.default_rng(5)
    wide = small_history(rng, n_animals=60, sigma_m=300.0, density_seed_lambda0=1.2)
    spaces = [square_space(wide, buffer_m=1500.0, spacing_m=150.0)]
    assert "estimate.wide_spacing" in warnings_of(wide, spaces=spaces)
    small = small_history(rng, n_animals=60, sigma_m=2000.0, density_seed_lambda0=0.8)
    codes = warnings_of(small, spaces=[square_space(small, buffer_m=9000.0, spacing_m=600.0)])
    assert "estimate.small_array" in codes


def test_masks_that_are_coarse_or_cut():
    history = crowd()
    assert "estimate.coarse_mask" in warnings_of(
        history, spaces=[square_space(history, buffer_m=4000.0, spacing_m=1300.0)]
    )
    assert "estimate.mask_edge" in warnings_of(
        history, spaces=[square_space(history, buffer_m=900.0, spacing_m=300.0)]
    )
    narrow = MaskSpec(kind="buffer", buffer_m=1500.0, spacing_m=400.0)
    assert "estimate.narrow_buffer" in warnings_of(history, mask=narrow)


def test_spatial_recaptures_are_places_beyond_the_first():
    assert n_spatial_recaptures(line_history([[2, 1, 1], [0, 3, 0]])) == 2


def test_every_code_has_its_sentence():
    folder = Path(pardine.estimate.__file__).parent
    source = "".join(path.read_text(encoding="utf-8") for path in folder.rglob("*.py"))
    raised = set(re.findall(r'"((?:estimate|model)\.[a-z_0-9]+)"', source))
    assert len(raised) > 30
    assert raised <= set(MESSAGES)
    # And no sentence of the estimate is left over.
    assert {code for code in MESSAGES if code.startswith("estimate.")} <= raised


def test_a_coefficient_that_nothing_holds_is_named():
    # Every animal at every visit: the hazard grows without end.
    counts = np.ones((6, 3, 4), dtype=int)
    counts[:3, 2], counts[3:, 0] = 0, 0
    history = history_from_counts(counts, LINE_M, np.ones((3, 4)), detector_type="proximity")
    with pytest.raises(AnalysisError) as refused:
        fit(history, text="lambda0~1")
    value = refused.value.notice.fields["value"]
    assert (refused.value.code, value) == ("estimate.flat_likelihood", "lambda0")


def sexed_line(counts, sexes):
    history = line_history(counts)
    return replace(history, sex=tuple({"F": "F", "M": "M"}.get(sex) for sex in sexes))


@pytest.mark.parametrize(
    ("counts", "sexes", "code"),
    [
        ([[2, 0, 0], [0, 0, 3], [2, 2, 1]], "FFM", "estimate.sex_without_movement"),
        ([[1, 0, 0], [0, 0, 1], [2, 2, 1]], "FFM", "estimate.sex_without_recaptures"),
        ([[2, 0, 0], [0, 0, 3], [2, 2, 1]], "MMF", "estimate.sex_without_movement"),
    ],
)
def test_a_sex_of_its_own_needs_animals_that_tell_of_it(counts, sexes, code):
    history = sexed_line(counts, sexes)
    for text in ("lambda0~h2, sigma~h2, hcov=sex", "lambda0~sex, sigma~sex, CL=TRUE"):
        with pytest.raises(AnalysisError) as refused:
            fit(history, text=text)
        assert refused.value.code == code
        assert refused.value.notice.fields["value"] == sexes[0]


def test_an_animal_of_unknown_sex_may_tell_of_either():
    spec = model_from_text("sigma~h2, hcov=sex", {"A": "count"})
    moving = sexed_line([[2, 0, 0], [0, 2, 3], [2, 2, 1]], "F?M")
    refuse_hopeless([moving], spec)
    refuse_hopeless([sexed_line([[2, 0, 0], [0, 2, 3]], "FM")], replace_terms(spec))
    with pytest.raises(AnalysisError):
        refuse_hopeless([sexed_line([[2, 0, 0], [0, 2, 3], [2, 2, 1]], "FMM")], spec)


def replace_terms(spec):
    """The same with one sigma for both."""
    return replace(spec, parameters=tuple(replace(p, terms=()) for p in spec.parameters))
