"""A small TIFF reader, written from the specification, that knows nothing of the writer."""

import struct

import numpy as np

SIZES = {2: 1, 3: 2, 4: 4, 12: 8}
CODES = {3: "H", 4: "I", 12: "d"}


def read_tags(content: bytes) -> dict[int, object]:
    order, magic, start = struct.unpack_from("<2sHI", content)
    assert (order, magic) == (b"II", 42)
    (n,) = struct.unpack_from("<H", content, start)
    tags, before = {}, 0
    for i in range(n):
        tag, kind, count = struct.unpack_from("<HHI", content, start + 2 + 12 * i)
        assert tag > before, "tags stand in ascending order"
        before = tag
        place = start + 2 + 12 * i + 8
        if SIZES[kind] * count > 4:
            (place,) = struct.unpack_from("<I", content, place)
            assert place % 2 == 0
        raw = content[place : place + SIZES[kind] * count]
        assert len(raw) == SIZES[kind] * count
        tags[tag] = raw.decode("ascii") if kind == 2 else struct.unpack(f"<{count}{CODES[kind]}", raw)
    return tags


def read_pixels(content: bytes, tags: dict[int, object]) -> np.ndarray:
    (start,), (length,) = tags[273], tags[279]
    values = np.frombuffer(content[start : start + length], "<f4")
    return values.reshape(tags[257][0], tags[256][0])


def read_keys(tags: dict[int, object]) -> dict[int, object]:
    directory = tags[34735]
    assert directory[:3] == (1, 1, 0) and len(directory) == 4 + 4 * directory[3]
    keys = {}
    for i in range(directory[3]):
        key, location, count, value = directory[4 + 4 * i : 8 + 4 * i]
        assert key not in keys and key > max(keys, default=0)
        if location == 0:
            keys[key] = value
        elif location == 34736:
            keys[key] = tags[34736][value]
        else:
            assert location == 34737
            keys[key] = tags[34737][value : value + count].rstrip("|")
    return keys
