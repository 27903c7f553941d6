"""Words in cells: sexes, age classes, states of a camera, detector types, in three languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from pardine.exchange.numbers import MISSING
from pardine.observe.capture import AgeClass, Sex
from pardine.observe.effort import State
from pardine.observe.session import DetectorType

Word = TypeVar("Word", bound=str)

_UNKNOWN = ("unknown", "u", "unk", "undetermined", "неизвестно", "неизвестен", "неизв", "не определен",
            "не опр", "未知", "不明", "不详")  # fmt: skip

SEX_WORDS: dict[Sex, tuple[str, ...]] = {
    "F": ("f", "female", "fem", "ж", "самка", "женский", "жен", "雌", "雌性", "母", "♀"),
    "M": ("m", "male", "м", "самец", "мужской", "муж", "雄", "雄性", "公", "♂"),
}
AGE_WORDS: dict[AgeClass, tuple[str, ...]] = {
    "adult": ("adult", "ad", "a", "взрослый", "взрослая", "взр", "成年", "成体", "成"),
    "subadult": ("subadult", "sub-adult", "sub adult", "subad", "sa", "молодой", "молодая", "полувзрослый",
                 "полувзрослая", "亚成体", "亚成年", "亚成"),
    "cub": ("cub", "juvenile", "juv", "young", "kitten", "котенок", "детеныш", "幼体", "幼崽", "幼年", "幼"),
}  # fmt: skip
STATE_WORDS: dict[State, tuple[str, ...]] = {
    "working": ("working", "work", "works", "ok", "active", "on", "operational", "работает", "работала",
                "работа", "исправна", "正常", "工作", "正常工作", "运行"),
    "dead": ("dead", "failed", "failure", "broken", "battery", "batteries", "off", "malfunction",
             "не работает", "не работала", "сломана", "отказ", "батарея", "故障", "停机", "电池耗尽", "没电"),
    "stolen": ("stolen", "theft", "украдена", "кража", "被盗", "丢失"),
    "moved": ("moved", "turned", "knocked", "сдвинута", "перемещена", "移动", "移位"),
    "vandalised": ("vandalised", "vandalized", "vandalism", "damaged", "повреждена", "вандализм",
                   "破坏", "损坏"),
    "burnt": ("burnt", "burned", "fire", "сгорела", "пожар", "烧毁", "火烧"),
    "snowed": ("snowed", "snow", "снег", "занесена снегом", "雪埋", "积雪", "雪"),
    "full": ("full", "card full", "memory full", "карта заполнена", "存储卡满", "卡满"),
    "unknown": _UNKNOWN,
}  # fmt: skip
DETECTOR_WORDS: dict[DetectorType, tuple[str, ...]] = {
    "count": ("count", "counts", "poisson", "счетный", "счет", "计数"),
    "proximity": ("proximity", "binary", "bernoulli", "бинарный", "двоичный", "邻近", "二元"),
    "multi": ("multi", "multi-catch", "multicatch", "multi catch", "многоместный", "多捕"),
}


def find_word(cell: str, words: Mapping[Word, tuple[str, ...]]) -> Word | None:
    """The word that a cell means, ``None`` where it means none of them."""
    text = plain_word(cell)
    return next((word for word, synonyms in words.items() if text in synonyms), None)


def says_unknown(cell: str) -> bool:
    """Whether a cell says that nobody knows."""
    text = plain_word(cell)
    return text in MISSING or text in _UNKNOWN


def plain_word(cell: str) -> str:
    """A cell without case, dots and blanks at its ends."""
    return cell.casefold().replace("ё", "е").strip(" .")
