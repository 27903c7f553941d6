"""Results of MegaDetector (batch output) and SpeciesNet (predictions), and lists of instances for them."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pardine.base.errors import InputError
from pardine.exchange.container import is_remote, open_container
from pardine.exchange.imported import ImportedMedia, ImportedRecords
from pardine.exchange.json_file import parse_json
from pardine.exchange.ledger import Ledger
from pardine.observe.sighting import BoundingBox, Sighting, SightingKind

_CATEGORIES = {"1": "animal", "2": "person", "3": "vehicle"}
_KINDS: dict[str, SightingKind] = {
    "animal": "animal", "person": "human", "human": "human", "vehicle": "vehicle", "blank": "blank",
    "empty": "blank",
}  # fmt: skip
_TAXON_PARTS = 7
# Boxes at the edge of a picture stick out by rounding.
_ROUNDING = 0.01
_TIME_FORMATS = ("%Y:%m:%d %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%Y-%m-%dT%H:%M:%S")
Json = Mapping[str, Any]


def read_detections(path: Path, *, deployments: Mapping[str, str] | None = None) -> ImportedRecords:
    """Read a result file of either shape, or a list of instances without results.

    Parameters
    ----------
    path
        The JSON file; it may be gzipped.
    deployments
        Deployment of each file by its path, as the result file writes it (with ``/``).

    Returns
    -------
    ImportedRecords
        A media row for each file; a sighting for each detection, with its box; one that says blank for
        a file without any; one that says unclassified for a file that failed. A prediction for a whole
        picture is a sighting without a box. Nothing is left out for a low probability.

    Raises
    ------
    InputError
        ``imported.refused`` with every problem; ``megadetector.not_recognised``; ``json.*``.
    """
    with open_container(path) as container:
        document, _ = parse_json(container.read(path.name), path.name)
    if not isinstance(document, dict):
        raise InputError("megadetector.not_recognised", file=path.name)
    reading = _Reading(path.name, deployments or {})
    if isinstance(document.get("images"), list):
        _read_batch(document, reading)
    elif isinstance(document.get("predictions"), list):
        _read_predictions(document, reading)
    elif isinstance(document.get("instances"), list):
        _read_instances(document, reading)
    else:
        raise InputError("megadetector.not_recognised", file=path.name)
    reading.ledger.refuse_if_any()
    return ImportedRecords(
        media=tuple(reading.media.values()),
        sightings=tuple(reading.sightings),
        notices=reading.ledger.notices,
    )


class _Reading:
    """Media and sightings so far, and what is wrong."""

    def __init__(self, file: str, deployments: Mapping[str, str]) -> None:
        self.file = file
        self.ledger = Ledger()
        self.media: dict[str, ImportedMedia] = {}
        self.sightings: list[Sighting] = []
        self._deployments = deployments
        self._told: set[str] = set()

    def problem(self, code: str, position: int, value: object) -> None:
        self.ledger.problem(code, file=self.file, number=position + 1, value=str(value)[:80])

    def once(self, code: str, value: str) -> None:
        if code not in self._told:
            self._told.add(code)
            self.ledger.warn(code, file=self.file, value=value)

    def open_file(self, entry: Any, name_key: str, position: int) -> ImportedMedia | None:
        """The media row of an entry; ``None`` where it names no file or one that was named before."""
        name = entry.get(name_key) if isinstance(entry, dict) else None
        if not isinstance(name, str) or not name.strip():
            self.problem("megadetector.no_file_name", position, entry)
            return None
        path = name.replace("\\", "/")
        if path != name:
            self.once("megadetector.backslashes", name)
        if ".." in path.split("/"):
            self.problem("megadetector.unsafe_path", position, name)
            return None
        if path in self.media:
            self.problem("megadetector.file_twice", position, name)
            return None
        if is_remote(path) and path[1:2] != ":":
            self.once("megadetector.remote_media", path)
        self.media[path] = self._media_of(entry, path)
        return self.media[path]

    def _media_of(self, entry: Json, path: str) -> ImportedMedia:
        known = ("country", "admin1_region", "latitude", "longitude", "width", "height")
        return ImportedMedia(
            code=path,
            deployment=self._deployments.get(path, ""),
            path=path,
            kind="video" if path.lower().endswith((".mp4", ".avi", ".mov")) else "image",
            wall_clock=_time(entry.get("datetime")),
            name=path.rpartition("/")[2],
            attributes={key: str(entry[key]) for key in known if entry.get(key) is not None},
        )

    def say(self, media: ImportedMedia, kind: SightingKind, **facts: Any) -> None:
        """One more sighting of a file."""
        number = 1 + sum(1 for _ in self._of(media.code))
        at = media.wall_clock
        self.sightings.append(
            Sighting(
                code=f"{media.code}#{number}",
                deployment=media.deployment,
                media=media.code,
                starts=at,
                ends=at,
                kind=kind,
                method="machine",
                **facts,
            )
        )

    def _of(self, code: str) -> list[Sighting]:
        """Sightings of the file that was read last."""
        last = []
        for sighting in reversed(self.sightings):
            if sighting.media != code:
                break
            last.append(sighting)
        return last


def _read_batch(document: Json, reading: _Reading) -> None:
    info = document.get("info") if isinstance(document.get("info"), dict) else {}
    detector = str((info or {}).get("detector") or "MegaDetector")
    said = {"by": detector, "at": _time((info or {}).get("detection_completion_time"))}
    categories = _names(document.get("detection_categories")) or _CATEGORIES
    classes = {
        **_names(document.get("classification_categories")),
        **_names(document.get("classification_category_descriptions")),
    }
    for i, entry in enumerate(document["images"]):
        media = reading.open_file(entry, "file", i)
        if media is None:
            continue
        detections = entry.get("detections")
        if entry.get("failure") or detections is None:
            reading.ledger.warn(
                "megadetector.failure",
                file=reading.file,
                value=media.path,
                reason=str(entry.get("failure") or "–"),
            )
            reading.say(media, "unclassified", **said)
        elif not detections:
            reading.say(media, "blank", **said)
        else:
            _say_detections(reading, media, detections, categories, classes, said, i)


def _say_detections(
    reading: _Reading,
    media: ImportedMedia,
    detections: Any,
    categories: Mapping[str, str],
    classes: Mapping[str, str],
    said: Mapping[str, Any],
    position: int,
) -> None:
    if not isinstance(detections, list) or not all(isinstance(each, dict) for each in detections):
        reading.problem("megadetector.bad_detection", position, detections)
        return
    for each in detections:
        label = each.get("label") or categories.get(str(each.get("category")))
        kind = _KINDS.get(str(label).casefold())
        probability, box = _share(each.get("conf")), _box(each.get("bbox"))
        if kind is None:
            reading.problem("megadetector.unknown_category", position, each.get("category"))
        elif probability is None or box is None:
            reading.problem("megadetector.bad_detection", position, each)
        else:
            species, attributes = _best_class(each.get("classifications"), classes)
            facts = {"probability": probability, "box": box, "species": species, "attributes": attributes}
            reading.say(media, kind, **facts, **said)


def _best_class(classifications: Any, classes: Mapping[str, str]) -> tuple[str, dict[str, str]]:
    """Species and name of the class with the highest score, where a classifier gave some."""
    scored = [
        (score, str(each[0]))
        for each in (classifications if isinstance(classifications, list) else [])
        if isinstance(each, list) and len(each) == 2 and (score := _share(each[1])) is not None
    ]
    if not scored:
        return "", {}
    score, category = max(scored)
    name = classes.get(category, category)
    return _taxon(name)[0], {"classification": name, "classificationScore": repr(score)}


def _read_predictions(document: Json, reading: _Reading) -> None:
    for i, entry in enumerate(document["predictions"]):
        media = reading.open_file(entry, "filepath", i)
        if media is None:
            continue
        said = {"by": f"SpeciesNet {entry.get('model_version') or ''}".strip()}
        if failures := entry.get("failures"):
            reason = ", ".join(map(str, failures)) if isinstance(failures, list) else str(failures)
            reading.ledger.warn("megadetector.failure", file=reading.file, value=media.path, reason=reason)
        if isinstance(prediction := entry.get("prediction"), str):
            species, kind = _taxon(prediction)
            probability = _share(entry.get("prediction_score"))
            attributes = {"prediction": prediction}
            if source := entry.get("prediction_source"):
                attributes["predictionSource"] = str(source)
            facts = {"species": species, "probability": probability, "attributes": attributes}
            reading.say(media, kind, **facts, **said)
        elif not entry.get("detections"):
            reading.say(media, "unclassified", **said)
        if entry.get("detections"):
            _say_detections(reading, media, entry["detections"], _CATEGORIES, {}, said, i)


def _read_instances(document: Json, reading: _Reading) -> None:
    """A list of what is to be looked at: media without sightings."""
    for i, entry in enumerate(document["instances"]):
        reading.open_file(entry, "filepath", i)
    reading.ledger.warn("megadetector.no_results", file=reading.file)


def _taxon(label: str) -> tuple[str, SightingKind]:
    """Scientific name and kind of a label ``uid;class;order;family;genus;species;common name``."""
    parts = [part.strip() for part in label.split(";")]
    if len(parts) != _TAXON_PARTS:
        return "", _KINDS.get(label.strip().casefold(), "unknown")
    _, class_, order, family, genus, species, common = parts
    if genus == "homo" or common == "human":
        return "Homo sapiens", "human"
    if common in ("blank", "vehicle"):
        return "", _KINDS[common]
    if genus and species:
        return f"{genus.capitalize()} {species}", "animal"
    lowest = genus or family or order or class_
    return lowest.capitalize(), "animal" if lowest or common == "animal" else "unknown"


def _names(table: Any) -> dict[str, str]:
    return {str(key): str(value) for key, value in table.items()} if isinstance(table, dict) else {}


def _share(value: Any) -> float | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return float(value) if is_number and math.isfinite(value) and 0 <= value <= 1 else None


def _box(value: Any) -> BoundingBox | None:
    """Box as x, y, width, height in shares of the picture, cut off at its edges."""
    if not isinstance(value, list) or len(value) != 4:
        return None
    if not all(isinstance(v, int | float) and -_ROUNDING <= v <= 1 + _ROUNDING for v in value):
        return None
    x, y = (min(max(float(v), 0.0), 1.0) for v in value[:2])
    width, height = min(float(value[2]), 1.0 - x), min(float(value[3]), 1.0 - y)
    return BoundingBox(x=x, y=y, width=width, height=height) if width > 0 and height > 0 else None


def _time(value: Any) -> dt.datetime | None:
    """A time as these programs write it; ``None`` where there is none to read."""
    for pattern in _TIME_FORMATS:
        try:
            return dt.datetime.strptime(value, pattern)
        except (TypeError, ValueError):
            continue
    return None
