"""The tables of the first Pardine.

Written out in full and never edited: later revisions change what this one made. A revision that
makes a table of SQLite anew (alembic's batch mode) must also make its triggers anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

APPEND_ONLY = {
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


def upgrade() -> None:
    """Make all tables of an empty database."""
    op.create_table(
        "blob",
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("n_bytes", sa.BigInteger(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("sha256", name=op.f("pk_blob")),
    )
    op.create_table(
        "decision",
        sa.Column("origin", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("utc", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject_uid", sa.Text(), nullable=False),
        sa.Column("before", sa.Text(), nullable=False),
        sa.Column("after", sa.Text(), nullable=False),
        sa.Column("supersedes", sa.Text(), nullable=True),
        sa.Column("prev_hash", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("origin", "seq", name=op.f("pk_decision")),
        sa.UniqueConstraint("hash", name=op.f("uq_decision_hash")),
    )
    op.create_index(op.f("ix_decision_kind"), "decision", ["kind"], unique=False)
    op.create_index(op.f("ix_decision_subject_uid"), "decision", ["subject_uid"], unique=False)
    op.create_table(
        "origin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=True),
        sa.Column("created_utc", sa.Text(), nullable=False),
        sa.Column("head_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_origin")),
        sa.UniqueConstraint("fingerprint", name=op.f("uq_origin_fingerprint")),
        sa.UniqueConstraint("uid", name=op.f("uq_origin_uid")),
    )
    op.create_table(
        "project",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_utc", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project")),
        sa.UniqueConstraint("uid", name=op.f("uq_project_uid")),
    )
    op.create_table(
        "run",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("workflow", sa.Text(), nullable=False),
        sa.Column("parameters", sa.Text(), nullable=False),
        sa.Column("seed", sa.Text(), nullable=True),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("source_sha256", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("started_utc", sa.Text(), nullable=False),
        sa.Column("finished_utc", sa.Text(), nullable=True),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("pid", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("status IN ('running', 'done', 'failed')", name=op.f("ck_run_status")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run")),
        sa.UniqueConstraint("uid", name=op.f("uq_run_uid")),
    )
    op.create_table(
        "media",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("deployment", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_media_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint("uid", name=op.f("uq_media_uid")),
    )
    op.create_index(op.f("ix_media_sha256"), "media", ["sha256"], unique=False)
    op.create_table(
        "result",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("created_utc", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_result_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_result")),
        sa.UniqueConstraint("uid", name=op.f("uq_result_uid")),
    )
    op.create_index(op.f("ix_result_kind"), "result", ["kind"], unique=False)
    op.create_index(op.f("ix_result_run_id"), "result", ["run_id"], unique=False)
    op.create_table(
        "run_input",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_input_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_input")),
    )
    op.create_index(op.f("ix_run_input_run_id"), "run_input", ["run_id"], unique=False)
    op.create_table(
        "run_output",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_run_output_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_run_output")),
    )
    op.create_index(op.f("ix_run_output_run_id"), "run_output", ["run_id"], unique=False)
    op.create_table(
        "source_table",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("encoding", sa.Text(), nullable=False),
        sa.Column("separator", sa.Text(), nullable=False),
        sa.Column("decimal", sa.Text(), nullable=False),
        sa.Column("n_rows", sa.Integer(), nullable=False),
        sa.Column("superseded_by", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_source_table_run_id")),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_source_table_sha256")),
        sa.ForeignKeyConstraint(
            ["superseded_by"],
            ["source_table.id"],
            name=op.f("fk_source_table_superseded_by"),
            initially="DEFERRED",
            deferrable=True,
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_table")),
        sa.UniqueConstraint("uid", name=op.f("uq_source_table_uid")),
    )
    op.create_index(op.f("ix_source_table_sha256"), "source_table", ["sha256"], unique=False)
    op.create_table(
        "session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("n_occasions", sa.Integer(), nullable=False),
        sa.Column("detector_type", sa.Text(), nullable=True),
        sa.Column("crs", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Text(), nullable=True),
        sa.Column("ends_on", sa.Text(), nullable=True),
        sa.Column("utc_offset_min", sa.Integer(), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("covariates", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_session_run_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source_table.id"], name=op.f("fk_session_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("code", name=op.f("uq_session_code")),
        sa.UniqueConstraint("uid", name=op.f("uq_session_uid")),
    )
    op.create_table(
        "individual",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_individual_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_individual")),
        sa.UniqueConstraint("session_id", "name", name=op.f("uq_individual_session_id_name")),
        sa.UniqueConstraint("uid", name=op.f("uq_individual_uid")),
    )
    op.create_index(op.f("ix_individual_session_id"), "individual", ["session_id"], unique=False)
    op.create_table(
        "mask",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("cell_area_m2", sa.Double(), nullable=False),
        sa.Column("table_sha256", sa.Text(), nullable=False),
        sa.Column("points_sha256", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["points_sha256"], ["blob.sha256"], name=op.f("fk_mask_points_sha256")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_mask_run_id")),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_mask_session_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source_table.id"], name=op.f("fk_mask_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mask")),
        sa.UniqueConstraint("uid", name=op.f("uq_mask_uid")),
    )
    op.create_index(op.f("ix_mask_points_sha256"), "mask", ["points_sha256"], unique=False)
    op.create_index(op.f("ix_mask_session_id"), "mask", ["session_id"], unique=False)
    op.create_table(
        "station",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("x", sa.Double(), nullable=False),
        sa.Column("y", sa.Double(), nullable=False),
        sa.Column("usage_station_days", sa.Text(), nullable=False),
        sa.Column("covariates", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_station_run_id")),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_station_session_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source_table.id"], name=op.f("fk_station_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_station")),
        sa.UniqueConstraint("session_id", "code", name=op.f("uq_station_session_id_code")),
        sa.UniqueConstraint("uid", name=op.f("uq_station_uid")),
    )
    op.create_index(op.f("ix_station_session_id"), "station", ["session_id"], unique=False)
    op.create_table(
        "capture",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("individual_id", sa.Integer(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("occasion", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=True),
        sa.Column("age_class", sa.Text(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["individual_id"], ["individual.id"], name=op.f("fk_capture_individual_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_capture_run_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source_table.id"], name=op.f("fk_capture_source_id")),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_capture_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_capture")),
        sa.UniqueConstraint("uid", name=op.f("uq_capture_uid")),
    )
    op.create_index(op.f("ix_capture_individual_id"), "capture", ["individual_id"], unique=False)
    op.create_index(op.f("ix_capture_station_id"), "capture", ["station_id"], unique=False)
    op.create_table(
        "effort_interval",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("station_id", sa.Integer(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("starts", sa.Text(), nullable=False),
        sa.Column("ends", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_effort_interval_run_id")),
        sa.ForeignKeyConstraint(
            ["source_id"], ["source_table.id"], name=op.f("fk_effort_interval_source_id")
        ),
        sa.ForeignKeyConstraint(["station_id"], ["station.id"], name=op.f("fk_effort_interval_station_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_effort_interval")),
        sa.UniqueConstraint("uid", name=op.f("uq_effort_interval_uid")),
    )
    op.create_index(op.f("ix_effort_interval_station_id"), "effort_interval", ["station_id"], unique=False)
    for statement in APPEND_ONLY[op.get_context().dialect.name]:
        op.execute(statement)
