"""What a run of identification keeps: any group can be explained pair by pair, and verdicts are quick."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import ProjectError
from pardine.identify.catalogue import PassageFacts
from pardine.identify.pairs import ComparedPairs, sides_seen
from pardine.identify.partition.evidence import Layer
from pardine.identify.passages import Passages, Shot
from pardine.identify.proposal import Comparable, Proposal, coat_layers
from pardine.identify.scene import SeenCoat
from pardine.identify.side import Side
from pardine.identify.weights import Weights
from pardine.store.project import Project
from pardine.store.results import StoredResult, latest_result
from pardine.workflows.identify_matching import Matched

EVIDENCE_RESULT, GROUPING_RESULT = "coat evidence", "grouping"
FORMAT_VERSION = 1
_FLANKS = (Side.LEFT, Side.RIGHT)
Ints = NDArray[np.int64]
Box = tuple[float, float, float, float]


@dataclass(frozen=True, kw_only=True)
class ShotFacts:
    """One animal in one photograph, as kept; boxes in shares of the picture, ``scene`` without strips."""

    media: str
    file: str
    folder: str
    path: str
    deployment: str
    side: str
    usable: bool
    quality: float
    box: Box | None
    scene: Box


@dataclass(frozen=True, kw_only=True, eq=False)
class KeptEvidence:
    """Evidence of the latest run over all photographs.

    Attributes
    ----------
    species
        Of it.
    shots
        All.
    passages
        Those with a usable flank, in the order of the points that are grouped.
    shots_of
        Positions of the shots of each passage.
    views
        What can be compared.
    pairs, log_ratio
        Of passages.
    not_shortlisted
        Log likelihood ratio of comparable pairs that are not among `pairs`.
    group_weight
        Numerator and exponent by which a group's pairs weigh.
    weights
        What the weights were fitted on.
    without_flank
        Passages that show no usable flank.
    result
        As it is stored.
    """

    species: str
    shots: tuple[ShotFacts, ...]
    passages: tuple[PassageFacts, ...]
    shots_of: tuple[tuple[int, ...], ...]
    views: Comparable
    pairs: ComparedPairs
    log_ratio: NDArray[np.float64]
    not_shortlisted: float
    group_weight: tuple[float, float]
    weights: str
    without_flank: int
    result: StoredResult | None = None

    def layers(self) -> tuple[Layer, Layer]:
        """Evidence of coats for the grouping."""
        return coat_layers(
            self.views,
            self.pairs,
            self.log_ratio,
            not_shortlisted=self.not_shortlisted,
            group_weight=self.group_weight,
        )

    def position(self) -> dict[str, int]:
        """Point of each passage key."""
        return {passage.key: k for k, passage in enumerate(self.passages)}


def keep_evidence(
    species: str,
    shots: Sequence[Shot],
    places: Sequence[tuple[str, str, str]],
    seen: Sequence[SeenCoat],
    passages: Passages,
    matched: Matched,
    weights: Weights,
) -> KeptEvidence:
    """Gather what is kept; passages without a usable flank are left out of the grouping."""
    left, right = sides_seen(matched.looks, len(passages.all))
    kept = np.flatnonzero(left | right)
    point = np.full(len(passages.all), -1, np.int64)
    point[kept] = np.arange(len(kept))
    facts = tuple(
        _shot_facts(shot, place, found, bool(usable))
        for shot, place, found, usable in zip(shots, places, seen, matched.looks.usable, strict=True)
    )
    pairs = matched.pairs
    inside = (point[pairs.first] >= 0) & (point[pairs.second] >= 0)
    apart = point[passages.apart]
    return KeptEvidence(
        species=species,
        shots=facts,
        passages=tuple(_passage_facts(passages, int(k), facts, left, right) for k in kept),
        shots_of=tuple(passages.all[int(k)].shots for k in kept),
        views=Comparable(
            left=left[kept],
            right=right[kept],
            apart=apart[(apart >= 0).all(axis=1)].astype(np.intp),
            encounter=np.array([passages.all[int(k)].encounter for k in kept], np.int64),
        ),
        pairs=ComparedPairs(
            first=point[pairs.first[inside]],
            second=point[pairs.second[inside]],
            side=pairs.side[inside],
            score=pairs.score[inside],
            photographs=pairs.photographs[inside],
            stratum=pairs.stratum[inside],
        ),
        log_ratio=matched.log_ratio[inside],
        not_shortlisted=weights.not_shortlisted,
        group_weight=weights.group_weight,
        weights=weights.source,
        without_flank=len(passages.all) - len(kept),
    )


def _shot_facts(shot: Shot, place: tuple[str, str, str], seen: SeenCoat, usable: bool) -> ShotFacts:
    q = seen.described.quality
    given = shot.box
    box = seen.animal if given is None else (
        given.x, given.y, given.x + given.width, given.y + given.height
    )  # fmt: skip
    good = float(np.sqrt(q.animal_px) * max(q.sharpness, 0.01) * max(q.contrast, 1.0)) if usable else 0.0
    return ShotFacts(
        media=shot.media, file=place[0], folder=place[1], path=place[2], deployment=shot.deployment,
        side=shot.side.value, usable=usable, quality=round(good, 2),
        box=None if box is None else _rounded(box),
        scene=_rounded(seen.scene),
    )  # fmt: skip


def _rounded(box: Box) -> Box:
    return (round(box[0], 4), round(box[1], 4), round(box[2], 4), round(box[3], 4))


def _passage_facts(
    passages: Passages, k: int, shots: Sequence[ShotFacts], left: NDArray[np.bool_], right: NDArray[np.bool_]
) -> PassageFacts:
    own = passages.all[k]
    best: dict[str, tuple[str, float]] = {}
    for i in own.shots:
        shot = shots[i]
        if shot.usable and shot.side in _FLANKS and shot.quality > best.get(shot.side, ("", -1.0))[1]:
            best[shot.side] = (shot.media, shot.quality)
    return PassageFacts(
        key=own.key,
        station=own.station,
        at=None if np.isnat(own.at) else own.at.astype("datetime64[s]").astype(dt.datetime),
        sides=tuple(name for name, has in (("left", left[k]), ("right", right[k])) if has),
        best=best,
    )


def evidence_json(kept: KeptEvidence) -> dict[str, Any]:
    """Evidence as plain JSON values."""
    return {
        "version": FORMAT_VERSION,
        "species": kept.species,
        "weights": kept.weights,
        "not_shortlisted": kept.not_shortlisted,
        "group_weight": list(kept.group_weight),
        "without_flank": kept.without_flank,
        "shots": [
            [s.media, s.file, s.folder, s.path, s.deployment, s.side, s.usable, s.quality,
             None if s.box is None else list(s.box), list(s.scene)]
            for s in kept.shots
        ],
        "passages": [
            {"key": p.key, "station": p.station, "at": None if p.at is None else p.at.isoformat(),
             "sides": list(p.sides), "best": {side: list(b) for side, b in p.best.items()},
             "shots": list(own), "encounter": int(encounter)}
            for p, own, encounter in zip(kept.passages, kept.shots_of, kept.views.encounter, strict=True)
        ],
        "apart": kept.views.apart.tolist(),
        "pairs": {
            "first": kept.pairs.first.tolist(),
            "second": kept.pairs.second.tolist(),
            "is_right": (kept.pairs.side == "right").astype(int).tolist(),
            "score": np.round(kept.pairs.score, 4).tolist(),
            "photographs": kept.pairs.photographs.tolist(),
            "stratum": kept.pairs.stratum.tolist(),
            "log_ratio": np.round(kept.log_ratio, 4).tolist(),
        },
    }  # fmt: skip


def read_evidence(project: Project) -> KeptEvidence:
    """Evidence of the latest run.

    Raises
    ------
    ProjectError
        ``identify.nothing_yet``: no photographs were identified in this project.
    """
    stored = latest_result(project, EVIDENCE_RESULT)
    if stored is None:
        raise ProjectError("identify.nothing_yet", directory=str(project.directory))
    return _evidence_of(stored)


def _evidence_of(stored: StoredResult) -> KeptEvidence:
    content = stored.content
    pairs = content["pairs"]
    passages = tuple(_passage_of(each) for each in content["passages"])
    return KeptEvidence(
        species=content["species"],
        shots=tuple(_shot_of(row) for row in content["shots"]),
        passages=passages,
        shots_of=tuple(tuple(each["shots"]) for each in content["passages"]),
        views=Comparable(
            left=np.array(["left" in p.sides for p in passages], np.bool_),
            right=np.array(["right" in p.sides for p in passages], np.bool_),
            apart=np.array(content["apart"], np.intp).reshape(-1, 2),
            encounter=np.array([each["encounter"] for each in content["passages"]], np.int64),
        ),
        pairs=ComparedPairs(
            first=np.array(pairs["first"], np.int64),
            second=np.array(pairs["second"], np.int64),
            side=np.where(np.array(pairs["is_right"], np.bool_), "right", "left").astype(np.str_),
            score=np.array(pairs["score"], np.float64),
            photographs=np.array(pairs["photographs"], np.int64).reshape(-1, 2),
            stratum=np.array(pairs["stratum"], np.str_),
        ),
        log_ratio=np.array(pairs["log_ratio"], np.float64),
        not_shortlisted=float(content["not_shortlisted"]),
        group_weight=(float(content["group_weight"][0]), float(content["group_weight"][1])),
        weights=content["weights"],
        without_flank=int(content["without_flank"]),
        result=stored,
    )


def _shot_of(row: Sequence[Any]) -> ShotFacts:
    media, file, folder, path, deployment, side, usable, quality, box, scene = row
    return ShotFacts(
        media=media, file=file, folder=folder, path=path, deployment=deployment, side=side, usable=usable,
        quality=quality, box=None if box is None else tuple(box), scene=tuple(scene),
    )  # fmt: skip


def _passage_of(content: Mapping[str, Any]) -> PassageFacts:
    at = content["at"]
    return PassageFacts(
        key=content["key"],
        station=content["station"],
        at=None if at is None else dt.datetime.fromisoformat(at),
        sides=tuple(content["sides"]),
        best={side: (media, quality) for side, (media, quality) in content["best"].items()},
    )


def grouping_json(kept: KeptEvidence, proposal: Proposal, individual: Sequence[str]) -> dict[str, Any]:
    """Groups as plain JSON values, with what they rest on."""
    return {
        "version": FORMAT_VERSION,
        "evidence": None if kept.result is None else kept.result.uid,
        "labels": proposal.labels.tolist(),
        "individual": list(individual),
        "sureness": np.round(proposal.sureness(), 4).tolist(),
        "expected_wrong_splits": round(proposal.errors.wrong_splits, 3),
        "expected_wrong_merges": round(proposal.errors.wrong_merges, 3),
        "log_target": round(proposal.grouping.log_target, 3),
    }
