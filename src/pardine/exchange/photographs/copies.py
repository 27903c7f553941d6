"""Copies of a photograph that were saved again: other bytes, the same picture.

Frames of one burst look alike too. What tells a copy is how it was encoded: a camera writes all frames
of a burst with one size and one set of tables, and a program that saves a picture again seldom uses
the same. So two pictures of one moment are a copy if their picture data are identical (only the
metadata were changed), or if they were encoded differently and look the same.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Literal

from PIL import Image, ImageChops, ImageStat

from pardine.base.errors import InputError
from pardine.base.identifiers import sha256_of_bytes
from pardine.exchange.photographs.header import ReadLimits, Refused
from pardine.exchange.photographs.jpeg import picture_end, read_segments
from pardine.exchange.photographs.thumbnails import decode_small
from pardine.observe.media import MediaFile

Evidence = Literal["same picture data", "same look"]

_SIDE_PX = 32
# Mean difference in levels of grey. Saving again, at low quality or half the size, gave at most 0.4 on
# photographs of snow leopards; but two frames of one burst gave 0.2 to 9, so that the look alone is no proof.
_SAME_LOOK_GREY = 1.5
_LARGEST_GROUP = 200
_HEAD_BYTES = 1 << 17
_LAST_NUMBER = re.compile(r"(\d+)\D*$")


@dataclass(frozen=True, kw_only=True)
class Copy:
    """Two files of one picture.

    Attributes
    ----------
    path, of
        The smaller file and the larger one; nothing says which was first.
    evidence
        ``same picture data``: only metadata differ; ``same look``: encoded again.
    difference_grey
        Mean difference of the small pictures, in levels of grey (0 to 255).
    """

    path: str
    of: str
    evidence: Evidence
    difference_grey: float


@dataclass(frozen=True, kw_only=True)
class _Encoding:
    """How a picture was saved (extent and tables), and how many bytes its data and all behind it take."""

    setting: tuple[object, ...]
    n_data_bytes: int


def find_copies(media: Sequence[MediaFile], root: Path, *, limits: ReadLimits) -> tuple[Copy, ...]:
    """Pairs of files that are one picture, sorted by path.

    Parameters
    ----------
    media
        Files below ``root``; those with the same bytes count once, video is passed over.
    root
        Folder of the scan.
    limits
        As of `read_media_file`.
    """
    looker = _Looker(root, limits)
    found = [copy for one, other in _candidates(media) if (copy := looker.compare(one, other)) is not None]
    return tuple(sorted(found, key=lambda copy: (copy.path, copy.of)))


def _candidates(media: Sequence[MediaFile]) -> Iterator[tuple[MediaFile, MediaFile]]:
    """Pairs of one moment by the camera's clock, or of one file name where one has lost its metadata."""
    unique = {file.sha256: file for file in reversed(media) if file.kind == "image"}
    of_moment: dict[object, list[MediaFile]] = defaultdict(list)
    of_name: dict[str, list[MediaFile]] = defaultdict(list)
    without: list[MediaFile] = []
    for file in unique.values():
        moment = _moment(file)
        if moment is None:
            without.append(file)
        else:
            of_moment[moment].append(file)
            of_name[_stem(file)].append(file)
    pairs = [pair for group in of_moment.values() if _tells(group) for pair in combinations(group, 2)]
    pairs += [
        (file, other) for file in without if _tells(of_name[_stem(file)]) for other in of_name[_stem(file)]
    ]
    yield from (pair for pair in pairs if not _other_frames(*pair))


def _tells(group: Sequence[MediaFile]) -> bool:
    """Whether a moment or a name is shared by few: not a clock that stands still, or a usual name."""
    return len(group) <= _LARGEST_GROUP


def _moment(file: MediaFile) -> object | None:
    clocks = [r.wall_clock for r in file.readings if r.source in ("exif", "makernote", "xmp")]
    return clocks[0].replace(microsecond=0) if clocks else None


def _stem(file: MediaFile) -> str:
    return file.path.rpartition("/")[2].rpartition(".")[0].lower()


def _other_frames(one: MediaFile, other: MediaFile) -> bool:
    """Whether the camera itself says that these are two frames, or their numbers in one folder do."""
    for attribute in ("sequence_number", "event_number"):
        numbers = getattr(one, attribute), getattr(other, attribute)
        if None not in numbers and numbers[0] != numbers[1]:
            return True
    same_folder = one.path.rpartition("/")[0] == other.path.rpartition("/")[0]
    same_size = (one.width_px, one.height_px) == (other.width_px, other.height_px)
    found = [_LAST_NUMBER.search(_stem(file)) for file in (one, other)]
    frames = [match[1] for match in found if match]
    return same_folder and same_size and len(frames) == 2 and frames[0] != frames[1]


class _Looker:
    """Compares files; each is read and decoded at most once."""

    def __init__(self, root: Path, limits: ReadLimits) -> None:
        self._root = root
        self._limits = limits
        self._encodings: dict[str, _Encoding | None] = {}
        self._looks: dict[str, Image.Image | None] = {}

    def compare(self, one: MediaFile, other: MediaFile) -> Copy | None:
        """The copy that two files are, if they are one picture."""
        encodings = self._encoding(one), self._encoding(other)
        if encodings[0] is None or encodings[1] is None:
            return None
        if encodings[0].setting == encodings[1].setting:
            same = encodings[0] == encodings[1] and self._data_hash(one) == self._data_hash(other)
            return _copy(one, other, "same picture data", 0.0) if same else None
        looks = self._look(one), self._look(other)
        if looks[0] is None or looks[1] is None:
            return None
        difference = float(ImageStat.Stat(ImageChops.difference(looks[0], looks[1])).mean[0])
        return _copy(one, other, "same look", difference) if difference <= _SAME_LOOK_GREY else None

    def _encoding(self, file: MediaFile) -> _Encoding | None:
        if file.sha256 not in self._encodings:
            self._encodings[file.sha256] = _encoding(self._root / file.path, file)
        return self._encodings[file.sha256]

    def _data_hash(self, file: MediaFile) -> str:
        """Hash of the picture data; of the whole file where they cannot be told apart."""
        try:
            data = (self._root / file.path).read_bytes()
            begin = read_segments(data).data_start
        except (OSError, Refused):
            return file.sha256
        return sha256_of_bytes(data[begin : picture_end(data, begin)])

    def _look(self, file: MediaFile) -> Image.Image | None:
        if file.sha256 not in self._looks:
            try:
                picture = decode_small(self._root / file.path, 8 * _SIDE_PX, limits=self._limits)
                small = picture.convert("L").resize((_SIDE_PX, _SIDE_PX), Image.Resampling.BOX)
                self._looks[file.sha256] = small
            except InputError:
                self._looks[file.sha256] = None
        return self._looks[file.sha256]


def _encoding(path: Path, file: MediaFile) -> _Encoding | None:
    """Of the beginning of a file, where the tables stand; ``None`` where it cannot be read."""
    try:
        with path.open("rb") as stream:
            data = stream.read(_HEAD_BYTES)
            if not data.startswith(b"\xff\xd8"):
                return _Encoding(setting=(data[:4], file.width_px, file.height_px), n_data_bytes=file.n_bytes)
            try:
                segments = read_segments(data)
            except Refused:
                segments = read_segments(data + stream.read())
    except (OSError, Refused):
        return None
    setting = (segments.width_px, segments.height_px, segments.tables)
    return _Encoding(setting=setting, n_data_bytes=file.n_bytes - segments.data_start)


def _copy(one: MediaFile, other: MediaFile, evidence: Evidence, difference_grey: float) -> Copy:
    small, large = sorted(
        (one, other), key=lambda file: (file.width_px * file.height_px, file.n_bytes, file.path)
    )
    return Copy(path=small.path, of=large.path, evidence=evidence, difference_grey=difference_grey)
