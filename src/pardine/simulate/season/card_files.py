"""Simulated cards as folders of tiny JPEG files with EXIF, for whole chains from the card on."""

from __future__ import annotations

import base64
import datetime as dt
from pathlib import Path, PurePosixPath

import numpy as np

from pardine.simulate.season.card_faults import SimulatedCards
from pardine.simulate.season.exif import CameraTags, tagged_jpeg

# A grey picture of 16 x 12 pixels, 159 bytes.
TINY_PICTURE = base64.b85decode(
    "|JeWF01!$>Nk#wx0RR9200961|JwjV02>k%7Zed27Zw*D92+1gLMtdGB`8rkJupIGRb^yfRb5+Zc$tA}agcLcU4^xVke;Kft*d8%yve$z"
    "$C;?Br2oJG3kU!V01yEI5di<h02BZL00000000000000000000|HJ?k5CH%H0000000000000000095m00;pA002J#0RPz"
)


def write_card_files(cards: SimulatedCards, folder: Path) -> tuple[Path, ...]:
    """Write the photographs of simulated cards, one folder a deployment.

    Parameters
    ----------
    cards
        As `card_faults.draw_cards` makes them; draw few, each photograph is a file.
    folder
        Made where it is missing; files are ``deployment/100CARDS/IMG_0001.JPG``.

    Returns
    -------
    tuple of Path
        In the order of ``cards.media``. The same photograph in two deployments is the same bytes.

    Notes
    -----
    EXIF holds the wall clock, make, model, flash and, where the camera tells it, the serial number.
    """
    media = cards.media
    taken = np.char.replace(np.datetime_as_string(media.wall_clock, unit="s"), "T", " ").tolist()
    paths = []
    for i, code in enumerate(media.code.tolist()):
        deployment = cards.deployments[int(media.deployment[i])].code
        *_, station, slot, dcim, name = PurePosixPath(str(code)).parts
        # Files of another card keep their own folder, as they would when two cards are copied together.
        own = deployment.startswith(f"{station}_{slot}_")
        path = folder / deployment / (dcim if own else f"{station}{slot}-{dcim}") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        tags = CameraTags(
            make="Simulated",
            model="Card",
            taken=dt.datetime.fromisoformat(taken[i]),
            flash=int(media.infrared[i]) == 1,
            serial=str(media.serial[i]),
        )
        path.write_bytes(tagged_jpeg(TINY_PICTURE, tags, remark=str(media.sha256[i]).encode("ascii")))
        paths.append(path)
    return tuple(paths)
