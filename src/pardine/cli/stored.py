"""What `pardine add` prints of tables: apart from estimates, whose modules take long to load."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pardine.cli import show
from pardine.language.translate import Language
from pardine.language.words import Words, phrase

if TYPE_CHECKING:
    from pardine.workflows.add import Added

_CHANGES = {
    "added": phrase("new"),
    "already_there": phrase("already there"),
    "completed": phrase("completed"),
    "replaced": phrase("replaced"),
    "withdrawn": phrase("withdrawn"),
}
_KINDS = {
    "session": phrase("sessions"),
    "station": phrase("stations"),
    "effort": phrase("effort intervals"),
    "capture": phrase("captures"),
    "fix": phrase("telemetry fixes"),
    "mask": phrase("habitat masks"),
    "individual": phrase("individuals"),
    "source_table": phrase("source tables"),
}


def print_saved(added: Added, language: Language) -> None:
    """What was stored of tables, or would be."""
    words = Words(language)
    verb = words.say("Stored") if added.run else words.say("Would be stored (dry run)")
    for change, counts in added.saved.as_dict().items():
        parts = [(words.say(_KINDS[kind]), n) for kind, n in counts.items() if n]
        if parts:
            named = words.say(_CHANGES[change])
            show.result(f"{verb}: {named}: {', '.join(f'{kind} {n}' for kind, n in parts)}")


def added_json(added: Added, language: Language) -> dict[str, Any]:
    """What was understood of tables and what was stored, or would be."""
    return {
        "dry_run": added.run is None,
        "tables": [
            {"name": s.name, "kind": s.kind, "rows": s.n_rows, "sha256": s.sha256, "encoding": s.encoding}
            for s in added.brought.sources
        ],
        "stored": added.saved.as_dict(),
        "run": added.run.uid if added.run else None,
        "warnings": show.notices_json(added.brought.notices, language),
    }
