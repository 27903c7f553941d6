"""Check sheets: what a team found and left at a camera, and the effort that follows from it."""

from __future__ import annotations

import datetime as dt
import itertools
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pardine.base.errors import Notice, note, warning
from pardine.observe.deployment import Deployment
from pardine.observe.effort import EffortInterval, State

# After these the card holds nothing that tells how long the camera still saw the trail.
_CARD_TELLS_NOTHING: tuple[State, ...] = ("stolen", "moved")
_SlotKey = tuple[str, str, str]


@dataclass(frozen=True, kw_only=True)
class CameraVisit:
    """One visit to one camera slot.

    Attributes
    ----------
    session, station, slot
        Codes; slot is ``A``, ``B`` or empty.
    arrives, leaves
        Local time of the session; equal where only one was written.
    found
        State on arrival; ``None`` where a camera is set for the first time.
    stopped
        Since when it was so, where the sheet tells.
    card_out, card_in
        Names of the cards taken and left; empty where not told.
    serial
        Of the camera that is left standing; empty where not told.
    leaves_camera
        Whether a camera stands there afterwards.
    row, table
        Line of the file and its sha256, to find it again.
    covariates
        Further columns, as text.
    """

    session: str
    station: str
    slot: str = ""
    arrives: dt.datetime
    leaves: dt.datetime
    found: State | None = None
    stopped: dt.datetime | None = None
    card_out: str = ""
    card_in: str = ""
    serial: str = ""
    leaves_camera: bool = True
    row: int | None = field(default=None, compare=False)
    table: str | None = field(default=None, compare=False)
    covariates: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class SheetEffort:
    """What check sheets say: deployments, effort with causes, and what should be looked at.

    Attributes
    ----------
    deployments
        One from each visit that left a camera to the next.
    intervals
        Between visits; the visits themselves are no effort.
    notices
        Faults of the sheets.
    """

    deployments: tuple[Deployment, ...]
    intervals: tuple[EffortInterval, ...]
    notices: tuple[Notice, ...]


def effort_from_visits(
    visits: Iterable[CameraVisit],
    *,
    last_media: Mapping[str, dt.datetime] | None = None,
    utc_offset_min: int | None = None,
) -> SheetEffort:
    """Deployments and effort intervals from check sheets.

    A camera found working has worked since the visit before. One found failed has worked until the
    moment the sheet gives, else until its last photograph, else the whole interval goes to the cause:
    effort is never claimed without evidence. A stolen camera took its photographs along, and photographs
    do not tell when a camera was moved, so their last photograph is not taken for that moment.

    Parameters
    ----------
    visits
        In any order.
    last_media
        Local time of the last photograph by deployment code, as `deployment_code` makes it.
    utc_offset_min
        Of the sheets.

    Returns
    -------
    SheetEffort
        Ordered by station, slot and time.
    """
    by_slot: dict[_SlotKey, list[CameraVisit]] = defaultdict(list)
    for visit in visits:
        by_slot[visit.session, visit.station, visit.slot].append(visit)
    deployments: list[Deployment] = []
    intervals: list[EffortInterval] = []
    notices: list[Notice] = []
    for key in sorted(by_slot):
        own = sorted(by_slot[key], key=lambda visit: visit.arrives)
        notices += _faults(own)
        for before, after in itertools.pairwise(own):
            if after.arrives <= before.leaves:
                continue
            if before.leaves_camera:
                deployments.append(_deployment(before, after, utc_offset_min))
            intervals += _between(before, after, last_media or {}, notices)
    return SheetEffort(deployments=tuple(deployments), intervals=tuple(intervals), notices=tuple(notices))


def deployment_code(visit: CameraVisit) -> str:
    """Code of the deployment that begins with a visit: station, slot and moment."""
    return "_".join(filter(None, (visit.station, visit.slot, f"{visit.leaves:%Y%m%d-%H%M}")))


def _deployment(before: CameraVisit, after: CameraVisit, utc_offset_min: int | None) -> Deployment:
    cards = {"card": before.card_in or after.card_out}
    return Deployment(
        code=deployment_code(before),
        station=before.station,
        slot=before.slot,
        starts=before.leaves,
        ends=after.arrives,
        utc_offset_min=utc_offset_min,
        camera_serial=before.serial,
        covariates={**before.covariates, **{name: card for name, card in cards.items() if card}},
    )


def _between(
    before: CameraVisit, after: CameraVisit, last_media: Mapping[str, dt.datetime], notices: list[Notice]
) -> list[EffortInterval]:
    starts, ends = before.leaves, after.arrives
    if not before.leaves_camera:
        # What was found broken or gone stays so until a camera stands there again.
        failed = before.found not in (None, "working")
        return [_interval(before, starts, ends, before.found or "unknown")] if failed else []
    found = after.found or "unknown"
    if found == "working":
        return [_interval(before, starts, ends, "working")]
    stopped = after.stopped
    if stopped is None and found not in _CARD_TELLS_NOTHING:
        stopped = last_media.get(deployment_code(before))
    if stopped is None:
        notices.append(
            note(
                "checksheet.stop_unknown",
                station=before.station,
                slot=before.slot,
                state=found,
                starts=f"{starts:%Y-%m-%d}",
                ends=f"{ends:%Y-%m-%d}",
            )
        )
    stopped = min(max(stopped or starts, starts), ends)
    parts: tuple[tuple[dt.datetime, dt.datetime, State], ...]
    parts = ((starts, stopped, "working"), (stopped, ends, found))
    return [_interval(before, first, last, state) for first, last, state in parts if last > first]


def _interval(visit: CameraVisit, starts: dt.datetime, ends: dt.datetime, state: State) -> EffortInterval:
    return EffortInterval(
        session=visit.session,
        station=visit.station,
        slot=visit.slot,
        starts=starts,
        ends=ends,
        state=state,
        table=visit.table,
    )


def _faults(visits: Sequence[CameraVisit]) -> list[Notice]:
    """What does not fit between visits of one slot, in the order of their arrival."""
    notices: list[Notice] = []
    for before, after in itertools.pairwise(visits):
        place = {"station": after.station, "slot": after.slot, "at": f"{after.arrives:%Y-%m-%d %H:%M}"}
        if after.arrives < before.leaves:
            notices.append(warning("checksheet.visits_overlap", row=after.row, **place))
        if before.card_in and after.card_out and before.card_in != after.card_out:
            facts = {"value": after.card_out, "expected": before.card_in, "row": after.row}
            notices.append(warning("checksheet.other_card", **place, **facts))
        if after.stopped is not None and not (
            before.leaves.date() <= after.stopped.date() and after.stopped <= after.arrives
        ):
            notices.append(warning("checksheet.stopped_outside", row=after.row, **place))
    last = visits[-1]
    if last.leaves_camera:
        at = f"{last.leaves:%Y-%m-%d}"
        notices.append(note("checksheet.still_standing", station=last.station, slot=last.slot, at=at))
    return notices
