"""Named random streams from one root seed: the same numbers for any number of workers."""

from __future__ import annotations

import hashlib

import numpy as np


def stream(seed: int, name: str, *index: int) -> np.random.Generator:
    """Random stream of one task, independent of all others and of the order of work.

    Parameters
    ----------
    seed
        Root seed of the run; kept in its provenance.
    name
        What the stream is for, such as ``"activity centres"``.
    index
        Position of the task (replicate, session, animal): non-negative integers.

    Notes
    -----
    The name enters through sha256, so adding a stream does not disturb the others. The number of
    indices enters too: a seed sequence is padded with zeros, and no index would be index 0.
    """
    word = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, word, len(index), *index])))
