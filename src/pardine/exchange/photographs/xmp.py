"""An XMP packet: keywords and dates. A packet that declares a document type or an entity is not read.

References
----------
XMP Specification Part 1 and 2, Adobe, 2012 and 2016.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from xml.parsers import expat

from pardine.exchange.photographs.exif import parse_moment, parse_offset_min
from pardine.exchange.photographs.header import printable
from pardine.observe.media import TimeReading

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_LIGHTROOM = "http://ns.adobe.com/lightroom/1.0/ hierarchicalSubject"
# Same keywords under three names; digiKam and Windows part levels by a slash.
_SLASHED = (
    "http://www.digikam.org/ns/1.0/ TagsList",
    "http://ns.microsoft.com/photo/1.0/ LastKeywordXMP",
)
_SUBJECT = "http://purl.org/dc/elements/1.1/ subject"
_DATES = (
    "http://ns.adobe.com/exif/1.0/ DateTimeOriginal",
    "http://ns.adobe.com/photoshop/1.0/ DateCreated",
    "http://ns.adobe.com/xap/1.0/ CreateDate",
)
_WANTED = frozenset((_LIGHTROOM, *_SLASHED, _SUBJECT, *_DATES))
_MAX_BYTES, _MAX_DEPTH, _MAX_ELEMENTS = 1 << 20, 64, 20_000
_ZONE = re.compile(r"(?:Z|[+-]\d{2}:\d{2})$")


@dataclass(frozen=True, kw_only=True)
class XmpFacts:
    """Keywords (hierarchical ones with ``|`` between levels), and the time with its offset."""

    hierarchical: tuple[str, ...] = ()
    flat: tuple[str, ...] = ()
    reading: TimeReading | None = None


class _NotRead(Exception):  # noqa: N818 - ends the parser from within, caught below
    pass


@dataclass
class _Collector:
    """Text of the wanted properties, whether attribute, element or list."""

    found: dict[str, list[str]] = field(default_factory=dict)
    path: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)
    n_elements: int = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self.n_elements += 1
        if self.n_elements > _MAX_ELEMENTS or len(self.path) >= _MAX_DEPTH:
            raise _NotRead
        self.path.append(name)
        self.text = []
        for attribute, value in attributes.items():
            if attribute in _WANTED:
                self.found.setdefault(attribute, []).append(value)

    def end(self, name: str) -> None:
        text = printable("".join(self.text))
        prop = self.path[-3] if name == f"{_RDF} li" and len(self.path) >= 3 else name
        if text and prop in _WANTED:
            self.found.setdefault(prop, []).append(text)
        self.path.pop()
        self.text = []

    def characters(self, text: str) -> None:
        self.text.append(text)


def read_xmp(packet: bytes) -> XmpFacts | None:
    """What a packet tells; an empty packet tells nothing, ``None`` says that it cannot be read."""
    content = packet.strip(b"\0 \r\n\t")
    if not content:
        return XmpFacts()
    if len(content) > _MAX_BYTES:
        return None
    collector = _Collector()
    try:
        _parser(collector).Parse(content, True)
    except (expat.ExpatError, _NotRead, UnicodeError):
        return None
    found = collector.found
    slashed = [text.replace("/", "|") for name in _SLASHED for text in found.get(name, ())]
    return XmpFacts(
        hierarchical=tuple(dict.fromkeys([*found.get(_LIGHTROOM, ()), *slashed])),
        flat=tuple(dict.fromkeys(found.get(_SUBJECT, ()))),
        reading=_reading(found),
    )


def _parser(collector: _Collector) -> expat.XMLParserType:
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = collector.start
    parser.EndElementHandler = collector.end
    parser.CharacterDataHandler = collector.characters
    # No packet of a camera or a program declares these; they serve to blow up or to reach outside.
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    return parser


def _refuse(*_: object) -> int:
    raise _NotRead


def _reading(found: dict[str, list[str]]) -> TimeReading | None:
    for text in (text for name in _DATES for text in found.get(name, ())):
        moment = parse_moment(text)
        if moment is not None:
            zone = _ZONE.search(text)
            offset = parse_offset_min(zone[0]) if zone else None
            return TimeReading(source="xmp", wall_clock=moment, text=text, utc_offset_min=offset)
    return None
