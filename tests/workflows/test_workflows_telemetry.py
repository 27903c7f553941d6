"""Collars beside the photographs: used by default, and sigma is known better for it."""

import math
from dataclasses import replace

import numpy as np

from pardine.exchange.options import ReadOptions
from pardine.exchange.survey_export import export_survey
from pardine.observe.telemetry import Fix
from pardine.store.project import create_project, open_project
from pardine.store.survey import read_survey, survey_hash_of
from pardine.workflows.add import add_tables
from pardine.workflows.look import look_at_folder
from pardine.workflows.request import EstimateRequest


def with_collars(simulated, n_fixes=40):
    """Fixes of four animals that were seen and one that was not, drawn around their centres."""
    rng = np.random.default_rng(3)
    seen = [animal for animal in simulated.truth.animals if animal.n_detections]
    unseen = [animal for animal in simulated.truth.animals if not animal.n_detections]
    sigma_m = simulated.truth.detection.sigma_m
    fixes = tuple(
        Fix(session="simulated winter", individual=animal.code, x=float(x), y=float(y))
        for animal in (*seen[:4], *unseen[:1])
        for x, y in rng.normal((animal.x_m, animal.y_m), sigma_m, (n_fixes, 2))
    )
    return replace(simulated.survey, fixes=fixes)


def sigma_of(folder):
    analysis, _ = look_at_folder(folder, ReadOptions(), EstimateRequest())
    fit = analysis.fits[0]
    (sigma,) = (c for c in fit.coefficients if c.parameter == "sigma")
    return sigma, {notice.code for notice in analysis.notices}


def test_collars_sharpen_sigma(tmp_path, field_folder, simulated):
    export_survey(with_collars(simulated), (), tmp_path / "collars")
    plain, _ = sigma_of(field_folder)
    collared, codes = sigma_of(tmp_path / "collars")
    truth = math.log(simulated.truth.detection.sigma_m)
    assert collared.se < 0.8 * plain.se
    assert abs(collared.estimate - truth) < 1.96 * collared.se
    assert "estimate.fixes_used" in codes


def test_fixes_are_kept_and_count_in_the_hash(tmp_path, simulated):
    survey = with_collars(simulated, 3)
    export_survey(survey, (), tmp_path / "collars")
    create_project(tmp_path / "home", name="test").close()
    assert add_tables(tmp_path / "home", [tmp_path / "collars"], ReadOptions()).saved.added["fix"] == 15
    with open_project(tmp_path / "home") as project:
        kept = read_survey(project)
    assert kept.fixes == survey.fixes
    moved = replace(kept, fixes=(replace(kept.fixes[0], x=1.0), *kept.fixes[1:]))
    hashes = {survey_hash_of(one) for one in (kept, moved, replace(kept, fixes=()))}
    assert len(hashes) == 3
    assert survey_hash_of(replace(kept, fixes=kept.fixes[::-1])) in hashes
    assert add_tables(tmp_path / "home", [tmp_path / "collars"], ReadOptions()).saved.changes_nothing
