"""Photographs a second: metadata of 10,000 files of 2 to 8 megapixels, and thumbnails, on two workers.

    python benchmarks/photograph_metadata.py [--files N] [--folder FOLDER]

The files are made first, in FOLDER or a temporary one: pictures of 2, 5 and 8 megapixels with the EXIF
of a trail camera, and random bytes of their own in comments up to 0.6, 1.2 and 2 MB, so that no two have
the same hash. They are then on a warm disk. Reading means all that `scan_folder` does: hash of the whole
file, header, EXIF, names, duplicates, copies saved again. Where other work shares the machine, the rate by
processor time says what two free cores would do.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import os
import random
import struct
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from PIL import Image

from pardine.base.bulk import local_executor
from pardine.exchange.photographs.scan import scan_folder
from pardine.exchange.photographs.thumbnails import write_thumbnails

WORKERS = 2
FILES_PER_S, THUMBNAILS_PER_S = 1000, 120
N_THUMBNAILS = 600
SIZES = ((1920, 1080, 0.6e6), (2592, 1944, 1.2e6), (3264, 2448, 2.0e6))
FILES_A_FOLDER = 1000


def main() -> None:
    """Print files a second beside the limits."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--files", type=int, default=10_000)
    parser.add_argument("--folder", type=Path)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or Path(name) / "cards"
        made_mb = make_files(folder, options.files) / 1e6
        print(f"{options.files} files, {made_mb:,.0f} MB")
        scan = None

        def read() -> None:
            nonlocal scan
            scan = scan_folder(folder, make_executor=lambda: local_executor(WORKERS))

        seconds = timed(read)
        assert scan is not None and len(scan.media) == options.files and not scan.refused
        tell("metadata", options.files, seconds, FILES_PER_S)
        files = [
            (folder / media.path, media.sha256)
            for media in scan.media[:: max(1, options.files // N_THUMBNAILS)]
        ]
        derived = Path(name) / "derived"
        seconds = timed(
            lambda: write_thumbnails(files, derived, make_executor=lambda: local_executor(WORKERS))
        )
        tell("thumbnails", len(files), seconds, THUMBNAILS_PER_S)


def tell(what: str, n: int, seconds: tuple[float, float], limit: int) -> None:
    wall_s, cpu_s = seconds
    verdict = "ok" if n / wall_s >= limit else "TOO SLOW"
    print(f"{what}: {n / wall_s:,.0f} a second ({n} in {wall_s:.1f} s; limit {limit}: {verdict})")
    print(f"  by processor time on {WORKERS} free cores: {n / (cpu_s / WORKERS):,.0f} a second")


def timed(work: Callable[[], None]) -> tuple[float, float]:
    """Seconds by the clock, and of the processor in this process and its workers."""
    before, began = os.times(), time.perf_counter()
    work()
    after = os.times()
    return time.perf_counter() - began, sum(after[:4]) - sum(before[:4])


def make_files(folder: Path, n_files: int) -> int:
    """Write the files; their bytes together."""
    draw = random.Random(1)
    pictures = [(scene(width, height), int(n_bytes)) for width, height, n_bytes in SIZES]
    total = 0
    for i in range(n_files):
        picture, n_bytes = pictures[i % len(pictures)]
        place = folder / f"S{i // FILES_A_FOLDER:03}" / f"IMG_{i % FILES_A_FOLDER:04}.JPG"
        place.parent.mkdir(parents=True, exist_ok=True)
        content = padded(dated(picture, i), n_bytes, draw)
        place.write_bytes(content)
        total += len(content)
    return total


def scene(width: int, height: int) -> bytes:
    """A picture with the noise of a forest, as large as cameras compress theirs."""
    noise = Image.effect_noise((width // 4, height // 4), 60).resize((width, height)).convert("RGB")
    buffer = io.BytesIO()
    noise.save(buffer, "JPEG", quality=75)
    return buffer.getvalue()


def dated(picture: bytes, i: int) -> bytes:
    """The picture with a date of its own in its EXIF, five seconds after the one before."""
    text = f"{dt.datetime(2024, 5, 1) + dt.timedelta(seconds=5 * i):%Y:%m:%d %H:%M:%S}"
    entries = struct.pack("<HHHII", 1, 0x9003, 2, 20, 26) + bytes(4) + text.encode() + b"\0"
    block = b"II*\0" + struct.pack("<I", 8) + entries
    return segment(picture, 0xE1, b"Exif\0\0" + block)


def padded(picture: bytes, n_bytes: int, draw: random.Random) -> bytes:
    while len(picture) < n_bytes:
        picture = segment(picture, 0xFE, draw.randbytes(min(65_000, n_bytes - len(picture))))
    return picture


def segment(picture: bytes, marker: int, content: bytes) -> bytes:
    return picture[:2] + struct.pack(">BBH", 0xFF, marker, len(content) + 2) + content + picture[2:]


if __name__ == "__main__":
    main()
