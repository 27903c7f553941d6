"""What `pardine estimate --identity uncertain` shows, in words."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from pardine.base.errors import InputError
from pardine.cli import show
from pardine.language.translate import Language
from pardine.language.words import Words, decimals_of_density
from pardine.workflows.identity import Uncertain, UncertainRequest, estimate_uncertain

_MOST_DOUBTFUL = 10
_DOUBTFUL = 0.05
_TOO_UNSURE = 0.5


def estimate_identities(
    project: Path | None,
    asked: bool,
    *,
    passages: Path | None,
    pairs: Path | None,
    session: list[str] | None,
    model: str | None,
    detection: str | None,
    buffer_m: float | None,
    spacing_m: float | None,
    level: float,
    seed: int,
    n_draws: int,
    n_workers: int,
    dry_run: bool,
    as_json: bool,
    language: Language,
) -> None:
    """Refuse what does not go together, estimate, show."""
    if not asked:
        raise InputError("identity.does_not_go_with", value="--identity certain")
    if model is not None:
        raise InputError("identity.does_not_go_with", value="--model")
    if detection not in (None, "HHN", "HEX"):
        raise InputError("identity.does_not_go_with", value=f"--detection {detection}")
    if passages is None or pairs is None:
        raise InputError("identity.tables_needed")
    if session and len(session) > 1:
        raise InputError("identity.does_not_go_with", value="--session " + ", ".join(session))
    request = UncertainRequest(
        passages=passages,
        pairs=pairs,
        session=session[0] if session else None,
        buffer_m=buffer_m,
        spacing_m=spacing_m,
        exponential=detection == "HEX",
        level=level,
        seed=seed,
        n_draws=n_draws,
        n_warmup=max(100, n_draws // 2),
    )
    found = estimate_uncertain(project, request, dry_run=dry_run, n_workers=n_workers)
    show_uncertain(found, language, as_json=as_json)


def show_uncertain(found: Uncertain, language: Language, *, as_json: bool) -> None:
    """Say how many animals, which passages are in doubt, and what identity costs the interval."""
    if as_json:
        show.result_json(_json(found))
        return
    show.result("\n".join(sentences(found, Words(language))))


def sentences(found: Uncertain, words: Words) -> list[str]:
    """The answer, a sentence a line."""
    answer = found.answer
    density = answer.density_per_100km2
    lines = [
        words.say(
            "Session {session}: {n} passages of independent animals, identities uncertain.",
            session=found.session,
            n=words.number(len(found.passages)),
        ),
        words.say(
            "Density: {density} animals per 100 km2.",
            density=words.interval(density, decimals_of_density(density)),
        ),
        words.say(
            "Animals in the habitat of {area} km2: {n}; of these photographed: {seen}.",
            area=words.number(found.area_km2),
            n=words.interval(answer.n_animals, 0),
            seen=words.interval(answer.n_seen, 0),
        ),
        words.say(
            "Not knowing who is who makes {share} of the variance of log density. Answering every "
            "doubtful pair of passages ({pairs}) would be expected to move the number of animals by {n}.",
            share=words.percent(answer.identity_share),
            pairs=words.number(answer.n_doubtful_pairs),
            n=words.number(answer.at_stake, 1),
        ),
    ]
    if answer.identity_share > _TOO_UNSURE:
        lines.append(
            words.say(
                "Most of the uncertainty is about who is who. From pair evidence that weak, the number of "
                "animals is known to come out too high: have people judge the doubtful passages first."
            )
        )
    order = [int(k) for k in np.argsort(-answer.doubt)[:_MOST_DOUBTFUL] if answer.doubt[k] >= _DOUBTFUL]
    if order:
        lines.append(words.say("Most doubtful passages (expected wrong links):"))
        lines += [
            f"  {found.passages[k]}  {found.stations[k]}  {words.number(float(answer.doubt[k]), 2)}"
            for k in order
        ]
    priors = answer.priors
    lines.append(
        words.say(
            "Priors, medians (standard deviation of the logarithm): density {density} per 100 km2 "
            "({density_sd}), lambda0 {lambda0} per station-day ({lambda0_sd}), sigma {sigma} m ({sigma_sd}).",
            density=words.significant(priors.density_per_100km2.median),
            density_sd=words.number(priors.density_per_100km2.log_sd, 1),
            lambda0=words.significant(priors.lambda0_per_day.median),
            lambda0_sd=words.number(priors.lambda0_per_day.log_sd, 1),
            sigma=words.number(priors.sigma_m.median),
            sigma_sd=words.number(priors.sigma_m.log_sd, 1),
        )
    )
    lines.append(words.say("Density under other priors:"))
    for change in answer.sensitivity:
        told = words.say("told too poorly by these draws")
        if change.density_per_100km2 is not None:
            told = words.significant(change.density_per_100km2)
        lines.append(f"  {change.parameter} × {words.number(change.factor, 1)}  {told}")
    lines.append(
        words.say(
            "Chains: R-hat of log density {rhat}, {size} effective draws.",
            rhat=words.number(answer.convergence.rhat, 3),
            size=words.number(answer.convergence.bulk_effective),
        )
    )
    if not answer.convergence.is_good:
        lines.append(words.say("The interval may still move: run longer with --draws before publishing it."))
    return lines


def _json(found: Uncertain) -> dict[str, Any]:
    return {
        "identity": "uncertain",
        **found.as_dict(),
        "converged": found.answer.convergence.is_good,
        "run": None if found.run is None else found.run.uid,
    }
