"""Results of MegaDetector and SpeciesNet in their shapes, and what is wrong with broken ones."""

import datetime as dt
import gzip
import json

import pytest

from pardine.base.errors import InputError
from pardine.exchange.megadetector import read_detections
from pardine.observe.sighting import BoundingBox

BATCH = {
    "info": {
        "detector": "md_v5a.0.0.pt",
        "detection_completion_time": "2024-06-01 10:00:00",
        "format_version": "1.4",
    },
    "detection_categories": {"1": "animal", "2": "person", "3": "vehicle"},
    "classification_categories": {"0": "uid;mammalia;carnivora;felidae;panthera;pardus;leopard", "1": "deer"},
    "images": [
        {
            "file": "S01\\A\\IMG_0001.JPG",
            "datetime": "2024:03:10 04:05:06",
            "detections": [
                {
                    "category": "1",
                    "conf": 0.91,
                    "bbox": [0.1, 0.2, 0.3, 0.4],
                    "classifications": [["1", 0.2], ["0", 0.7]],
                },
                {"category": "2", "conf": 0.05, "bbox": [0.9, 0.9, 0.105, 0.1]},
            ],
        },
        {"file": "S01/A/IMG_0002.JPG", "detections": []},
        {"file": "S01/A/IMG_0003.JPG", "failure": "image access failure", "detections": None},
    ],
}
PREDICTIONS = {
    "predictions": [
        {
            "filepath": "S01/A/IMG_0001.JPG",
            "country": "RUS",
            "detections": [{"category": "1", "label": "animal", "conf": 0.97, "bbox": [0.0, 0.1, 0.5, 0.5]}],
            "prediction": "uid;mammalia;carnivora;felidae;panthera;pardus;leopard",
            "prediction_score": 0.88,
            "prediction_source": "classifier",
            "model_version": "4.0.1a",
        },
        {"filepath": "S01/A/IMG_0002.JPG", "prediction": "uid;;;;;;blank", "prediction_score": 0.9},
        {"filepath": "S01/A/IMG_0003.JPG", "failures": ["CLASSIFIER", "DETECTOR"]},
    ]
}


def written(folder, document):
    path = folder / "results.json"
    path.write_text(json.dumps(document), encoding="utf-8")
    return path


def test_batch_output(tmp_path):
    records = read_detections(written(tmp_path, BATCH), deployments={"S01/A/IMG_0001.JPG": "dep1"})
    leopard, person, blank, failed = records.sightings
    assert (leopard.kind, leopard.species, leopard.probability) == ("animal", "Panthera pardus", 0.91)
    assert leopard.box == BoundingBox(x=0.1, y=0.2, width=0.3, height=0.4)
    assert (leopard.method, leopard.by, leopard.deployment) == ("machine", "md_v5a.0.0.pt", "dep1")
    assert leopard.starts == dt.datetime(2024, 3, 10, 4, 5, 6)
    assert leopard.at == dt.datetime(2024, 6, 1, 10)
    # A box that sticks out by rounding ends at the edge.
    assert (person.kind, person.box.width) == ("human", pytest.approx(0.1))
    assert (blank.kind, failed.kind) == ("blank", "unclassified")
    assert [each.path for each in records.media] == [f"S01/A/IMG_000{i}.JPG" for i in (1, 2, 3)]
    assert {n.code for n in records.notices} == {"megadetector.backslashes", "megadetector.failure"}
    assert len({each.code for each in records.sightings}) == 4


def test_predictions(tmp_path):
    records = read_detections(written(tmp_path, PREDICTIONS))
    whole, boxed, blank, failed = records.sightings
    assert (whole.species, whole.probability, whole.box) == ("Panthera pardus", 0.88, None)
    assert whole.by == "SpeciesNet 4.0.1a"
    assert (boxed.kind, boxed.probability, boxed.box.height) == ("animal", 0.97, 0.5)
    assert (blank.kind, blank.probability, failed.kind) == ("blank", 0.9, "unclassified")
    assert records.media[0].attributes == {"country": "RUS"}


@pytest.mark.parametrize(
    ("label", "species", "kind"),
    [
        ("uid;mammalia;primates;hominidae;homo;sapiens;human", "Homo sapiens", "human"),
        ("uid;;;;;;vehicle", "", "vehicle"),
        ("uid;;;;;;animal", "", "animal"),
        ("uid;mammalia;cetartiodactyla;cervidae;;;cervidae family", "Cervidae", "animal"),
        ("uid;;;;;;no cv result", "", "unknown"),
    ],
)
def test_labels_of_taxa(tmp_path, label, species, kind):
    document = {"predictions": [{"filepath": "1.JPG", "prediction": label, "prediction_score": 0.5}]}
    (sighting,) = read_detections(written(tmp_path, document)).sightings
    assert (sighting.species, sighting.kind) == (species, kind)


def test_gzipped_results(tmp_path):
    path = tmp_path / "results.json.gz"
    path.write_bytes(gzip.compress(json.dumps(BATCH).encode()))
    assert len(read_detections(path).media) == 3


@pytest.mark.parametrize(
    ("name", "n_files", "is_remote"),
    [("instances", 16, True), ("instances_with_errors", 19, True), ("local_instances", 14, False)],
)
def test_real_lists_of_instances_hold_media_and_no_results(camtrap_data, name, n_files, is_remote):
    records = read_detections(camtrap_data / "speciesnet-testdata" / "test_data" / f"{name}.json")
    assert len(records.media) == n_files
    assert records.sightings == ()
    told = {notice.code for notice in records.notices}
    assert "megadetector.no_results" in told
    assert ("megadetector.remote_media" in told) == is_remote


def detection(**changes):
    each = {"category": "1", "conf": 0.5, "bbox": [0.1, 0.1, 0.2, 0.2], **changes}
    return {"images": [{"file": "1.JPG", "detections": [each]}]}


@pytest.mark.parametrize(
    ("document", "code"),
    [
        (detection(conf=1.5), "megadetector.bad_detection"),
        (detection(conf=True), "megadetector.bad_detection"),
        (detection(bbox=[10, 20, 300, 400]), "megadetector.bad_detection"),
        (detection(bbox=[0.1, 0.1, 0.2]), "megadetector.bad_detection"),
        (detection(bbox=[0.1, 0.1, 0.0, 0.2]), "megadetector.bad_detection"),
        (detection(category="9"), "megadetector.unknown_category"),
        ({"images": [{"detections": []}]}, "megadetector.no_file_name"),
        ({"images": ["1.JPG"]}, "megadetector.no_file_name"),
        ({"images": [{"file": "a/../../1.JPG", "detections": []}]}, "megadetector.unsafe_path"),
        ({"images": [{"file": "1.JPG", "detections": []}] * 2}, "megadetector.file_twice"),
        ({"images": [{"file": "1.JPG", "detections": "none"}]}, "megadetector.bad_detection"),
        ({"pictures": []}, "megadetector.not_recognised"),
        ([], "megadetector.not_recognised"),
    ],
)
def test_broken_results_are_refused(tmp_path, document, code):
    with pytest.raises(InputError) as refusal:
        read_detections(written(tmp_path, document))
    error = refusal.value
    assert ({problem.code for problem in error.problems} or {error.code}) == {code}
