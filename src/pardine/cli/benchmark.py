"""What `pardine benchmark` prints."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from pardine.base.errors import InputError
from pardine.cli import show
from pardine.identify.evaluate import Share
from pardine.identify.model_file import ModelFile
from pardine.language.translate import Language
from pardine.language.words import Words
from pardine.workflows.benchmark import Benchmarked
from pardine.workflows.benchmark_photographs import Stages

Named = tuple[Path, str] | None
_SHARES = (
    "top1", "top5", "top20", "encounter_top1", "encounter_top5", "balanced_top1", "balanced_top5",
)  # fmt: skip


def show_benchmark(benchmarked: Benchmarked, language: Language, *, as_json: bool) -> None:
    """Show the outcome as JSON or as a table."""
    if as_json:
        facts = benchmark_json(benchmarked)
        show.result_json(facts | {"warnings": show.notices_json(benchmarked.notices, language)})
        return
    show.tell(benchmarked.notices, language)
    words = Words(language)
    table = Table(box=box.SIMPLE_HEAD, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    for name, value in _rows(benchmarked, words):
        table.add_row(name, value)
    Console(highlight=False).print(table)


def stages_of(
    *,
    detect: str | None,
    side: str | None,
    feature: str | None,
    detector: Named,
    network: Named,
    projection: Named,
    embedder: Named = None,
    embedder_projection: Named = None,
) -> Stages:
    """The stages that a person chose in place of the built-in ones.

    Raises
    ------
    InputError
        ``benchmark.two_stages`` where two would do one stage; ``benchmark.projection_alone``.
    """
    for one, other, first, second in (
        (detect, detector, "--detect", "--detector"),
        (feature, network, "--feature", "--network"),
    ):
        if one is not None and other is not None:
            raise InputError("benchmark.two_stages", value=first, other=second)
    if (projection is not None and network is None) or (embedder_projection and not embedder):
        raise InputError("benchmark.projection_alone")
    return Stages(
        detect=detect,
        side=side,
        feature=feature,
        detector=_file(detector),
        network=_file(network),
        projection=_file(projection),
        embedder=_file(embedder),
        embedder_projection=_file(embedder_projection),
    )


def _file(named: Named) -> ModelFile | None:
    return None if named is None else ModelFile(path=named[0], sha256=named[1])


def benchmark_json(benchmarked: Benchmarked) -> dict[str, Any]:
    """The outcome as JSON values; ``null`` where something could not be told."""
    judged, background = benchmarked.evaluation, benchmarked.background
    shares = {name: getattr(judged, name) for name in _SHARES}
    counts = ("n_photographs", "n_individuals", "n_encounters", "n_queries", "n_encounter_queries",
              "n_nothing_comparable", "n_best_pairs")  # fmt: skip
    plain = ("majority_top1", "majority_encounter_top1", "majority_balanced_top1", "best_pairs_precision",
             "same_station_share", "same_station_expected")  # fmt: skip
    return {
        "score": benchmarked.score,
        **{name: getattr(judged, name) for name in counts},
        **{name: _number(share.value) for name, share in shares.items()},
        "intervals_95": {name: share.as_list() for name, share in shares.items()},
        **{name: _number(getattr(judged, name)) for name in plain},
        "open_set": {
            "n_queries": judged.open_set.n_queries,
            "auc": _number(judged.open_set.auc),
            "false_accepts_at_half": _number(judged.open_set.false_accepts),
        },
        "background_only_top1": _number(background.top1),
        "background_only_by_chance_95": [_number(background.chance_low), _number(background.chance_high)],
        "mirror_share": _number(benchmarked.mirror_share),
        "verdicts": benchmarked.verdicts,
        "cpu_ms_per_photo": _number(benchmarked.cpu_ms_per_photo, 1),
        "query_ms": _number(benchmarked.query_ms, 1),
    }


def _rows(benchmarked: Benchmarked, words: Words) -> list[tuple[str, str]]:
    judged, background = benchmarked.evaluation, benchmarked.background

    def share(value: Share) -> str:
        if math.isnan(value.value):
            return "–"
        return f"{value.value:.3f} ({value.low:.3f}–{value.high:.3f})"

    def plain(value: float) -> str:
        return "–" if math.isnan(value) else f"{value:.3f}"

    return [
        (words.say("photographs, animals, encounters"),
         f"{judged.n_photographs}, {judged.n_individuals}, {judged.n_encounters}"),
        (words.say("queries with a mate: photographs, encounter-sides"),
         f"{judged.n_queries}, {judged.n_encounter_queries}"),
        (words.say("right animal first, by photograph"), share(judged.top1)),
        (words.say("among the first five"), share(judged.top5)),
        (words.say("right animal first, by encounter-side"), share(judged.encounter_top1)),
        (words.say("always the commonest animal"), plain(judged.majority_encounter_top1)),
        (words.say("right animal first, balanced over animals"), share(judged.balanced_top1)),
        (words.say("always the commonest animal, balanced"), plain(judged.majority_balanced_top1)),
        (words.say("best pairs of one animal"),
         f"{plain(judged.best_pairs_precision)} ({judged.n_best_pairs})"),
        (words.say("best match from the same station (by chance)"),
         f"{plain(judged.same_station_share)} ({plain(judged.same_station_expected)})"),
        (words.say("background alone, other stations (by chance)"),
         f"{plain(background.top1)} ({plain(background.chance_low)}–{plain(background.chance_high)})"),
        (words.say("photographs most like their own mirror image"), plain(benchmarked.mirror_share)),
        (words.say("processor time a photograph, ms"), f"{benchmarked.cpu_ms_per_photo:.0f}"),
        (words.say("time a query, ms"), f"{benchmarked.query_ms:.0f}"),
    ]  # fmt: skip


def _number(value: float, digits: int = 4) -> float | None:
    return None if math.isnan(value) else round(float(value), digits)
