"""Models from text and back."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pardine.base.errors import InputError
from pardine.estimate.formula.grammar import (
    make_model,
    model_from_dict,
    model_from_text,
    model_from_toml,
    model_to_dict,
    model_to_text,
    model_to_toml,
)
from pardine.estimate.model import MaskSpec

TYPES = {"Tost 2012": "count", "Ноён": "proximity"}

models = st.builds(
    make_model,
    st.just(TYPES),
    detection=st.sampled_from(["HN", "HHN", "HEX", "HHR"]),
    terms=st.fixed_dictionaries(
        {"sigma": st.sampled_from([(), ("session",), ("h2",), ("s(slope, k=5)", "trail:T"), ("I(slope^2)",)])}
    ),
    hcov=st.sampled_from([None, "sex"]),
    mask=st.builds(
        MaskSpec,
        kind=st.sampled_from(["given", "buffer"]),
        buffer_m=st.none() | st.floats(1000, 9e5),
        spacing_m=st.none() | st.floats(1, 1000),
    ),
    likelihood=st.sampled_from(["full", "conditional"]),
)


def test_a_model_as_it_is_typed():
    spec = model_from_text(" D ~ session, sigma~1", TYPES)
    assert [(p.name, p.link, p.terms) for p in spec.parameters] == [
        ("D", "log", ("session",)),
        ("lambda0", "log", ()),
        ("sigma", "log", ()),
    ]
    assert (spec.detection, spec.likelihood, spec.mask.kind) == ("HHN", "full", "buffer")
    assert model_to_text(spec) == "D~session, lambda0~1, sigma~1"


def test_naming_g0_means_half_normal():
    assert model_from_text("g0~session", TYPES).detection == "HN"
    assert model_from_text("", TYPES).detection == "HHN"


@given(models)
def test_every_form_reads_back(spec):
    assert model_from_dict(json.loads(json.dumps(model_to_dict(spec)))) == spec
    assert model_from_toml(model_to_toml(spec), TYPES) == spec
    text = model_to_text(spec)
    again = model_from_text(text, TYPES, detection=spec.detection, mask=spec.mask, likelihood=spec.likelihood)
    assert again == spec


def test_a_short_toml_file_is_enough():
    spec = model_from_toml('[parameters]\nD = "~ session"\n[mask]\nbuffer_m = 15000\n', TYPES)
    assert spec == make_model(
        TYPES, terms={"D": ("session",)}, mask=MaskSpec(kind="buffer", buffer_m=15000.0)
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("density", "model.not_a_predictor"),
        ("~1", "model.not_a_predictor"),
        ("D~session+", "model.not_a_predictor"),
        ("D~1, D~session", "model.repeated_parameter"),
        ("density~1", "model.unknown_parameter"),
        ("lambda0~1, g0~1", "model.unknown_parameter"),
        ("D~h2", "model.unknown_term"),
        ("sigma~elevation^2", "model.write_instead"),
        ("sigma~s(elevation, k=99)", "model.not_a_predictor"),
        ("hcov=colour", "model.bad_value"),
        ("colour=sex", "model.unknown_key"),
        ("detection=GHN", "model.bad_value"),
        ("sigma~1, z~1, detection=HHN", "model.unknown_parameter"),
    ],
)
def test_unreadable_models_are_refused(text, code):
    with pytest.raises(InputError) as refused:
        model_from_text(text, TYPES)
    assert refused.value.code == code


def test_unknown_terms_name_what_is_supported():
    with pytest.raises(InputError) as refused:
        model_from_text("D~sex", TYPES, likelihood="full")
    assert dict(refused.value.notice.fields) == {
        "value": "h2",
        "parameter": "D",
        "expected": "1, session",
    }


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("detection = ", "model.not_toml"),
        ("colour = 1", "model.unknown_key"),
        ("[mask]\nwidth = 1", "model.unknown_key"),
        ('detection = "annular"', "model.bad_value"),
        ("detection = 3", "model.bad_value"),
        ('likelihood = "bayes"', "model.bad_value"),
        ("parameters = 3", "model.bad_value"),
        ("mask = 3", "model.bad_value"),
        ('[mask]\nkind = "circle"', "model.bad_value"),
        ("[mask]\nbuffer_m = -1", "model.bad_value"),
        ("[mask]\nbuffer_m = true", "model.bad_value"),
        ("[mask]\nbuffer_m = 100\nspacing_m = 200", "model.bad_value"),
        ('likelihood = "conditional"\n[parameters]\nD = "1"', "model.density_is_derived"),
    ],
)
def test_unreadable_files_are_refused(text, code):
    with pytest.raises(InputError) as refused:
        model_from_toml(text, TYPES)
    assert refused.value.code == code


def test_terms_in_one_spelling():
    spec = model_from_text("lambda0 ~ trail * slope + C(forest) + s( slope ,k = 5 ) + 1, hcov = sex", TYPES)
    terms = {p.name: p.terms for p in spec.parameters}
    assert terms["lambda0"] == ("trail", "slope", "trail:slope", "factor(forest)", "s(slope, k=5)")
    assert (spec.hcov, spec.n_classes, list(terms)[-1]) == ("sex", 2, "pmix")


def test_sex_is_a_class_in_the_full_likelihood_and_a_covariate_in_the_conditional():
    full = model_from_text("lambda0~sex:slope", TYPES)
    assert full.hcov == "sex" and full.parameters[1].terms == ("h2:slope",)
    conditional = model_from_text("lambda0~sex", TYPES, likelihood="conditional")
    assert conditional.hcov is None and conditional.parameters[0].terms == ("sex",)


@pytest.mark.parametrize(
    ("text", "detection", "names"),
    [
        ("detectfn=16", "HEX", ("D", "lambda0", "sigma")),
        ("a0~1", "HHN", ("D", "a0", "sigma")),
        ("z~1", "HHR", ("D", "lambda0", "sigma", "z")),
        ("g0~1, z~1", "HR", ("D", "g0", "sigma", "z")),
        ("noneuc~rough", "HHN", ("D", "lambda0", "sigma", "noneuc")),
        ("lambda0~h2", "HHN", ("D", "lambda0", "sigma", "pmix")),
    ],
)
def test_parameters_follow_from_what_is_named(text, detection, names):
    spec = model_from_text(text, TYPES)
    assert (spec.detection, tuple(p.name for p in spec.parameters)) == (detection, names)
