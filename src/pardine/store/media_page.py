"""Pages of photographs and video in the order of time, each found by where the last one ended.

A page costs the same wherever it stands: the database goes to its first row by an index. Media without
an instant come after those with one, in the order they were recorded.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, select, tuple_

from pardine.base.errors import InputError
from pardine.store import schema
from pardine.store.media_rows import StoredMedia, stored_media
from pardine.store.project import Project

MAX_PAGE = 1000


@dataclass(frozen=True, kw_only=True)
class PagePlace:
    """Where a page ended.

    Attributes
    ----------
    instant_utc
        Of its last row as text, ``None`` among the media without one.
    row
        Local number of that row; good for this database alone.
    """

    instant_utc: str | None
    row: int

    def as_text(self) -> str:
        """The place in one word, for an address."""
        return f"{self.instant_utc or ''}~{self.row}"


@dataclass(frozen=True, kw_only=True)
class MediaPage:
    """Some media, and where the next page begins; ``None`` after the last."""

    media: tuple[StoredMedia, ...]
    next_after: PagePlace | None


def page_place(text: str) -> PagePlace:
    """The place that `PagePlace.as_text` wrote.

    Raises
    ------
    InputError
        ``media.bad_place``.
    """
    instant, mark, row = text.partition("~")
    if not (mark and row.isascii() and row.isdecimal()):
        raise InputError("media.bad_place", value=text)
    return PagePlace(instant_utc=instant or None, row=int(row))


def read_media_page(
    project: Project,
    *,
    after: PagePlace | None = None,
    limit: int = 100,
    deployment: str | None = None,
    since: dt.datetime | None = None,
    until: dt.datetime | None = None,
) -> MediaPage:
    """One page of media, by instant.

    Parameters
    ----------
    after
        Where the page before ended; ``None``: the first page.
    limit
        At most so many media, 1 to 1000.
    deployment
        Code of the only deployment wanted; empty: media whose deployment is not known.
    since, until
        Instants in UTC, ``until`` not included; with either, media without an instant are left out.

    Raises
    ------
    InputError
        ``media.unknown_deployment``.
    """
    if not 1 <= limit <= MAX_PAGE:
        raise ValueError(f"a page holds 1 to {MAX_PAGE} media")
    with project.read() as connection:
        query = _of_deployment(connection, _query(), deployment)
        rows: list[Any] = []
        if after is None or after.instant_utc is not None:
            timed = _timed(query, after, since, until).limit(limit + 1)
            rows = list(connection.execute(timed))
        if len(rows) <= limit and since is None and until is None:
            untimed = _untimed(query, after).limit(limit + 1 - len(rows))
            rows += connection.execute(untimed)
    more = len(rows) > limit
    last = rows[limit - 1] if more else None
    return MediaPage(
        media=tuple(stored_media(row) for row in rows[:limit]),
        next_after=None if last is None else PagePlace(instant_utc=last.instant_utc, row=last.id),
    )


def _query() -> Select[Any]:
    m, f, d = schema.media, schema.media_folder, schema.deployment
    # `deployment` is left joined: the database then begins with media, in the order asked for.
    joined = m.outerjoin(f, m.c.folder_id == f.c.id).outerjoin(d, m.c.deployment_id == d.c.id)
    return select(m, f.c.name.label("folder"), d.c.code.label("deployment")).select_from(joined)


def _of_deployment(connection: Connection, query: Select[Any], code: str | None) -> Select[Any]:
    if code is None:
        return query
    column = schema.media.c.deployment_id
    if code == "":
        return query.where(column.is_(None))
    key = connection.scalar(select(schema.deployment.c.id).where(schema.deployment.c.code == code))
    if key is None:
        raise InputError("media.unknown_deployment", deployment=code)
    return query.where(column == key)


def _timed(
    query: Select[Any], after: PagePlace | None, since: dt.datetime | None, until: dt.datetime | None
) -> Select[Any]:
    m = schema.media
    query = query.where(m.c.instant_utc.is_not(None))
    if after is not None:
        query = query.where(tuple_(m.c.instant_utc, m.c.id) > tuple_(after.instant_utc, after.row))
    if since is not None:
        query = query.where(m.c.instant_utc >= _as_text(since))
    if until is not None:
        query = query.where(m.c.instant_utc < _as_text(until))
    return query.order_by(m.c.instant_utc, m.c.id)


def _untimed(query: Select[Any], after: PagePlace | None) -> Select[Any]:
    m = schema.media
    query = query.where(m.c.instant_utc.is_(None))
    if after is not None and after.instant_utc is None:
        query = query.where(m.c.id > after.row)
    # By the empty instant too: only the index of instants gives that order, and so is used.
    return query.order_by(m.c.instant_utc, m.c.id)


def _as_text(moment: dt.datetime) -> str:
    in_utc = moment if moment.tzinfo is None else moment.astimezone(dt.UTC)
    return f"{in_utc.replace(tzinfo=None).isoformat(timespec='seconds')}Z"
