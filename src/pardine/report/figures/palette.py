"""The report's few colours, safe for colour-blind readers, and the arithmetic of their contrast."""

from __future__ import annotations

PAPER = "#ffffff"
PANEL = "#f4f6f4"
INK = "#1d2b2a"
QUIET = "#56635f"
RULE = "#c9d1cc"
GREEN = "#1f6150"
BAND = "#b9d3ca"
OCHRE = "#9a5b00"
OCHRE_PANEL = "#fdf5e6"
BLUE = "#2b5c8a"
BLUE_PANEL = "#eef4fa"

# From light to dark in even steps of lightness: the order survives grey printing and any colour blindness.
DENSITY_RAMP = ("#f3f1dc", "#cfe0b8", "#9cc9a4", "#62ab98", "#35878b", "#1e6176", "#173c59", "#14203c")

# Which colour of letters stands on which ground: contrast at least 4.5.
TEXT_PAIRS = (
    (INK, PAPER),
    (QUIET, PAPER),
    (GREEN, PAPER),
    (INK, PANEL),
    (QUIET, PANEL),
    (GREEN, PANEL),
    (OCHRE, PAPER),
    (OCHRE, OCHRE_PANEL),
    (INK, OCHRE_PANEL),
    (BLUE, BLUE_PANEL),
    (INK, BLUE_PANEL),
    (PAPER, OCHRE),
)
# Which colour of lines, points and bars stands on which ground: contrast at least 3.
GRAPHIC_PAIRS = ((GREEN, PAPER), (INK, PAPER), (OCHRE, PAPER), (BLUE, PAPER), (QUIET, PAPER), (GREEN, BAND))


def contrast_ratio(colour: str, ground: str) -> float:
    """Contrast of two colours by WCAG 2.2, from 1 to 21.

    References
    ----------
    W3C, Web Content Accessibility Guidelines 2.2, definition of contrast ratio.
    """
    lighter, darker = sorted((_luminance(colour), _luminance(ground)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[i : i + 2], 16) / 255.0) for i in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else float(((channel + 0.055) / 1.055) ** 2.4)
