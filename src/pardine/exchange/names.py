"""Names and codes as people type them: what a spreadsheet changed, and what only looks the same."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence

_MANGLED = re.compile(r"\d+\.0+|\d(?:[.,]\d+)?[eE]\+?\d{1,3}|#N/A|#REF!|#VALUE!|#NAME\?|#ИМЯ\?|#Н/Д")
_JOINT = re.compile(r"[\s_\-]+")
_JOINT_OF_NUMBERS = re.compile(r"(?<=\d)[\s_\-]+(?=\d)")
# Cyrillic and Greek letters beside the Latin ones that they look like, after case folding.
_LOOK_ALIKE = str.maketrans("авекмнорстухіјѕԁһԛԝοαρν", "abekmhopctyxijsdhqwoapv")


def looks_mangled(name: str) -> bool:
    """Whether a spreadsheet may have changed the name: ``1.0``, ``1.23E+05``, ``#N/A``."""
    return _MANGLED.fullmatch(name) is not None


def look(name: str) -> str:
    """What a hurried eye sees: no case, no joints, Cyrillic letters as the Latin ones they look like.

    Joints (blanks, hyphens, underscores) between two digits stay, for they part two numbers.

    Examples
    --------
    >>> look("Т-12 А") == look("T12A"), look("A_2_76") == look("A_27_6")
    (True, False)
    """
    folded = unicodedata.normalize("NFKC", name).casefold().translate(_LOOK_ALIKE)
    return _JOINT.sub("", _JOINT_OF_NUMBERS.sub("|", folded))


def alike_pairs(names: Sequence[str]) -> list[tuple[str, str]]:
    """Pairs of different names that look the same, each with the first of its look."""
    first: dict[str, str] = {}
    pairs = []
    for name in names:
        other = first.setdefault(look(name), name)
        if other != name:
            pairs.append((other, name))
    return pairs


def similar_name(name: str, known: Iterable[str]) -> str:
    """The known name that was probably meant, empty where there is none."""
    wanted = _bare(name)
    return next((other for other in known if _bare(other) == wanted), "")


def _bare(name: str) -> str:
    """The look without leading zeros and without the ``.0`` that a spreadsheet adds."""
    text = re.sub(r"\.0+$", "", look(name))
    return re.sub(r"[+\-/.]|(?<!\d)0+(?=\d)", "", text)
