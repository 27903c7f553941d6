"""Rules about cameras that stood there and did not see: silent, blind at night, stormed, blocked, moved."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from pardine.observe.check.finding import Finding, few
from pardine.observe.check.season import Limits, Season, seconds_of, shown
from pardine.observe.deployment import Deployment

_DAY_S = 86_400.0
_HOUR_S = 3600.0
# Visits come in clusters, so two count as one piece of evidence.
_VISITS_A_PIECE = 2.0
# A camera that faces the same trail sees at least this share of what its partner sees.
_LEAST_SHARE_OF_PARTNER = 0.2
_NIGHT_H = (21.0, 4.0)
_DAYLIGHT_H = (8.0, 16.0)
_MIN_VISITS = 20
_MIN_VIEWS = 10
# From such a share on views of the same scene agree among themselves.
_SAME_VIEW = 0.7
_NOT_WORKING = ("dead", "stolen", "vandalised", "burnt", "snowed", "full", "unknown", "moved")

Seconds = NDArray[np.float64]


def partner_gap(season: Season, limits: Limits) -> Iterator[Finding]:
    """A camera that is silent while its partner goes on recording."""
    for one, other in season.partners:
        for quiet, busy in ((one, other), (other, one)):
            found = _longest_gap(season, quiet, busy)
            if found is None:
                continue
            starts, ends, n_partner, chance = found
            if ends - starts < limits.silent_days * _DAY_S or chance > limits.chance:
                continue
            codes = season.deployments[quiet].code, season.deployments[busy].code
            yield Finding(
                rule="check.partner_gap",
                severity="warning",
                subject=codes[0],
                other=codes[1],
                deployments=(codes[0],),
                evidence={
                    "n": n_partner,
                    "first": shown(starts),
                    "last": shown(ends),
                    "days": (ends - starts) / _DAY_S,
                    "chance": chance,
                },
            )


def _longest_gap(season: Season, quiet: int, busy: int) -> tuple[float, float, int, float] | None:
    """Start, end, visits of the partner and chance of the silence that the partner broke most often."""
    own, partner = season.visit_starts[quiet], season.visit_starts[busy]
    if not own.size or not partner.size:
        return None
    first, last = _together_s(season.deployments[quiet], season.deployments[busy])
    own = own[(own >= first) & (own <= last)]
    partner = partner[(partner >= first) & (partner <= last)]
    for starts, ends in _declared_down(season, season.deployments[quiet]):
        partner = partner[(partner < starts) | (partner > ends)]
    if not own.size or not partner.size:
        return None
    edges = np.concatenate([[max(first, partner[0])], own, [min(last, partner[-1])]])
    n_within = np.diff(np.searchsorted(partner, edges))
    at = int(n_within.argmax())
    n_partner = int(n_within[at])
    share = n_partner / partner.size
    by_own_visits = (own.size + 1) * (1.0 - share) ** (own.size / _VISITS_A_PIECE)
    by_partner = (own.size + 1) * (1.0 - _LEAST_SHARE_OF_PARTNER) ** (n_partner / _VISITS_A_PIECE)
    return float(edges[at]), float(edges[at + 1]), n_partner, float(min(by_own_visits, by_partner, 1.0))


def _together_s(one: Deployment, other: Deployment) -> tuple[float, float]:
    starts = [seconds_of(d.starts) for d in (one, other) if d.starts is not None]
    ends = [seconds_of(d.ends) for d in (one, other) if d.ends is not None]
    return max(starts, default=-np.inf), min(ends, default=np.inf)


def _declared_down(season: Season, deployment: Deployment) -> list[tuple[float, float]]:
    return [
        (seconds_of(i.starts), seconds_of(i.ends))
        for i in season.effort
        if i.station == deployment.station and i.slot in (deployment.slot, "") and i.state in _NOT_WORKING
    ]


def no_night(season: Season, limits: Limits) -> Iterator[Finding]:
    """A camera that stops to see at night while others do: the flash is dead."""
    usable = [_night_visits(season, number, limits) for number in range(len(season.deployments))]
    shares = np.array([n.mean() for n in usable if n.size >= _MIN_VISITS])
    if not shares.size:
        return
    # Where nobody says what this station's nights are like, a station with few of them is assumed.
    common = float(np.quantile(shares, 0.1))
    for number, deployment in enumerate(season.deployments):
        nights = usable[number]
        partner = season.partner_of(number)
        of_partner = usable[partner] if partner is not None else np.zeros(0, dtype=np.bool_)
        share = float(of_partner.mean()) if of_partner.size >= _MIN_VISITS else common
        last_night = int(np.flatnonzero(nights)[-1]) + 1 if nights.any() else 0
        n_since = nights.size - last_night
        if not n_since or share <= 0.0:
            continue
        chance = (last_night + 1) * (1.0 - share) ** (n_since / _VISITS_A_PIECE)
        starts = season.visit_starts[number]
        days = (starts[-1] - starts[last_night]) / _DAY_S
        if chance <= limits.chance and days >= limits.silent_days:
            yield Finding(
                rule="check.no_night",
                severity="warning",
                subject=deployment.code,
                deployments=(deployment.code,),
                evidence={
                    "n": n_since,
                    "first": shown(float(starts[last_night])),
                    "percent": 100 * share,
                    "chance": float(chance),
                },
            )


def _night_visits(season: Season, number: int, limits: Limits) -> NDArray[np.bool_]:
    """Whether each visit is one by night of which something can be seen."""
    starts = season.visit_starts[number]
    if not season.tells_hours(number):
        return np.zeros(0, dtype=np.bool_)
    hours = (starts % _DAY_S) / _HOUR_S
    nights = (hours >= _NIGHT_H[0]) | (hours < _NIGHT_H[1])
    rows = season.rows[number]
    brightness = season.media.brightness[rows]
    if not np.isfinite(brightness).any():
        return np.asarray(nights)
    seconds = season.local[rows].astype(np.int64).astype(np.float64)
    visit = np.searchsorted(starts, seconds, "right") - 1
    sound = (visit >= 0) & ~np.isnat(season.local[rows])
    # A picture whose brightness is not known counts as one that shows something.
    seen = sound & ~(brightness <= limits.blocked_brightness)
    return np.asarray(nights & (np.bincount(visit[seen], minlength=starts.size)[: starts.size] > 0))


def trigger_storm(season: Season, limits: Limits) -> Iterator[Finding]:
    """Hours in which one camera took more photographs than animals cause."""
    for number, deployment in enumerate(season.deployments):
        if not season.tells_hours(number):
            continue
        times = season.times[number]
        hours, n_each = np.unique(times // _HOUR_S, return_counts=True)
        stormy = n_each >= limits.storm_an_hour
        if stormy.any():
            first = float(hours[stormy][0] * _HOUR_S)
            yield Finding(
                rule="check.trigger_storm",
                severity="warning",
                subject=deployment.code,
                deployments=(deployment.code,),
                evidence={
                    "n": int(n_each[stormy].sum()),
                    "n_all": int(times.size),
                    "hours": int(stormy.sum()),
                    "first": shown(first),
                },
            )


def view_blocked(season: Season, limits: Limits) -> Iterator[Finding]:
    """A view that shows nothing by day, for days on end."""
    for number, deployment in enumerate(season.deployments):
        rows, seconds = _by_day(season, number)
        known = np.isfinite(season.media.contrast[rows])
        rows, seconds = rows[known], seconds[known]
        if rows.size < _MIN_VIEWS:
            continue
        dark = season.media.brightness[rows] <= limits.blocked_brightness
        flat = season.media.contrast[rows] <= limits.blocked_contrast
        start, end = _longest_run(dark | flat)
        days = (seconds[end - 1] - seconds[start]) / _DAY_S if end > start else 0.0
        if end - start >= _MIN_VIEWS and days >= limits.blind_days:
            yield Finding(
                rule="check.view_blocked",
                severity="warning",
                subject=deployment.code,
                deployments=(deployment.code,),
                evidence={
                    "n": end - start,
                    "first": shown(float(seconds[start])),
                    "last": shown(float(seconds[end - 1])),
                },
                media=few(season.media.code[rows[start:end]]),
            )


def view_moved(season: Season, limits: Limits) -> Iterator[Finding]:
    """A view that is another one from some day on."""
    for number, deployment in enumerate(season.deployments):
        rows, seconds = _by_day(season, number)
        known = np.isfinite(season.media.view[rows]).all(axis=1) & (season.media.view.shape[1] > 0)
        rows, seconds = rows[known], seconds[known]
        if rows.size < 2 * _MIN_VIEWS:
            continue
        views = _standardised(season.media.view[rows])
        at, agreement, within = _largest_change(views)
        days = (seconds[-1] - seconds[at]) / _DAY_S
        if agreement <= limits.view_correlation and within >= _SAME_VIEW and days >= limits.blind_days:
            yield Finding(
                rule="check.view_moved",
                severity="warning",
                subject=deployment.code,
                deployments=(deployment.code,),
                evidence={"first": shown(float(seconds[at])), "correlation": agreement},
                media=few(season.media.code[rows[[at - 1, at]]]),
            )


def _by_day(season: Season, number: int) -> tuple[NDArray[np.int64], Seconds]:
    """Rows of a deployment's photographs by daylight, in time order, and their seconds."""
    rows = season.rows[number]
    rows = rows[~np.isnat(season.local[rows])]
    seconds = season.local[rows].astype(np.int64).astype(np.float64)
    hours = (seconds % _DAY_S) / _HOUR_S
    light = (hours >= _DAYLIGHT_H[0]) & (hours < _DAYLIGHT_H[1])
    order = np.argsort(seconds[light], kind="stable")
    return rows[light][order], seconds[light][order]


def _longest_run(flags: NDArray[np.bool_]) -> tuple[int, int]:
    """Start and end (not included) of the longest stretch of true values."""
    padded = np.concatenate([[False], flags, [False]]).astype(np.int8)
    steps = np.diff(padded)
    starts, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    if not starts.size:
        return 0, 0
    longest = int((ends - starts).argmax())
    return int(starts[longest]), int(ends[longest])


def _standardised(views: NDArray[np.float64]) -> NDArray[np.float64]:
    """Each view with mean 0 and length 1, so that a product of two is their correlation."""
    centred = views - views.mean(axis=1, keepdims=True)
    return np.asarray(centred / np.maximum(np.linalg.norm(centred, axis=1, keepdims=True), 1e-12))


def _largest_change(views: NDArray[np.float64]) -> tuple[int, float, float]:
    """Where mean views before and after agree least, how much they do, and how much each side does."""
    n = views.shape[0]
    totals = np.cumsum(views, axis=0)
    at = np.arange(_MIN_VIEWS, n - _MIN_VIEWS + 1)
    before, after = totals[at - 1], totals[-1] - totals[at - 1]
    length_before, length_after = np.linalg.norm(before, axis=1), np.linalg.norm(after, axis=1)
    # The mean of views that agree is as long as one of them; the best place has the longest two.
    best = int((length_before + length_after).argmax())
    agreement = before[best] @ after[best] / max(length_before[best] * length_after[best], 1e-12)
    within = min(length_before[best] / at[best], length_after[best] / (n - at[best]))
    return int(at[best]), float(agreement), float(within)
