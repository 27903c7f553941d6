from dataclasses import replace

import pytest
from made_surveys import make_report, make_section

from pardine.base.result import Estimate
from pardine.report.compose import build_document
from pardine.report.content import Checked
from pardine.report.document import Bullets, Figure, Paragraph, Table


def density(value):
    return Estimate(
        value=value,
        lower=value / 2,
        upper=value * 2,
        level=0.95,
        unit="animals per 100 km2",
        method="maximum likelihood, log-normal",
    )


def model(name, delta, weight, value):
    return {
        "model": name,
        "n_parameters": 3,
        "aicc": None if delta is None else 200.0 + delta,
        "delta": delta,
        "weight": weight,
        "density_per_100km2": [value],
    }


def checked(session):
    d = density(1.2).as_dict()
    return Checked(
        comparison={
            "models": [model("HHN: D~1", 0.0, 0.75, 1.1), model("HHN: D~1, lambda0~bk", None, 0.0, 1.4)],
            "averages": [{"session": session, "density": d}],
        },
        goodness_of_fit={
            "n_replicates": 99,
            "tests": [{"aspect": "individuals", "p_value": 0.03}, {"aspect": "both", "p_value": 0.4}],
        },
        bootstrap={
            "n_replicates": 50,
            "failures": {"estimate.no_recaptures": 2},
            "sessions": [{"session": session, "density": d, "density_bias": -0.06}],
        },
        ghosts={
            "curve": [
                {"share": 0.0, "density_per_100km2": [1.2]},
                {"share": 0.5, "density_per_100km2": [None]},
            ],
            "seen_twice": [{"session": session, "n_once": 7, "expected_once": 4.26, "density": d}],
        },
        windows=[
            {"part": 1, "n_parts": 2, "density_per_100km2": [1.31]},
            {"part": 2, "n_parts": 2, "density_per_100km2": []},
        ],
        profile=density(1.25),
    )


def section_of(report):
    found = [s for s in build_document(report).sections if s.key == "checks"]
    return found[0] if found else None


def rows_of(section, caption):
    table = next(b for b in section.blocks if isinstance(b, Table) and b.caption == caption)
    return [[cell.text for cell in row] for row in table.rows]


def test_nothing_checked_shows_no_section():
    assert section_of(make_report()) is None


@pytest.mark.parametrize("audience", ["internal", "partner", "public"])
def test_all_checks_are_shown_to_all_audiences(audience):
    report = replace(make_report(), audience=audience)
    session = report.sections[0].history.session
    section = section_of(replace(report, checked=checked(session)))
    assert rows_of(section, "Models compared") == [
        ["HHN: D~1", "3", "200.00", "0.00", "75%", "1.10"],
        ["HHN: D~1, lambda0~bk", "3", "–", "–", "–", "1.40"],
    ]
    assert rows_of(section, "Average over the models") == [[session, "1.20", "0.60 – 2.40"]]
    assert rows_of(section, "Does the model fit?") == [
        ["How unequally animals were detected", "more than the model can explain", "0.03"],
        ["How animals used the stations", "as the model expects", "0.40"],
    ]
    intervals = rows_of(section, "Intervals of density by other ways")
    assert [row[1] for row in intervals] == ["of this report", "profile likelihood", "parametric bootstrap"]
    assert intervals[2][-1] == "-6.0%"
    assert rows_of(section, "Density from the animals detected at least twice alone")[0][1:3] == ["7", "4.3"]
    assert rows_of(section, "Animals per 100 km² from parts of the survey")[0][2:] == ["1.31", "–"]
    figure = next(b for b in section.blocks if isinstance(b, Figure))
    assert [cell.text for cell in figure.data.rows[1]] == ["50%", "–"]


def with_sexes(fit, sigma_m, aicc):
    first = fit.sessions[0]
    parameters = dict(first.parameters)
    if isinstance(sigma_m, dict):
        one = parameters["sigma"]
        of_sex = {s: replace(one, value=m, lower=m / 2, upper=2 * m) for s, m in sigma_m.items()}
        parameters |= {f"sigma[{sex}]": estimate for sex, estimate in of_sex.items()}
    return replace(fit, sessions=(replace(first, parameters=parameters),), aicc=aicc)


@pytest.mark.parametrize(
    ("gain", "said"),
    [(20.0, "clearly better (AICc lower by 20.0)"), (1.0, "do not say clearly"), (-5.0, "lower by 5.0")],
)
def test_sexes_apart_are_shown_with_what_they_mean(gain, said):
    report = make_report()
    alike = with_sexes(report.fit, None, 300.0)
    apart = with_sexes(report.fit, {"F": 2000.0, "M": 4000.0}, 300.0 - gain)
    section = section_of(replace(report, checked=Checked(alike=alike, apart=apart)))
    rows = rows_of(section, "Females and males alike, or apart")
    by_name = {row[0]: row[1:] for row in rows}
    assert by_name["Spatial scale σ, females (km)"][2:] == ["2.00", "1.00 – 4.00"]
    assert by_name["Spatial scale σ, males (km)"][2:] == ["4.00", "2.00 – 8.00"]
    assert any(said in b.text for b in section.blocks if isinstance(b, Paragraph))


def test_classes_replace_their_average_and_have_a_curve_each():
    report = make_report()
    fit = with_sexes(report.fit, {"F": 2000.0, "M": 4000.0}, 300.0)
    document = build_document(replace(report, fit=fit, truth=()))
    estimates = next(s for s in document.sections if s.key == "estimates")
    names = [row[0] for row in rows_of(estimates, "Estimates")]
    assert "Spatial scale σ (km)" not in names
    assert "Spatial scale σ, males (km)" in names
    detection = next(f for f in document.figures if f.key == "detection")
    heads = [column.head for column in detection.data.columns]
    assert "females: Chance to be photographed" in heads
    assert "males: Chance to be photographed" in heads


def test_one_profile_does_not_stand_for_several_densities():
    sections = (make_section(), make_section(code="Other valley", seed=2))
    report = make_report(sections, densities=[0.01, 0.02], truth=False)
    assert section_of(replace(report, checked=Checked(profile=density(1.0)))) is None


def test_density_that_varies_is_named_a_mean_and_its_variables_in_words():
    report = make_report()
    parameters = tuple(
        replace(p, terms=("x", "elevation")) if p.name == "D" else p for p in report.fit.spec.parameters
    )
    fit = replace(report.fit, spec=replace(report.fit.spec, parameters=parameters))
    report = replace(report, checked=Checked(profile=density(1.0)))
    sections = {s.key: s for s in build_document(replace(report, fit=fit)).sections}
    # The profile is that of the intercept, which is not the mean.
    assert "checks" not in sections
    first = rows_of(sections["estimates"], "Estimates")[0][0]
    assert first == "Density D, mean over the study area (animals per 100 km²)"
    assumed = [item for b in sections["assumptions"].blocks if isinstance(b, Bullets) for item in b.items]
    assert "Density depends on: elevation, place from west to east (x)." in assumed
