"""Small ONNX models written byte by byte, so that tests need no library that makes them."""

import struct


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    body = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(body)) + body


def varint(value):
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def tensor(name, *dims):
    shape = b"".join(field(1, field(1, d)) for d in dims)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, shape)))


def node(operation, inputs, output, attributes=b""):
    names = b"".join(field(1, n) for n in inputs)
    return field(1, names + field(2, output) + field(4, operation) + attributes)


def tiny_detector():
    """One box, whose score is how bright the picture is."""
    boxes = b"".join(field(1, d) for d in (1, 4)) + field(2, 1) + field(8, "box")
    boxes += field(9, struct.pack("<4f", 8, 16, 40, 48))
    keepdims = field(5, field(1, "keepdims") + field(3, 0) + field(20, 2))
    graph = node("Identity", ["box"], "boxes") + node("ReduceMean", ["picture"], "score", keepdims)
    graph += node("Reshape", ["score", "one"], "scores")
    one = field(1, 1) + field(2, 7) + field(8, "one") + field(9, struct.pack("<q", 1))
    graph += field(2, "tiny") + field(5, boxes) + field(5, one)
    graph += field(11, tensor("picture", 1, 3, 64, 64))
    graph += field(12, tensor("boxes", 1, 4)) + field(12, tensor("scores", 1))
    return field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 13))


def constant(name, values, *dims):
    """Floats that are part of the model."""
    shape = b"".join(field(1, d) for d in dims)
    return field(5, shape + field(2, 1) + field(8, name) + field(9, struct.pack(f"<{len(values)}f", *values)))


def tiny_network(keypoints, descriptors):
    """Keypoints at fixed places of a 64 x 64 picture, all as sure as the picture is bright."""
    n, width = len(keypoints), len(descriptors[0])
    keepdims = field(5, field(1, "keepdims") + field(3, 0) + field(20, 2))
    graph = node("Identity", ["places"], "keypoints") + node("Identity", ["vectors"], "descriptors")
    graph += node("ReduceMean", ["picture"], "bright", keepdims) + node("Mul", ["ones", "bright"], "scores")
    graph += field(2, "tiny") + constant("places", [c for k in keypoints for c in k], 1, n, 2)
    graph += constant("vectors", [c for d in descriptors for c in d], 1, n, width)
    graph += constant("ones", [1 - 0.01 * i for i in range(n)], 1, n)
    graph += field(11, tensor("picture", 1, 1, 64, 64)) + field(12, tensor("keypoints", 1, n, 2))
    graph += field(12, tensor("scores", 1, n)) + field(12, tensor("descriptors", 1, n, width))
    return field(1, 8) + field(7, graph) + field(8, field(1, "") + field(2, 13))
