import pytest

from pardine.language.catalogue import (
    fields_of,
    gather,
    mo_bytes,
    po_bytes,
    po_path,
    problems,
    read_catalogue,
    updated,
)
from pardine.language.messages import MESSAGES
from pardine.language.translate import translations

OTHERS = ("ru", "zh")


@pytest.mark.parametrize("language", OTHERS)
def test_every_sentence_is_translated_with_its_fields(language):
    assert list(problems(updated(language))) == []


@pytest.mark.parametrize("language", OTHERS)
def test_committed_catalogue_is_that_of_the_sources(language):
    """Run `python tools/update_catalogues.py` when this fails."""
    assert po_path(language).read_bytes().replace(b"\r\n", b"\n") == po_bytes(updated(language))


@pytest.mark.parametrize("language", OTHERS)
def test_compiled_catalogue_is_the_edited_one(language):
    assert po_path(language).with_suffix(".mo").read_bytes() == mo_bytes(read_catalogue(language))


def test_all_messages_are_gathered():
    gathered = {message.id for message in gather() if isinstance(message.id, str)}
    for message in MESSAGES.values():
        assert message.sentence in gathered
        assert not message.hint or message.hint in gathered


def test_missing_and_wrong_translations_are_found():
    catalogue = gather()
    assert len(list(problems(catalogue))) == len(catalogue)
    catalogue = read_catalogue("ru")
    sentence = MESSAGES["place.unknown_crs"].sentence
    catalogue[sentence].string = "Нет поля {worth}."
    assert [p for p in problems(catalogue) if "worth" in p]


def test_fields_are_compared_with_their_formats():
    assert fields_of("{b:.1f} and {a}") == ("a:", "b:.1f")
    assert fields_of("no fields") == ()


@pytest.mark.parametrize(("language", "forms"), [("ru", 3), ("zh", 1)])
def test_plural_forms_of_the_language(language, forms):
    catalogue = translations(language)
    said = {catalogue.ngettext("{n} day", "{n} days", n) for n in range(1, 30)}
    assert len(said) == forms
