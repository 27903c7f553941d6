"""Catalogues of translations: gathering what is to be translated, checking what was.

Sentences come from two places: the table `messages.MESSAGES`, and the calls ``say``, ``plural`` and
``phrase`` in the package's sources. ``tools/update_catalogues.py`` brings the committed catalogues up
to date with them.
"""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from pardine.language.messages import MESSAGES

KEYWORDS: dict[str, Any] = {"say": None, "phrase": None, "plural": (1, 2)}
PLACE = Path(__file__).parent / "locale"
_PACKAGE = Path(__file__).parents[1]
# One moment for all, so that a catalogue changes only with its sentences.
_MOMENT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def gather() -> Catalog:
    """All that is to be translated: English texts with the places they come from, sorted."""
    found: dict[str | tuple[str, str], set[tuple[str, int]]] = {}
    for path in sorted(_PACKAGE.rglob("*.py")):
        with path.open("rb") as file:
            for _, texts, _, _ in extract("python", file, keywords=KEYWORDS):
                place = (path.relative_to(_PACKAGE).as_posix(), 0)
                found.setdefault(texts if isinstance(texts, str) else (texts[0], texts[1]), set()).add(place)
    for code, message in MESSAGES.items():
        for text in filter(None, (message.sentence, message.hint)):
            found.setdefault(text, set()).add((code, 0))
    catalogue = _empty(None)
    for texts in sorted(found, key=str):
        catalogue.add(texts, locations=[(name, 0) for name, _ in sorted(found[texts])])
    return catalogue


def po_path(language: str) -> Path:
    """Where the catalogue of a language lies."""
    return PLACE / language / "LC_MESSAGES" / "pardine.po"


def read_catalogue(language: str) -> Catalog:
    """The committed catalogue of a language; an empty one where there is none."""
    path = po_path(language)
    if not path.is_file():
        return _empty(language)
    with path.open("rb") as file:
        return read_po(file, locale=language, domain="pardine")


def updated(language: str) -> Catalog:
    """The catalogue of a language with exactly today's sentences; nothing is guessed."""
    known = read_catalogue(language)
    fresh = _empty(language)
    for message in gather():
        if message.id:
            old = known.get(message.id if isinstance(message.id, str) else message.id[0])
            string = old.string if old is not None and old.pluralizable == message.pluralizable else None
            fresh.add(message.id, string, locations=message.locations)
    return fresh


def po_bytes(catalogue: Catalog) -> bytes:
    """A catalogue as a person edits it."""
    buffer = io.BytesIO()
    write_po(buffer, catalogue, width=110, include_lineno=False)
    return buffer.getvalue()


def mo_bytes(catalogue: Catalog) -> bytes:
    """A catalogue as gettext reads it."""
    buffer = io.BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def problems(catalogue: Catalog) -> Iterator[str]:
    """What is wrong with translations: missing ones, and those whose fields differ from the English."""
    for message in catalogue:
        if not message.id:
            continue
        strings = _strings(message)
        if not all(strings) or (message.pluralizable and len(strings) != catalogue.num_plurals):
            yield f"not translated: {message.id!r}"
            continue
        allowed = [fields_of(text) for text in _texts(message.id)]
        for string in strings:
            if fields_of(string) not in allowed:
                yield f"other fields than {allowed}: {string!r}"


def fields_of(text: str) -> tuple[str, ...]:
    """Fields in braces with their formats, sorted."""
    return tuple(sorted(f"{name}:{spec}" for _, name, spec, _ in Formatter().parse(text) if name is not None))


def _texts(text: Any) -> tuple[Any, ...]:
    return tuple(text) if isinstance(text, tuple | list) else (text,)


def _strings(message: Message) -> tuple[str, ...]:
    return tuple(text or "" for text in _texts(message.string))


def _empty(language: str | None) -> Catalog:
    return Catalog(
        locale=language,
        domain="pardine",
        project="Pardine",
        version="translations",
        msgid_bugs_address="see CONTRIBUTING.md",
        header_comment="# Translations of Pardine. Apache-2.0.",
        creation_date=_MOMENT,
        revision_date=_MOMENT,
        last_translator="The Pardine developers",
        language_team=language or "en",
        fuzzy=False,
    )
