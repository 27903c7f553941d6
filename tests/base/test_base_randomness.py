"""Named streams: repeatable, independent, and apart from one another."""

import itertools

import numpy as np
import pytest

from pardine.base.randomness import stream


def test_the_same_name_and_index_give_the_same_numbers():
    np.testing.assert_array_equal(stream(1, "effort", 4).random(5), stream(1, "effort", 4).random(5))


def test_streams_differ_by_seed_name_and_every_index():
    keys = [
        (1, "a"),
        (2, "a"),
        (1, "b"),
        (1, "a", 0),
        (1, "a", 1),
        (1, "a", 0, 0),
        (1, "a", 1, 0),
        (2**40, "a"),
    ]
    first = {key: tuple(stream(*key).integers(2**63, size=2)) for key in keys}
    for one, other in itertools.combinations(keys, 2):
        assert first[one] != first[other], (one, other)


def test_numbers_stay_the_same_from_version_to_version():
    # Stored results name a seed: these numbers may never change.
    assert stream(20260101, "activity centres", 3).integers(1_000_000, size=4).tolist() == [
        764846,
        165803,
        237913,
        56523,
    ]


def test_streams_are_not_correlated():
    draws = np.array([stream(9, "replicate", i).normal(size=2000) for i in range(20)])
    correlations = np.corrcoef(draws)[np.triu_indices(20, 1)]
    assert np.abs(correlations).max() < 5 / np.sqrt(2000)


def test_a_negative_seed_is_refused():
    with pytest.raises(ValueError, match="non-negative"):
        stream(-1, "x")
