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
        "media_folder",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("place", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_folder")),
        sa.UniqueConstraint("name", name=op.f("uq_media_folder_name")),
        sa.UniqueConstraint("uid", name=op.f("uq_media_folder_uid")),
    )
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
        "refused_file",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("folder_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["folder_id"], ["media_folder.id"], name=op.f("fk_refused_file_folder_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_refused_file_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refused_file")),
        sa.UniqueConstraint("folder_id", "path", name=op.f("uq_refused_file_folder_id_path")),
        sa.UniqueConstraint("uid", name=op.f("uq_refused_file_uid")),
    )
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
        "camera_visit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("arrives", sa.Text(), nullable=False),
        sa.Column("leaves", sa.Text(), nullable=False),
        sa.Column("found", sa.Text(), nullable=True),
        sa.Column("stopped", sa.Text(), nullable=True),
        sa.Column("card_out", sa.Text(), nullable=False),
        sa.Column("card_in", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("leaves_camera", sa.Integer(), nullable=False),
        sa.Column("covariates", sa.Text(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_camera_visit_run_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source_table.id"], name=op.f("fk_camera_visit_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_camera_visit")),
        sa.UniqueConstraint("uid", name=op.f("uq_camera_visit_uid")),
    )
    op.create_table(
        "slot_effort",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("session", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("starts", sa.Text(), nullable=False),
        sa.Column("ends", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_slot_effort_run_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_slot_effort")),
        sa.UniqueConstraint("uid", name=op.f("uq_slot_effort_uid")),
    )
    op.create_index(op.f("ix_slot_effort_source"), "slot_effort", ["source"], unique=False)
    op.create_table(
        "deployment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("slot", sa.Text(), nullable=False),
        sa.Column("x", sa.Double(), nullable=True),
        sa.Column("y", sa.Double(), nullable=True),
        sa.Column("crs", sa.Text(), nullable=False),
        sa.Column("starts", sa.Text(), nullable=True),
        sa.Column("ends", sa.Text(), nullable=True),
        sa.Column("utc_offset_min", sa.Integer(), nullable=True),
        sa.Column("camera_serial", sa.Text(), nullable=False),
        sa.Column("camera_model", sa.Text(), nullable=False),
        sa.Column("covariates", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_deployment_run_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source_table.id"], name=op.f("fk_deployment_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment")),
        sa.UniqueConstraint("code", name=op.f("uq_deployment_code")),
        sa.UniqueConstraint("uid", name=op.f("uq_deployment_uid")),
    )
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
        "media",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("folder_id", sa.Integer(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=True),
        sa.Column("mtime_ns", sa.BigInteger(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=True),
        sa.Column("wall_clock", sa.Text(), nullable=True),
        sa.Column("utc_offset_min", sa.Integer(), nullable=True),
        sa.Column("clock_source", sa.Text(), nullable=True),
        sa.Column("agreement", sa.Text(), nullable=False),
        sa.Column("instant_utc", sa.Text(), nullable=True),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("sequence_number", sa.Integer(), nullable=True),
        sa.Column("event_number", sa.BigInteger(), nullable=True),
        sa.Column("infrared", sa.Integer(), nullable=True),
        sa.Column("readings", sa.Text(), nullable=False),
        sa.Column("metadata", sa.Text(), nullable=False),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployment.id"], name=op.f("fk_media_deployment_id")),
        sa.ForeignKeyConstraint(["folder_id"], ["media_folder.id"], name=op.f("fk_media_folder_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_media_run_id")),
        sa.ForeignKeyConstraint(["sha256"], ["blob.sha256"], name=op.f("fk_media_sha256")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media")),
        sa.UniqueConstraint("uid", name=op.f("uq_media_uid")),
    )
    op.create_index(
        op.f("ix_media_deployment_id_instant_utc_id"),
        "media",
        ["deployment_id", "instant_utc", "id"],
        unique=False,
    )
    op.create_index(op.f("ix_media_folder_id_path"), "media", ["folder_id", "path"], unique=False)
    op.create_index(op.f("ix_media_instant_utc_id"), "media", ["instant_utc", "id"], unique=False)
    op.create_index(op.f("ix_media_sha256"), "media", ["sha256"], unique=False)
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
        "telemetry_fix",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("individual", sa.Text(), nullable=False),
        sa.Column("x", sa.Double(), nullable=False),
        sa.Column("y", sa.Double(), nullable=False),
        sa.Column("at", sa.Text(), nullable=True),
        sa.Column("row", sa.Integer(), nullable=True),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_telemetry_fix_run_id")),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_telemetry_fix_session_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source_table.id"], name=op.f("fk_telemetry_fix_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_telemetry_fix")),
        sa.UniqueConstraint("uid", name=op.f("uq_telemetry_fix_uid")),
    )
    op.create_index(op.f("ix_telemetry_fix_session_id"), "telemetry_fix", ["session_id"], unique=False)
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
    op.create_table(
        "media_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("media_id", sa.Integer(), nullable=False),
        sa.Column("of_id", sa.Integer(), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.Column("difference_grey", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_media_copy_media_id")),
        sa.ForeignKeyConstraint(["of_id"], ["media.id"], name=op.f("fk_media_copy_of_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_media_copy")),
        sa.UniqueConstraint("media_id", "of_id", name=op.f("uq_media_copy_media_id_of_id")),
    )
    op.create_index(op.f("ix_media_copy_of_id"), "media_copy", ["of_id"], unique=False)
    op.create_table(
        "sighting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("folder_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("deployment_id", sa.Integer(), nullable=True),
        sa.Column("media_id", sa.Integer(), nullable=True),
        sa.Column("event", sa.Text(), nullable=False),
        sa.Column("starts", sa.Text(), nullable=True),
        sa.Column("ends", sa.Text(), nullable=True),
        sa.Column("utc_offset_min", sa.Integer(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("species", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=True),
        sa.Column("sex", sa.Text(), nullable=True),
        sa.Column("age_class", sa.Text(), nullable=True),
        sa.Column("individual", sa.Text(), nullable=False),
        sa.Column("box", sa.Text(), nullable=True),
        sa.Column("method", sa.Text(), nullable=True),
        sa.Column("said_by", sa.Text(), nullable=False),
        sa.Column("said_at", sa.Text(), nullable=True),
        sa.Column("probability", sa.Double(), nullable=True),
        sa.Column("attributes", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Integer(), nullable=True),
        sa.Column("run_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployment.id"], name=op.f("fk_sighting_deployment_id")),
        sa.ForeignKeyConstraint(["folder_id"], ["media_folder.id"], name=op.f("fk_sighting_folder_id")),
        sa.ForeignKeyConstraint(["media_id"], ["media.id"], name=op.f("fk_sighting_media_id")),
        sa.ForeignKeyConstraint(["run_id"], ["run.id"], name=op.f("fk_sighting_run_id")),
        sa.ForeignKeyConstraint(["source_id"], ["source_table.id"], name=op.f("fk_sighting_source_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sighting")),
        sa.UniqueConstraint("folder_id", "code", name=op.f("uq_sighting_folder_id_code")),
        sa.UniqueConstraint("uid", name=op.f("uq_sighting_uid")),
    )
    op.create_index(op.f("ix_sighting_deployment_id"), "sighting", ["deployment_id"], unique=False)
    op.create_index(op.f("ix_sighting_media_id"), "sighting", ["media_id"], unique=False)
    op.create_index(op.f("ix_sighting_species"), "sighting", ["species"], unique=False)
    for statement in APPEND_ONLY[op.get_context().dialect.name]:
        op.execute(statement)
