"""Plug-ins of every group, really installed and used by the benchmark; boxes; and what a first run keeps."""

import csv
import hashlib
import json
import subprocess
import sys
import zipfile

import cv2
import pytest
from onnx_bytes import tiny_network

from pardine.base.errors import InputError
from pardine.cli.benchmark import stages_of
from pardine.identify.gallery import make_gallery
from pardine.identify.model_file import ModelFile
from pardine.identify.score import EVIDENCE, MatchOptions, match_gallery
from pardine.identify.side import Side
from pardine.workflows.benchmark import BenchmarkOptions, run_benchmark
from pardine.workflows.benchmark_labels import read_labels
from pardine.workflows.benchmark_photographs import Stages, describe_files
from pardine.workflows.watch import SILENT

PLUGINS = """
from types import SimpleNamespace
import numpy as np
from pardine.identify.detect import Detection
from pardine.identify.features import SiftOptions, sift_features
from pardine.identify.side import Side
from pardine.identify.verify import Verified

def plugin(name, function):
    return SimpleNamespace(name=name, version=2, function=function)

def boxes(photograph):
    return [Detection(box=(0.2, 0.1, 0.9, 0.8), score=0.9)]

def left(chip):
    return Side.LEFT

def few(chip):
    return sift_features(chip, SiftOptions(n_keypoints=25))

def pairs(a, b):
    n = min(len(a), len(b))
    return Verified(weight=7.0 * n, support=1.0, n_inliers=n, weight_before=1.0, spread_px=1.0, bend=0.0,
                    shift=0.0, affine=np.eye(2, 3), pairs=np.zeros((0, 2), np.int32))

seen, lefty, sparse, counting = (
    plugin(*p) for p in (("seen", boxes), ("lefty", left), ("sparse", few), ("counting", pairs))
)
"""
ENTRY_POINTS = """[pardine.detect]
seen = pardine_seams:seen
[pardine.side]
lefty = pardine_seams:lefty
[pardine.feature]
sparse = pardine_seams:sparse
[pardine.verify]
counting = pardine_seams:counting
"""
QUICK = BenchmarkOptions(n_bootstrap=20, n_permutations=5, seed=3)


@pytest.fixture
def plugins(tmp_path, monkeypatch):
    """A wheel built here, installed by pip into a folder of its own."""
    wheel, info = tmp_path / "pardine_seams-1.0-py3-none-any.whl", "pardine_seams-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("pardine_seams.py", PLUGINS)
        file.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: pardine-seams\nVersion: 1.0\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        file.writestr(f"{info}/entry_points.txt", ENTRY_POINTS)
        file.writestr(f"{info}/RECORD", "")
    target = tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*command, str(wheel)], check=True, capture_output=True)
    monkeypatch.syspath_prepend(str(target))
    yield
    sys.modules.pop("pardine_seams", None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory, spotted):
    """Three animals in two encounters each; nobody tells a side."""
    made = tmp_path_factory.mktemp("seams")
    with (made / "labels.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["file", "identity", "encounter"])
        for animal in range(3):
            for visit in range(2):
                name = f"a{animal}_{visit}.png"
                cv2.imwrite(str(made / name), spotted(animal, scene=visit, shift=5 * visit)[0][:, :, ::-1])
                rows.writerow([name, animal, f"{animal}-{visit}"])
    return made


def test_plugins_of_every_group_are_used(plugins, folder):
    stages = Stages(detect="seen", side="lefty", feature="sparse")
    files, _ = read_labels(folder / "labels.csv", folder)
    seen = describe_files(files, stages, seed=1, n_workers=1, watch=SILENT)
    assert {s.described.side for s in seen} == {Side.LEFT}
    assert all(s.described.in_body_frame for s in seen)
    assert {len(s.described.features) for s in seen} == {25}
    benchmarked = run_benchmark(
        folder, folder / "labels.csv", BenchmarkOptions(**vars_of(QUICK), stages=stages, verifier="counting")
    )
    assert benchmarked.evaluation.n_queries == 6
    gallery = make_gallery([file.photo for file in files])
    table = match_gallery([s.described for s in seen], gallery, MatchOptions(verifier="counting"))
    assert set(table.evidence[:, EVIDENCE.index("weight")]) == {175.0}


def vars_of(options):
    return {name: getattr(options, name) for name in ("n_bootstrap", "n_permutations", "seed")}


@pytest.mark.parametrize(
    "options",
    [
        BenchmarkOptions(stages=Stages(side="no such thing")),
        BenchmarkOptions(stages=Stages(detect="no such thing")),
        BenchmarkOptions(verifier="no such thing"),
    ],
)
def test_a_plugin_that_is_not_there_is_refused_at_once(folder, options):
    with pytest.raises(InputError) as refused:
        run_benchmark(folder, folder / "labels.csv", options)
    assert refused.value.code == "plugin.not_found"


def test_boxes_of_megadetector_are_used(folder, tmp_path):
    def image(name, *boxes):
        found = [{"category": "1", "conf": conf, "bbox": box} for conf, box in boxes]
        return {"file": f"card 1/{name}", "detections": found}

    body, other = [0.2, 0.1, 0.7, 0.7], [0.0, 0.5, 0.4, 0.5]
    document = {
        "info": {"format_version": "1.3", "detector": "md_v5a.0.0.pt"},
        "detection_categories": {"1": "animal", "2": "person", "3": "vehicle"},
        "images": [
            image("a0_0.png", (0.9, body)),
            image("a0_1.png", (0.9, body)),
            image("a1_0.png", (0.9, body), (0.8, other)),
            image("a1_1.png"),
        ],
    }
    (tmp_path / "boxes.json").write_text(json.dumps(document), encoding="utf-8")
    benchmarked = run_benchmark(
        folder,
        folder / "labels.csv",
        BenchmarkOptions(**vars_of(QUICK), boxes=tmp_path / "boxes.json"),
    )
    assert benchmarked.verdicts["several_animals"] == 1
    assert benchmarked.verdicts["no_animal"] == 1
    assert benchmarked.verdicts["good"] == 4
    (told,) = [n for n in benchmarked.notices if n.code == "benchmark.no_boxes"]
    assert told.fields["n"] == 2


def test_a_second_run_reads_what_the_first_kept(folder, tmp_path):
    options = BenchmarkOptions(**vars_of(QUICK), keep=tmp_path / "kept")
    first = run_benchmark(folder, folder / "labels.csv", options)
    kept = sorted((tmp_path / "kept").rglob("*.npz"))
    made = [path.stat().st_mtime_ns for path in kept]
    assert len(kept) == 2  # the photographs of the one station that nobody told, and the pairs
    second = run_benchmark(folder, folder / "labels.csv", options)
    # By their text, for what cannot be told is NaN in both.
    assert repr(second.evaluation) == repr(first.evaluation)
    assert repr(second.background) == repr(first.background)
    assert second.mirror_share == first.mirror_share
    assert [path.stat().st_mtime_ns for path in kept] == made
    # A power cut: what was cut short is made again.
    kept[0].write_bytes(kept[0].read_bytes()[:100])
    third = run_benchmark(folder, folder / "labels.csv", options)
    assert repr(third.evaluation) == repr(first.evaluation)
    # Other choices have another address.
    run_benchmark(folder, folder / "labels.csv", BenchmarkOptions(**vars_of(options), n_shortlist=1,
                                                                  keep=options.keep))  # fmt: skip
    assert len(sorted((tmp_path / "kept").rglob("*.npz"))) == 3


def test_a_network_is_used_by_its_hash(folder, tmp_path):
    places = [(x, y) for x in (20.0, 32.0, 44.0) for y in (20.0, 30.0)]
    content = tiny_network(places, [[float(i == j) for j in range(8)] for i in range(6)])
    path = tmp_path / "net.onnx"
    path.write_bytes(content)
    stages = Stages(network=ModelFile(path=path, sha256=hashlib.sha256(content).hexdigest()))
    files, _ = read_labels(folder / "labels.csv", folder)
    seen = describe_files(files[:2], stages, seed=1, n_workers=1, watch=SILENT)
    assert {s.described.features.descriptors.shape[1] for s in seen} == {8}
    with pytest.raises(InputError) as refused:
        run_benchmark(
            folder,
            folder / "labels.csv",
            BenchmarkOptions(stages=Stages(network=ModelFile(path=path, sha256="0" * 64))),
        )
    assert refused.value.code == "detector.other_hash"


def test_two_stages_for_one_are_refused(tmp_path):
    nothing = {"detect": None, "side": None, "feature": None, "detector": None, "network": None,
               "projection": None}  # fmt: skip
    named = (tmp_path / "net.onnx", "0" * 64)
    for chosen, code in (
        ({"feature": "x", "network": named}, "benchmark.two_stages"),
        ({"detect": "x", "detector": named}, "benchmark.two_stages"),
        ({"projection": named}, "benchmark.projection_alone"),
    ):
        with pytest.raises(InputError) as refused:
            stages_of(**nothing | chosen)
        assert refused.value.code == code
    assert stages_of(**nothing) == Stages()
