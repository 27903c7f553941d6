import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from made_surveys import make_report, make_section

import pardine
from pardine.base.errors import note, warning
from pardine.base.result import Estimate
from pardine.estimate.fit import fit_model
from pardine.estimate.formula.grammar import make_model
from pardine.report.compose import build_document
from pardine.report.content import MaskSensitivity, ReportInput
from pardine.report.document import Callout, Figure, KeyFigures, Paragraph, Table
from pardine.report.phrases import METHOD_PARTS
from pardine.report.privacy import map_panel, notice_for


def blocks_of(document, kind):
    return [block for section in document.sections for block in section.blocks if isinstance(block, kind)]


def answer_of(report):
    return blocks_of(build_document(report), Paragraph)[0].text


def test_answer_in_one_sentence():
    assert re.fullmatch(
        r"About 26 independent animals \(95% interval \d+ to \d+\) lived in the 2,401 km² of the study area: "
        r"1\.10 per 100 km² \(95% interval 0\.73 to 1\.65\)\.",
        answer_of(make_report()),
    )


def test_no_captures_give_an_upper_limit():
    section = make_section(density=0.0)
    report = make_report((section,), densities=[0.01])
    assert "No animal was detected" in answer_of(report)
    assert "fewer than 0.42 per 100 km² (95% upper limit)" in answer_of(report)
    assert [figure.key for figure in build_document(report).figures] == ["map", "detection"]


def test_many_surveys_name_the_extremes_and_count_the_empty(many):
    sections, densities = many
    report = make_report(sections, densities=densities, truth=False)
    said = answer_of(report)
    seen = [i for i, section in enumerate(sections) if section.history.n_animals]
    assert f"highest in {sections[int(np.argmax(densities))].session.code} with" in said
    assert f"lowest in {sections[min(seen, key=lambda i: densities[i])].session.code} with" in said
    n_empty = len(sections) - len(seen)
    assert f"In {n_empty} survey" in said
    assert {figure.key for figure in build_document(report).figures} >= {"by-survey", "maps-1", "maps-2"}


def test_every_estimate_has_an_interval_a_method_and_a_source():
    table = next(t for t in blocks_of(build_document(make_report()), Table) if t.caption == "Estimates")
    heads = [column.head for column in table.columns]
    for row in table.rows:
        cell = dict(zip(heads, row, strict=True))
        assert re.fullmatch(r"[\d,.]+ – [\d,.]+", cell["95% interval"].text)
        assert cell["Method"].text and re.fullmatch(r"E\d", cell["Source"].text)
        assert cell["Source"].target == "run-1"


def test_every_key_is_traced(many):
    for sections, densities in (((make_section(),), None), many):
        document = build_document(make_report(sections, densities=densities, truth=False))
        tables = blocks_of(document, Table)
        used = {row[-1].text for table in tables if table.columns[-1].head == "Source" for row in table.rows}
        traced = next(table for table in tables if table.caption == "Numbers, runs and tables")
        told = set()
        for row in traced.rows:
            ends = [int(key[1:]) for key in row[0].text.split("–") if key.startswith("E")]
            told |= {f"E{n}" for n in range(ends[0], ends[-1] + 1)} if ends else set()
        assert used == told


def rows_told(report):
    """What the internal pages say of each animal's rows; empty where they have no such column."""
    tables = blocks_of(build_document(report), Table)
    captures = next(table for table in tables if table.caption.endswith(": captures"))
    if captures.columns[-1].head != "Table: rows":
        return {}
    assert "T1, T2, …" in captures.note
    return {row[0].text: row[-1].text for row in captures.rows}


def test_rows_of_each_animal_are_told_by_table(section):
    first = next(c for c in section.captures if c.individual == section.history.animals[0])
    second = next(c for c in section.captures if c.individual != first.individual)
    other = ReportInput(kind="captures", name="other.csv", sha256="3d" * 32, n_rows=9)
    captures = (
        *(replace(first, row=row) for row in (9, 4, 5)),
        *(replace(first, row=row, table=other.sha256) for row in (4, 5)),
        replace(second, row=8, table="of a table that was not kept"),
    )
    inputs = (*make_report().inputs, other)
    report = make_report((replace(section, captures=captures),), audience="internal", inputs=inputs)
    told = rows_told(report)
    assert told[first.individual] == "T2: 4–5, 9; T3: 4–5"
    assert told[second.individual] == "8"
    listed = next(t for t in blocks_of(build_document(report), Table) if t.caption == "Tables that were read")
    assert [(row[0].text, row[1].text) for row in listed.rows][1:] == [
        ("T2", "QZcaptures.csv"),
        ("T3", "other.csv"),
    ]


def test_captures_without_rows_have_no_column_for_them(section):
    captures = tuple(replace(c, row=None) for c in section.captures)
    assert rows_told(make_report((replace(section, captures=captures),), audience="internal")) == {}


def test_every_figure_has_words_and_numbers(many):
    sections, densities = many
    for report in (make_report(), make_report(sections, densities=densities, truth=False)):
        for figure in blocks_of(build_document(report), Figure):
            assert len(figure.alt) > 40 and figure.caption and figure.data.rows
            assert b"<metadata" not in figure.svg and b"<!--" not in figure.svg


def test_public_map_keeps_the_number_of_animals(section):
    exact, public = (map_panel(section, audience) for audience in ("internal", "public"))
    assert public.side_m == 10_000.0 and public.stations_xy_m.size == 0
    # Squares at the edge are only partly study area, so whole squares hold at least as many.
    n_exact = exact.density_per_100km2.sum() * exact.side_m**2 / 1e8
    n_public = public.density_per_100km2.sum() * public.side_m**2 / 1e8
    assert n_public >= 0.99 * n_exact
    assert public.xy_m.min() == pytest.approx(public.side_m / 2)


def test_partner_stations_share_the_middle_of_their_square(section):
    panel = map_panel(section, "partner")
    for places_m in (panel.stations_xy_m, panel.xy_m):
        np.testing.assert_allclose(places_m / panel.side_m % 1.0, 0.5, atol=1e-9)
    assert panel.side_m == 1_000.0


def test_local_coordinates_have_no_north():
    assert not map_panel(make_section(crs="local"), "internal").north_is_up


def test_warnings_withhold_names_but_not_numbers():
    found = warning("estimate.stations_outside", session="A", value=2, station="ST7, ST9", x=1.5, expected=41)
    shown = notice_for(found, "public", "(withheld)").fields
    assert shown == {"session": "A", "value": 2, "station": "(withheld)", "x": "(withheld)", "expected": 41}
    assert notice_for(found, "internal", "") is found
    assert (
        notice_for(warning("c", value="sigma.session[B]"), "public", "").fields["value"] == "sigma.session[B]"
    )
    assert notice_for(warning("c", value="ST7"), "public", "-").fields["value"] == "-"


def test_notes_stay_out_and_many_alike_are_drawn_together():
    alike = [warning("estimate.session_without_captures", session=f"S{i}") for i in range(6)]
    notices = (*alike, note("estimate.cubs_excluded", session="S1", value=2))
    callout = next(
        b for b in blocks_of(build_document(make_report(notices=notices)), Callout) if b.tone == "warning"
    )
    assert len(callout.items) == 1
    assert "5 more surveys: S1, S2, S3, S4, S5" in callout.items[0]


def test_no_warning_no_box():
    callouts = blocks_of(build_document(make_report(notices=(), truth=False)), Callout)
    assert callouts == []


def test_mask_sensitivity_is_told():
    report = make_report(mask_sensitivity=MaskSensitivity(change_percent=-0.31, widened_to_m=17_000.0))
    text = str(build_document(report).sections)
    assert "to 17 km beyond the stations, density changed by 0.31%" in text


def test_key_figures_are_those_of_the_fit():
    items = blocks_of(build_document(make_report()), KeyFigures)[0].items
    assert [item.value for item in items] == ["26", "1.10", "15", "2,970"]


def test_interval_without_limits_is_said(section):
    report = make_report()
    nan = float("nan")
    assert Estimate(value=1.0, lower=nan, upper=nan, level=0.95, unit="m", method="x")
    fit = report.fit
    sessions = tuple(
        type(s)(
            **{
                **vars(s),
                "density_per_100km2": Estimate(
                    value=1.1,
                    lower=nan,
                    upper=nan,
                    level=0.95,
                    unit="animals per 100 km2",
                    method="maximum likelihood",
                ),
            }
        )
        for s in fit.sessions
    )
    changed = type(report)(**{**vars(report), "fit": type(fit)(**{**vars(fit), "sessions": sessions})})
    assert "no interval could be computed" in answer_of(changed)


def test_sections_must_be_those_of_the_fit():
    report = make_report()
    with pytest.raises(ValueError, match="differ"):
        type(report)(**{**vars(report), "sections": ()})


def test_methods_of_real_fits_are_marked_for_translation():
    section = make_section()
    sections = (section, make_section("Other 2026", seed=8), make_section("Empty 2026", seed=3, density=0.0))
    histories = [s.history for s in sections]
    spec = make_model(
        {history.session: "count" for history in histories},
        terms={"D": ("session",)},
        mask=make_report().fit.spec.mask,
    )
    fit = fit_model(histories, [s.state_space for s in sections], spec)
    found = {
        part
        for s in fit.sessions
        for e in (s.density_per_100km2, s.n_expected, s.n_realised, *s.parameters.values())
        for part in e.method.split(", ")
    }
    assert found <= set(METHOD_PARTS)


def test_sentences_are_never_asked_for_inside_f_strings():
    """The gathering of sentences cannot see into them."""
    for path in Path(pardine.__file__).parent.rglob("*.py"):
        assert not re.search(
            r"""f(["'])(?:(?!\1).)*\{[^}]*\.?(say|plural|phrase)\(""", path.read_text("utf-8")
        )
