"""Real capture histories are recognised as they are, and come back from an export unchanged."""

import time
from dataclasses import replace

import numpy as np
import pytest

from pardine.base.errors import InputError
from pardine.exchange.survey_export import export_survey
from pardine.exchange.survey_tables import ReadOptions, read_survey

# folder: sessions, stations, capture rows, detections, masks (session, points, cell in m2)
# counted with a plain csv reader; detections take the animals that were not released as one each
FOLDERS = {
    "snowleopard_Gobi_TNN": (
        3,
        110,
        140,
        235,
        [("Tost2012", 8469), ("Noyon2013", 10495), ("Nemegt2013", 8582)],
    ),
    "leopard_SouthAfrica_27": (27, 1031, 1035, 1891, []),
    "kruger_leopard_SIMULATED": (1, 62, 125, 148, [(None, 2154)]),
    "possum": (1, 180, 305, 305, [(None, 5120)]),
    "OVpossum": (6, 1002, 2402, 2402, []),
    "ovenbird": (5, 220, 192, 192, [(str(year), 3847) for year in range(2005, 2010)]),
    "stoatDNA": (1, 94, 30, 30, []),
}
CELLS_M2 = {
    "snowleopard_Gobi_TNN": 250_000,
    "kruger_leopard_SIMULATED": 1223.053116**2,
    "possum": 400,
    "ovenbird": 225,
}


@pytest.mark.parametrize("name", FOLDERS)
def test_folder_is_recognised_as_it_is(scr_data, name):
    n_sessions, n_stations, n_captures, n_detections, masks = FOLDERS[name]
    survey = read_survey([scr_data / name], ReadOptions()).survey
    assert (len(survey.sessions), len(survey.stations), len(survey.captures)) == (
        n_sessions,
        n_stations,
        n_captures,
    )
    assert sum(abs(capture.count) for capture in survey.captures) == n_detections
    assert [(mask.session, len(mask.xy)) for mask in survey.masks] == masks
    assert all(mask.cell_area_m2 == pytest.approx(CELLS_M2[name], rel=1e-6) for mask in survey.masks)
    assert {(s.crs, s.detector_type) for s in survey.sessions} == {("local", None)}


def test_tost_has_the_published_effort(scr_data):
    survey = read_survey([scr_data / "snowleopard_Gobi_TNN"], ReadOptions(detector_type="count")).survey
    tost = survey.only(frozenset({"Tost2012"}))
    # 14 animals, 99 detections, 41 cameras: README of the data
    assert len({c.individual for c in tost.captures}) == 14
    assert sum(c.count for c in tost.captures) == 99
    assert len(tost.stations) == 41


def test_shorter_year_has_fewer_occasions(scr_data):
    survey = read_survey([scr_data / "ovenbird"], ReadOptions()).survey
    assert [s.n_occasions for s in survey.sessions] == [9, 10, 10, 10, 10]


def test_sites_keep_their_covariates_and_unknown_sexes(scr_data):
    survey = read_survey([scr_data / "leopard_SouthAfrica_27"], ReadOptions()).survey
    phinda = next(s for s in survey.sessions if s.code == "Phinda_2016")
    assert (phinda.covariates["Site"], phinda.covariates["Biome"]) == ("Munyawana", "1")
    assert sum(capture.sex is None for capture in survey.captures) == 42


def test_continuous_time_without_effort_is_refused_with_both_reasons(scr_data):
    with pytest.raises(InputError) as caught:
        read_survey([scr_data / "nagarahole_tiger_CT"], ReadOptions())
    assert [p.code for p in caught.value.problems] == ["capture.occasion_zero_based", "station.no_effort"]


def test_continuous_time_is_read_when_a_person_says_how(scr_data):
    options = ReadOptions(assume_full_effort=True, occasions_from_zero=True)
    survey = read_survey([scr_data / "nagarahole_tiger_CT"], options).survey
    assert (survey.sessions[0].n_occasions, sum(c.count for c in survey.captures)) == (48, 355)
    assert len(survey.captures) == 351  # four rows repeat an animal, day and station


@pytest.mark.parametrize(
    ("folder", "mask", "sessions"),
    [
        ("snowleopard_Gobi_TNN", "snowleopard_TNN", ["Tost2012", "Noyon2013", "Nemegt2013"]),
        ("snowleopard_Gobi_TNN", "snowleopard_Tost2012", ["Tost2012"]),
        ("leopard_SouthAfrica_27", "leopard_Phinda_2016", ["Phinda_2016"]),
        ("possum", "possum", ["WaitarerePossums"]),
        ("stoatDNA", "stoatDNA", ["MatakitakiStoats"]),
    ],
)
def test_reference_masks(scr_data, folder, mask, sessions):
    options = ReadOptions(mask_paths=(scr_data / "masks" / f"{mask}.csv",))
    brought = read_survey([scr_data / folder], options)
    assert [m.session for m in brought.survey.masks] == sessions
    partly = {s.code for s in brought.survey.sessions} != set(sessions)
    assert ("mask.covers_some_sessions" in {n.code for n in brought.notices}) == partly
    assert "mask.area_disagrees" not in {n.code for n in brought.notices}


@pytest.mark.parametrize("name", FOLDERS)
def test_export_reads_back(scr_data, tmp_path, name):
    brought = read_survey([scr_data / name], ReadOptions())
    before = brought.survey
    folder = tmp_path / "экспорт 导出"
    export_survey(before, brought.sources, folder)
    after = read_survey([folder], ReadOptions()).survey
    assert (after.sessions, after.stations, after.effort) == (before.sessions, before.stations, before.effort)
    assert [replace(c, row=None) for c in after.captures] == [replace(c, row=None) for c in before.captures]
    for one, other in zip(before.masks, after.masks, strict=True):
        assert (one.session, one.cell_area_m2) == (other.session, other.cell_area_m2)
        assert np.array_equal(one.xy, other.xy)
        assert all(np.array_equal(one.covariates[k], other.covariates[k]) for k in one.covariates)
    for original in (scr_data / name).glob("*.csv"):
        assert (folder / "sources" / original.name).read_bytes() == original.read_bytes()


def test_largest_folder_is_read_quickly(scr_data):
    spent = []
    for _ in range(4):
        began = time.process_time()
        read_survey([scr_data / "snowleopard_Gobi_TNN"], ReadOptions())
        spent.append(time.process_time() - began)
    # measured 0.2 s on one core; the margin is for a busy machine
    assert min(spent) < 0.6
