"""A habitat mask as bytes: the same points make the same bytes on every machine.

Layout: the line ``pardine mask 1``; one line of canonical JSON with the number of points, and name
and length in bytes of each covariate in the order of their names; the coordinates as little-endian
float64, x and y of the first point first; then each covariate as a JSON array of texts. Not
compressed: compressors of different age make different bytes, and the hash is the identity.
"""

from __future__ import annotations

import json
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from pardine.base.errors import ProjectError
from pardine.base.provenance import canonical_json

_MAGIC = b"pardine mask 1\n"
_BYTES_A_POINT = 16


def encode_mask(xy: NDArray[np.float64], covariates: Mapping[str, NDArray[np.str_]]) -> bytes:
    """Points and covariates as bytes.

    Parameters
    ----------
    xy : (M, 2) array
    covariates
        Name to (M,) array of text.

    Raises
    ------
    ValueError
        A coordinate is not finite, or a covariate has another length.
    """
    if xy.ndim != 2 or xy.shape[1] != 2 or not np.isfinite(xy).all():
        raise ValueError("a mask needs finite coordinates of shape (M, 2)")
    if any(values.shape != (xy.shape[0],) for values in covariates.values()):
        raise ValueError("a covariate of a mask needs one value for each point")
    texts = {name: canonical_json(covariates[name].tolist()).encode() for name in sorted(covariates)}
    header = {"n_points": xy.shape[0], "covariates": [[name, len(text)] for name, text in texts.items()]}
    parts = [_MAGIC, canonical_json(header).encode(), b"\n", _little_endian(xy), *texts.values()]
    return b"".join(parts)


def _little_endian(xy: NDArray[np.float64]) -> bytes:
    # Adding zero makes -0.0 and 0.0, which are the same place, the same bytes.
    return (np.ascontiguousarray(xy) + 0.0).astype("<f8").tobytes()


def decode_mask(content: bytes) -> tuple[NDArray[np.float64], dict[str, NDArray[np.str_]]]:
    """Points (M, 2) and covariates of a mask's bytes.

    Raises
    ------
    ProjectError
        ``blob.not_a_mask``.
    """
    head, _, body = content.removeprefix(_MAGIC).partition(b"\n")
    try:
        header = json.loads(head)
        end = header["n_points"] * _BYTES_A_POINT
        xy = np.frombuffer(body[:end], dtype="<f8").astype(np.float64).reshape(-1, 2)
        covariates = {}
        for name, length in header["covariates"]:
            covariates[name] = np.array(json.loads(body[end : end + length]), dtype=np.str_)
            end += length
    except (ValueError, KeyError, TypeError) as error:
        raise ProjectError("blob.not_a_mask", detail=str(error)) from error
    return xy, covariates
