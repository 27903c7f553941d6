"""Font files for figures and PDF: what ships with the packages, and a Chinese one where there is one."""

from __future__ import annotations

import functools
import re
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from matplotlib import get_data_path
from matplotlib.font_manager import findSystemFonts
from matplotlib.ft2font import FT2Font

CJK_PACKAGE = "cvttf-notosanscjk-regular"
# Han, kana and hangul, full-width signs.
_CJK = re.compile(r"[\u1100-\u11ff\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")
# File names of Chinese fonts that come with Debian, Windows and macOS, best first.
_SYSTEM_CJK = (
    "notosanscjk-regular",
    "notosanscjksc-regular",
    "notosanssc",
    "sourcehansanssc-regular",
    "sourcehansans-regular",
    "msyh",
    "pingfang",
    "stheiti light",
    "wqy-microhei",
    "wqy-zenhei",
    "droidsansfallback",
    "simhei",
    "simsun",
)


@dataclass(frozen=True, kw_only=True)
class Fonts:
    """Font files.

    Attributes
    ----------
    regular, bold
        Latin and Cyrillic, shipped with matplotlib.
    cjk
        Chinese, ``None`` where none was found.
    """

    regular: Path
    bold: Path
    cjk: Path | None

    def for_text(self, text: str, *, bold: bool = False) -> Path:
        """The file that can draw a text."""
        if self.cjk is not None and holds_cjk(text):
            return self.cjk
        return self.bold if bold else self.regular


@functools.cache
def installed_fonts() -> Fonts:
    """The fonts of this machine; looked for once."""
    folder = Path(get_data_path()) / "fonts" / "ttf"
    return Fonts(regular=folder / "DejaVuSans.ttf", bold=folder / "DejaVuSans-Bold.ttf", cjk=_find_cjk())


def holds_cjk(text: str) -> bool:
    """Whether a text has Chinese, Japanese or Korean characters."""
    return _CJK.search(text) is not None


def family_name(font: Path) -> str:
    """Family name inside a font file."""
    return str(FT2Font(str(font)).family_name)


def _find_cjk() -> Path | None:
    return _cjk_of_package() or _cjk_of_system()


def _cjk_of_package() -> Path | None:
    try:
        recorded = distribution(CJK_PACKAGE).files or []
    except PackageNotFoundError:
        return None
    found = [Path(str(f.locate())) for f in recorded if f.suffix.lower() in {".otf", ".ttf", ".ttc"}]
    return next((font.resolve() for font in found if font.is_file()), None)


def _cjk_of_system() -> Path | None:
    by_name = {Path(name).stem.lower(): Path(name) for name in findSystemFonts()}
    return next((by_name[name] for name in _SYSTEM_CJK if name in by_name), None)
