"""What `pardine check` and `pardine clock` print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pardine.cli import show
from pardine.language.translate import Language, sentence
from pardine.language.words import Words

if TYPE_CHECKING:
    from pardine.observe.check.finding import Finding
    from pardine.observe.clock import ClockCorrection, ClockPreview
    from pardine.store.clock_records import ClockChange
    from pardine.workflows.check import Checked
    from pardine.workflows.clocks import DoubtfulClock


def show_checked(
    checked: Checked, page: Path, csv: Path | None, language: Language, *, as_json: bool
) -> None:
    """The findings that are open, and where the page is."""
    files = [str(file) for file in (page, csv) if file is not None]
    if as_json:
        show.result_json(_checked_json(checked, language) | {"files": files})
        return
    words = Words(language)
    open_ones = checked.open
    for finding in open_ones:
        mark = {"error": "✗", "warning": "!", "note": "·"}[finding.severity]
        show.result(f"{mark} {finding.rule.removeprefix('check.')}: {sentence(finding.notice, language)}")
    n_of = Counter(finding.severity for finding in open_ones)
    show.result(
        words.say(
            "{deployments} deployments, {media} photographs and videos: {errors} to be mended, "
            "{warnings} to be looked at, {settled} settled.",
            deployments=checked.n_deployments,
            media=checked.n_media,
            errors=n_of["error"],
            warnings=n_of["warning"],
            settled=len(checked.findings) - len(open_ones),
        )
    )
    if checked.n_new_verdicts:
        show.result(words.say("Verdicts recorded: {n}.", n=checked.n_new_verdicts))
    for file in files:
        show.result(file)


def _checked_json(checked: Checked, language: Language) -> dict[str, Any]:
    return {
        "deployments": checked.n_deployments,
        "media": checked.n_media,
        "visits": checked.n_visits,
        "open": len(checked.open),
        "findings": [_finding_json(finding, checked, language) for finding in checked.findings],
        "new_verdicts": checked.n_new_verdicts,
        "warnings": show.notices_json(checked.notices, language),
    }


def _finding_json(finding: Finding, checked: Checked, language: Language) -> dict[str, Any]:
    verdict = checked.verdict_on(finding)
    return {
        "key": finding.key,
        "rule": finding.rule,
        "severity": finding.severity,
        "subject": finding.subject,
        "other": finding.other,
        "deployments": list(finding.deployments),
        "evidence": {name: _plain(value) for name, value in finding.evidence.items()},
        "message": sentence(finding.notice, language),
        "media": list(finding.media),
        "proposal": _correction_json(finding.proposal) if finding.proposal else None,
        "verdict": verdict.answer if verdict else None,
    }


def show_clocks(clocks: Sequence[DoubtfulClock], language: Language, *, as_json: bool) -> None:
    """Clocks that are in doubt or were corrected."""
    if as_json:
        show.result_json({"clocks": [_clock_json(clock, language) for clock in clocks]})
        return
    words = Words(language)
    if not clocks:
        show.result(words.say("No clock is in doubt."))
    for clock in clocks:
        show.result(clock.deployment)
        for finding in clock.findings:
            show.result(f"  {sentence(finding.notice, language)}")
        if clock.proposal is not None:
            what = _in_words(clock.proposal)
            show.result("  " + words.say("Proposed: {correction}", correction=what))
        for correction in clock.record.corrections if clock.record else ():
            what = f"{_in_words(correction)} {correction.reason}".strip()
            show.result("  " + words.say("Corrected: {correction}", correction=what))


def _clock_json(clock: DoubtfulClock, language: Language) -> dict[str, Any]:
    corrections = clock.record.corrections if clock.record else ()
    return {
        "deployment": clock.deployment,
        "findings": [sentence(finding.notice, language) for finding in clock.findings],
        "proposal": _correction_json(clock.proposal) if clock.proposal else None,
        "corrections": [_correction_json(correction) for correction in corrections],
    }


def show_preview(preview: ClockPreview, language: Language, *, as_json: bool) -> None:
    """What a correction would change."""
    if as_json:
        show.result_json({"correction": _correction_json(preview.correction), **_preview_json(preview)})
        return
    words = Words(language)
    show.result(f"{preview.correction.deployment}: {_in_words(preview.correction)}")
    show.result(
        words.say(
            "{n} photographs would move by {smallest} to {largest} seconds.",
            n=preview.n_changed,
            smallest=words.number(preview.smallest_shift_s),
            largest=words.number(preview.largest_shift_s),
        )
    )
    if preview.n_outside_before is not None:
        show.result(
            words.say(
                "Outside the visits: {before} now, {after} then.",
                before=preview.n_outside_before,
                after=preview.n_outside_after,
            )
        )
    show.result(
        words.say(
            "Earlier than the photograph before: {before} now, {after} then.",
            before=preview.n_backwards_before,
            after=preview.n_backwards_after,
        )
    )
    show.result(words.say("Nothing was changed; --apply with --note corrects it."))


def show_clock_change(change: ClockChange, language: Language, *, as_json: bool) -> None:
    """What a decision about a clock did."""
    if as_json:
        corrections = [_correction_json(correction) for correction in change.record.corrections]
        show.result_json({"changed": change.n_changed, "corrections": corrections})
        return
    show.result(
        Words(language).say(
            "{deployment}: {n} photographs have another time now; {corrections} corrections in force.",
            deployment=change.record.deployment,
            n=change.n_changed,
            corrections=len(change.record.corrections),
        )
    )


def _preview_json(preview: ClockPreview) -> dict[str, Any]:
    names = (
        "n_changed", "smallest_shift_s", "largest_shift_s", "n_outside_before", "n_outside_after",
        "n_backwards_before", "n_backwards_after",
    )  # fmt: skip
    return {name: getattr(preview, name) for name in names}


def _correction_json(correction: ClockCorrection) -> dict[str, Any]:
    return {
        "deployment": correction.deployment,
        "kind": correction.kind,
        "offset_s": correction.offset_s,
        "drift_s_per_day": correction.drift_s_per_day,
        "reason": correction.reason,
    }


def _in_words(correction: ClockCorrection) -> str:
    if correction.kind == "day and month":
        return correction.kind
    drift = f" {correction.drift_s_per_day:+g} s/d" if correction.drift_s_per_day else ""
    return f"{correction.kind} {correction.offset_s:+.0f} s{drift}"


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | type(None)) else str(value)
