"""Bytes to text: which encoding an office's program wrote, without asking."""

from __future__ import annotations

import codecs
import re

from pardine.base.errors import InputError

# Longest first: the mark of UTF-32 little-endian begins with that of UTF-16.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
# Enough high bytes to tell two languages apart; a file of one Chinese word decides on four.
_SAMPLE_BYTES = 1 << 18
_HIGH_RUN = re.compile(rb"[\x80-\xff]+")
# Quotes, dashes, the numero sign and the no-break space are used in any Russian text.
_RUSSIAN_MARKS = re.compile("[«»„“”‘’–—…№\u00a0°]+")
_RUSSIAN_WORD = re.compile("(?:[А-ЯЁІЇЄҐ]?[а-яёіїєґ]+|[А-ЯЁІЇЄҐ]+)")
# Control characters that no table holds: the file is a picture, a program, a database.
_BINARY = tuple(chr(code) for code in (*range(0x00, 0x09), *range(0x0E, 0x20)))
_ACCENTED = re.compile(rb"(?<=[A-Za-z])[\xc0-\xff](?![\x80-\xff])|(?<![\x80-\xff])[\xc0-\xff](?=[A-Za-z])")
_OLD_EXCEL = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def decode(content: bytes, file: str) -> tuple[str, str]:
    """Text of a table and the encoding it was in.

    A byte-order mark decides; else strict UTF-8; else GB18030, cp1251 or cp1252, whichever gives
    words that people write.

    Parameters
    ----------
    content
        The file.
    file
        Its name, for the error.

    Returns
    -------
    text, encoding : str

    Raises
    ------
    InputError
        ``table.old_excel``, ``table.binary`` or ``table.undecodable``.
    """
    if content.startswith(_OLD_EXCEL):
        raise InputError("table.old_excel", file=file)
    encoding = _encoding(content)
    try:
        text = content.decode(encoding)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError("table.undecodable", file=file, row=line, encoding=encoding) from error
    if found := [sign for sign in _BINARY if sign in text]:
        line = text.count("\n", 0, text.index(found[0])) + 1
        raise InputError("table.binary", file=file, row=line, value=f"U+{ord(found[0]):04X}")
    return text, encoding.removesuffix("-sig")


def _encoding(content: bytes) -> str:
    for mark, encoding in _BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return encoding
    if _decodes(content, "utf-8"):
        return "utf-8"
    runs = _HIGH_RUN.findall(content[:_SAMPLE_BYTES])
    if _is_western(content[:_SAMPLE_BYTES], runs):
        return "cp1252"
    chinese_possible = _decodes(content, "gb18030")
    if chinese_possible and _russian_share(runs) < 0.6:
        return "gb18030"
    return "cp1251" if _decodes(content, "cp1251") or not chinese_possible else "gb18030"


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _russian_share(runs: list[bytes]) -> float:
    """Share of the high bytes that read as Russian words.

    Chinese in two bytes a character, read as cp1251, gives signs such as ``±`` and changes between
    small and capital letters within a word; Russian does not.
    """
    total = plausible = 0
    for run in runs:
        for word in _RUSSIAN_MARKS.split(run.decode("cp1251", errors="replace")):
            total += len(word)
            plausible += len(word) if _RUSSIAN_WORD.fullmatch(word) else 0
    return plausible / total if total else 0.0


def _is_western(sample: bytes, runs: list[bytes]) -> bool:
    """Whether most high bytes are single accented letters within Latin words."""
    return bool(runs) and len(_ACCENTED.findall(sample)) > len(runs) / 2
