"""The tables: the same from the models as from the migrations, on both databases; decisions stay."""

import re
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import delete, inspect, select, text, update
from sqlalchemy.exc import DatabaseError

from pardine.store import schema
from pardine.store.blobs import get_blob, put_blob
from pardine.store.database import begin, server_engine, sqlite_engine
from pardine.store.decisions import Draft, append, read_log
from pardine.store.migrate import revisions, run_migrations


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_engine(request, tmp_path):
    if request.param == "sqlite":
        engine = sqlite_engine(tmp_path / "x.sqlite")
    else:
        engine = server_engine(request.getfixturevalue("server_database"))
    yield engine
    engine.dispose()


def differences(connection) -> list:
    return compare_metadata(
        MigrationContext.configure(connection, opts={"compare_server_default": True}), schema.metadata
    )


def made_by(engine, make) -> dict:
    """What the database itself says of all that `make` made."""
    with begin(engine, "write", place="x") as connection:
        make(connection)
        assert differences(connection) == []
        assert connection.scalar(select(schema.alembic_version.c.version_num)) == schema.REVISION
        said = catalogue(connection)
        connection.rollback()
    return said


def catalogue(connection) -> dict:
    if connection.dialect.name == "sqlite":
        rows = connection.execute(text("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL"))
        return {name: parts_of(sql) for name, sql in rows}
    columns = connection.execute(
        text(
            "SELECT table_name, column_name, data_type, is_nullable, column_default"
            " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, ordinal_position"
        )
    ).all()
    constraints = connection.execute(
        text(
            "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2"
        )
    ).all()
    triggers = connection.execute(
        text("SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1")
    ).all()
    indexes = connection.execute(
        text("SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1")
    ).all()
    return {"columns": columns, "constraints": constraints, "triggers": triggers, "indexes": indexes}


def parts_of(sql: str) -> list[str]:
    """Columns and constraints of a statement, in whatever order it names them."""
    head, _, body = " ".join(sql.split()).lower().replace('"', "").partition("(")
    return [head.strip(), *sorted(part.strip() for part in body.replace(")", "").split(","))]


def test_migrations_make_the_tables_of_the_models(empty_engine):
    assert made_by(empty_engine, run_migrations) == made_by(empty_engine, schema.create_tables)


def test_the_newest_revision_is_the_one_this_version_reads():
    assert revisions() == schema.REVISIONS


@pytest.mark.parametrize(
    "statement",
    [update(schema.decision).values(author="somebody else"), delete(schema.decision)],
    ids=["update", "delete"],
)
def test_the_database_refuses_to_change_decisions(project, statement):
    log = append(project, [Draft(kind="k", subject_uid="s", after=1)], author="A")
    with pytest.raises(DatabaseError, match="append-only"), project.transaction() as connection:
        connection.execute(statement)
    assert read_log(project) == log


def test_postgresql_refuses_to_empty_the_log(project):
    if not project.on_server:
        with project.read() as connection:
            assert len(inspect(connection).get_table_names()) == len(schema.metadata.tables) + 1
        return
    with pytest.raises(DatabaseError, match="append-only"), project.transaction() as connection:
        connection.execute(text("TRUNCATE decision"))


def test_bytes_are_stored_once(project):
    with project.transaction() as connection:
        digest = put_blob(connection, b"\x00\xff")
        assert put_blob(connection, b"\x00\xff") == digest
    with project.read() as connection:
        assert get_blob(connection, digest) == b"\x00\xff"


def test_a_row_that_refers_to_nothing_is_refused(project):
    row = {"media_id": 99, "of_id": 99, "evidence": "same look", "difference_grey": 0.0}
    with pytest.raises(DatabaseError), project.transaction() as connection:
        connection.execute(schema.media_copy.insert().values(**row))


def test_the_reference_page_names_every_column():
    page = Path(__file__).parents[2] / "docs" / "reference" / "database.md"
    documented = {}
    for section in page.read_text(encoding="utf-8").split("\n## ")[1:]:
        pattern = r"^\| `(\w+)` \| ([\w ]+) \| (yes)? ?\| (?:`([\w.]+)`)? ?\|$"
        documented[section.split("\n")[0]] = re.findall(pattern, section, re.MULTILINE)
    assert documented == {t.name: [row_of(c) for c in t.columns] for t in schema.metadata.tables.values()}
    assert f"Revision: `{schema.REVISION}`" in page.read_text(encoding="utf-8")


def row_of(column) -> tuple[str, str, str, str]:
    target = next((key.target_fullname for key in column.foreign_keys), "")
    return (column.name, str(column.type).lower(), "yes" if column.nullable else "", target)
