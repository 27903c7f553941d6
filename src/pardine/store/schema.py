"""The tables of a project, the same on SQLite and PostgreSQL.

Integer keys are local to one database and never leave it; ``uid`` is what the world sees. Texts that
are hashed are stored as the very text that was hashed, never as a database's own JSON type.
Migration ``migrations/versions`` makes the same tables; a test compares the two.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Connection,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    UniqueConstraint,
    insert,
)

# Revisions that this Pardine knows, oldest first; the last is the one it reads and writes.
REVISIONS = ("0001",)
REVISION = REVISIONS[-1]

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def _id() -> Column[int]:
    return Column("id", Integer, primary_key=True)


def _uid() -> Column[str]:
    return Column("uid", Text, nullable=False, unique=True)


def _text(name: str, *, nullable: bool = False) -> Column[str]:
    return Column(name, Text, nullable=nullable)


def _to(name: str, target: str, *, nullable: bool = False, index: bool = False) -> Column[int]:
    return Column(name, Integer, ForeignKey(f"{target}.id"), nullable=nullable, index=index)


def _to_blob(name: str = "sha256", *, nullable: bool = False) -> Column[str]:
    return Column(name, Text, ForeignKey("blob.sha256"), nullable=nullable, index=True)


# One row: whose database this is.
project = Table("project", metadata, _id(), _uid(), _text("name"), _text("created_utc"))

# One row for each place that decisions were made in, with the end of its chain.
origin = Table(
    "origin",
    metadata,
    _id(),
    _uid(),
    Column("fingerprint", Text, nullable=True, unique=True),
    _text("created_utc"),
    Column("head_seq", Integer, nullable=False),
    _text("head_hash"),
)

# Bytes by their hash; content is null where the bytes lie outside (photographs).
blob = Table(
    "blob",
    metadata,
    Column("sha256", Text, primary_key=True),
    Column("n_bytes", BigInteger, nullable=False),
    Column("content", LargeBinary, nullable=True),
)

run = Table(
    "run",
    metadata,
    _id(),
    _uid(),
    _text("workflow"),
    _text("parameters"),
    _text("seed", nullable=True),
    _text("version"),
    _text("source_sha256"),
    _text("status"),
    _text("started_utc"),
    _text("finished_utc", nullable=True),
    _text("host"),
    Column("pid", BigInteger, nullable=False),
    CheckConstraint("status IN ('running', 'done', 'failed')", name="status"),
)


def _artefacts(name: str) -> Table:
    return Table(
        name,
        metadata,
        _id(),
        _to("run_id", "run", index=True),
        _text("kind"),
        _text("name"),
        _text("sha256"),
    )


run_input = _artefacts("run_input")
run_output = _artefacts("run_output")

result = Table(
    "result",
    metadata,
    _id(),
    _uid(),
    _to("run_id", "run", index=True),
    Column("kind", Text, nullable=False, index=True),
    _text("content"),
    _text("sha256"),
    _text("created_utc"),
)

# A table as the office sent it, byte for byte.
source_table = Table(
    "source_table",
    metadata,
    _id(),
    _uid(),
    _to_blob(),
    _text("name"),
    _text("kind"),
    _text("encoding"),
    _text("separator"),
    _text("decimal"),
    Column("n_rows", Integer, nullable=False),
    # Deferred: a copy of the database writes the older table before the newer one it points to.
    Column(
        "superseded_by",
        Integer,
        ForeignKey("source_table.id", deferrable=True, initially="DEFERRED"),
        nullable=True,
    ),
    _to("run_id", "run"),
)

session = Table(
    "session",
    metadata,
    _id(),
    _uid(),
    Column("code", Text, nullable=False, unique=True),
    Column("n_occasions", Integer, nullable=False),
    _text("detector_type", nullable=True),
    _text("crs"),
    _text("starts_on", nullable=True),
    _text("ends_on", nullable=True),
    Column("utc_offset_min", Integer, nullable=True),
    _text("evidence"),
    _text("covariates"),
    _to("source_id", "source_table", nullable=True),
    _to("run_id", "run"),
)

station = Table(
    "station",
    metadata,
    _id(),
    _uid(),
    _to("session_id", "session", index=True),
    _text("code"),
    Column("x", Double, nullable=False),
    Column("y", Double, nullable=False),
    _text("usage_station_days"),
    _text("covariates"),
    _to("source_id", "source_table", nullable=True),
    _to("run_id", "run"),
    UniqueConstraint("session_id", "code"),
)

effort_interval = Table(
    "effort_interval",
    metadata,
    _id(),
    _uid(),
    _to("station_id", "station", index=True),
    _text("slot"),
    _text("starts"),
    _text("ends"),
    _text("state"),
    _to("source_id", "source_table", nullable=True),
    _to("run_id", "run"),
)

individual = Table(
    "individual",
    metadata,
    _id(),
    _uid(),
    _to("session_id", "session", index=True),
    _text("name"),
    UniqueConstraint("session_id", "name"),
)

capture = Table(
    "capture",
    metadata,
    _id(),
    _uid(),
    _to("individual_id", "individual", index=True),
    _to("station_id", "station", index=True),
    Column("occasion", Integer, nullable=False),
    Column("count", Integer, nullable=False),
    _text("sex", nullable=True),
    _text("age_class", nullable=True),
    Column("row", Integer, nullable=True),
    _to("source_id", "source_table", nullable=True),
    _to("run_id", "run"),
)

# One fix of a collar; the animal need not be one that was photographed.
telemetry_fix = Table(
    "telemetry_fix",
    metadata,
    _id(),
    _uid(),
    _to("session_id", "session", index=True),
    _text("individual"),
    Column("x", Double, nullable=False),
    Column("y", Double, nullable=False),
    _text("at", nullable=True),
    Column("row", Integer, nullable=True),
    _to("source_id", "source_table", nullable=True),
    _to("run_id", "run"),
)

mask = Table(
    "mask",
    metadata,
    _id(),
    _uid(),
    _to("session_id", "session", nullable=True, index=True),
    Column("cell_area_m2", Double, nullable=False),
    _text("table_sha256"),
    _to_blob("points_sha256"),
    _to("source_id", "source_table", nullable=True),
    _to("run_id", "run"),
)

# Where photographs lie: a folder that was added, or a package; its name stays when a disk is moved.
media_folder = Table(
    "media_folder",
    metadata,
    _id(),
    _uid(),
    Column("name", Text, nullable=False, unique=True),
    _text("place"),
)

# One camera at one slot of a station, from one visit to the next.
deployment = Table(
    "deployment",
    metadata,
    _id(),
    _uid(),
    Column("code", Text, nullable=False, unique=True),
    _text("station"),
    _text("slot"),
    Column("x", Double, nullable=True),
    Column("y", Double, nullable=True),
    _text("crs"),
    _text("starts", nullable=True),
    _text("ends", nullable=True),
    Column("utc_offset_min", Integer, nullable=True),
    _text("camera_serial"),
    _text("camera_model"),
    _text("covariates"),
    _to("source_id", "source_table", nullable=True),
    _to("run_id", "run"),
)

# One occurrence of a photograph or video; the same bytes on two cards are one blob and two media.
media = Table(
    "media",
    metadata,
    _id(),
    _uid(),
    _to("folder_id", "media_folder"),
    _text("path"),
    _text("code"),
    _to_blob(nullable=True),
    Column("mtime_ns", BigInteger, nullable=True),
    _text("kind"),
    _to("deployment_id", "deployment", nullable=True),
    _text("wall_clock", nullable=True),
    Column("utc_offset_min", Integer, nullable=True),
    _text("clock_source", nullable=True),
    _text("agreement"),
    _text("instant_utc", nullable=True),
    _text("serial"),
    _text("label"),
    Column("sequence_number", Integer, nullable=True),
    Column("event_number", BigInteger, nullable=True),
    Column("infrared", Integer, nullable=True),
    _text("readings"),
    _text("metadata"),
    _to("run_id", "run"),
    # Each page is found by its first row, whatever stands before it.
    Index(None, "deployment_id", "instant_utc", "id"),
    Index(None, "instant_utc", "id"),
    Index(None, "folder_id", "path"),
)

# Two media of one picture, saved again with other bytes.
media_copy = Table(
    "media_copy",
    metadata,
    _id(),
    _to("media_id", "media"),
    _to("of_id", "media", index=True),
    _text("evidence"),
    Column("difference_grey", Double, nullable=False),
    UniqueConstraint("media_id", "of_id"),
)

# A file that was set aside, and why; gone once the file can be read.
refused_file = Table(
    "refused_file",
    metadata,
    _id(),
    _uid(),
    _to("folder_id", "media_folder"),
    _text("path"),
    _text("severity"),
    _text("reason"),
    _text("fields"),
    _to("run_id", "run"),
    UniqueConstraint("folder_id", "path"),
)

# Somebody's or something's statement about what a photograph or an encounter shows.
sighting = Table(
    "sighting",
    metadata,
    _id(),
    _uid(),
    _to("folder_id", "media_folder"),
    _text("code"),
    _to("deployment_id", "deployment", nullable=True, index=True),
    _to("media_id", "media", nullable=True, index=True),
    _text("event"),
    _text("starts", nullable=True),
    _text("ends", nullable=True),
    Column("utc_offset_min", Integer, nullable=True),
    _text("kind"),
    Column("species", Text, nullable=False, index=True),
    Column("count", Integer, nullable=True),
    _text("sex", nullable=True),
    _text("age_class", nullable=True),
    _text("individual"),
    _text("box", nullable=True),
    _text("method", nullable=True),
    _text("said_by"),
    _text("said_at", nullable=True),
    Column("probability", Double, nullable=True),
    _text("attributes"),
    _to("source_id", "source_table", nullable=True),
    _to("run_id", "run"),
    UniqueConstraint("folder_id", "code"),
)

# One row of a check sheet.
camera_visit = Table(
    "camera_visit",
    metadata,
    _id(),
    _uid(),
    _text("session"),
    _text("station"),
    _text("slot"),
    _text("arrives"),
    _text("leaves"),
    _text("found", nullable=True),
    _text("stopped", nullable=True),
    _text("card_out"),
    _text("card_in"),
    _text("serial"),
    Column("leaves_camera", Integer, nullable=False),
    _text("covariates"),
    Column("row", Integer, nullable=True),
    _to("source_id", "source_table", nullable=True),
    _to("run_id", "run"),
)

# What a slot did, as a package or a table of cameras says; sessions take their effort from it.
slot_effort = Table(
    "slot_effort",
    metadata,
    _id(),
    _uid(),
    Column("source", Text, nullable=False, index=True),
    _text("session"),
    _text("station"),
    _text("slot"),
    _text("starts"),
    _text("ends"),
    _text("state"),
    _to("run_id", "run"),
)

decision = Table(
    "decision",
    metadata,
    Column("origin", Text, nullable=False),
    Column("seq", Integer, nullable=False),
    _text("author"),
    _text("utc"),
    Column("kind", Text, nullable=False, index=True),
    Column("subject_uid", Text, nullable=False, index=True),
    _text("before"),
    _text("after"),
    _text("supersedes", nullable=True),
    _text("prev_hash"),
    Column("hash", Text, nullable=False),
    PrimaryKeyConstraint("origin", "seq"),
    UniqueConstraint("hash"),
)

# The table that alembic keeps its place in, made here so that a new project need not import alembic.
alembic_version = Table(
    "alembic_version",
    MetaData(),
    Column("version_num", String(32), nullable=False),
    PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)

# A decision once written can only be answered by another; the database itself says so.
APPEND_ONLY: dict[str, tuple[str, ...]] = {
    "sqlite": (
        "CREATE TRIGGER decision_no_update BEFORE UPDATE ON decision"
        " BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END",
        "CREATE TRIGGER decision_no_delete BEFORE DELETE ON decision"
        " BEGIN SELECT RAISE(ABORT, 'decisions are append-only'); END",
    ),
    "postgresql": (
        "CREATE FUNCTION decision_refuse() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION 'decisions are append-only'; END $$",
        "CREATE TRIGGER decision_no_change BEFORE UPDATE OR DELETE ON decision"
        " FOR EACH ROW EXECUTE FUNCTION decision_refuse()",
        "CREATE TRIGGER decision_no_truncate BEFORE TRUNCATE ON decision"
        " FOR EACH STATEMENT EXECUTE FUNCTION decision_refuse()",
    ),
}


def create_tables(connection: Connection) -> None:
    """Make all tables of an empty database, at the revision of this Pardine."""
    metadata.create_all(connection)
    alembic_version.create(connection)
    connection.execute(insert(alembic_version).values(version_num=REVISION))
    for statement in APPEND_ONLY[connection.dialect.name]:
        connection.exec_driver_sql(statement)
