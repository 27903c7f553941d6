"""A small simulated package that keeps the standard, and ways to write it."""

import csv
import io
import json
import zipfile

from pardine.exchange.camtrap_dp.specification import PROFILE_URL, SPECIFICATION

DEPLOYMENTS = [
    {
        "deploymentID": "dep1",
        "locationID": "S01",
        "latitude": "43.5",
        "longitude": "131.2",
        "deploymentStart": "2024-03-01T12:00:00+10:00",
        "deploymentEnd": "2024-05-01T12:00:00+10:00",
        "cameraID": "H500",
        "cameraHeight": "0.45",
        "baitUse": "false",
        "featureType": "trailGame",
    },
    {
        "deploymentID": "dep2",
        "locationID": "S02",
        "latitude": "43.6",
        "longitude": "131.3",
        "deploymentStart": "2024-03-02T12:00:00+10:00",
        "deploymentEnd": "2024-05-02T12:00:00+10:00",
        "cameraTilt": "-5",
    },
]
MEDIA = [
    {
        "mediaID": f"m{i}",
        "deploymentID": "dep1" if i < 3 else "dep2",
        "timestamp": f"2024-03-{10 + i}T0{i}:15:00+10:00",
        "filePath": f"media/IMG_000{i}.JPG",
        "filePublic": "true",
        "fileName": f"IMG_000{i}.JPG",
        "fileMediatype": "image/jpeg",
    }
    for i in range(5)
]
OBSERVATIONS = [
    {
        "observationID": f"o{i}",
        "deploymentID": media["deploymentID"],
        "mediaID": media["mediaID"],
        "eventStart": media["timestamp"],
        "eventEnd": media["timestamp"],
        "observationLevel": "media",
        "observationType": "animal",
        "scientificName": "Panthera pardus",
        "count": "1",
        "sex": "female",
        "lifeStage": "adult",
        "individualID": "F07",
        "classificationMethod": "human",
    }
    for i, media in enumerate(MEDIA)
]
ROWS = {"deployments": DEPLOYMENTS, "media": MEDIA, "observations": OBSERVATIONS}
METADATA = {
    "profile": PROFILE_URL,
    "created": "2024-06-01T00:00:00Z",
    "contributors": [{"title": "Simulated survey"}],
    "project": {
        "title": "Simulated survey",
        "samplingDesign": "targeted",
        "captureMethod": ["activityDetection"],
        "individualAnimals": True,
        "observationLevel": ["media"],
    },
    "spatial": {"type": "Point", "coordinates": [131.2, 43.5]},
    "temporal": {"start": "2024-03-01", "end": "2024-05-02"},
    "taxonomic": [{"scientificName": "Panthera pardus"}],
}


def made_files():
    """File name to content of a package without faults."""
    files = {f"{name}.csv": table_text(name).encode() for name in ROWS}
    files["datapackage.json"] = json.dumps(descriptor()).encode()
    return files


def descriptor():
    resources = [
        {
            "name": name,
            "path": f"{name}.csv",
            "profile": "tabular-data-resource",
            "schema": specification.schema_url,
        }
        for name, specification in SPECIFICATION.items()
    ]
    return {"resources": resources, **METADATA}


def table_text(name, rows=None, separator=",", header=None):
    header = header or list(SPECIFICATION[name].columns)
    file = io.StringIO()
    writer = csv.DictWriter(file, header, delimiter=separator, lineterminator="\n", extrasaction="ignore")
    writer.writeheader()
    writer.writerows(ROWS[name] if rows is None else rows)
    return file.getvalue()


def write_files(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


def write_zip(path, files, level=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", level) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return path
