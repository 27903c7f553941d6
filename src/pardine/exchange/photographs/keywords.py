"""Keywords of a photograph: IPTC records, and one list from the flat and hierarchical ones."""

from __future__ import annotations

import struct
from collections.abc import Iterable

from pardine.exchange.photographs.header import clean_text

_MAX_RECORDS = 10_000


def read_iptc_keywords(block: bytes) -> tuple[str, ...]:
    """Keywords (records 2:25) of IPTC data; reading ends where the data make no sense.

    References
    ----------
    IPTC-NAA Information Interchange Model 4.2, 2014.
    """
    found = []
    place = 0
    for _ in range(_MAX_RECORDS):
        if place + 5 > len(block) or block[place] != 0x1C:
            break
        record, number, length = struct.unpack_from(">BBH", block, place + 1)
        # The highest bit says that the length itself has a length: no keyword is that long.
        if length & 0x8000 or place + 5 + length > len(block):
            break
        if (record, number) == (2, 25):
            found.append(clean_text(block[place + 5 : place + 5 + length]))
        place += 5 + length
    return tuple(word for word in found if word)


def merge_keywords(hierarchical: Iterable[str], flat: Iterable[str]) -> tuple[str, ...]:
    """One list: hierarchical keywords, and those flat ones that are no level of any of them.

    Parameters
    ----------
    hierarchical
        With ``|`` between levels; a parent that stands alone beside its child is left out.
    flat
        Of XMP, IPTC and Windows, which repeat each other.

    Examples
    --------
    >>> merge_keywords(["Species", "Species|Leopard"], ["Leopard", "night"])
    ('Species|Leopard', 'night')
    """
    trees = tuple(dict.fromkeys(tree for tree in hierarchical if tree))
    parents = {
        "|".join(levels[:n]) for tree in trees for levels in (tree.split("|"),) for n in range(1, len(levels))
    }
    levels_known = {level for tree in trees for level in tree.split("|")}
    leaves = [tree for tree in trees if tree not in parents]
    return (*leaves, *(word for word in dict.fromkeys(flat) if word and word not in levels_known | parents))
