"""Small pictures for the screen, kept by the content that they were made from."""

from __future__ import annotations

import io
import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image

from pardine.base.bulk import InlineExecutor, map_tasks
from pardine.base.errors import InputError, Notice, warning
from pardine.base.identifiers import sha256_of_bytes
from pardine.base.provenance import canonical_json
from pardine.exchange.photographs.exif import read_exif
from pardine.exchange.photographs.header import Header, ReadLimits, Refused
from pardine.exchange.photographs.jpeg import read_jpeg
from pardine.exchange.photographs.kinds import HEAD_BYTES, format_of
from pardine.exchange.photographs.png import read_png
from pardine.exchange.photographs.tiff_picture import read_tiff
from pardine.exchange.photographs.video_frame import grab_frame, is_video

STAGE = "thumbnail"
# Raised whenever the same file gives another picture.
VERSION = 1
SIZE_PX = 320
_QUALITY = 80
_FILES_A_TASK = 16
# A progressive JPEG has about ten scans; thousands of them keep a decoder busy for hours.
_MAX_SCANS = 100
_READERS = {"jpeg": read_jpeg, "png": read_png, "tiff": read_tiff}
_DEFAULT_LIMITS = ReadLimits()
# What turns a stored picture upright, by its EXIF orientation.
_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}


def make_thumbnail(path: Path, size_px: int = SIZE_PX, *, limits: ReadLimits = _DEFAULT_LIMITS) -> bytes:
    """A JPEG of the picture, upright, its longer side at most ``size_px``.

    Raises
    ------
    InputError
        The file is set aside for a reason that `read_media_file` tells, or it cannot be decoded.
    """
    picture = decode_small(path, size_px, limits=limits)
    buffer = io.BytesIO()
    picture.save(buffer, "JPEG", quality=_QUALITY)
    return buffer.getvalue()


def decode_small(path: Path, size_px: int, *, limits: ReadLimits = _DEFAULT_LIMITS) -> Image.Image:
    """The picture in RGB, upright, its longer side at most ``size_px``; raises as `make_thumbnail`.

    Of a video a frame about a second after its trigger.
    """
    try:
        if is_video(path):
            frame = grab_frame(path, limits=limits)
            frame.thumbnail((size_px, size_px), Image.Resampling.BOX)
            return frame
        if path.stat().st_size > limits.image_bytes:
            raise Refused("photograph.not_decodable")
        data = path.read_bytes()
        header = _header(data, limits)
        return _decode(data, size_px, read_exif(header.exif).orientation)
    except Refused as refused:
        raise InputError(refused.code, file=path.name, **refused.fields) from refused
    except OSError as error:
        raise InputError(
            "photograph.unreadable", file=path.name, value=error.strerror or type(error).__name__
        ) from error


def derived_path(
    derived: Path, sha256: str, *, stage: str, version: int, parameters: Mapping[str, Any], suffix: str
) -> Path:
    """Where a stage keeps what it made of some bytes: by their hash, the stage, its version, its parameters.

    Parameters
    ----------
    derived
        The project's folder of what can be made again.
    parameters
        JSON values.
    suffix
        Such as ``.jpg``.
    """
    key = sha256_of_bytes(canonical_json([sha256, stage, version, dict(parameters)]).encode("utf-8"))
    return derived / stage / key[:2] / f"{key}{suffix}"


def thumbnail_path(derived: Path, sha256: str, size_px: int = SIZE_PX) -> Path:
    """Where the thumbnail of a photograph with this hash lies."""
    return derived_path(
        derived, sha256, stage=STAGE, version=VERSION, parameters={"size_px": size_px}, suffix=".jpg"
    )


def write_thumbnails(
    files: Sequence[tuple[Path, str]],
    derived: Path,
    *,
    size_px: int = SIZE_PX,
    make_executor: Callable[[], Executor] = InlineExecutor,
    on_done: Callable[[int, int], None] | None = None,
    limits: ReadLimits = _DEFAULT_LIMITS,
) -> tuple[Notice, ...]:
    """Make the thumbnails that are missing; give the reasons for those that could not be made.

    Parameters
    ----------
    files
        Path and sha256 of each photograph.
    derived, size_px
        As of `thumbnail_path`.
    make_executor, on_done
        As of `pardine.base.bulk.map_tasks`; told in tasks of 16 files.
    """
    missing = {
        sha256: path for path, sha256 in files if not thumbnail_path(derived, sha256, size_px).exists()
    }
    items = [(path, thumbnail_path(derived, sha256, size_px)) for sha256, path in missing.items()]
    tasks = [
        _Task(items=tuple(items[i : i + _FILES_A_TASK]), size_px=size_px, limits=limits)
        for i in range(0, len(items), _FILES_A_TASK)
    ]
    answers = map_tasks(_write_some, tasks, make_executor=make_executor, on_done=on_done)
    return tuple(notice for answer in answers for notice in answer)


@dataclass(frozen=True, kw_only=True)
class _Task:
    items: tuple[tuple[Path, Path], ...]
    size_px: int
    limits: ReadLimits


def _write_some(task: _Task) -> list[Notice]:
    notices = []
    for path, target in task.items:
        try:
            content = make_thumbnail(path, task.size_px, limits=task.limits)
        except InputError as error:
            notices.append(warning(error.code, **error.notice.fields))
            continue
        _keep(content, target)
    return notices


def _keep(content: bytes, target: Path) -> None:
    """Write whole or not at all: two workers may write the same, and any may be killed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f"{target.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(target)
    except PermissionError:
        # Windows replaces no file that somebody reads: then the same bytes are there already.
        if not target.exists():
            raise
    finally:
        part.unlink(missing_ok=True)


def _header(data: bytes, limits: ReadLimits) -> Header:
    form = format_of(data[:HEAD_BYTES])
    if form not in _READERS:
        raise Refused("photograph.not_decodable")
    if form == "jpeg" and data.count(b"\xff\xda") > _MAX_SCANS:
        raise Refused("photograph.not_decodable")
    return _READERS[form](data, limits)


def _decode(data: bytes, size_px: int, orientation: int) -> Image.Image:
    try:
        with warnings.catch_warnings():
            # Pillow warns of metadata that is not wanted here.
            warnings.simplefilter("ignore")
            with Image.open(io.BytesIO(data), formats=("JPEG", "PNG", "TIFF")) as picture:
                # A JPEG decoder can give an eighth, a quarter or a half of the size for less work.
                picture.draft("RGB", (size_px, size_px))
                picture.thumbnail((size_px, size_px), Image.Resampling.BOX, reducing_gap=2.0)
                small = picture.convert("RGB")
        return small.transpose(_UPRIGHT[orientation]) if orientation in _UPRIGHT else small
    except Exception as error:
        # Decoders of foreign bytes fail in any way they like; each is this one reason for a person.
        raise Refused("photograph.not_decodable") from error
