"""One frame of a video, for a small picture of it."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from pardine.exchange.photographs.avi import read_avi
from pardine.exchange.photographs.header import ReadLimits, Refused
from pardine.exchange.photographs.iso_media import read_iso_media
from pardine.exchange.photographs.kinds import HEAD_BYTES, format_of

# The trigger is at the first frame; a second later the animal is in the view.
_FRAMES_IN = 30


def is_video(path: Path) -> bool:
    """Whether a file begins as MP4, MOV or AVI do."""
    with path.open("rb") as file:
        return format_of(file.read(HEAD_BYTES)) in ("iso", "avi")


def grab_frame(path: Path, *, limits: ReadLimits) -> Image.Image:
    """The frame about a second into a video, the last before it if the video is shorter, in RGB.

    Raises
    ------
    Refused
        The container is set aside for a reason that `read_media_file` tells, or no frame can be decoded.
    """
    with path.open("rb") as file:
        n_bytes = path.stat().st_size
        if n_bytes > limits.video_bytes:
            raise Refused("photograph.not_decodable")
        head = format_of(file.read(HEAD_BYTES))
        # The header is read first: what it refuses is never given to a decoder.
        _ = read_avi(file, n_bytes, limits) if head == "avi" else read_iso_media(file, n_bytes, limits, {})
    video = cv2.VideoCapture(str(path))
    try:
        frame = None
        for _ in range(_FRAMES_IN):
            is_read, following = video.read()
            if not is_read:
                break
            frame = following
    except cv2.error as error:
        raise Refused("photograph.not_decodable") from error
    finally:
        video.release()
    if frame is None:
        raise Refused("photograph.not_decodable")
    return Image.fromarray(np.ascontiguousarray(frame[:, :, ::-1]))
