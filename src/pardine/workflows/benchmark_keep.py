"""What a benchmark made of photographs and pairs, kept by what it was made of."""

from __future__ import annotations

import hashlib
import io
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from pardine.base.identifiers import sha256_of_bytes
from pardine.base.provenance import canonical_json
from pardine.identify import (
    agreement,
    background,
    body_frame,
    boxes,
    describe,
    detect,
    embedding,
    eyes,
    features,
    foreground,
    index,
    keypoint_network,
    quality,
    score,
    strip,
    verify,
)
from pardine.identify.agreement import Look
from pardine.identify.describe import Described
from pardine.identify.features import Features
from pardine.identify.foreground import Mask
from pardine.identify.gallery import Gallery
from pardine.identify.plugin import derived_address, load_plugin
from pardine.identify.quality import Quality
from pardine.identify.score import MatchOptions, PairTable
from pardine.identify.side import Side
from pardine.store.derived import DAMAGED
from pardine.workflows.benchmark_labels import LabelledFile
from pardine.workflows.benchmark_seen import Seen

VERSION = 1
_STAGES = (
    agreement, background, body_frame, boxes, describe, detect, embedding, eyes, features, foreground,
    keypoint_network, quality, strip,
)  # fmt: skip
_FEATURES = ("xy", "scale", "angle_deg", "descriptors", "frame_xy")
Kept = TypeVar("Kept")


@dataclass(frozen=True)
class Keeper:
    """A folder of what can be made again."""

    folder: Path

    def read(self, address: str, unpack: Callable[[bytes], Kept]) -> Kept | None:
        """What was kept, ``None`` where it has to be made."""
        try:
            return unpack(self._path(address).read_bytes())
        except FileNotFoundError:
            return None
        except DAMAGED:
            return None  # cut short by a power failure: made again

    def write(self, address: str, content: bytes) -> None:
        """Keep it, whole or not at all."""
        target = self._path(address)
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(f"{target.name}.{os.getpid()}.part")
        part.write_bytes(content)
        try:
            part.replace(target)
        except PermissionError:
            # Windows replaces no file that somebody reads: then it is there already, with the same bytes.
            part.unlink(missing_ok=True)

    def _path(self, address: str) -> Path:
        return self.folder / "benchmark" / address[:2] / f"{address}.npz"


def task_address(
    files: Sequence[LabelledFile],
    mirrored: frozenset[str],
    clear: Mapping[tuple[int, int], Mask],
    parameters: Mapping[str, Any],
) -> str:
    """Address of what the stages make of photographs that share a station."""
    facts = [
        [f.photo.name, sha256_of_file(f.path), "" if f.mask is None else sha256_of_file(f.mask),
         f.photo.side.value, f.photo.station, f.photo.name in mirrored]
        for f in files
    ]  # fmt: skip
    covers = {f"{h}x{w}": sha256_of_bytes(mask.tobytes()) for (h, w), mask in sorted(clear.items())}
    versions = [stage.VERSION for stage in _STAGES]
    return derived_address(
        sha256_of_bytes(canonical_json(facts).encode("utf-8")), "photographs", VERSION,
        {**parameters, "versions": versions, "clear": covers},
    )  # fmt: skip


def table_address(described: Sequence[Described], gallery: Gallery, options: MatchOptions) -> str:
    """Address of what a gallery's photographs say of each other; identities have no part in it."""
    digest = hashlib.sha256()
    for one in described:
        digest.update(bytes([one.in_body_frame]))
        for name in _FEATURES:
            digest.update(np.ascontiguousarray(getattr(one.features, name)).tobytes())
        if one.features.part is not None:
            digest.update(one.features.part.tobytes())
        if one.embedding is not None:
            digest.update(one.embedding.tobytes())
        if one.look is not None:
            digest.update(one.look.image.tobytes() + one.look.mask.tobytes())
    for column in (gallery.encounter, gallery.side, gallery.comparable):
        digest.update(np.ascontiguousarray(column).tobytes())
    plugin = None if options.verifier is None else load_plugin("pardine.verify", options.verifier).version
    return derived_address(
        digest.hexdigest(), "pairs", VERSION,
        {"versions": [agreement.VERSION, index.VERSION, score.VERSION, verify.VERSION],
         "n_shortlist": options.n_shortlist, "n_laid": options.n_laid, "seed": options.seed,
         "verifier": [options.verifier, plugin]},
    )  # fmt: skip


def sha256_of_file(path: Path) -> str:
    """Hash of a file, blank where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def pack_seen(seen: Sequence[Seen]) -> bytes:
    """As bytes: numbers only, nothing that could run."""
    arrays: dict[str, Any] = {"n": np.array(len(seen))}
    for i, one in enumerate(seen):
        arrays[f"{i}.said"] = np.array([one.verdict, str(one.mirror is not None)])
        arrays[f"{i}.cpu_s"] = np.array(one.cpu_s)
        _pack(arrays, f"{i}.seen", one.described)
        if one.mirror is not None:
            _pack(arrays, f"{i}.mirror", one.mirror)
    return _written(arrays)


def unpack_seen(content: bytes) -> list[Seen]:
    """What `pack_seen` wrote."""
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        found = []
        for i in range(int(arrays["n"])):
            verdict, has_mirror = arrays[f"{i}.said"].tolist()
            found.append(
                Seen(
                    described=_unpack(arrays, f"{i}.seen"),
                    mirror=_unpack(arrays, f"{i}.mirror") if has_mirror == "True" else None,
                    verdict=verdict,
                    cpu_s=float(arrays[f"{i}.cpu_s"]),
                )
            )
        return found


def pack_table(table: PairTable) -> bytes:
    """A table of pairs as bytes."""
    arrays = {"first": table.first, "second": table.second, "evidence": table.evidence}
    if table.agreement is not None:
        arrays["agreement"] = table.agreement
    return _written(arrays | {"n": np.array(table.n_photographs)})


def unpack_table(content: bytes) -> PairTable:
    """What `pack_table` wrote."""
    with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
        return PairTable(
            first=arrays["first"],
            second=arrays["second"],
            evidence=arrays["evidence"],
            n_photographs=int(arrays["n"]),
            agreement=arrays.get("agreement"),
        )


def _written(arrays: Mapping[str, Any]) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def _pack(arrays: dict[str, Any], key: str, one: Described) -> None:
    for part, found in (("coat", one.features), ("around", one.background)):
        for name in _FEATURES:
            arrays[f"{key}.{part}.{name}"] = getattr(found, name)
        if found.part is not None:
            arrays[f"{key}.{part}.part"] = found.part
    if one.embedding is not None:
        arrays[f"{key}.vector"] = one.embedding
    if one.look is not None:
        arrays[f"{key}.look"], arrays[f"{key}.mask"] = one.look.image, one.look.mask
    q = one.quality
    numbers = [q.sharpness, q.brightness, q.contrast, q.animal_px, one.in_body_frame]
    arrays[f"{key}.numbers"] = np.array(numbers, np.float64)
    arrays[f"{key}.words"] = np.array([q.verdict, one.side.value])


def _unpack(arrays: Any, key: str) -> Described:
    coat, around = (
        Features(
            **{name: arrays[f"{key}.{part}.{name}"] for name in _FEATURES},
            part=arrays.get(f"{key}.{part}.part"),
        )
        for part in ("coat", "around")
    )
    sharpness, brightness, contrast, animal_px, in_frame = arrays[f"{key}.numbers"].tolist()
    verdict, side = arrays[f"{key}.words"].tolist()
    return Described(
        features=coat,
        in_body_frame=bool(in_frame),
        background=around,
        quality=Quality(
            verdict=verdict, sharpness=sharpness, brightness=brightness, contrast=contrast,
            animal_px=int(animal_px),
        ),
        side=Side(side),
        embedding=arrays.get(f"{key}.vector"),
        look=None if f"{key}.look" not in arrays else Look(
            image=arrays[f"{key}.look"], mask=arrays[f"{key}.mask"]
        ),
    )  # fmt: skip
