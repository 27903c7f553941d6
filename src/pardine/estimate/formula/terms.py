"""Terms of a linear predictor: what a person may write after the ``~``, read into plain records.

predictor   1 | term + term + ...
term        piece | piece:piece (interaction) | piece*piece (both and their interaction)
piece       name | factor(name) | C(name) | I(name^2) | log(name) | s(name, k=4)
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import Literal

Form = Literal["plain", "factor", "power", "log", "spline"]

DEFAULT_KNOTS = 4
_NAME = r"[^\W\d][\w.]*"
_PIECES: tuple[tuple[Form, re.Pattern[str]], ...] = (
    ("plain", re.compile(rf"({_NAME})()")),
    ("factor", re.compile(rf"(?:factor|C)\(\s*({_NAME})\s*\)()")),
    ("power", re.compile(rf"I\(\s*({_NAME})\s*\^\s*([2-9])\s*\)")),
    ("log", re.compile(rf"log\(\s*({_NAME})\s*\)()")),
    ("spline", re.compile(rf"s\(\s*({_NAME})\s*(?:,\s*k\s*=\s*(\d+)\s*)?\)")),
)
_FEWEST_KNOTS, _MOST_KNOTS = 3, 12


@dataclass(frozen=True, kw_only=True)
class Piece:
    """One variable of a term and what is done with it.

    Attributes
    ----------
    variable
        Its name.
    form
        ``plain`` as it is, ``factor`` as a factor whatever it looks like, ``power``, ``log``,
        ``spline``.
    number
        The exponent of a power, the number of knots of a spline, else 0.
    """

    variable: str
    form: Form = "plain"
    number: int = 0

    @property
    def text(self) -> str:
        """As it is written."""
        match self.form:
            case "plain":
                return self.variable
            case "power":
                return f"I({self.variable}^{self.number})"
            case "spline":
                return f"s({self.variable}, k={self.number})"
            case _:
                return f"{self.form}({self.variable})"


Term = tuple[Piece, ...]


def split_at(text: str, separators: str) -> list[str]:
    """Split at separators that stand outside brackets."""
    parts, depth, start = [], 0, 0
    for i, character in enumerate(text):
        depth += (character == "(") - (character == ")")
        if character in separators and depth == 0:
            parts.append(text[start:i])
            start = i + 1
    return [*parts, text[start:]]


def parse_term(text: str) -> Term:
    """Read a term such as ``Water:session``.

    Raises
    ------
    ValueError
        It is none.
    """
    return tuple(_parse_piece(piece.strip()) for piece in split_at(text, ":"))


def _parse_piece(text: str) -> Piece:
    for form, pattern in _PIECES:
        if match := pattern.fullmatch(text):
            number = int(match.group(2) or 0)
            if form == "spline":
                number = number or DEFAULT_KNOTS
                if not _FEWEST_KNOTS <= number <= _MOST_KNOTS:
                    break
            return Piece(variable=match.group(1), form=form, number=number)
    raise ValueError(text)


def term_text(term: Term) -> str:
    """A term as it is written."""
    return ":".join(piece.text for piece in term)


def predictor_terms(predictor: str) -> tuple[str, ...]:
    """The terms of a predictor in a uniform spelling, each once, without the intercept.

    Raises
    ------
    ValueError
        It cannot be read.
    """
    terms: list[str] = []
    for part in (part.strip() for part in split_at(predictor, "+")):
        if part == "1":
            continue
        factors = [parse_term(factor.strip()) for factor in split_at(part, "*")]
        for size in range(1, len(factors) + 1):
            for chosen in itertools.combinations(factors, size):
                terms.append(term_text(tuple(piece for factor in chosen for piece in factor)))
    return tuple(dict.fromkeys(terms))


def variables_of(terms: tuple[str, ...]) -> frozenset[str]:
    """Names of the variables that terms use."""
    return frozenset(piece.variable for term in terms for piece in parse_term(term))


def renamed(term: str, old: str, new: str) -> str:
    """A term with one of its variables renamed."""
    return term_text(
        tuple(
            Piece(
                variable=new if piece.variable == old else piece.variable,
                form=piece.form,
                number=piece.number,
            )
            for piece in parse_term(term)
        )
    )
