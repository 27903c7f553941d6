"""Writing the photographs of a season: in pieces, each whole or not at all, so that work can go on."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

from pardine.simulate.season.card_files import TINY_PICTURE
from pardine.simulate.season.exif import tagged_jpeg
from pardine.simulate.season.looks import Seen, draw_picture, geometric_side
from pardine.simulate.season.pictures import Picture

PhotographSize = Literal["none", "tiny", "small", "full"]

HEADER = (
    "file", "sha256", "deployment", "folder_of", "station", "slot", "true_local", "wall_clock", "encounter",
    "frame", "event", "kind", "species", "count", "individuals", "sides", "parts", "shares", "night", "black",
)  # fmt: skip
"""Columns of the truth of photographs; of several animals in view the values are parted by ``;``."""


@dataclass(frozen=True, kw_only=True)
class Piece:
    """Some photographs of one card, and where the truth of them goes.

    Attributes
    ----------
    out
        Folder of the simulation.
    rows
        File of their truth, written last: where it lies, the piece is done.
    size, small_width_px, jpeg_quality
        How photographs are made.
    seed
        Of the world.
    """

    out: Path
    rows: Path
    pictures: tuple[Picture, ...]
    station_codes: tuple[str, ...]
    size: PhotographSize
    small_width_px: int
    jpeg_quality: int
    seed: int


def pieces_of(
    pictures: Sequence[Picture],
    *,
    out: Path,
    parts: Path,
    station_codes: tuple[str, ...],
    size: PhotographSize,
    small_width_px: int,
    jpeg_quality: int,
    seed: int,
    n_each: int,
) -> list[Piece]:
    """Pictures, which lie card by card, in pieces of one card and at most so many."""
    groups: list[list[Picture]] = []
    for picture in pictures:
        is_other = not groups or (groups[-1][-1].deployment, groups[-1][-1].folder) != (
            picture.deployment,
            picture.folder,
        )
        if is_other or len(groups[-1]) >= n_each:
            groups.append([])
        groups[-1].append(picture)
    return [
        Piece(
            out=out,
            rows=parts / f"{number:06d}.csv",
            pictures=tuple(group),
            station_codes=station_codes,
            size=size,
            small_width_px=small_width_px,
            jpeg_quality=jpeg_quality,
            seed=seed,
        )
        for number, group in enumerate(groups)
    ]


def write_piece(piece: Piece) -> int:
    """Write the photographs of a piece, then their truth; what was done before is not done again.

    Returns
    -------
    int
        Photographs written.

    Raises
    ------
    OSError
        The disk is full, or the folder cannot be written; what lies there is whole.
    """
    if piece.rows.exists():
        return 0
    rows = [_write_photograph(piece, picture) for picture in piece.pictures]
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    write_whole(piece.rows, text.getvalue().encode("utf-8"))
    return len(rows)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever finds a part of it under its name."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(path.name + ".part")
    try:
        beside.write_bytes(content)
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise


def _write_photograph(piece: Piece, picture: Picture) -> list[str]:
    content, seen = _photograph(piece, picture)
    write_whole(piece.out.joinpath(*PurePosixPath(picture.path).parts), content)
    return _row(piece, picture, seen, hashlib.sha256(content).hexdigest())


def _photograph(piece: Piece, picture: Picture) -> tuple[bytes, list[Seen]]:
    """The file, and what of each animal can be seen."""
    if piece.size == "tiny":
        # A card that was copied twice holds the same bytes twice.
        remark = f"{piece.seed} {picture.deployment} {picture.session_year} {picture.frame_number}"
        sides = ["" if picture.is_black else geometric_side(m, picture.slot) for m in picture.members]
        seen = [Seen(side=side, parts=(), share=float("nan")) for side in sides]
        return tagged_jpeg(TINY_PICTURE, picture.tags, remark=remark.encode("ascii")), seen
    width_px = piece.small_width_px if piece.size == "small" else None
    jpeg, seen = draw_picture(picture, width_px, piece.jpeg_quality, piece.seed)
    return tagged_jpeg(jpeg, picture.tags), seen


def _row(piece: Piece, picture: Picture, seen: Sequence[Seen], sha256: str) -> list[str]:
    species = picture.members[0].species if picture.members else ""
    return [
        picture.path,
        sha256,
        picture.deployment,
        picture.folder,
        piece.station_codes[picture.station],
        "AB"[picture.slot],
        _clock(picture.true_local),
        _clock(picture.wall_clock),
        picture.encounter,
        str(picture.place_in_burst),
        str(picture.event),
        picture.kind,
        species,
        str(len(picture.members)),
        ";".join(member.code for member in picture.members),
        ";".join(each.side for each in seen),
        ";".join("+".join(each.parts) for each in seen),
        ";".join("" if each.share != each.share else f"{each.share:.4f}" for each in seen),
        str(int(picture.is_night)),
        str(int(picture.is_black)),
    ]


def _clock(moment: dt.datetime) -> str:
    return moment.isoformat(" ", "seconds")
