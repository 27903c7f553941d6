import hashlib
import subprocess
import sys
import zipfile
from dataclasses import replace

import numpy as np
import pytest
from onnx_bytes import tiny_detector

from pardine.base.errors import InputError
from pardine.identify.background import fixed_features, moved_masks
from pardine.identify.body_frame import body_frame
from pardine.identify.describe import describe
from pardine.identify.detect import box_mask, detect, open_detector
from pardine.identify.features import SiftOptions, no_features, sift_features
from pardine.identify.foreground import FACING_LEFT, silhouette
from pardine.identify.fusion import cross_fitted, fit_fusion
from pardine.identify.gallery import Photo, folds_of_individuals, make_gallery
from pardine.identify.index import build_index, shortlist, votes
from pardine.identify.plugin import derived_address, installed_plugins, load_plugin
from pardine.identify.pool import pool_units
from pardine.identify.score import EVIDENCE, PairTable
from pardine.identify.side import Side
from pardine.identify.strip import find_overlay


def scenes(n, *, height=240, width=320):
    rng = np.random.default_rng(1)
    return [
        np.clip(rng.normal(rng.uniform(60, 180), 40, (height, width, 3)), 0, 255).astype(np.uint8)
        for _ in range(n)
    ]


def stamped(picture, *, top=12, bottom=10, logo=True):
    out = picture.copy()
    out[:top], out[len(out) - bottom :] = 0, 0
    out[2:9, 20:110:3] = 255
    if logo:
        out[200:225, 270:300] = (30, 120, 40)
    return out


def test_strips_and_logo_are_found():
    overlay = find_overlay([stamped(p) for p in scenes(8)])
    assert (overlay.top_px, overlay.bottom_px) == (12, 10)
    clear = overlay.clear()
    assert not clear[:12].any()
    assert not clear[230:].any()
    assert not clear[202:223, 272:298].any()
    assert clear[40:180, 40:260].all()


def test_nothing_is_cut_where_nothing_is_written():
    overlay = find_overlay(scenes(8))
    assert (overlay.top_px, overlay.bottom_px, overlay.logos) == (0, 0, ())


def test_a_black_sky_is_no_strip():
    nights = [p.copy() for p in scenes(6)]
    for night in nights:
        fade = np.clip(np.arange(240) - 60, 0, 100)[:, None, None] / 100
        night[:] = (night * fade).astype(np.uint8)
    assert find_overlay(nights).top_px == 0


def test_a_still_scene_hides_its_logo_rather_than_inventing_some():
    one = stamped(scenes(1)[0])
    overlay = find_overlay([one] * 8)
    assert overlay.top_px == 12
    assert overlay.logos == ()


def test_photographs_of_several_sizes_are_a_mistake():
    with pytest.raises(ValueError, match="one size"):
        find_overlay([*scenes(1), *scenes(1, height=200)])


def test_silhouette_finds_the_body(spotted):
    picture, body = spotted(1)
    found = silhouette(picture, FACING_LEFT.draw(64, 64))
    assert (found & body).sum() / (found | body).sum() > 0.8


def test_silhouette_is_the_same_twice(spotted):
    picture, _ = spotted(2)
    prior = FACING_LEFT.draw(64, 64)
    assert np.array_equal(silhouette(picture, prior), silhouette(picture, prior))


def test_right_flank_in_its_frame_is_the_mirrored_left(spotted):
    picture, body = spotted(1)
    left = body_frame(picture, body, Side.LEFT)
    right = body_frame(
        np.ascontiguousarray(picture[:, ::-1]), np.ascontiguousarray(body[:, ::-1]), Side.RIGHT
    )
    difference = np.abs(left.image.astype(int) - right.image)
    assert difference.mean() < 6


def test_chip_knows_its_place_in_the_photograph(spotted):
    picture, body = spotted(1)
    chip = body_frame(picture, body, Side.LEFT)
    features = sift_features(chip, SiftOptions())
    x, y = (features.frame_xy * [picture.shape[1], picture.shape[0]]).T
    inside = body[np.clip(y.round().astype(int), 0, 259), np.clip(x.round().astype(int), 0, 399)]
    assert len(features) > 100
    assert inside.mean() > 0.9


@pytest.mark.parametrize(
    ("picture", "verdict"),
    [
        (np.zeros((200, 300, 3), np.uint8), "black"),
        (np.zeros((20, 20, 3), np.uint8), "too_small"),
        (np.full((200, 300, 3), 255, np.uint8), "poor"),
    ],
)
def test_what_shows_nothing_has_a_verdict(picture, verdict):
    found = describe(picture, side=Side.LEFT)
    assert found.quality.verdict == verdict
    assert len(found.features) == 0


def test_an_empty_mask_is_no_animal(spotted):
    picture, body = spotted(1)
    assert describe(picture, mask=np.zeros_like(body)).quality.verdict == "no_animal"


def test_huge_and_tiny_animals_are_brought_to_one_size(spotted):
    picture, body = spotted(1, width=1600, height=1040)
    small, small_body = spotted(1, width=200, height=130)
    for p, b in ((picture, body), (small, small_body)):
        assert len(describe(p, mask=b).features) > 20


def test_what_moved_is_found():
    rng = np.random.default_rng(2)
    ground = scenes(1)[0].astype(float) * 0.5 + 40
    pictures, boxes = [], [(40, 60), (150, 90), (220, 130), (90, 150), (10, 20)]
    for x, y in boxes:
        picture = ground + rng.normal(0, 2, ground.shape)
        picture[y : y + 50, x : x + 70] = (230, 190, 90)
        pictures.append(np.clip(picture, 0, 255).astype(np.uint8))
    for (x, y), mask in zip(boxes, moved_masks(pictures), strict=True):
        assert mask[y + 10 : y + 40, x + 10 : x + 60].mean() > 0.95
        mask[max(y - 12, 0) : y + 62, max(x - 12, 0) : x + 82] = 0
        assert mask.mean() < 0.01


def test_few_photographs_teach_no_scene():
    assert moved_masks(scenes(3)) == [None] * 3


def test_rocks_at_their_place_are_known_again(spotted):
    picture, body = spotted(1, scene=1)
    other, other_body = spotted(2, scene=1)
    coats = [sift_features(body_frame(p, b, Side.LEFT), SiftOptions()) for p, b in
             ((picture, body), (other, other_body))]  # fmt: skip
    rocks = describe(picture, mask=body).background
    again = describe(other, mask=other_body).background
    fixed = fixed_features([rocks, again], np.zeros(2, int), np.array([0, 1]))
    elsewhere = describe(*spotted(2, scene=5)[:1], mask=other_body).background
    # Half of the features are noise of the sensor, which no other picture shows.
    assert fixed[0].mean() > 0.4
    assert fixed_features([rocks, elsewhere], np.zeros(2, int), np.array([0, 1]))[0].mean() < 0.05
    assert fixed_features(coats, np.zeros(2, int), np.array([0, 1]))[0].mean() < 0.1
    assert not fixed_features([rocks, again], np.zeros(2, int), np.zeros(2, int))[0].any()


def slow_votes(gallery, owner, query, group, own, n_neighbours):
    """Votes as `index.votes`, with every descriptor looked at."""
    counts = np.zeros(len(group))
    for q in query.astype(float):
        allowed = np.flatnonzero(group[owner] != own)
        alike = gallery[allowed].astype(float) @ q / (q @ q)
        best = np.argsort(-alike, kind="stable")[: n_neighbours + 1]
        for b in best[:-1]:
            counts[owner[allowed[b]]] += alike[b] - alike[best[-1]]
    return counts


def test_votes_as_their_slow_twin():
    rng = np.random.default_rng(5)
    descriptors = [rng.integers(0, 120, (30, 128)).astype(np.uint8) for _ in range(40)]
    group = np.repeat(np.arange(20), 2)
    index = build_index(descriptors, group, rng)
    found = votes(index, descriptors[3], 1, n_probes=99, n_neighbours=4)
    owner = np.repeat(np.arange(40), 30)
    expected = slow_votes(np.concatenate(descriptors), owner, descriptors[3], group, 1, 4)
    assert np.allclose(found, expected, rtol=1e-4, atol=1e-4)
    assert found[2] == found[3] == 0.0


def test_a_known_photograph_leads_its_shortlist():
    rng = np.random.default_rng(6)
    descriptors = [rng.integers(0, 120, (60, 128)).astype(np.uint8) for _ in range(80)]
    index = build_index(descriptors, np.arange(80), rng)
    near = np.clip(descriptors[17].astype(int) + rng.integers(-3, 4, (60, 128)), 0, 255).astype(np.uint8)
    assert shortlist(votes(index, near, -1), 5)[0] == 17
    assert not votes(index, no_features().descriptors, -1).any()


def gallery_of(rows):
    photos = [Photo(name=str(i), identity=a, encounter=e, side=s) for i, (a, e, s) in enumerate(rows)]
    return make_gallery(photos)


def test_copies_of_a_look_add_nothing():
    one = gallery_of([("A", "e1", Side.LEFT), ("B", "e2", Side.LEFT)])
    three = gallery_of([("A", "e1", Side.LEFT)] * 3 + [("B", "e2", Side.LEFT)])
    single = pool_units(np.full((2, 2), 4.0), one, usable=np.ones(2, bool))
    burst = pool_units(np.full((4, 4), 4.0), three, usable=np.ones(4, bool))
    assert single[0].score == burst[0].score == 4.0
    assert burst[0].n_comparable == 3


def test_nothing_comparable_is_an_outcome_of_its_own():
    gallery = gallery_of([("A", "e1", Side.LEFT), ("A", "e2", Side.RIGHT), ("A", "e3", Side.LEFT)])
    pairs = pool_units(np.ones((3, 3)), gallery, usable=np.ones(3, bool))
    outcome = {(p.first, p.second): p.nothing_comparable for p in pairs}
    assert outcome == {(0, 1): True, (0, 2): False, (1, 2): True}
    unseen = pool_units(np.ones((3, 3)), gallery, usable=np.array([True, True, False]))
    assert all(p.nothing_comparable for p in unseen)


def evidence_of(n_animals, rng):
    """Pairs of a gallery whose evidence is higher where the animal is the same."""
    n = 3 * n_animals
    gallery = gallery_of([(str(i // 3), f"e{i}", Side.LEFT) for i in range(n)])
    first, second = np.triu_indices(n, 1)
    same = gallery.identity[first] == gallery.identity[second]
    evidence = rng.gamma(2.0, 1.0, (len(first), len(EVIDENCE))) + 4.0 * same[:, None]
    return gallery, PairTable(first=first, second=second, evidence=evidence, n_photographs=n), same


def test_fused_utilities_tell_animals_apart():
    gallery, table, same = evidence_of(15, np.random.default_rng(0))
    utility = cross_fitted(table, gallery, np.random.default_rng(1))
    a, b = utility[table.first[same], table.second[same]], utility[table.first[~same], table.second[~same]]
    assert np.median(a) > np.quantile(b, 0.99)


def test_fusion_minimises_its_loss():
    rng = np.random.default_rng(2)
    columns, query = rng.normal(size=(60, 3)), np.repeat(np.arange(12), 5)
    same = np.tile([True, False, False, False, False], 12)
    columns[same, 0] += 1.0
    fitted = fit_fusion(columns, query, same)
    z = (columns - fitted.mean) / fitted.deviation

    def loss(weights):
        exp = np.exp(z @ weights)
        chance = [exp[(query == k) & same].sum() / exp[query == k].sum() for k in range(12)]
        return -np.log(chance).sum() + 1.5 * weights @ weights

    least = loss(fitted.weights)
    assert fitted.weights[0] > 0.2
    assert all(loss(fitted.weights + step) > least for step in 0.05 * np.vstack([np.eye(3), -np.eye(3)]))


def test_weights_of_a_fold_never_saw_its_animals():
    gallery, table, _ = evidence_of(15, np.random.default_rng(0))
    fold = folds_of_individuals(gallery.identity, 5, np.random.default_rng(1))
    first = int(gallery.identity[fold == 0][0])
    second = int(gallery.identity[(fold == 0) & (gallery.identity != first)][0])
    # Mislabel a photograph of each of two animals of one fold: only the other folds may learn from it.
    names = gallery.identity.copy()
    names[3 * first], names[3 * second] = second, first
    mislabelled = replace(gallery, identity=names)
    before = cross_fitted(table, gallery, np.random.default_rng(1))
    after = cross_fitted(table, mislabelled, np.random.default_rng(1))
    assert np.array_equal(before[fold == 0], after[fold == 0])
    assert not np.array_equal(before[fold == 1], after[fold == 1])


def test_too_few_animals_fit_no_weights():
    gallery, table, _ = evidence_of(4, np.random.default_rng(0))
    assert cross_fitted(table, gallery, np.random.default_rng(1)) is None
    with pytest.raises(ValueError, match="pairs of one animal"):
        fit_fusion(np.ones((4, 3)), np.zeros(4, int), np.ones(4, bool))


# --- a detector, written byte by byte -------------------------------------------------------------


def test_a_detector_is_used(tmp_path):
    path = tmp_path / "tiny.onnx"
    path.write_bytes(tiny_detector())
    detector = open_detector(path, hashlib.sha256(tiny_detector()).hexdigest())
    bright, dark = np.full((128, 64, 3), 230, np.uint8), np.zeros((64, 64, 3), np.uint8)
    # The picture is drawn at half its size, so the box is twice as large in it.
    (found,) = detect(detector, bright)
    assert found.box == pytest.approx((16 / 64, 32 / 128, 1.0, 96 / 128))
    assert detect(detector, dark) == []
    assert box_mask(found.box, 128, 64).sum() == 48 * 64


def test_weights_with_another_hash_are_refused(tmp_path):
    path = tmp_path / "tiny.onnx"
    path.write_bytes(tiny_detector())
    with pytest.raises(InputError) as refused:
        open_detector(path, "0" * 64)
    assert refused.value.code == "detector.other_hash"


def test_what_is_no_model_is_refused(tmp_path):
    path = tmp_path / "broken.onnx"
    path.write_bytes(b"not a model")
    with pytest.raises(InputError) as refused:
        open_detector(path, hashlib.sha256(b"not a model").hexdigest())
    assert refused.value.code == "detector.unreadable"


# --- a plug-in that is really installed -----------------------------------------------------------

PLUGIN = """
import numpy as np
from pardine.identify.features import Features
name, version = "corners", 3
def function(chip):
    xy = np.argwhere(chip.mask[::40, ::40] > 0)[:, ::-1].astype(np.float32) * 40
    n = len(xy)
    return Features(xy=xy, scale=np.full(n, 5, np.float32), angle_deg=np.zeros(n, np.float32),
                    descriptors=np.full((n, 128), 40, np.uint8), frame_xy=xy)
"""


@pytest.fixture
def plugin_folder(tmp_path):
    """A wheel built here and installed by pip into a folder of its own."""
    wheel = tmp_path / "pardine_corners-1.0-py3-none-any.whl"
    info = "pardine_corners-1.0.dist-info"
    with zipfile.ZipFile(wheel, "w") as file:
        file.writestr("pardine_corners.py", PLUGIN)
        file.writestr("pardine_broken.py", "raise RuntimeError('no weights')")
        file.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: pardine-corners\nVersion: 1.0\n")
        file.writestr(f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n")
        points = "[pardine.feature]\ncorners = pardine_corners\nbroken = pardine_broken\n"
        file.writestr(f"{info}/entry_points.txt", points)
        file.writestr(f"{info}/RECORD", "")
    target = tmp_path / "site"
    command = [sys.executable, "-m", "pip", "install", "--no-deps", "--no-index", "--target", str(target)]
    subprocess.run([*command, str(wheel)], check=True, capture_output=True)
    return target


def test_an_installed_plugin_is_loaded_when_named(plugin_folder, monkeypatch, spotted):
    monkeypatch.syspath_prepend(str(plugin_folder))
    assert set(installed_plugins("pardine.feature")) >= {"broken", "corners"}
    assert "pardine_corners" not in sys.modules
    plugin = load_plugin("pardine.feature", "corners")
    assert (plugin.name, plugin.version) == ("corners", 3)
    picture, body = spotted(1)
    found = describe(picture, side=Side.LEFT, mask=body, find_features=plugin.function)
    assert len(found.features) > 10
    assert (found.features.descriptors == 40).all()
    with pytest.raises(InputError) as refused:
        load_plugin("pardine.feature", "broken")
    assert refused.value.notice.fields["reason"] == "no weights"
    monkeypatch.delitem(sys.modules, "pardine_corners")


def test_an_unknown_plugin_is_refused():
    with pytest.raises(InputError) as refused:
        load_plugin("pardine.side", "no such thing")
    assert refused.value.code == "plugin.not_found"


def test_address_changes_with_all_that_matters():
    one = derived_address("ab", "features", 1, {"n": 300})
    assert one == derived_address("ab", "features", 1, {"n": 300})
    others = [("ac", "features", 1, {"n": 300}), ("ab", "chip", 1, {"n": 300}),
              ("ab", "features", 2, {"n": 300}), ("ab", "features", 1, {"n": 301})]  # fmt: skip
    assert one not in {derived_address(*other) for other in others}
