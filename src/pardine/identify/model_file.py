"""Weights that a person names by path and sha256: ONNX and safetensors, nothing that can run code."""

from __future__ import annotations

import json
import struct
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from pardine.base.errors import InputError
from pardine.base.identifiers import sha256_of_bytes

VERSION = 1
_NUMBERS = {"F64": "<f8", "F32": "<f4", "F16": "<f2"}
_LONGEST_HEADER = 10_000_000


@dataclass(frozen=True, kw_only=True)
class ModelFile:
    """A file and the hash it must have; the hash enters the address of what is derived with it."""

    path: Path
    sha256: str


def read_model(file: ModelFile) -> bytes:
    """Bytes of weights that are the ones that were named.

    Raises
    ------
    InputError
        ``detector.unreadable``, ``detector.other_hash``.
    """
    try:
        content = file.path.read_bytes()
    except OSError as error:
        raise InputError("detector.unreadable", file=file.path.name, value=error.strerror or "") from error
    found = sha256_of_bytes(content)
    if found != file.sha256.strip().lower():
        raise InputError("detector.other_hash", file=file.path.name, value=found, expected=file.sha256)
    return content


def open_session(content: bytes, name: str) -> onnxruntime.InferenceSession:
    """An ONNX model on one thread of the processor.

    Raises
    ------
    InputError
        ``detector.unreadable``, also where it does not take one picture (1, channels, height, width).
    """
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = 1
    try:
        session = onnxruntime.InferenceSession(content, settings, providers=["CPUExecutionProvider"])
    except Exception as error:
        # onnxruntime has an exception of its own for every way a file can be wrong.
        raise InputError("detector.unreadable", file=name, value=str(error)[:200]) from error
    shape = session.get_inputs()[0].shape
    if len(shape) != 4 or (isinstance(shape[1], int) and shape[1] not in (1, 3)):
        raise InputError("detector.unreadable", file=name, value=str(shape))
    return session


def read_safetensors(file: ModelFile) -> dict[str, NDArray[np.float32]]:
    """Tensors by name: a length, a JSON header, then plain numbers.

    Raises
    ------
    InputError
        What `read_model` raises, and ``detector.unreadable`` for a header that does not fit its numbers.
    """
    content = read_model(file)
    try:
        (length,) = struct.unpack_from("<Q", content)
        if length > min(len(content), _LONGEST_HEADER):
            raise ValueError("header")
        header = json.loads(content[8 : 8 + length].decode("utf-8"))
        numbers = memoryview(content)[8 + length :]
        return {name: _tensor(entry, numbers) for name, entry in header.items() if name != "__metadata__"}
    except (ValueError, KeyError, TypeError, AttributeError, struct.error) as error:
        raise InputError("detector.unreadable", file=file.path.name, value=str(error)[:200]) from error


def _tensor(entry: dict[str, object], numbers: memoryview) -> NDArray[np.float32]:
    shape, offsets = entry["shape"], entry["data_offsets"]
    if not isinstance(shape, list) or not isinstance(offsets, list):
        raise ValueError("shape")
    start, end = offsets
    values = np.frombuffer(numbers[start:end], dtype=_NUMBERS[str(entry["dtype"])])
    return values.reshape(shape).astype(np.float32)
