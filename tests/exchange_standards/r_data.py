"""A small reader of R's data frames (XDR, version 2), enough for the sample tables in the tests."""

import gzip
import struct

_NULL, _REFERENCE = 254, 255
_MISSING_INTEGER = -(2**31)


class _Stream:
    def __init__(self, content):
        self.content = content
        self.at = 0
        self.symbols = []

    def take(self, layout):
        values = struct.unpack_from(f">{layout}", self.content, self.at)
        self.at += struct.calcsize(f">{layout}")
        return values if len(values) > 1 else values[0]

    def text(self):
        size = self.take("i")
        if size < 0:
            return None
        self.at += size
        return self.content[self.at - size : self.at].decode()

    def item(self):
        flags = self.take("i")
        kind = flags & 255
        if kind == _NULL:
            return None
        if kind == _REFERENCE:
            return self.symbols[(flags >> 8) - 1]
        if kind == 1:
            self.take("i")
            self.symbols.append(self.text())
            return self.symbols[-1]
        if kind == 9:
            return self.text()
        if kind == 2:
            return self.pairs(flags)
        values = self.vector(kind)
        attributes = self.item_pairs() if flags & 512 else {}
        return _dressed(values, attributes)

    def vector(self, kind):
        size = self.take("i")
        if kind in (16, 19):
            return [self.item() for _ in range(size)]
        layout = {10: "i", 13: "i", 14: "d"}[kind]
        return [self.take(layout) for _ in range(size)]

    def item_pairs(self):
        return self.pairs(self.take("i"))

    def pairs(self, flags):
        found = {}
        while flags & 255 == 2:
            if flags & 512:
                self.item()
            name = self.item() if flags & 1024 else None
            found[name] = self.item()
            flags = self.take("i")
        return found


def _dressed(values, attributes):
    if "levels" in attributes:
        levels = attributes["levels"]
        return [None if v == _MISSING_INTEGER else levels[v - 1] for v in values]
    if "names" in attributes:
        return dict(zip(attributes["names"], values, strict=True))
    return values


def read_frame(path):
    """The only data frame of an .rda file: column name to cells."""
    content = gzip.decompress(path.read_bytes())
    assert content.startswith(b"RDX2\nX\n")
    stream = _Stream(content[7:])
    stream.take("iii")
    (frame,) = stream.item().values()
    return frame
