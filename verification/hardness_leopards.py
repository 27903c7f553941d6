"""Encounters of leopards in the default scenario, for the study of hardness."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache

import cv2
import numpy as np
from hardness_matcher import ByteArray
from hardness_photographs import MOST_FRAMES, Frame, Listed, motion_mask, skin_seen

from pardine.simulate.camera.photograph import photograph
from pardine.simulate.camera.shot import Slot
from pardine.simulate.season.looks import shot_of
from pardine.simulate.season.pictures import Picture, pictures_of
from pardine.simulate.world.scenario import Scenario
from pardine.workflows.simulate import draw_season

SEED, OF_EACH = 2026, 2


@lru_cache(maxsize=1)
def _pictures() -> dict[str, Picture]:
    """Photographs with a leopard that is no black frame, by path."""
    season = draw_season(Scenario(), seed=SEED)
    drawn = zip(season.world.years, season.years, season.cards, strict=True)
    return {
        picture.path: picture
        for year, of_year, cards in drawn
        for picture in pictures_of(season.world, year, of_year, cards)
        if picture.members and picture.members[0].code and not picture.is_black
    }


def leopard_list(n: int) -> list[Listed]:
    """Encounters of leopards that were met twice or more, two of each, by the codes of the animals."""
    by_encounter: dict[str, list[Picture]] = defaultdict(list)
    for picture in _pictures().values():
        by_encounter[picture.encounter].append(picture)
    of_animal: dict[str, list[str]] = defaultdict(list)
    for code, own in sorted(by_encounter.items()):
        of_animal[min(m.code for p in own for m in p.members if m.code)].append(code)
    met_again = [codes for _, codes in sorted(of_animal.items()) if len(codes) >= OF_EACH]
    chosen = [code for codes in met_again for code in (codes[0], codes[-1])][:n]
    return [_listed(code, by_encounter[code]) for code in chosen]


def _listed(code: str, own: list[Picture]) -> Listed:
    own = [picture for picture in own if picture.slot == own[0].slot]
    at = np.unique(np.linspace(0, len(own) - 1, MOST_FRAMES).round().astype(int))
    return Listed(
        code=code,
        animals=frozenset(m.code for p in own for m in p.members if m.code),
        station=str(own[0].station),
        files=tuple(own[k].path for k in at),
        is_white_flash=False,
        is_infrared=own[0].is_night,
    )


def leopard_frames(one: Listed) -> Iterator[Frame]:
    """The photographs of an encounter, with the masks that movement against an empty frame gives."""
    before: dict[Slot, ByteArray] = {}
    for path in one.files:
        picture = _pictures()[path]
        shot = shot_of(picture, None, Scenario().photographs.jpeg_quality, SEED)
        if shot.slot not in before:
            empty = photograph(replace(shot, animals=(), seed=shot.seed + 1)).image
            before[shot.slot] = np.asarray(cv2.cvtColor(empty, cv2.COLOR_RGB2GRAY), np.uint8)
        taken = photograph(shot, with_truth=True)
        grey = np.asarray(cv2.cvtColor(taken.image, cv2.COLOR_RGB2GRAY), np.uint8)
        names = [member.code for member in picture.members]
        yield Frame(grey, motion_mask(grey, before[shot.slot]), skin_seen(taken, names))
