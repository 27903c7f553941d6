"""Findings of the season's check, and the verdicts that people record on them."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, get_args

from pardine.base.errors import InputError, Notice, Severity
from pardine.observe.clock import ClockCorrection

Answer = Literal["fault", "no fault", "mended", "unclear"]
ANSWERS: tuple[Answer, ...] = get_args(Answer)
_MAX_MEDIA = 5


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing a rule found.

    Attributes
    ----------
    rule
        Its id, also the code of its sentence: ``check.outside_deployment``.
    severity
        ``error``: a result made from it would be wrong; ``warning``: somebody should look; ``note``.
    subject
        What it is about: a deployment, a station, a card.
    other
        The second of a pair, else empty.
    deployments
        All that are concerned.
    evidence
        The facts, fields of its sentence.
    media
        A few photographs to look at.
    proposal
        Correction of a clock that would put it right.
    """

    rule: str
    severity: Severity
    subject: str
    other: str = ""
    deployments: tuple[str, ...] = ()
    evidence: Mapping[str, Any] = field(default_factory=dict)
    media: tuple[str, ...] = ()
    proposal: ClockCorrection | None = None

    @property
    def key(self) -> str:
        """Name that stays the same when the check is run again, so that its verdict is found."""
        return key_of(self.rule, self.subject, self.other)

    @property
    def notice(self) -> Notice:
        """The finding as a sentence to be."""
        facts = {"subject": self.subject, "other": self.other, **self.evidence}
        return Notice(self.rule, facts, self.severity)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a person says of a finding.

    Attributes
    ----------
    key
        Of the finding.
    answer
        ``fault`` (it is one, still to be mended), ``no fault``, ``mended``, or ``unclear``.
    by, at
        Who said so, and when.
    remark
        In that person's words.
    time
        What the person read on the photograph that the finding is about, as the camera showed it.
    """

    key: str
    answer: Answer
    by: str
    at: dt.datetime | None = None
    remark: str = ""
    time: dt.datetime | None = None

    def __post_init__(self) -> None:
        if self.answer not in ANSWERS:
            raise ValueError(f"unknown answer {self.answer!r}")


def key_of(rule: str, subject: str, other: str = "") -> str:
    """Key of the finding of a rule about a subject."""
    text = "\x1f".join((rule, subject, other))
    # A letter first, so that no spreadsheet takes it for a number.
    return "f" + hashlib.sha256(text.encode()).hexdigest()[:11]


def open_findings(findings: Iterable[Finding], verdicts: Iterable[Verdict]) -> tuple[Finding, ...]:
    """Findings that nobody has settled: without a verdict, or with one that says fault or unclear.

    Of several verdicts on one finding the last holds.
    """
    answers = {verdict.key: verdict.answer for verdict in verdicts}
    return tuple(f for f in findings if answers.get(f.key) not in ("no fault", "mended"))


def refuse_unknown_rules(asked: Iterable[str], known: Iterable[str]) -> None:
    """Raise ``check.unknown_rule`` for a rule that does not exist."""
    names = tuple(known)
    for name in asked:
        if name not in names:
            raise InputError("check.unknown_rule", value=name, expected=", ".join(names))


def few(media: Iterable[Any]) -> tuple[str, ...]:
    """The first few of media codes, as text."""
    return tuple(str(code) for code, _ in zip(media, range(_MAX_MEDIA), strict=False))
