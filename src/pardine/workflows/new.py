"""`pardine new`: an empty project."""

from __future__ import annotations

from pathlib import Path

from pardine.store.project import create_project


def new_project(
    directory: Path, *, name: str | None = None, database_url: str | None = None
) -> dict[str, str]:
    """Make an empty project.

    Parameters
    ----------
    directory
        A folder that is not a project yet.
    name
        What people call it; by default the folder's name.
    database_url
        Of an empty PostgreSQL database, for a team; by default SQLite in the folder.

    Returns
    -------
    dict
        ``name``, ``directory`` and ``uid``.

    Raises
    ------
    ProjectError
        As `store.project.create_project` says.
    """
    called = name or directory.resolve().name
    with create_project(directory, name=called, database_url=database_url) as project:
        return {"name": project.name, "directory": str(directory), "uid": str(project.uid)}
