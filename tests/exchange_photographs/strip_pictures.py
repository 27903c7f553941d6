"""Simulated photographs with an info strip, as some cameras print it."""

import cv2
import numpy as np


def strip_picture(path, moment, *, label="K12-A", celsius=12, size=(1280, 960), seed=3):
    """Write a picture of noise and stones; ``moment`` of ``None`` leaves the strip out."""
    rng = np.random.default_rng(seed)
    coarse = rng.integers(40, 200, (12, 16, 3), dtype=np.uint8)
    picture = cv2.resize(coarse, size, interpolation=cv2.INTER_CUBIC)
    if moment is not None:
        width, height = size
        picture[:40], picture[-40:] = 0, 0
        shown = f"{moment:%Y-%m-%d} {moment.hour % 12 or 12}:{moment:%M:%S %p}"
        for text, left, bottom in (
            (shown, 12, 29),
            ("M 1/3", 620, 29),
            (f"{celsius} C", width - 110, 29),
            (label, 12, height - 11),
        ):
            cv2.putText(picture, text, (left, bottom), cv2.FONT_HERSHEY_SIMPLEX, 0.9, (255, 255, 255), 2)
    cv2.imwrite(str(path), picture)
    return path
