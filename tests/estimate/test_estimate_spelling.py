"""Models as people type them: what means one thing is taken, the rest is refused with what to write."""

import numpy as np
import pytest
from estimate_surveys import small_history, square_space

from pardine.base.errors import InputError
from pardine.estimate.fit import fit_model
from pardine.estimate.fit_json import fit_from_json, fit_to_json
from pardine.estimate.formula.grammar import model_from_text, model_from_toml, model_to_text
from pardine.estimate.model import MaskSpec
from pardine.estimate.surface import predicted_density

TYPES = {"A": "proximity"}
PLAIN = ("HHN", "full", "D~1, lambda0~1, sigma~1")
G0_B = ("HN", "full", "D~1, g0~b, sigma~1")
HCOV = ("HHN", "full", "D~1, lambda0~1, sigma~1, pmix~1, hcov=sex")

TAKEN = {
    "D~1, g0~b, sigma~1": G0_B,
    "list(D~1, g0~b, sigma~1)": G0_B,
    "list(D ~ 1, g0 ~ b)": G0_B,
    "model = list(D~1, g0~b)": G0_B,
    "c(D~1,g0~b)": G0_B,
    "model = list(D~1, g0~b), detectfn = 'HN', CL = FALSE": G0_B,
    "detectfn=0, list(g0 ~ b)": G0_B,
    "model = g0 ~ b": G0_B,
    '"D~1, g0~b"': G0_B,
    "D~1 g0~b sigma~1": G0_B,
    "D~1\n g0~b\nsigma~1\n": G0_B,
    "D∼1，g0～b；": G0_B,
    "G0~b, Sigma ~ 1": G0_B,
    "D, g0~b, sigma": G0_B,
    "D~, g0~1+b": G0_B,
    "g0~(b)": G0_B,
    "": PLAIN,
    "d~1": PLAIN,
    "D~1,": PLAIN,
    "LAMBDA0~1": PLAIN,
    "detectfn=HHN": PLAIN,
    'detectfn = "HHN"': PLAIN,
    "detectfn=hhn, D~1": PLAIN,
    "detectfn=14": PLAIN,
    "detectfn='hazard half-normal'": PLAIN,
    "detection=Hazard_Halfnormal": PLAIN,
    "CL=FALSE": PLAIN,
    "detectfn=HN": ("HN", "full", "D~1, g0~1, sigma~1"),
    "detectfn=0": ("HN", "full", "D~1, g0~1, sigma~1"),
    "detectfn=halfnormal": ("HN", "full", "D~1, g0~1, sigma~1"),
    "detectfn=EX": ("EX", "full", "D~1, g0~1, sigma~1"),
    "detectfn=exponential": ("EX", "full", "D~1, g0~1, sigma~1"),
    "detectfn=HEX": ("HEX", "full", "D~1, lambda0~1, sigma~1"),
    "detectfn=HR": ("HR", "full", "D~1, g0~1, sigma~1, z~1"),
    "detectfn=HHR": ("HHR", "full", "D~1, lambda0~1, sigma~1, z~1"),
    "CL=TRUE": ("HHN", "conditional", "lambda0~1, sigma~1"),
    "lambda0~bk, cl=T": ("HHN", "conditional", "lambda0~bk, sigma~1"),
    "likelihood=conditional": ("HHN", "conditional", "lambda0~1, sigma~1"),
    "hcov=sex": HCOV,
    "hcov = 'sex'": HCOV,
    'HCOV="Sex"': HCOV,
    "g0~h2, sigma~h2": ("HN", "full", "D~1, g0~h2, sigma~h2, pmix~1"),
    "g0~h2, sigma~h2, pmix~h2": ("HN", "full", "D~1, g0~h2, sigma~h2, pmix~1"),
    "lambda0~sex, sigma~sex": ("HHN", "full", "D~1, lambda0~h2, sigma~h2, pmix~1, hcov=sex"),
    "D~x+y": ("HHN", "full", "D~x + y, lambda0~1, sigma~1"),
    "D ~ 1 + x + y": ("HHN", "full", "D~x + y, lambda0~1, sigma~1"),
    "D~x*y": ("HHN", "full", "D~x + y + x:y, lambda0~1, sigma~1"),
    "D~x2": ("HHN", "full", "D~x2, lambda0~1, sigma~1"),
    "D~I( x ^ 2 )": ("HHN", "full", "D~I(x^2), lambda0~1, sigma~1"),
    "D~s(x, k = 4, fx = TRUE)": ("HHN", "full", "D~s(x, k=4), lambda0~1, sigma~1"),
    'D~s(x, bs="cr", k=5)': ("HHN", "full", "D~s(x, k=5), lambda0~1, sigma~1"),
    "D~factor(session)": ("HHN", "full", "D~factor(session), lambda0~1, sigma~1"),
    "D~Session": ("HHN", "full", "D~Session, lambda0~1, sigma~1"),
    "lambda0 ~ t": ("HHN", "full", "D~1, lambda0~t, sigma~1"),
    "lambda0~(b + T)": ("HHN", "full", "D~1, lambda0~b + T, sigma~1"),
    "noneuc~cover - 1": ("HHN", "full", "D~1, lambda0~1, sigma~1, noneuc~cover"),
    "noneuc ~ -1 + cover": ("HHN", "full", "D~1, lambda0~1, sigma~1, noneuc~cover"),
}


@pytest.mark.parametrize("text", TAKEN)
def test_what_means_one_thing_is_taken(text):
    spec = model_from_text(text, TYPES)
    assert (spec.detection, spec.likelihood, model_to_text(spec)) == TAKEN[text]


REFUSED = {
    "D~x^2": "D~I(x^2)",
    "D~poly(x, 2)": "D~x + I(x^2)",
    "D~poly(x,3,raw=TRUE) + y": "D~x + I(x^2) + I(x^3) + y",
    "D~te(x, y)": "D~x + y + x:y",
    "D~s(x, y)": "D~x + y + x:y",
    "D~s(x, fx=FALSE)": "D~s(x, k=4)",
    "lambda0~ns(slope, df=3)": "lambda0~s(slope, k=4)",
    "sigma~scale(slope)": "sigma~slope",
    "sigma~h3": "sigma~h2",
    "D~session-1": "D~session",
    "D~-1+session": "D~session",
    "D~0 + session": "D~session",
    "D~session + 0": "D~session",
    "D~0+session+x": "D~session+x",
    "D~-1": "D~1",
}


@pytest.mark.parametrize("text", REFUSED)
def test_what_is_refused_comes_with_what_to_write(text):
    with pytest.raises(InputError) as refused:
        model_from_text(text, TYPES)
    assert refused.value.code in ("model.write_instead", "model.intercept_stays")
    expected = refused.value.notice.fields["expected"]
    assert expected == REFUSED[text]
    model_from_text(expected, TYPES)


@pytest.mark.parametrize(
    "text",
    ["T", "~T", "session", "null", "usage", "D =~ 1", "lambda0~log(slope+1)", "detectfn:HHN", "sigma~."],
)
def test_the_rest_is_refused_as_no_predictor(text):
    with pytest.raises(InputError) as refused:
        model_from_text(text, TYPES)
    assert refused.value.code == "model.not_a_predictor"


@pytest.mark.parametrize("text", ["detectfn=ANN", "detectfn=3", "CL=maybe", "likelihood=Bayes", "hcov=class"])
def test_choices_name_what_there_is(text):
    with pytest.raises(InputError) as refused:
        model_from_text(text, TYPES)
    assert refused.value.code == "model.bad_value"


def test_files_know_the_same_names():
    assert model_from_toml('detection = "half-normal"', TYPES).detection == "HN"


def test_a_trend_over_sessions_is_their_order():
    rng = np.random.default_rng(4)
    histories = [small_history(rng, session=code, n_animals=9) for code in ("2020", "2019")]
    spaces = [square_space(history) for history in histories]
    types = {history.session: history.detector_type for history in histories}

    def fit(text):
        return fit_model(histories, spaces, model_from_text(text, types, mask=MaskSpec(kind="given")))

    trend, apart = fit("D~Session, sigma~Session"), fit("D~session, sigma~session")
    assert trend.log_likelihood == pytest.approx(apart.log_likelihood, abs=1e-6)
    assert [c.estimate for c in trend.coefficients] == pytest.approx(
        [c.estimate for c in apart.coefficients], abs=1e-4
    )
    assert [c.name for c in trend.coefficients] == ["D", "D.Session", "lambda0", "sigma", "sigma.Session"]
    # The second session is the second also where it is asked for alone, and out of a file.
    with_place = fit("D~Session + x")
    kept = fit_from_json(fit_to_json(with_place))
    alone = predicted_density(kept, histories[1], spaces[1], 1)
    found = with_place.sessions[1].density_per_100km2.value
    assert alone.density_per_100km2.mean() == pytest.approx(found, rel=1e-6)
    assert found != pytest.approx(with_place.sessions[0].density_per_100km2.value, rel=1e-3)
