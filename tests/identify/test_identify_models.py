"""Keypoint networks, maps of their descriptors, and boxes of detectors."""

import hashlib
import json
import struct

import numpy as np
import pytest
from onnx_bytes import tiny_network

from pardine.base.errors import InputError
from pardine.identify.body_frame import cut
from pardine.identify.boxes import mask_in_box, shows_several
from pardine.identify.describe import describe
from pardine.identify.detect import Detection, box_mask
from pardine.identify.embedding import embed, nearest, open_embedder
from pardine.identify.features import as_unit
from pardine.identify.index import build_index, votes
from pardine.identify.keypoint_network import network_features, open_network
from pardine.identify.model_file import ModelFile, read_safetensors
from pardine.identify.side import Side

PLACES = [(8.0, 16.0), (40.0, 30.0), (60.0, 60.0)]
VECTORS = [[1.0, -1.0, 0.0, 2.0], [0.0, 0.0, 3.0, 0.0], [-1.0, -1.0, -1.0, -1.0]]


def named(path, content):
    path.write_bytes(content)
    return ModelFile(path=path, sha256=hashlib.sha256(content).hexdigest())


def safetensors(tensors, *, dtype="F32", size=4):
    header, numbers = {}, b""
    for name, values in tensors.items():
        content = np.asarray(values, {"F32": "<f4", "F16": "<f2"}[dtype]).tobytes()
        offsets = [len(numbers), len(numbers) + len(content)]
        header[name] = {"dtype": dtype, "shape": list(np.shape(values)), "data_offsets": offsets}
        numbers += content
    text = json.dumps({"__metadata__": {"made": "here"}, **header}).encode()
    return struct.pack("<Q", len(text)) + text + numbers


@pytest.fixture
def chip(spotted):
    picture, _ = spotted(1, width=128, height=128)
    mask = np.ones((128, 128), np.uint8)
    mask[100:] = 0
    return cut(picture, mask, (0.0, 0.0, 128.0, 128.0), Side.UNKNOWN, size=(128, 128))


def test_keypoints_of_a_network_lie_on_the_animal(tmp_path, chip):
    network = open_network(named(tmp_path / "net.onnx", tiny_network(PLACES, VECTORS)))
    found = network_features(network, chip)
    # Drawn at twice the size; the third lies below the animal.
    assert found.xy.tolist() == [[16.5, 32.5], [80.5, 60.5]]
    assert found.frame_xy[0] == pytest.approx([16.5 / 128, 32.5 / 128])
    unit = as_unit(found.descriptors)
    expected = np.array(VECTORS[0]) / np.linalg.norm(VECTORS[0])
    assert unit[0] == pytest.approx(expected, abs=0.01)
    assert found.descriptors.min() < 0


def test_a_map_of_descriptors_is_applied(tmp_path, chip):
    matrix, mean = np.array([[0, 1], [0, 0], [1, 0], [0, 0]], float), np.array([0.5, 0, 0, 0])
    projection = named(tmp_path / "map.safetensors", safetensors({"projection": matrix, "mean": mean}))
    network = open_network(named(tmp_path / "net.onnx", tiny_network(PLACES, VECTORS)), projection)
    unit = as_unit(network_features(network, chip).descriptors)
    assert unit[0] == pytest.approx([0, 1], abs=0.01)
    expected = np.array([3.0, -0.5]) / np.hypot(3.0, 0.5)
    assert unit[1] == pytest.approx(expected, abs=0.01)


def test_a_network_describes_photographs(tmp_path, spotted):
    network = open_network(named(tmp_path / "net.onnx", tiny_network(PLACES[:2], VECTORS[:2])))
    picture, body = spotted(1)
    found = describe(
        picture, side=Side.LEFT, mask=body, find_features=lambda chip: network_features(network, chip)
    )
    assert len(found.features) == 2
    index = build_index([found.features.descriptors] * 2, np.arange(2), np.random.default_rng(1))
    counts = votes(index, found.features.descriptors, 0, n_neighbours=1)
    assert counts[0] == 0.0
    assert counts[1] > 0.0


@pytest.mark.parametrize("dtype", ["F32", "F16"])
def test_tensors_are_read(tmp_path, dtype):
    values = np.arange(6).reshape(2, 3)
    tensors = read_safetensors(named(tmp_path / "t.safetensors", safetensors({"a": values}, dtype=dtype)))
    assert np.array_equal(tensors["a"], values)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        struct.pack("<Q", 1 << 40) + b"{}",
        struct.pack("<Q", 4) + b"nope",
        safetensors({"a": [1.0, 2.0]})[:-2],
        safetensors({"a": [1.0]}).replace(b"F32", b"BF8"),
        struct.pack("<Q", 2) + b"[]",
    ],
)
def test_broken_tensors_are_refused(tmp_path, content):
    with pytest.raises(InputError) as refused:
        read_safetensors(named(tmp_path / "t.safetensors", content))
    assert refused.value.code == "detector.unreadable"


def test_a_map_that_does_not_fit_is_refused(tmp_path, chip):
    projection = named(tmp_path / "map.safetensors", safetensors({"projection": np.ones((7, 2))}))
    network = open_network(named(tmp_path / "net.onnx", tiny_network(PLACES, VECTORS)), projection)
    with pytest.raises(InputError) as refused:
        network_features(network, chip)
    assert refused.value.code == "detector.unreadable"


def test_a_network_with_another_hash_is_refused(tmp_path):
    path = tmp_path / "net.onnx"
    path.write_bytes(tiny_network(PLACES, VECTORS))
    with pytest.raises(InputError) as refused:
        open_network(ModelFile(path=path, sha256="1" * 64))
    assert refused.value.code == "detector.other_hash"


def test_an_embedding_makes_a_second_shortlist(tmp_path, chip):
    # The network's first output is what stands for the picture: here, where its keypoints lie.
    network = named(tmp_path / "net.onnx", tiny_network([(3.0, 4.0), (0.0, 0.0)], [[1.0, 0.0, 0.0]] * 2))
    vector = embed(open_embedder(network), chip)
    assert vector == pytest.approx([0.6, 0.8, 0.0, 0.0])
    matrix = named(tmp_path / "m.safetensors", safetensors({"projection": np.eye(4)[:, 1:2]}))
    assert embed(open_embedder(network, matrix), chip) == pytest.approx([1.0])
    wrong = named(tmp_path / "w.safetensors", safetensors({"projection": np.eye(3)}))
    embedder = open_embedder(network, wrong)
    with pytest.raises(InputError):
        embed(embedder, chip)


def test_the_nearest_are_taken_of_those_that_may_answer():
    vectors = [np.array(v, np.float32) for v in ([1, 0], [0.9, 0.1], [0, 1], [0.5, 0.5])]
    allowed = ~np.eye(4, dtype=bool)
    allowed[0, 1] = False
    found = nearest([*vectors[:3], None], allowed, 1)
    assert found[0].tolist() == [False, False, True, False]
    assert found[1].tolist() == [True, False, False, False]
    assert not found[3].any()
    assert not found[:, 3].any()
    assert nearest(vectors, allowed, 2)[0].tolist() == [False, False, True, True]


BOX = Detection(box=(0.2, 0.1, 0.9, 0.8), score=0.9)


def test_an_animal_is_found_in_its_box(spotted):
    picture, body = spotted(1)
    found = mask_in_box(picture, BOX.box, Side.LEFT, None)
    assert (found & body).sum() / (found | body).sum() > 0.6
    moved = np.ones_like(body)
    assert np.array_equal(mask_in_box(picture, BOX.box, Side.LEFT, moved), box_mask(BOX.box, *body.shape))


def test_two_sure_animals_are_nobodys_coat(spotted):
    picture, _ = spotted(1)
    second = Detection(box=(0.0, 0.4, 0.5, 1.0), score=0.8)
    found = describe(picture, side=Side.LEFT, detections=[BOX, second])
    assert found.quality.verdict == "several_animals"
    assert len(found.features) == 0
    guess = Detection(box=second.box, score=0.3)
    far_cub = Detection(box=(0.0, 0.4, 0.1, 0.5), score=0.9)
    assert not shows_several([BOX, guess, far_cub])
    assert len(describe(picture, side=Side.LEFT, detections=[BOX, guess]).features) > 50


def test_a_detector_that_sees_nothing_is_believed(spotted):
    picture, _ = spotted(1)
    assert describe(picture, side=Side.LEFT, detections=[]).quality.verdict == "no_animal"
