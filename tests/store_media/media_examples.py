"""Simulated deployments and files: what a scan of cards would bring."""

import datetime as dt
import hashlib

from pardine.exchange.photographs.times import ChosenTime, choose_time
from pardine.observe.deployment import Deployment
from pardine.observe.media import MediaFile, TimeReading
from pardine.store.media_rows import MediaBatch, NewMedia

START = dt.datetime(2024, 5, 1, 12)
NOW = dt.datetime(2026, 1, 1)


def deployment(code="K1_A", **facts) -> Deployment:
    told = {"station": "K1", "slot": "A", "utc_offset_min": 480, "starts": START, "camera_serial": "H500"}
    return Deployment(code=code, **{**told, **facts})


def media_file(number: int, *, card="карта 1", wall_clock=None, content="", **facts) -> MediaFile:
    clock = wall_clock or START + dt.timedelta(minutes=7 * number)
    path = f"{card}/100RECNX/RCNX{number:04}.JPG"
    told = {
        "kind": "image", "width_px": 2048, "height_px": 1536, "camera_make": "RECONYX",
        "camera_serial": "H500", "camera_label": "K1 豹", "sequence_number": number % 3 + 1,
        "sequence_length": 3, "event_number": number // 3, "temperature_c": -11.5, "infrared": True,
        "tags": ("species|Panthera pardus",),
        "readings": (TimeReading(source="exif", wall_clock=clock, text=f"{clock:%Y:%m:%d %H:%M:%S}"),),
    }  # fmt: skip
    digest = hashlib.sha256((content or path).encode()).hexdigest()
    return MediaFile(path=path, sha256=digest, n_bytes=1000 + number, **{**told, **facts})


def new_media(number: int, *, code="K1_A", time: ChosenTime | None = None, **facts) -> NewMedia:
    file = media_file(number, **facts)
    chosen = time or choose_time(file.readings, now=NOW)
    return NewMedia(file=file, time=chosen, deployment=code, mtime_ns=10**18 + number)


def batch(numbers, *, folder="E:/2024", **more) -> MediaBatch:
    return MediaBatch(folder=folder, media=[new_media(n, **more) for n in numbers])
