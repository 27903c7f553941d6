"""What identification kept and a power failure cut short is made again, never a crash."""

from __future__ import annotations

import io

import numpy as np

from pardine.workflows.identify_matching import _unpacked


def test_a_comparison_cut_short_anywhere_is_made_again():
    buffer = io.BytesIO()
    first, second = np.arange(40), np.arange(40) + 1
    np.savez_compressed(buffer, first=first, second=second, evidence=np.ones((40, 6)))
    whole = buffer.getvalue()
    kept = _unpacked(whole, 41)
    assert kept is not None and kept.first.tolist() == first.tolist()
    for n_bytes in (0, 1, len(whole) // 4, len(whole) // 2, len(whole) - 1):
        assert _unpacked(whole[:n_bytes], 41) is None


def test_a_comparison_with_a_changed_byte_is_made_again():
    buffer = io.BytesIO()
    np.savez_compressed(buffer, first=np.arange(9), second=np.arange(9), evidence=np.ones((9, 6)))
    spoiled = bytearray(buffer.getvalue())
    spoiled[45:60] = bytes(15)
    assert _unpacked(bytes(spoiled), 10) is None
