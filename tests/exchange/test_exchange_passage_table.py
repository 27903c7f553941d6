"""Tables of passages and of evidence between them: read exactly, refused row by row."""

from __future__ import annotations

import numpy as np
import pytest

from pardine.base.errors import InputError
from pardine.exchange.passage_table import read_passages

PASSAGES = "passage,station,left,right,sex\np1,S1,1,0,F\np2,S2,1,1,\np3,S1,0,1,male\n"
PAIRS = "first,second,side,log_likelihood_ratio\np2,p1,left,2.5\np2,p3,right,-1.25\np1,p3,,different\n"


def written(folder, passages=PASSAGES, pairs=PAIRS):
    paths = folder / "passages.csv", folder / "pairs.csv"
    for path, text in zip(paths, (passages, pairs), strict=True):
        path.write_text(text, encoding="utf-8")
    return paths


def codes(refusal):
    return [problem.code for problem in refusal.value.problems]


def test_values_come_in_as_written(tmp_path):
    found = read_passages(*written(tmp_path), ["S1", "S2"])
    assert found.names == ("p1", "p2", "p3")
    assert found.points.station.tolist() == [0, 1, 0]
    assert found.points.left.tolist() == [True, True, False]
    assert found.points.right.tolist() == [False, True, True]
    assert found.points.sex_sighting.tolist() == [0, -1, 1]
    assert found.points.apart.tolist() == [[0, 2]]
    assert set(found.log_ratio) == {"left", "right"}
    assert found.log_ratio["left"][0, 1] == found.log_ratio["left"][1, 0] == np.float32(2.5)
    assert found.log_ratio["right"][1, 2] == np.float32(-1.25)
    assert np.count_nonzero(found.log_ratio["left"]) == 2


def test_decimal_commas_of_an_office(tmp_path):
    pairs = "first;second;side;log_likelihood_ratio\np1;p2;left;2,5\n"
    found = read_passages(*written(tmp_path, pairs=pairs), ["S1", "S2"])
    assert found.log_ratio["left"][0, 1] == np.float32(2.5)


@pytest.mark.parametrize(
    ("passages", "pairs", "expected"),
    [
        (PASSAGES.replace("p2,S2", "p1,S2"), PAIRS, "passage.twice"),
        (PASSAGES.replace("S2", "S9"), PAIRS, "passage.unknown_station"),
        (PASSAGES.replace("p1,S1,1", "p1,S1,maybe"), PAIRS, "table.unknown_word"),
        (PASSAGES, PAIRS.replace("p2,p1", "p2,p7"), "passage.pair_unknown"),
        (PASSAGES, PAIRS.replace("p2,p1", "p2,p2"), "passage.pair_unknown"),
        (PASSAGES, PAIRS.replace("2.5", "alike"), "passage.ratio_unread"),
        (PASSAGES, PAIRS.replace("2.5", "inf"), "passage.ratio_unread"),
        (PASSAGES, PAIRS + "p1,p2,left,1\n", "passage.pair_twice"),
        (PASSAGES, PAIRS.replace(",left,", ",top,"), "table.unknown_word"),
        (PASSAGES.replace("left", "lef"), PAIRS, "table.missing_column"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path, passages, pairs, expected):
    with pytest.raises(InputError) as refusal:
        read_passages(*written(tmp_path, passages, pairs), ["S1", "S2"])
    assert expected in codes(refusal)
