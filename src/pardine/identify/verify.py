"""Whether the matches of two chips follow one affine map, as the same skin on a bending body would.

A pair of descriptors counts by how much more alike they are than either is to chance features of
other animals; then the map that explains most of that weight is sought, and features are matched
once more near where the map expects them.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numba import njit
from numpy.typing import NDArray

from pardine.identify.body_part import Parts, other_parts, without_lone_face
from pardine.identify.features import Features, as_unit

VERSION = 1
Floats = NDArray[np.float32]
_CROWD_RANKS = (4, 12)
_CHANCE_WITHOUT_CROWD = 0.8
_MOST_TURNED = 150
_LEAST_MATCHES = 3


@dataclass(frozen=True, kw_only=True)
class VerifyOptions:
    """What a bending body allows.

    Attributes
    ----------
    gate_px
        How far apart a piece of skin may lie in two body frames, along either axis.
    tolerance_px
        How far a match may lie from where the map expects it.
    max_scale_ratio
        Of the sizes of two features that match.
    min_stretch, max_stretch, max_shear
        Of the map between two body frames.
    max_turn_deg
        Of the map between chips outside the body frame.
    n_draws, n_hypotheses
        Triples of matches that are tried between body frames; single matches outside them.
    """

    gate_px: float = 144.0
    tolerance_px: float = 16.0
    max_scale_ratio: float = 1.9
    min_stretch: float = 0.5
    max_stretch: float = 2.0
    max_shear: float = 0.5
    max_turn_deg: float = 60.0
    n_draws: int = 400
    n_hypotheses: int = 80


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What geometry leaves of the matches of two chips.

    Attributes
    ----------
    weight
        Sum of the weights of matches that follow the map, matched anew near where it expects them.
    support
        The same of the first matches, fading with their distance from the map.
    n_inliers
        Number of the matches in ``weight``.
    weight_before
        The sum before any geometry.
    spread_px
        How widely they lie over the first chip.
    bend, shift
        How far the map is from leaving the chip as it is: in shape; in place (pixels between body
        frames) or in size (logarithm, outside them).
    affine
        (2, 3) map from pixels of the first chip to those of the second; zeros where there is none.
    pairs
        (M, 2) features of the first and the second chip that follow the map.
    """

    weight: float
    support: float
    n_inliers: int
    weight_before: float
    spread_px: float
    bend: float
    shift: float
    affine: NDArray[np.float64]
    pairs: NDArray[np.int32]


@njit(cache=True)
def _candidates(
    similarity: Floats, xy_a: Floats, xy_b: Floats, log_a: Floats, log_b: Floats,
    chance_a: Floats, chance_b: Floats, gate: float, log_ratio: float,
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:  # fmt: skip
    """Best partner of each feature, both ways, within the gates, with its weight."""
    n_a, n_b = similarity.shape
    best_b = np.full(n_a, -1, np.int32)
    best_a = np.full(n_b, -1, np.int32)
    top_a = np.zeros(n_a, np.float32)
    top_b = np.zeros(n_b, np.float32)
    for i in range(n_a):
        for j in range(n_b):
            w = similarity[i, j] - 0.5 * (chance_a[i] + chance_b[j])
            if w <= 0.0 or (w <= top_a[i] and w <= top_b[j]):
                continue
            dx, dy = xy_a[i, 0] - xy_b[j, 0], xy_a[i, 1] - xy_b[j, 1]
            if abs(dx) > gate or abs(dy) > gate or abs(log_a[i] - log_b[j]) > log_ratio:
                continue
            if w > top_a[i]:
                top_a[i], best_b[i] = w, j
            if w > top_b[j]:
                top_b[j], best_a[j] = w, i
    pairs = np.empty((n_a + n_b, 2), np.int32)
    weights = np.empty(n_a + n_b, np.float32)
    n = 0
    for i in range(n_a):
        if best_b[i] >= 0:
            pairs[n, 0], pairs[n, 1], weights[n] = i, best_b[i], top_a[i]
            n += 1
    for j in range(n_b):
        if best_a[j] >= 0 and best_b[best_a[j]] != j:
            pairs[n, 0], pairs[n, 1], weights[n] = best_a[j], j, top_b[j]
            n += 1
    return pairs[:n], weights[:n]


@njit(cache=True)
def _allowed(m: NDArray[np.float64], low: float, high: float, shear: float) -> bool:
    return bool(
        low < m[0, 0] < high and low < m[1, 1] < high
        and abs(m[0, 1]) < shear and abs(m[1, 0]) < shear
    )  # fmt: skip


@njit(cache=True)
def _solve3(ata: NDArray[np.float64], atb: NDArray[np.float64], out: NDArray[np.float64]) -> bool:
    """Solve a symmetric 3 x 3 system for two right sides; ``out`` is (2, 3)."""
    a, b, c = ata[0, 0], ata[0, 1], ata[0, 2]
    d, e, f = ata[1, 1], ata[1, 2], ata[2, 2]
    c00, c01, c02 = d * f - e * e, c * e - b * f, b * e - c * d
    det = a * c00 + b * c01 + c * c02
    if abs(det) < 1e-9:
        return False
    c11, c12, c22 = a * f - c * c, b * c - a * e, a * d - b * b
    for k in range(2):
        u, v, w = atb[k, 0], atb[k, 1], atb[k, 2]
        out[k, 0] = (c00 * u + c01 * v + c02 * w) / det
        out[k, 1] = (c01 * u + c11 * v + c12 * w) / det
        out[k, 2] = (c02 * u + c12 * v + c22 * w) / det
    return True


@njit(cache=True)
def _support(m: NDArray[np.float64], a: Floats, b: Floats, weights: Floats, tolerance: float) -> float:
    """Weight of the matches near the map, fading with distance."""
    total = 0.0
    for i in range(len(weights)):
        x = m[0, 0] * a[i, 0] + m[0, 1] * a[i, 1] + m[0, 2] - b[i, 0]
        y = m[1, 0] * a[i, 0] + m[1, 1] * a[i, 1] + m[1, 2] - b[i, 1]
        r2 = (x * x + y * y) / (tolerance * tolerance)
        if r2 < 1.0:
            total += weights[i] * (1.0 - r2)
    return total


@njit(cache=True)
def _refit(
    m: NDArray[np.float64], a: Floats, b: Floats, weights: Floats, tolerance: float, ridge: float
) -> NDArray[np.float64]:
    """Weighted least squares over the matches near a map, drawn a little towards the identity's shape."""
    ata, atb = np.zeros((3, 3)), np.zeros((2, 3))
    for i in range(len(weights)):
        x = m[0, 0] * a[i, 0] + m[0, 1] * a[i, 1] + m[0, 2] - b[i, 0]
        y = m[1, 0] * a[i, 0] + m[1, 1] * a[i, 1] + m[1, 2] - b[i, 1]
        r2 = (x * x + y * y) / (tolerance * tolerance)
        if r2 < 1.0:
            w = weights[i] * (1.0 - r2)
            p0, p1 = a[i, 0], a[i, 1]
            ata[0, 0] += w * p0 * p0
            ata[0, 1] += w * p0 * p1
            ata[0, 2] += w * p0
            ata[1, 1] += w * p1 * p1
            ata[1, 2] += w * p1
            ata[2, 2] += w
            for k in range(2):
                atb[k, 0] += w * b[i, k] * p0
                atb[k, 1] += w * b[i, k] * p1
                atb[k, 2] += w * b[i, k]
    ata[0, 0] += ridge
    ata[1, 1] += ridge
    atb[0, 0] += ridge
    atb[1, 1] += ridge
    out = m.copy()
    if not _solve3(ata, atb, out):
        return m
    return out


@njit(cache=True)
def _best_map(
    a: Floats,
    b: Floats,
    weights: Floats,
    tolerance: float,
    low: float,
    high: float,
    shear: float,
    n_draws: int,
) -> tuple[float, NDArray[np.float64]]:
    """The affine map that explains most weight, from drawn triples of matches."""
    n = len(weights)
    best, best_map = 0.0, np.zeros((2, 3))
    if n < 3:
        return best, best_map
    cumulative = np.cumsum(weights)
    total = cumulative[-1]
    state = np.uint64(88172645463325252)
    m = np.zeros((2, 3))
    ata, atb = np.zeros((3, 3)), np.zeros((2, 3))
    picked = np.zeros(3, np.int64)
    for _ in range(n_draws):
        for k in range(3):
            state ^= state << np.uint64(13)
            state ^= state >> np.uint64(7)
            state ^= state << np.uint64(17)
            u = (state >> np.uint64(11)) * (1.0 / 9007199254740992.0) * total
            picked[k] = min(np.searchsorted(cumulative, u), n - 1)
        if picked[0] == picked[1] or picked[1] == picked[2] or picked[0] == picked[2]:
            continue
        ata[:] = 0.0
        atb[:] = 0.0
        for k in range(3):
            p0, p1 = a[picked[k], 0], a[picked[k], 1]
            ata[0, 0] += p0 * p0
            ata[0, 1] += p0 * p1
            ata[0, 2] += p0
            ata[1, 1] += p1 * p1
            ata[1, 2] += p1
            ata[2, 2] += 1.0
            for r in range(2):
                atb[r, 0] += b[picked[k], r] * p0
                atb[r, 1] += b[picked[k], r] * p1
                atb[r, 2] += b[picked[k], r]
        if not _solve3(ata, atb, m) or not _allowed(m, low, high, shear):
            continue
        support = _support(m, a, b, weights, tolerance)
        if support > 0.85 * best:
            polished = _refit(m, a, b, weights, tolerance, 1e-3)
            if _allowed(polished, low, high, shear):
                s = _support(polished, a, b, weights, tolerance)
                if s > best:
                    best, best_map[:] = s, polished
            if support > best:
                best, best_map[:] = support, m
    return best, best_map


@njit(cache=True)
def _guided(
    similarity: Floats, m: NDArray[np.float64], xy_a: Floats, xy_b: Floats, log_a: Floats, log_b: Floats,
    chance_a: Floats, chance_b: Floats, reach: float, log_ratio: float,
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:  # fmt: skip
    """Partners again, near where the map expects them; each feature of either chip counts once."""
    n_a, n_b = similarity.shape
    best_b = np.full(n_a, -1, np.int32)
    best_a = np.full(n_b, -1, np.int32)
    top_a = np.zeros(n_a, np.float32)
    top_b = np.zeros(n_b, np.float32)
    for i in range(n_a):
        px = m[0, 0] * xy_a[i, 0] + m[0, 1] * xy_a[i, 1] + m[0, 2]
        py = m[1, 0] * xy_a[i, 0] + m[1, 1] * xy_a[i, 1] + m[1, 2]
        for j in range(n_b):
            dx, dy = px - xy_b[j, 0], py - xy_b[j, 1]
            r2 = (dx * dx + dy * dy) / (reach * reach)
            if r2 >= 1.0 or abs(log_a[i] - log_b[j]) > log_ratio:
                continue
            w = (similarity[i, j] - 0.5 * (chance_a[i] + chance_b[j])) * (1.0 - r2)
            if w > top_a[i]:
                top_a[i], best_b[i] = w, j
            if w > top_b[j]:
                top_b[j], best_a[j] = w, i
    pairs = np.empty((n_a, 2), np.int32)
    weights = np.empty(n_a, np.float32)
    n = 0
    for i in range(n_a):
        if best_b[i] >= 0 and best_a[best_b[i]] == i:
            pairs[n, 0], pairs[n, 1], weights[n] = i, best_b[i], top_a[i]
            n += 1
    return pairs[:n], weights[:n]


@njit(cache=True)
def _candidates_anywhere(
    similarity: Floats, chance_a: Floats, chance_b: Floats
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Pairs that are each other's best, wherever they lie, with their weight."""
    n_a, n_b = similarity.shape
    best_a = np.full(n_b, -1, np.int32)
    top_b = np.zeros(n_b, np.float32)
    best_b = np.full(n_a, -1, np.int32)
    top_a = np.zeros(n_a, np.float32)
    for i in range(n_a):
        for j in range(n_b):
            w = similarity[i, j] - 0.5 * (chance_a[i] + chance_b[j])
            if w > top_a[i]:
                top_a[i], best_b[i] = w, j
            if w > top_b[j]:
                top_b[j], best_a[j] = w, i
    pairs = np.empty((n_a, 2), np.int32)
    weights = np.empty(n_a, np.float32)
    n = 0
    for i in range(n_a):
        if best_b[i] >= 0 and best_a[best_b[i]] == i:
            pairs[n, 0], pairs[n, 1], weights[n] = i, best_b[i], top_a[i]
            n += 1
    return pairs[:n], weights[:n]


@njit(cache=True)
def _best_turned_map(
    a: Floats, b: Floats, log_a: Floats, log_b: Floats, angle_a: Floats, angle_b: Floats, weights: Floats,
    tolerance: float, max_log_scale: float, max_turn_deg: float, n_hypotheses: int,
) -> tuple[float, NDArray[np.float64]]:  # fmt: skip
    """The map that explains most weight, each match by itself proposing place, size and direction."""
    n = len(weights)
    best, best_map = 0.0, np.zeros((2, 3))
    if n < 3:
        return best, best_map
    m = np.zeros((2, 3))
    for h in np.argsort(-weights)[:n_hypotheses]:
        log_scale = log_b[h] - log_a[h]
        turn = (angle_b[h] - angle_a[h] + 180.0) % 360.0 - 180.0
        if abs(log_scale) > max_log_scale or abs(turn) > max_turn_deg:
            continue
        scale, radians = np.exp(log_scale), np.deg2rad(turn)
        c, s = scale * np.cos(radians), scale * np.sin(radians)
        m[0, 0], m[0, 1], m[1, 0], m[1, 1] = c, -s, s, c
        m[0, 2] = b[h, 0] - c * a[h, 0] + s * a[h, 1]
        m[1, 2] = b[h, 1] - s * a[h, 0] - c * a[h, 1]
        # One match tells direction and size roughly: a wider net first, then the polished map.
        if _support(m, a, b, weights, 2.5 * tolerance) <= best:
            continue
        polished = _refit(m, a, b, weights, 2.5 * tolerance, 0.0)
        polished = _refit(polished, a, b, weights, 1.5 * tolerance, 0.0)
        det = polished[0, 0] * polished[1, 1] - polished[0, 1] * polished[1, 0]
        size2 = polished[0, 0] ** 2 + polished[0, 1] ** 2 + polished[1, 0] ** 2 + polished[1, 1] ** 2
        # A flank seen from another angle is squeezed, never turned inside out or to a needle.
        if det <= 0.0 or size2 > 4.0 * det or abs(0.5 * np.log(det)) > max_log_scale:
            continue
        support = _support(polished, a, b, weights, tolerance)
        if support > best:
            best, best_map[:] = support, polished
    return best, best_map


@dataclass(frozen=True, kw_only=True)
class Prepared:
    """Features of a chip as the verifier wants them; ``chance`` as of `chance_level`.

    Where both chips tell parts of the body, parts are matched apart, and a head never carries a match alone.
    """

    xy: Floats
    log_scale: Floats
    angle_deg: Floats
    unit: Floats
    chance: Floats
    part: Parts | None = None

    def __len__(self) -> int:
        return len(self.xy)


def prepare(features: Features, crowd: Floats) -> Prepared:
    """Features with their chance level among a crowd of descriptors."""
    unit = as_unit(features.descriptors)
    return Prepared(
        xy=features.xy,
        log_scale=np.log(np.maximum(features.scale, 1e-3)).astype(np.float32),
        angle_deg=features.angle_deg,
        unit=unit,
        chance=chance_level(unit, crowd),
        part=features.part,
    )


def chance_level(unit: Floats, crowd: Floats) -> Floats:
    """How alike each descriptor is to features of a crowd that shows other animals.

    Parameters
    ----------
    unit
        (K, 128) descriptors of unit length.
    crowd
        (M, 128) of other encounters. Generic structure is like many of them, and so counts little.

    Returns
    -------
    (K,) mean of the fifth to the twelfth highest similarity: the very highest may be the same animal.
    """
    if len(crowd) < _CROWD_RANKS[1]:
        return np.full(len(unit), _CHANCE_WITHOUT_CROWD, np.float32)
    alike = unit @ crowd.T
    first, last = _CROWD_RANKS
    top = np.partition(alike, len(crowd) - last, axis=1)[:, -last:]
    return np.asarray(np.sort(top, axis=1)[:, : last - first].mean(axis=1), dtype=np.float32)


def verify(a: Prepared, b: Prepared, *, upright: bool, options: VerifyOptions) -> Verified:
    """The one map that explains most of two chips' matches, and what then agrees.

    Parameters
    ----------
    upright
        Whether both chips are in the body frame; else features may be turned and lie anywhere.
    """
    similarity = a.unit @ b.unit.T
    if a.part is not None and b.part is not None:
        similarity[other_parts(a.part, b.part)] = -1.0
    log_ratio = float(np.log(options.max_scale_ratio))
    reach = options.tolerance_px
    if min(len(a), len(b)) < _LEAST_MATCHES:
        return _nothing(0.0)
    if upright:
        pairs, weights = _candidates(
            similarity, a.xy, b.xy, a.log_scale, b.log_scale, a.chance, b.chance, options.gate_px, log_ratio
        )
        support, affine = _best_map(
            a.xy[pairs[:, 0]], b.xy[pairs[:, 1]], weights, reach,
            options.min_stretch, options.max_stretch, options.max_shear, options.n_draws,
        )  # fmt: skip
    else:
        pairs, weights = _candidates_anywhere(similarity, a.chance, b.chance)
        strongest = np.argsort(-weights, kind="stable")[:_MOST_TURNED]
        pairs, weights = pairs[strongest], weights[strongest]
        i, j = pairs[:, 0], pairs[:, 1]
        support, affine = _best_turned_map(
            a.xy[i], b.xy[j], a.log_scale[i], b.log_scale[j], a.angle_deg[i], b.angle_deg[j], weights,
            reach, float(np.log(options.max_stretch)), options.max_turn_deg, options.n_hypotheses,
        )  # fmt: skip
    before = float(weights.sum())
    if support <= 0.0:
        return _nothing(before)
    shift = 0.0 if upright else float(0.5 * np.log(max(np.linalg.det(affine[:, :2]), 1e-6)))
    pairs, weights = _guided(
        similarity, affine, a.xy, b.xy, a.log_scale + np.float32(shift), b.log_scale, a.chance, b.chance,
        1.25 * reach, log_ratio,
    )  # fmt: skip
    for end, part in enumerate((a.part, b.part)):
        if part is not None:
            weights = without_lone_face(weights, part[pairs[:, end]])
    bend, shift = _departure(affine, a.xy, upright=upright)
    return Verified(
        weight=float(weights.sum()), support=support, n_inliers=len(weights), weight_before=before,
        spread_px=_spread(a.xy[pairs[:, 0]]), bend=bend, shift=shift, affine=affine, pairs=pairs,
    )  # fmt: skip


def _spread(xy: Floats) -> float:
    """Side of the square that the matches cover, as it were: a coat is large, a twig is not."""
    if len(xy) < 3:
        return 0.0
    x, y = (xy - xy.mean(axis=0)).T.astype(np.float64)
    area2 = (x @ x) * (y @ y) - (x @ y) ** 2
    return float(np.sqrt(np.sqrt(max(area2, 0.0)) / len(xy)))


def _departure(affine: NDArray[np.float64], xy: Floats, *, upright: bool) -> tuple[float, float]:
    """How far a map is from what two looks at one animal need: its bend and its shift."""
    linear = affine[:, :2]
    if upright:
        centre = xy.mean(axis=0).astype(np.float64)
        moved = linear @ centre + affine[:, 2] - centre
        return float(np.linalg.norm(linear - np.eye(2))), float(np.hypot(*moved))
    larger, smaller = np.linalg.svd(linear, compute_uv=False)
    return float(np.log(larger / max(smaller, 1e-6))), float(abs(0.5 * np.log(max(larger * smaller, 1e-6))))


def _nothing(before: float) -> Verified:
    return Verified(
        weight=0.0, support=0.0, n_inliers=0, weight_before=before, spread_px=0.0, bend=0.0, shift=0.0,
        affine=np.zeros((2, 3)), pairs=np.zeros((0, 2), np.int32),
    )  # fmt: skip
