"""The fields of Camtrap DP 1.0.2: types, what is required and unique, words, ranges, keys.

References
----------
Bubnicki JW and others (2024) Camtrap DP: an open standard for the FAIR exchange and archiving of
camera trap data. Remote Sensing in Ecology and Conservation 10:283-295. doi:10.1002/rse2.374
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

VERSION = "1.0.2"
# Tables of these versions hold the same fields and are read as they are.
SAME_FIELDS = ("1.0", "1.0.0", "1.0.1", "1.0.2")
BASE_URL = f"https://raw.githubusercontent.com/tdwg/camtrap-dp/{VERSION}"
PROFILE_URL = f"{BASE_URL}/camtrap-dp-profile.json"
MISSING_VALUES = ("", "NA", "NaN", "nan")

FieldType = Literal["string", "integer", "number", "boolean", "datetime", "any"]
TableName = Literal["deployments", "media", "observations"]


@dataclass(frozen=True, kw_only=True)
class Field:
    """One column of a table.

    Attributes
    ----------
    name, type
        As the standard writes them.
    required, unique
        Whether a cell may be missing, and may stand twice.
    words
        The only values allowed; empty where all are.
    minimum, maximum
        Of a number, both included.
    pattern
        Whether cells are a media path or a media type, which have rules of their own.
    """

    name: str
    type: FieldType = "string"
    required: bool = False
    unique: bool = False
    words: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    pattern: Literal["path", "media type"] | None = None


@dataclass(frozen=True, kw_only=True)
class TableSpecification:
    """One table: its columns in order, its key, and the tables that its cells refer to."""

    name: TableName
    fields: tuple[Field, ...]
    key: str
    references: tuple[tuple[str, TableName], ...] = ()

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the columns in the order of the standard."""
        return tuple(field.name for field in self.fields)

    @property
    def schema_url(self) -> str:
        """Where the standard keeps the official schema; never fetched."""
        return f"{BASE_URL}/{self.name}-table-schema.json"


def _text(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name=name) for name in names)


def _number(
    name: str, low: float | None = None, high: float | None = None, kind: FieldType = "number"
) -> Field:
    return Field(name=name, type=kind, minimum=low, maximum=high)


FEATURES = (
    "roadPaved", "roadDirt", "trailHiking", "trailGame", "roadUnderpass", "roadOverpass", "roadBridge",
    "culvert", "burrow", "nestSite", "carcass", "waterSource", "fruitingTree",
)  # fmt: skip
OBSERVATION_TYPES = ("animal", "human", "vehicle", "blank", "unknown", "unclassified")

DEPLOYMENTS = TableSpecification(
    name="deployments",
    key="deploymentID",
    fields=(
        Field(name="deploymentID", required=True, unique=True),
        *_text("locationID", "locationName"),
        Field(name="latitude", type="number", required=True, minimum=-90, maximum=90),
        Field(name="longitude", type="number", required=True, minimum=-180, maximum=180),
        _number("coordinateUncertainty", 1, kind="integer"),
        Field(name="deploymentStart", type="datetime", required=True),
        Field(name="deploymentEnd", type="datetime", required=True),
        *_text("setupBy", "cameraID", "cameraModel"),
        _number("cameraDelay", 0, kind="integer"),
        _number("cameraHeight", 0),
        _number("cameraDepth", 0),
        _number("cameraTilt", -90, 90, "integer"),
        _number("cameraHeading", 0, 360, "integer"),
        _number("detectionDistance", 0),
        Field(name="timestampIssues", type="boolean"),
        Field(name="baitUse", type="boolean"),
        Field(name="featureType", words=FEATURES),
        *_text("habitat", "deploymentGroups", "deploymentTags", "deploymentComments"),
    ),
)
MEDIA = TableSpecification(
    name="media",
    key="mediaID",
    references=(("deploymentID", "deployments"),),
    fields=(
        Field(name="mediaID", required=True, unique=True),
        Field(name="deploymentID", required=True),
        Field(name="captureMethod", words=("activityDetection", "timeLapse")),
        Field(name="timestamp", type="datetime", required=True),
        Field(name="filePath", required=True, pattern="path"),
        Field(name="filePublic", type="boolean", required=True),
        Field(name="fileName"),
        Field(name="fileMediatype", required=True, pattern="media type"),
        Field(name="exifData", type="any"),
        Field(name="favorite", type="boolean"),
        Field(name="mediaComments"),
    ),
)
OBSERVATIONS = TableSpecification(
    name="observations",
    key="observationID",
    references=(("deploymentID", "deployments"), ("mediaID", "media")),
    fields=(
        Field(name="observationID", required=True, unique=True),
        Field(name="deploymentID", required=True),
        *_text("mediaID", "eventID"),
        Field(name="eventStart", type="datetime", required=True),
        Field(name="eventEnd", type="datetime", required=True),
        Field(name="observationLevel", required=True, words=("media", "event")),
        Field(name="observationType", required=True, words=OBSERVATION_TYPES),
        Field(name="cameraSetupType", words=("setup", "calibration")),
        Field(name="scientificName"),
        _number("count", 1, kind="integer"),
        Field(name="lifeStage", words=("adult", "subadult", "juvenile")),
        Field(name="sex", words=("female", "male")),
        *_text("behavior", "individualID"),
        _number("individualPositionRadius", 0),
        _number("individualPositionAngle", -90, 90),
        _number("individualSpeed", 0),
        _number("bboxX", 0, 1),
        _number("bboxY", 0, 1),
        _number("bboxWidth", 1e-15, 1),
        _number("bboxHeight", 1e-15, 1),
        Field(name="classificationMethod", words=("human", "machine")),
        Field(name="classifiedBy"),
        Field(name="classificationTimestamp", type="datetime"),
        _number("classificationProbability", 0, 1),
        *_text("observationTags", "observationComments"),
    ),
)
# In the order in which they refer to each other.
SPECIFICATION: dict[TableName, TableSpecification] = {
    "deployments": DEPLOYMENTS,
    "media": MEDIA,
    "observations": OBSERVATIONS,
}
