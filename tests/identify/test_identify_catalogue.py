"""Names survive regrouping; the catalogue is a fold; sides are never counted together."""

from __future__ import annotations

import datetime as dt

import numpy as np

from pardine.identify.catalogue import (
    PassageFacts,
    Statement,
    assign_individuals,
    better_side,
    counted_animals,
    families,
    individuals_of,
    next_names,
)

NEW = {0: "new0", 1: "new1", 2: "new2"}


def assign(labels: list[int], before: list[str], asserted: list[str] | None = None):
    said = asserted or [""] * len(labels)
    return assign_individuals(np.array(labels), before, asserted=said, new_uid=NEW)


def test_after_a_merge_the_larger_keeps_its_name():
    found = assign([0, 0, 0], ["A", "A", "B"])
    assert found.individual == ("A", "A", "A")
    assert found.vacated == ("B",)


def test_after_a_split_the_larger_part_keeps_the_name():
    found = assign([0, 0, 1], ["A", "A", "A"])
    assert found.individual == ("A", "A", "new1")
    assert found.new == ("new1",)


def test_what_a_person_asserted_outweighs_any_number_of_proposals():
    found = assign([0, 0, 0, 1], ["A", "A", "A", "B"], ["", "", "B", ""])
    assert found.individual[:3] == ("B", "B", "B")
    assert found.individual[3] not in ("A", "B")


def test_a_split_that_is_merged_again_gives_the_names_of_before():
    apart = assign([0, 0, 1, 2], ["A", "A", "A", "B"])
    again = assign([0, 0, 0, 1], list(apart.individual))
    assert again.individual == ("A", "A", "A", "B")


def test_names_that_were_borne_are_never_given_again():
    assert next_names(["ID-001", "ID-003", "Лесная"], 3) == ["ID-002", "ID-004", "ID-005"]


def passage(key: str, day: int, *sides: str, quality: float = 1.0) -> PassageFacts:
    at = dt.datetime(2025, 7, day)
    return PassageFacts(
        key=key, station="S1", at=at, sides=sides, best={s: (f"{key}{s}", quality) for s in sides}
    )


def test_an_individual_tells_sides_dates_and_its_best_photographs():
    passages = [passage("b", 9, "left", quality=2.0), passage("a", 2, "left", "right")]
    (found,) = individuals_of(passages, {"a": "u", "b": "u"}, {"a": 0.8, "b": 1.0}, [])
    assert found.passages == ("a", "b")
    assert found.sides == ("left", "right")
    assert (found.first_seen, found.last_seen) == (dt.datetime(2025, 7, 2), dt.datetime(2025, 7, 9))
    assert found.best == {"left": "bleft", "right": "aright"}
    assert found.sureness == 0.9


def test_age_is_that_last_stated_before_the_day():
    said = [
        Statement(individual="u", topic="age_class", value="subadult", on=dt.date(2025, 6, 1)),
        Statement(individual="u", topic="age_class", value="cub", on=dt.date(2024, 6, 1)),
    ]
    (found,) = individuals_of([passage("a", 1, "left")], {"a": "u"}, {}, said)
    assert found.age_class_on(dt.date(2025, 1, 1)) == "cub"
    assert found.age_class_on(dt.date(2025, 7, 1)) == "subadult"
    assert found.age_class_on(dt.date(2020, 1, 1)) == "cub"


def test_one_known_from_the_left_alone_is_not_counted_with_one_from_the_right_alone():
    passages = [passage("a", 1, "left"), passage("b", 2, "right"), passage("c", 3, "left", "right")]
    animals = individuals_of(passages, {"a": "A", "b": "B", "c": "C"}, {}, [])
    assert counted_animals(animals, "left") == {"A", "C"}
    assert counted_animals(animals, "right") == {"B", "C"}
    assert counted_animals(animals, "both") == {"C"}
    assert better_side(animals) == "left"


def test_families_are_young_by_their_mother():
    passages = [passage("a", 1, "left"), passage("b", 1, "left"), passage("c", 1, "left")]
    said = [Statement(individual=u, topic="mother", value="A") for u in ("B", "C")]
    assert families(individuals_of(passages, {"a": "A", "b": "B", "c": "C"}, {}, said)) == {"A": ("B", "C")}
