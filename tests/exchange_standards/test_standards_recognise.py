"""What kind of file is brought is told without being asked."""

import json

import pytest
from made_camtrap import made_files, write_files, write_zip

from pardine.exchange.recognise import recognise

WILDLIFE = {"deployments.csv": b"a\n", "images_2003123.csv": b"a\n", "cameras.csv": b"a\n"}


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("files", "kind"),
    [
        (made_files(), "Camtrap DP"),
        ({k: v for k, v in made_files().items() if k.endswith("csv")}, "Camtrap DP"),
        (WILDLIFE, "Wildlife Insights"),
        ({"stations.csv": b"station,x,y\n"}, None),
        ({"datapackage.json": b'{"resources": []}'}, None),
    ],
)
def test_folders_and_archives(tmp_path, files, kind, packed):
    path = write_zip(tmp_path / "it.zip", files) if packed else write_files(tmp_path, files)
    assert recognise(path) == kind


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [
        ("results.json", json.dumps({"info": {}, "images": []}), "detections"),
        ("predictions.json", '{"predictions":[]}', "detections"),
        ("datapackage.json", made_files()["datapackage.json"].decode(), "Camtrap DP"),
        ("other.json", "{}", None),
        ("cameras.csv", "Station;utm_x;utm_y;Setup_date;Retrieval_date\n", "camtrapR cameras"),
        ("records.csv", '"Station","Species","DateTimeOriginal"\n', "camtrapR records"),
        ("stations.csv", "station,x,y\n", None),
        ("broken.zip", "PK", None),
    ],
)
def test_files(tmp_path, name, content, kind):
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    assert recognise(path) == kind


def test_real_ones(camtrap_data):
    assert recognise(camtrap_data / "tdwg-camtrap-dp-example" / "example") == "Camtrap DP"
    assert (
        recognise(camtrap_data / "wiutils-wildlife-insights" / "cajambre" / "cajambre") == "Wildlife Insights"
    )
    assert recognise(camtrap_data / "speciesnet-testdata" / "test_data" / "instances.json") == "detections"
    assert recognise(camtrap_data / "speciesnet-testdata" / "test_data" / "blank.jpg") is None
    assert recognise(camtrap_data / "nothing-here") is None
