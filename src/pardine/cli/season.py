"""What `pardine check` and `pardine clock` print."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pardine.cli import show
from pardine.cli.ingested import ingested_json, show_ingested
from pardine.language.translate import Language, sentence
from pardine.language.words import Words
from pardine.report.phrases import lost_days_text

if TYPE_CHECKING:
    from pardine.observe.check.finding import Finding
    from pardine.observe.clock import ClockCorrection, ClockPreview
    from pardine.store.clock_records import ClockChange
    from pardine.workflows.check import Checked
    from pardine.workflows.clocks import DoubtfulClock, OffsetChange
    from pardine.workflows.effort import EffortSummary
    from pardine.workflows.run import Unnamed
    from pardine.workflows.strips import StripsRead


def show_checked(
    checked: Checked, page: Path, csv: Path | None, language: Language, *, as_json: bool
) -> None:
    """The findings that are open, and where the page is."""
    files = [str(file) for file in (page, csv) if file is not None]
    if as_json:
        show.result_json(_checked_json(checked, language) | {"files": files})
        return
    _print_findings(checked, language)
    if checked.n_new_verdicts:
        show.result(Words(language).say("Verdicts recorded: {n}.", n=checked.n_new_verdicts))
    for file in files:
        show.result(file)


def _print_findings(checked: Checked, language: Language) -> None:
    """Open findings, how many there are, and the effort."""
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
    if checked.effort is not None:
        _print_effort(checked.effort, words)
        show.tell(checked.effort.notices, language)


def show_unnamed(ran: Unnamed, language: Language, *, as_json: bool, is_kept: bool = True) -> None:
    """Photographs whose animals have no names: what was added, what the check found, what comes next."""
    files = [str(ran.page)] if is_kept else []
    if as_json:
        outcome = {
            "project": str(ran.directory) if is_kept else None,
            "added": ingested_json(ran.ingested, language, dry_run=not is_kept),
            "check": _checked_json(ran.checked, language),
            "fits": [],
            "files": files,
            "warnings": show.notices_json(ran.notices, language),
        }
        show.result_json(outcome)
        return
    show_ingested(ran.ingested, language, as_json=False, dry_run=not is_kept)
    _print_findings(ran.checked, language)
    for file in files:
        show.result(file)
    show.tell(ran.notices, language)


def _print_effort(effort: EffortSummary, words: Words) -> None:
    show.result(
        words.say(
            "Effort: {stations} stations, {days} station-days (both sides {both}) in {n} days from {first}.",
            stations=effort.n_stations,
            days=words.number(effort.station_days, 1),
            both="–" if effort.both_sides_days is None else words.number(effort.both_sides_days, 1),
            n=effort.n_days,
            first=effort.first_noon.isoformat(),
        )
    )
    lost = lost_days_text(words, effort.lost_days)
    if lost:
        show.result(words.say("Station-days lost: {lost}.", lost=lost))


def _checked_json(checked: Checked, language: Language) -> dict[str, Any]:
    return {
        "deployments": checked.n_deployments,
        "media": checked.n_media,
        "visits": checked.n_visits,
        "effort": checked.effort.as_dict() if checked.effort else None,
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
    _print_reference_clocks(preview.correction, words)
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
    _print_without_instant(preview.n_without_instant or 0, preview.correction.deployment, words)
    show.result(words.say("Nothing was changed; --apply with --note corrects it."))


def show_clock_change(change: ClockChange, language: Language, *, as_json: bool) -> None:
    """What a decision about a clock did."""
    if as_json:
        corrections = [_correction_json(correction) for correction in change.record.corrections]
        facts = {"changed": change.n_changed, "without_instant": change.n_without_instant}
        show.result_json(facts | {"corrections": corrections})
        return
    words = Words(language)
    show.result(
        words.say(
            "{deployment}: {n} photographs have another time now; {corrections} corrections in force.",
            deployment=change.record.deployment,
            n=change.n_changed,
            corrections=len(change.record.corrections),
        )
    )
    if change.record.utc_offset_min is None:
        _print_without_instant(change.n_without_instant, change.record.deployment, words)


def _print_reference_clocks(correction: ClockCorrection, words: Words) -> None:
    for check in correction.checks:
        show.result(
            "  "
            + words.say(
                "{photograph}: the camera showed {shown} at {true}.",
                photograph=check.media or words.say("Reference clock"),
                shown=check.wall_clock,
                true=check.reference_clock,
            )
        )


def _print_without_instant(n: int, deployment: str, words: Words) -> None:
    if n:
        show.result(
            words.say(
                "{n} photographs have no instant even so: their time is not known or not settled, or the "
                "offset from UTC is not set (pardine clock {deployment} --utc-offset +HH:MM --apply).",
                n=n,
                deployment=deployment,
            )
        )


def show_offsets(change: OffsetChange, language: Language, *, as_json: bool) -> None:
    """Offsets from UTC that were set, or would be."""
    if as_json:
        show.result_json(
            {
                "utc_offset_min": change.utc_offset_min,
                "deployments": list(change.deployments),
                "changed": change.n_changed,
                "applied": change.is_applied,
            }
        )
        return
    words = Words(language)
    n = len(change.deployments)
    if change.is_applied:
        show.result(
            words.say(
                "Offset from UTC of {n} deployments set: {changed} photographs have another instant now.",
                n=n,
                changed=change.n_changed,
            )
        )
    else:
        show.result(
            words.say(
                "{changed} photographs of {n} deployments would have another instant. Nothing was changed; "
                "--apply sets the offset.",
                n=n,
                changed=change.n_changed,
            )
        )


def show_strips(read: StripsRead, language: Language, *, as_json: bool) -> None:
    """What info strips say beside the other sources."""
    if as_json:
        rows = [dict(vars(row)) for row in read.deployments]
        photographs = [dict(vars(row)) for row in read.photographs]
        facts = {"read": read.n_read, "settled": read.n_settled, "photographs": photographs}
        warnings = show.notices_json(read.notices, language)
        show.result_json(facts | {"deployments": rows, "warnings": warnings})
        return
    words = Words(language)
    for row in read.deployments:
        show.result(
            words.say(
                "{deployment}: {times} of {n} strips tell a time; {agree} agree with another source, "
                "{differ} differ, {alone} stand alone.",
                deployment=row.deployment,
                times=row.n_times,
                n=row.n_photographs,
                agree=row.n_agree,
                differ=row.n_differ,
                alone=row.n_alone,
            )
        )
    show.result(
        words.say(
            "{n} strips read now; {settled} photographs that waited for a time have one. pardine check "
            "tells what differs or stands alone, and takes your verdicts.",
            n=read.n_read,
            settled=read.n_settled,
        )
    )


def _preview_json(preview: ClockPreview) -> dict[str, Any]:
    names = (
        "n_changed", "smallest_shift_s", "largest_shift_s", "n_outside_before", "n_outside_after",
        "n_backwards_before", "n_backwards_after", "n_without_instant",
    )  # fmt: skip
    return {name: getattr(preview, name) for name in names}


def _correction_json(correction: ClockCorrection) -> dict[str, Any]:
    return {
        "deployment": correction.deployment,
        "kind": correction.kind,
        "offset_s": correction.offset_s,
        "drift_s_per_day": correction.drift_s_per_day,
        "reason": correction.reason,
        "checks": [
            {
                "photograph": check.media,
                "shown": check.wall_clock.isoformat(),
                "true": check.reference_clock.isoformat(),
            }
            for check in correction.checks
        ],
    }


def _in_words(correction: ClockCorrection) -> str:
    if correction.kind == "day and month":
        return correction.kind
    drift = f" {correction.drift_s_per_day:+g} s/d" if correction.drift_s_per_day else ""
    return f"{correction.kind} {correction.offset_s:+.0f} s{drift}"


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | type(None)) else str(value)
