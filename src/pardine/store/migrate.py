"""Alembic's part: which revisions there are, and running them in a transaction that somebody holds."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

_MIGRATIONS = Path(__file__).parent / "migrations"
SHIPPED_VERSIONS = _MIGRATIONS / "versions"


def revisions(versions: Path = SHIPPED_VERSIONS) -> tuple[str, ...]:
    """Revisions in a folder, oldest first."""
    script = ScriptDirectory.from_config(_config(versions))
    return tuple(r.revision for r in script.walk_revisions())[::-1]


def run_migrations(
    connection: Connection, *, versions: Path = SHIPPED_VERSIONS, revision: str = "head"
) -> None:
    """Migrate to a revision, on a connection whose transaction is open and stays so."""
    config = _config(versions)
    config.attributes["connection"] = connection
    command.upgrade(config, revision)


def _config(versions: Path) -> Config:
    config = Config()
    # One folder each, whose name may hold blanks and percent signs.
    config.set_main_option("path_separator", "newline")
    config.set_main_option("script_location", _escaped(_MIGRATIONS))
    config.set_main_option("version_locations", _escaped(versions))
    return config


def _escaped(path: Path) -> str:
    return str(path).replace("%", "%%")
