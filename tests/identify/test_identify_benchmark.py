"""`pardine benchmark` on simulated animals, and on tables and files that are wrong."""

import csv
import json
import sys
from dataclasses import replace

import cv2
import numpy as np
import pytest

from pardine.base.errors import AnalysisError, InputError
from pardine.cli import app
from pardine.workflows.benchmark import BenchmarkOptions, run_benchmark
from pardine.workflows.benchmark_labels import read_labels

N_ANIMALS, N_VISITS = 10, 2
QUICK = BenchmarkOptions(n_bootstrap=50, n_permutations=20, seed=3)


def write_folder(folder, spotted, *, masks=True):
    """Ten animals, half of them by the left flank, in two encounters each; one file is broken."""
    for name in ("photos", "masks"):
        (folder / name).mkdir(parents=True)
    rows = []
    for animal in range(N_ANIMALS):
        for visit in range(N_VISITS):
            side = "left" if animal % 2 else "right"
            name = f"a{animal}_{visit}.png"
            picture, body = spotted(
                animal, scene=visit, shift=6 * visit, stretch=1 - 0.05 * visit, mirrored=side == "right"
            )
            cv2.imwrite(str(folder / "photos" / name), picture[:, :, ::-1])
            if masks:
                cv2.imwrite(str(folder / "masks" / name), body * 255)
            rows.append([name, f"animal {animal}", side, f"e{animal}-{visit}", f"s{visit}", "0"])
    (folder / "photos" / "broken.jpg").write_bytes(b"\xff\xd8 no more")
    rows.append(["broken.jpg", "animal 1", "left", "e99", "s1", "0"])
    rows.append(["group.png", "both", "left", "e98", "s1", "1"])
    cv2.imwrite(str(folder / "photos" / "group.png"), np.full((90, 120, 3), 90, np.uint8))
    write_labels(folder, rows)
    return rows


def write_labels(folder, rows, header=("file", "identity", "flank", "encounter", "station", "multi_cat")):
    with (folder / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


@pytest.fixture(scope="module")
def folder(tmp_path_factory, spotted):
    made = tmp_path_factory.mktemp("кошки") / "set"
    write_folder(made, spotted)
    return made


@pytest.fixture(scope="module")
def benchmarked(folder):
    return run_benchmark(folder, folder / "labels.csv", QUICK)


def test_simulated_animals_are_known_again(benchmarked):
    judged = benchmarked.evaluation
    assert benchmarked.score == "fused"
    # The broken photograph has mates too; it matches nothing and counts as wrong.
    assert judged.n_queries == 2 * N_ANIMALS + 1
    assert judged.top1.value == pytest.approx(20 / 21)
    assert judged.encounter_top1.value == pytest.approx(20 / 21)
    assert judged.majority_encounter_top1 < 0.2
    assert benchmarked.verdicts["unreadable"] == 1


def test_what_was_left_out_is_told(benchmarked):
    codes = {notice.code for notice in benchmarked.notices}
    assert {"benchmark.unreadable", "benchmark.several_left_out", "benchmark.few_queries"} <= codes


def test_scenes_alone_are_no_evidence(benchmarked):
    background = benchmarked.background
    assert background.top1 <= max(background.chance_high, 0.2)


@pytest.mark.slow
def test_two_workers_give_the_same(folder, benchmarked):
    again = run_benchmark(folder, folder / "labels.csv", replace(QUICK, n_workers=2))
    assert again.evaluation == benchmarked.evaluation
    assert again.background == benchmarked.background


def test_json_has_what_scripts_read(folder, monkeypatch, capsys):
    words = ["pardine", "benchmark", str(folder), "--labels", str(folder / "labels.csv"), "--json"]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as left:
        app.main()
    assert left.value.code in (0, None)
    facts = json.loads(capsys.readouterr().out)
    wanted = {
        "n_queries", "encounter_top1", "balanced_top1", "top1", "top5", "majority_encounter_top1",
        "majority_balanced_top1", "background_only_top1", "same_station_share", "cpu_ms_per_photo",
        "query_ms",
    }  # fmt: skip
    assert wanted <= facts.keys()
    low, high = facts["intervals_95"]["top1"]
    assert low <= facts["top1"] <= high


def test_the_other_flank_is_told_apart_by_its_label(folder, tmp_path):
    rows = [
        [f"photos/a{a}_{v}.png", str(a), "left" if v else "right", f"{a}{v}"] for a in (1, 3) for v in (0, 1)
    ]
    write_labels(tmp_path, rows, ("file", "identity", "side", "sighting"))
    with pytest.raises(AnalysisError) as refused:
        run_benchmark(folder, tmp_path / "labels.csv", QUICK)
    assert refused.value.code == "benchmark.no_queries"


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["gone.png", "x", "left", "e"], "benchmark.missing_file"),
        (["../labels.csv", "x", "left", "e"], "benchmark.missing_file"),
        (["a0_0.png", "x", "upside", "e"], "table.unknown_word"),
    ],
)
def test_wrong_rows_are_named(folder, tmp_path, row, code):
    write_labels(tmp_path, [["a1_1.png", "x", "left", "e1"], row], ("file", "identity", "flank", "encounter"))
    with pytest.raises(InputError) as refused:
        read_labels(tmp_path / "labels.csv", folder)
    (problem,) = refused.value.problems
    assert problem.code == code
    assert problem.fields["row"] == 3


def test_a_file_twice_is_refused(folder, tmp_path):
    write_labels(tmp_path, [["a1_1.png", "x"], ["a1_1.png", "y"]], ("file", "identity"))
    with pytest.raises(InputError) as refused:
        read_labels(tmp_path / "labels.csv", folder)
    assert refused.value.problems[0].code == "benchmark.file_twice"


def test_a_table_without_identities_is_refused(folder, tmp_path):
    write_labels(tmp_path, [["a1_1.png", "e"]], ("file", "encounter"))
    with pytest.raises(InputError) as refused:
        read_labels(tmp_path / "labels.csv", folder)
    assert refused.value.problems[0].fields["column"] == "identity"


def test_missing_encounters_are_warned_of(folder, tmp_path):
    write_labels(tmp_path, [["a1_1.png", "x"], ["a1_0.png", ""]], ("file", "identity"))
    files, notices = read_labels(tmp_path / "labels.csv", folder)
    assert len(files) == 1
    codes = [n.code for n in notices]
    assert {"benchmark.no_encounters", "benchmark.no_stations", "benchmark.unnamed"} <= set(codes)
