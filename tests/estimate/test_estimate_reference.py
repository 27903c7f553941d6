"""Every row of the reference's table: fitted from Pardine's own start, on the reference's masks."""

import math
from dataclasses import replace

import numpy as np
import pytest
from estimate_surveys import histories_and_spaces, read_folder, read_rows

from pardine.estimate.fit import fit_model
from pardine.estimate.formula.grammar import model_from_text
from pardine.estimate.likelihood.one_session import reference_constant
from pardine.estimate.model import MaskSpec

SETS = {
    "snowleopard_Tost2012": ("snowleopard_Gobi_TNN", "count", {"Tost2012"}),
    "snowleopard_TNN": ("snowleopard_Gobi_TNN", "count", None),
    "stoatDNA": ("stoatDNA", "multi", None),
    "leopard_Phinda_2016": ("leopard_SouthAfrica_27", "count", {"Phinda_2016"}),
    "possum": ("possum", "multi", None),
}
MODELS = [
    ("snowleopard_Tost2012", "HHN null Poisson"),
    ("snowleopard_Tost2012", "HHN D~x+y"),
    ("snowleopard_Tost2012", "HHN D~stdGC"),
    ("snowleopard_TNN", "HHN null 3 sessions"),
    ("stoatDNA", "HN null"),
    ("stoatDNA", "HHN null"),
    ("leopard_Phinda_2016", "HHN null Poisson"),
    ("possum", "HN null multi-catch"),
]


def test_no_row_of_the_reference_is_forgotten(reference):
    assert set(reference) == set(MODELS)


@pytest.mark.parametrize(("name", "model"), MODELS)
def test_fits_agree_with_the_reference(scr_data, reference, name, model):
    row = reference[name, model]
    folder, detector_type, sessions = SETS[name]
    mask_file = scr_data / "masks" / f"{name}.csv"
    survey = read_folder(scr_data / folder, detector_type, sessions=sessions, mask_file=mask_file)
    histories, spaces = histories_and_spaces(survey)
    if "stdGC" in model:
        spaces = [with_covariate(spaces[0], scr_data / folder / "mask.csv", "Tost2012", "stdGC")]
    detection, *rest = model.split()
    terms = rest[0] if "~" in rest[0] else "D~1"
    types = {h.session: h.detector_type for h in histories}
    spec = model_from_text(f"{terms}, detection={detection}", types, mask=MaskSpec(kind="given"))
    fit = fit_model(histories, spaces, spec)

    constant = sum(reference_constant(h, "full") for h in histories)
    assert fit.log_likelihood + constant == pytest.approx(row["logLik"], abs=1e-4)
    assert {c.name for c in fit.coefficients} == set(row) - {"logLik", "ll_convention"}
    for coefficient in fit.coefficients:
        estimate, se = row[coefficient.name]
        shift = math.log(100.0) if coefficient.name == "D" else 0.0
        assert coefficient.estimate - shift == pytest.approx(estimate, abs=1e-3)
        assert coefficient.se == pytest.approx(se, rel=0.01)


def with_covariate(space, path, session, name):
    """A covariate of the folder's own mask, joined by coordinates."""
    rows = [row for row in read_rows(path) if row["session"] == session]
    at = {(round(float(r["x"]), 2), round(float(r["y"]), 2)): float(r[name]) for r in rows}
    values = np.array([at[round(x, 2), round(y, 2)] for x, y in space.xy_m.tolist()])
    return replace(space, covariates={name: values})


def test_published_model_of_the_snow_leopards(scr_data):
    # TNN_AICC.csv of the data's authors, best model: -490.266673586071 with 11 parameters. No station on
    # steppe ever saw an animal.
    stations = read_rows(scr_data / "snowleopard_Gobi_TNN" / "detectors.csv")
    mask_file = scr_data / "masks" / "snowleopard_TNN.csv"
    survey = read_folder(scr_data / "snowleopard_Gobi_TNN", "count", mask_file=mask_file)
    histories, spaces = histories_and_spaces(survey)
    for i, history in enumerate(histories):
        own = [row for row in stations if row["session"] == history.session]
        covariates = {name: tuple(row[name] for row in own) for name in ("Topo", "Water")}
        histories[i] = replace(history, station_covariates=covariates)
        path = scr_data / "snowleopard_Gobi_TNN" / "mask.csv"
        spaces[i] = with_covariate(spaces[i], path, history.session, "stdGC")
    types = {h.session: h.detector_type for h in histories}
    spec = model_from_text("D~stdGC, a0~Topo+Water*session, sigma~1", types, mask=MaskSpec(kind="given"))
    fit = fit_model(histories, spaces, spec)
    constant = sum(reference_constant(h, "full") for h in histories)
    assert fit.log_likelihood + constant == pytest.approx(-490.266673586071, abs=1e-4)
    assert fit.n_parameters == 11
    held = next(c for c in fit.coefficients if c.name == "a0.Topo[Steppe]")
    assert held.estimate < -10.0 and math.isnan(held.se)
    assert "estimate.contrast_runs_away" in {notice.code for notice in fit.notices}
    others = [c.se for c in fit.coefficients if c is not held]
    assert np.isfinite(others).all()
