"""Places for a hand-held receiver: GPX 1.1 waypoints.

References
----------
GPX 1.1 Schema, topografix.com/GPX/1/1, 2004.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

from pardine import __version__

# Control characters that XML cannot hold.
_FORBIDDEN = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True, kw_only=True)
class Waypoint:
    """A named place.

    Attributes
    ----------
    name
        Short: receivers show 10 to 30 letters.
    longitude_deg, latitude_deg
        WGS 84.
    comment
        Further words.
    """

    name: str
    longitude_deg: float
    latitude_deg: float
    comment: str = ""

    def __post_init__(self) -> None:
        if not (-180.0 <= self.longitude_deg <= 180.0 and -90.0 <= self.latitude_deg <= 90.0):
            raise ValueError(f"no place on Earth: {self.longitude_deg}, {self.latitude_deg}")


def gpx_text(waypoints: Sequence[Waypoint], *, name: str, warning: str = "") -> str:
    """Waypoints as the text of a GPX file.

    Parameters
    ----------
    waypoints
        In the order in which they are written.
    name
        Of the file.
    warning
        What a reader should know, such as that the places are secret; stands at the top.
    """
    head = f"    <name>{_text(name)}</name>\n"
    head += f"    <desc>{_text(warning)}</desc>\n" if warning else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<gpx version="1.1" creator="Pardine {__version__}" xmlns="http://www.topografix.com/GPX/1/1">\n'
        f"  <metadata>\n{head}  </metadata>\n{''.join(map(_waypoint, waypoints))}</gpx>\n"
    )


def _waypoint(waypoint: Waypoint) -> str:
    # Seven decimals of a degree are a centimetre.
    place = f'lat="{waypoint.latitude_deg:.7f}" lon="{waypoint.longitude_deg:.7f}"'
    comment = f"    <desc>{_text(waypoint.comment)}</desc>\n" if waypoint.comment else ""
    return f"  <wpt {place}>\n    <name>{_text(waypoint.name)}</name>\n{comment}  </wpt>\n"


def _text(text: str) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", text))
