"""`project.toml`: what a project is called, whose uids it makes, and where its database is."""

from __future__ import annotations

import json
import os
import tomllib
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pardine.base.errors import ProjectError
from pardine.store.database import PASSWORD_VARIABLE

SETTINGS_NAME = "project.toml"
FORMAT_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What `project.toml` says.

    Attributes
    ----------
    name
        What people call the project.
    uid
        Namespace of every uid in it.
    database_url
        PostgreSQL address without a password; ``None``: SQLite in the folder.
    password_variable
        Environment variable that holds the password of ``database_url``.
    """

    name: str
    uid: uuid.UUID
    database_url: str | None = None
    password_variable: str = PASSWORD_VARIABLE


def write_settings(directory: Path, settings: Settings) -> None:
    """Write `project.toml`, whole or not at all."""
    # A TOML basic string is a JSON string, for all text but the delete character.
    lines = [
        f"format = {FORMAT_VERSION}",
        f"name = {_toml_text(settings.name)}",
        f"uid = {_toml_text(str(settings.uid))}",
    ]
    if settings.database_url is not None:
        lines += [
            "",
            "# The password is read from the environment variable named here.",
            f"database_url = {_toml_text(settings.database_url)}",
            f"password_variable = {_toml_text(settings.password_variable)}",
        ]
    partial = directory / f"{SETTINGS_NAME}.partial"
    with partial.open("w", encoding="utf-8", newline="\n") as file:
        file.write("\n".join(lines) + "\n")
        file.flush()
        os.fsync(file.fileno())
    partial.replace(directory / SETTINGS_NAME)


def _toml_text(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def read_settings(directory: Path) -> Settings:
    """What `project.toml` says.

    Raises
    ------
    ProjectError
        ``project.not_found``, ``project.broken_settings``, ``project.newer_format``.
    """
    path = directory / SETTINGS_NAME
    try:
        with path.open("rb") as file:
            table = tomllib.load(file)
    except FileNotFoundError as error:
        raise ProjectError("project.not_found", directory=str(directory)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProjectError("project.broken_settings", file=str(path), detail=str(error)) from error
    except OSError as error:
        raise ProjectError("project.cannot_read", file=str(path), detail=str(error)) from error
    return _settings_from(table, path)


def _settings_from(table: dict[str, Any], path: Path) -> Settings:
    version = table.get("format")
    if isinstance(version, int) and version > FORMAT_VERSION:
        raise ProjectError("project.newer_format", file=str(path), value=version, expected=FORMAT_VERSION)
    try:
        if version != FORMAT_VERSION or not isinstance(table["name"], str):
            raise ValueError("format and name are needed")
        settings = Settings(
            name=table["name"],
            uid=uuid.UUID(table["uid"]),
            database_url=table.get("database_url"),
            password_variable=table.get("password_variable", PASSWORD_VARIABLE),
        )
    except (KeyError, ValueError, TypeError, AttributeError) as error:
        raise ProjectError("project.broken_settings", file=str(path), detail=str(error)) from error
    return settings
