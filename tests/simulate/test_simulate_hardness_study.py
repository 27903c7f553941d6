"""The plain matcher and the sums of the study of hardness do what they say."""

import csv
import importlib
import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = (
    "hardness_matcher", "hardness_photographs", "hardness_leopards", "hardness_page",
    "simulated_hardness_study",
)  # fmt: skip


@pytest.fixture(scope="module")
def modules():
    sys.path.insert(0, str(ROOT / "verification"))
    yield {name: importlib.import_module(name) for name in MODULES}
    sys.path.remove(str(ROOT / "verification"))
    for name in MODULES:
        del sys.modules[name]


def textured(seed, shape=(480, 640)):
    rng = np.random.default_rng(seed)
    picture = cv2.GaussianBlur(rng.uniform(0, 255, shape).astype(np.float32), (0, 0), 3)
    return cv2.normalize(picture, None, 0, 255, cv2.NORM_MINMAX).astype(np.uint8)


def test_a_turned_picture_matches_itself_and_no_other(modules):
    matcher = modules["hardness_matcher"]
    one, all_of_it = textured(1), np.ones((480, 640), np.uint8)
    turn = cv2.getRotationMatrix2D((320, 240), 15, 0.9)
    turned = cv2.warpAffine(one, turn, (640, 480), borderMode=cv2.BORDER_REFLECT)
    known = matcher.describe(one, all_of_it)
    assert matcher.n_inliers(known, matcher.describe(turned, all_of_it)) > 40
    assert matcher.n_inliers(known, matcher.describe(textured(2), all_of_it)) < 10
    assert matcher.n_inliers(known, matcher.EMPTY) == 0


def test_features_lie_in_the_mask_and_are_the_strongest(modules):
    matcher = modules["hardness_matcher"]
    picture, mask = textured(3), np.zeros((480, 640), np.uint8)
    mask[100:300, 100:500] = 1
    found = matcher.describe(picture, mask)
    # The box of the mask is scaled to a long side of 640 pixels.
    assert 0 < len(found.places_px) <= matcher.MOST_KEYPOINTS
    assert found.places_px.max(0)[0] <= 640 and found.places_px.max(0)[1] <= 320
    assert np.allclose((found.descriptors**2).sum(1), 1.0, atol=1e-3)


def test_rows_of_the_strip_leave_the_mask(modules):
    kept = modules["hardness_matcher"].without_strip(np.ones((1000, 10), np.uint8))
    assert kept[:37].sum() == kept[963:].sum() == 0 and kept[37:963].all()


def test_a_motion_mask_holds_what_moved(modules):
    before = cv2.GaussianBlur(textured(4), (0, 0), 4)
    after = before.copy()
    cv2.ellipse(after, (300, 240), (120, 70), 0, 0, 360, 250, -1)
    mask = modules["hardness_photographs"].motion_mask(after, before)
    truth = np.zeros_like(mask)
    cv2.ellipse(truth, (300, 240), (120, 70), 0, 0, 360, 1, -1)
    assert (mask & truth).sum() > 0.9 * truth.sum()
    assert mask.sum() < 1.6 * truth.sum()


def test_pairs_are_counted_by_animal_and_station(modules):
    study, matcher = modules["simulated_hardness_study"], modules["hardness_matcher"]
    pictures = {"a": textured(10), "b": textured(11), "c": textured(12)}
    whole = np.ones((480, 640), np.uint8)

    def encounter(code, animal, station):
        known = matcher.describe(pictures[animal], whole)
        one = modules["hardness_photographs"].Listed(
            code=code, animals=frozenset({animal}), station=station, files=("x",), is_white_flash=False,
            is_infrared=False,
        )  # fmt: skip
        return study.Described(one, {"mask": [known]}, [frozenset({(animal, 1, 0, 0, 0)})])

    sets = [encounter("1", "a", "p"), encounter("2", "a", "q"), encounter("3", "b", "p"),
            encounter("4", "c", "q")]  # fmt: skip
    summary, pairs = study.compared(sets, "mask", half="tuning", source="twin 1")
    assert (summary.n_true, summary.n_false, summary.n_queries) == (1, 5, 2)
    assert summary.top_1 == 1.0 and summary.comparable == 1.0 and summary.shares_skin == 1.0
    assert summary.true[0] > 50 > summary.false[2]
    assert [p.same_station for p in pairs if not p.is_true].count(True) == 2


def test_the_page_says_what_the_table_holds():
    page, table = (ROOT / "docs" / "verification" / f"simulated-hardness.{kind}" for kind in ("md", "csv"))
    if not table.exists():
        pytest.skip("the study has not been run")
    with table.open(encoding="utf-8", newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["source"] == "real" and row["variant"] == "mask"]
    false = [int(row["inliers"]) for row in rows if row["half"] == "check" and row["is_true"] == "False"]
    told = page.read_text(encoding="utf-8").split("as they are, check half\n")[1]
    line = next(line for line in told.splitlines() if line.startswith("| inliers of false pairs, median"))
    assert f"| {np.median(false):.3g} |" in line
