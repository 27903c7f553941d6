import numpy as np
import pytest

from pardine.identify.evaluate import evaluate, permutation_interval, photo_ranks, unit_ranks
from pardine.identify.gallery import Photo, folds_of_individuals, make_gallery
from pardine.identify.side import Side, comparable, side_of_word


def gallery_of(text, **options):
    """Photographs from lines of identity, encounter, side, station."""
    rows = [line.split() for line in text.splitlines() if line.strip()]
    photos = [
        Photo(name=str(i), identity=a, encounter=e, side=side_of_word(s), station=t, several=a == "group")
        for i, (a, e, s, t) in enumerate(rows)
    ]
    return make_gallery(photos, **options)


FOUR = """
    Ada e1 left s1
    Ada e2 left s2
    Bela e3 left s1
    Bela e4 left s2
"""


def test_flanks_never_answer_for_each_other():
    assert not comparable(Side.LEFT, Side.RIGHT)
    assert not comparable(Side.FRONT, Side.REAR)
    assert comparable(Side.LEFT, Side.UNKNOWN)
    assert comparable(Side.LEFT, Side.LEFT)
    assert comparable(Side.FRONT, Side.RIGHT)


def test_own_encounter_never_answers():
    gallery = gallery_of("Ada e1 left s1\nAda e1 left s1\nAda e2 left s1\nBela e1 left s1")
    assert gallery.comparable.tolist() == [
        [False, False, True, False],
        [False, False, True, False],
        [True, True, False, True],
        [False, False, True, False],
    ]


def test_photographs_of_several_animals_are_left_out():
    gallery = gallery_of("Ada e1 left s1\ngroup e2 left s1\nAda e3 left s1")
    assert gallery.comparable[1].sum() == gallery.comparable[:, 1].sum() == 0
    assert gallery.has_mate.tolist() == [True, False, True]


def test_accuracy_by_hand():
    gallery = gallery_of(FOUR)
    scores = np.array([[0, 9, 1, 1], [9, 0, 1, 1], [1, 5, 0, 3], [1, 1, 3, 0]], float)
    judged = evaluate(scores, gallery, np.random.default_rng(0))
    # Photograph 2 takes Ada's for Bela's: three of four right, and one of Bela's two.
    assert judged.n_queries == judged.n_encounter_queries == 4
    assert judged.top1.value == judged.encounter_top1.value == 0.75
    assert judged.top5.value == 1.0
    assert judged.balanced_top1.value == 0.75
    assert judged.best_pairs_precision == pytest.approx(2 / 6)


def test_ties_count_as_wrong():
    judged = evaluate(np.zeros((4, 4)), gallery_of(FOUR), np.random.default_rng(0))
    assert judged.top1.value == 0.0


def test_commonest_animal_is_the_guess_to_beat():
    gallery = gallery_of("Ada e1 ? s1\nAda e2 ? s2\nAda e3 ? s3\nAda e4 ? s4\nBela e5 ? s5\nBela e6 ? s6")
    judged = evaluate(np.ones((6, 6)), gallery, np.random.default_rng(0))
    assert judged.majority_encounter_top1 == pytest.approx(4 / 6)
    assert judged.majority_balanced_top1 == 0.5


def test_balanced_accuracy_does_not_count_an_animal_by_its_photographs():
    gallery = gallery_of("\n".join([f"Ada e{i} ? s{i}" for i in range(9)] + ["Bela f1 ? s", "Bela f2 ? t"]))
    scores = np.where(gallery.identity[None, :] == 0, 1.0, 0.0) * np.ones((11, 1))
    judged = evaluate(scores, gallery, np.random.default_rng(0))
    assert judged.encounter_top1.value == pytest.approx(9 / 11)
    assert judged.balanced_top1.value == 0.5


def test_queries_without_a_mate_are_apart():
    gallery = gallery_of(FOUR + "\n    Cid e5 left s3")
    scores = np.ones((5, 5))
    scores[4] = 0.2
    judged = evaluate(scores, gallery, np.random.default_rng(0))
    assert judged.n_queries == 4
    assert judged.open_set.n_queries == 1
    assert judged.open_set.auc == 1.0


def test_a_matcher_of_places_is_found_out():
    gallery = gallery_of(FOUR)
    here = gallery.station[:, None] == gallery.station[None, :]
    judged = evaluate(here.astype(float), gallery, np.random.default_rng(0))
    assert judged.same_station_share == 1.0
    assert judged.same_station_expected == pytest.approx(1 / 3)
    apart = gallery_of(FOUR, exclude_same_station=True)
    assert not apart.comparable[0, 2]


def test_same_station_is_unknown_without_stations():
    photos = [Photo(name=str(i), identity=str(i % 2), encounter=str(i)) for i in range(4)]
    judged = evaluate(np.ones((4, 4)), make_gallery(photos), np.random.default_rng(0))
    assert np.isnan(judged.same_station_share)


def test_a_burst_is_one_query_with_its_best_look():
    gallery = gallery_of("Ada e1 left s\nAda e1 left s\nAda e2 left s\nBela e3 left s")
    scores = np.array([[0, 0, 1, 2], [0, 0, 9, 2], [1, 9, 0, 2], [2, 2, 2, 0]], float)
    ranks = unit_ranks(np.where(gallery.comparable, scores, -np.inf), gallery)
    assert ranks.rank.tolist() == [0, 0]


def test_several_looks_speak_together_where_scores_are_utilities():
    gallery = gallery_of("Ada e1 left s\nAda e2 left s\nAda e3 left s\nBela e4 left s\nBela e5 left s")
    scores = np.zeros((5, 5))
    scores[0] = [0, 1.0, 1.0, 1.3, -5.0]
    allowed = np.where(gallery.comparable, scores, -np.inf)
    assert photo_ranks(allowed, gallery).rank[0] == 1
    assert photo_ranks(allowed, gallery, "soft").rank[0] == 0
    nothing = np.full((5, 5), -np.inf)
    assert photo_ranks(nothing, gallery, "soft").rank[0] == 1


def test_interval_covers_chance_for_scores_that_know_nothing():
    rng = np.random.default_rng(4)
    photos = [Photo(name=str(i), identity=str(i % 8), encounter=str(i)) for i in range(40)]
    gallery = make_gallery(photos)
    scores = rng.random((40, 40))
    judged = evaluate(scores, gallery, rng)
    low, high = permutation_interval(scores, gallery, rng, n_permutations=200)
    assert low <= judged.encounter_top1.value <= high
    assert low < 1 / 8 < high + 0.05
    knowing = gallery.same + 0.1 * scores
    _, high = permutation_interval(knowing, gallery, rng, n_permutations=100)
    assert evaluate(knowing, gallery, rng).encounter_top1.value == 1.0 > high


def test_interval_resamples_animals_not_photographs():
    rows = [("Ada", i) for i in range(50)] + [("Bela", i) for i in range(50, 100)]
    photos = [Photo(name=str(i), identity=a, encounter=str(i)) for a, i in rows]
    gallery = make_gallery(photos)
    scores = np.where(gallery.identity[None, :] == 0, 1.0, 0.0) * np.ones((100, 1))
    judged = evaluate(scores, gallery, np.random.default_rng(0))
    # Two animals, one always right: a hundred photographs tell no more than that.
    assert (judged.top1.low, judged.top1.high) == (0.0, 1.0)


def test_folds_are_disjoint_by_individual():
    identity = np.repeat(np.arange(17), 3)
    fold = folds_of_individuals(identity, 5, np.random.default_rng(0))
    assert all(len(set(fold[identity == k])) == 1 for k in range(17))
    assert np.bincount(fold).min() >= 9


def test_scores_of_another_shape_are_a_mistake():
    with pytest.raises(ValueError, match="one row and one column"):
        evaluate(np.zeros((3, 3)), gallery_of(FOUR), np.random.default_rng(0))
