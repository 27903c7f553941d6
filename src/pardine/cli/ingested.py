"""What `pardine add` prints of tables, check sheets, packages and photographs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pardine.cli import show
from pardine.cli.stored import added_json, print_saved
from pardine.language.translate import Language
from pardine.language.words import Words

if TYPE_CHECKING:
    from pardine.store.keyed_rows import StoreSummary
    from pardine.workflows.ingest import Ingested
    from pardine.workflows.ingest_photographs import PhotographsAdded
    from pardine.workflows.ingest_records import RecordsAdded, SheetsAdded


def show_ingested(done: Ingested, language: Language, *, as_json: bool, dry_run: bool) -> None:
    """What every path brought."""
    if as_json:
        show.result_json(ingested_json(done, language, dry_run=dry_run))
        return
    words = Words(language)
    if done.tables is not None:
        print_saved(done.tables, language)
    if done.sheets is not None:
        _print_sheets(done.sheets, words)
    for records in done.records:
        _print_records(records, words)
    for folder in done.photographs:
        # Refused files first: what a person has to do something about.
        show.tell(folder.refused, language)
        show.tell(folder.notices, language)
        _print_photographs(folder, words)
    show.tell(done.notices, language)


def _print_sheets(sheets: SheetsAdded, words: Words) -> None:
    if sheets.visits is None or sheets.deployments is None:
        show.result(words.say("Check sheets: {n} visits. Nothing was stored (dry run).", n=sheets.n_visits))
        return
    show.result(
        words.say(
            "Check sheets: {n} visits, {new} new; {deployments} new deployments.",
            n=sheets.n_visits,
            new=sheets.visits.added,
            deployments=sheets.deployments.added,
        )
    )


def _print_records(records: RecordsAdded, words: Words) -> None:
    show.result(
        words.say(
            "{name} ({kind}): {deployments} deployments, {media} photographs and videos, "
            "{sightings} sightings.",
            name=records.name,
            kind=records.kind,
            deployments=records.n_deployments,
            media=records.n_media,
            sightings=records.n_sightings,
        )
    )
    if records.run is None:
        show.result(words.say("Nothing was stored (dry run)."))
        return
    n_new = sum(summary.added for summary in records.stored.values())
    show.result(words.say("Stored: {n} new records.", n=n_new))


def _print_photographs(folder: PhotographsAdded, words: Words) -> None:
    show.result(
        words.say(
            "{folder}: {read} photographs and videos read, {unchanged} known from before, "
            "{refused} files set aside.",
            folder=folder.folder,
            read=folder.n_read,
            unchanged=folder.n_unchanged,
            refused=len(folder.refused),
        )
    )
    if folder.run is None:
        show.result(words.say("Nothing was stored (dry run)."))
    else:
        show.result(words.say("Stored: {n} new photographs and videos.", n=folder.n_added))


def ingested_json(done: Ingested, language: Language, *, dry_run: bool) -> dict[str, Any]:
    """What every path brought, as plain JSON values."""
    nothing = {"dry_run": dry_run, "tables": [], "stored": {}, "run": None, "warnings": []}
    outcome = added_json(done.tables, language) if done.tables is not None else nothing
    if done.sheets is not None:
        outcome["check_sheets"] = _sheets_json(done.sheets, language)
    if done.records:
        outcome["records"] = [_records_json(records, language) for records in done.records]
    outcome["notices"] = show.notices_json(done.notices, language)
    if done.photographs:
        outcome["photographs"] = [_photographs_json(folder, language) for folder in done.photographs]
    return outcome


def _sheets_json(sheets: SheetsAdded, language: Language) -> dict[str, Any]:
    return {
        "visits": sheets.n_visits,
        "stored": {
            "visit": _summary_json(sheets.visits),
            "deployment": _summary_json(sheets.deployments),
        },
        "run": sheets.run.uid if sheets.run else None,
        "warnings": show.notices_json(sheets.notices, language),
    }


def _records_json(records: RecordsAdded, language: Language) -> dict[str, Any]:
    return {
        "name": records.name,
        "kind": records.kind,
        "deployments": records.n_deployments,
        "media": records.n_media,
        "sightings": records.n_sightings,
        "effort_intervals": records.n_effort,
        "stored": {kind: _summary_json(summary) for kind, summary in records.stored.items()},
        "run": records.run.uid if records.run else None,
        "warnings": show.notices_json(records.notices, language),
    }


def _photographs_json(folder: PhotographsAdded, language: Language) -> dict[str, Any]:
    return {
        "folder": folder.folder,
        "place": folder.place,
        "read": folder.n_read,
        "unchanged": folder.n_unchanged,
        "added": folder.n_added,
        "without_deployment": folder.n_without_deployment,
        "without_reliable_time": folder.n_waiting,
        "new_deployments": folder.made,
        "refused": show.notices_json(folder.refused, language),
        "duplicates": [list(group) for group in folder.duplicates],
        "copies": [{"path": copy.path, "of": copy.of, "evidence": copy.evidence} for copy in folder.copies],
        "run": folder.run.uid if folder.run else None,
        "warnings": show.notices_json(folder.notices, language),
    }


def _summary_json(summary: StoreSummary | None) -> dict[str, int] | None:
    return None if summary is None else dict(vars(summary))
