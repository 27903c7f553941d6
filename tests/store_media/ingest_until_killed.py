"""A real process that ingests simulated photographs until it is done or killed, and says what is stored.

Run as: ingest_until_killed.py PROJECT FOLDER [BATCHES]. It goes on where an earlier one stopped, and after
each commit prints a line: ``batch FOLDER NUMBER`` or ``clock FOLDER NUMBER``. A printed line is a promise.
"""

import sys
from pathlib import Path

from media_examples import deployment, media_file, new_media

from pardine.base.errors import warning
from pardine.exchange.photographs.copies import Copy
from pardine.observe.clock import ClockCorrection
from pardine.observe.sighting import Sighting
from pardine.store.clock_records import apply_clock_correction, read_clock_records
from pardine.store.deployments import save_deployments
from pardine.store.media import known_files, save_media
from pardine.store.media_rows import MediaBatch
from pardine.store.project import open_project
from pardine.store.runs import finish_run, start_run
from pardine.store.sightings import save_sightings

A_BATCH = 200


def numbers_of(batch: int) -> range:
    return range(batch * A_BATCH, (batch + 1) * A_BATCH)


def correction(folder: str, batch: int) -> ClockCorrection:
    return ClockCorrection(deployment=folder, kind="offset", offset_s=60.0 + batch, reason="simulated")


def media_batch(folder: str, number: int) -> MediaBatch:
    first, second, *_ = (media_file(n, card=folder).path for n in numbers_of(number))
    return MediaBatch(
        folder=folder,
        media=[new_media(n, card=folder, code=folder) for n in numbers_of(number)],
        refused=[warning("photograph.not_decodable", file=f"{folder}/broken {number}.jpg")],
        copies=[Copy(path=second, of=first, evidence="same look", difference_grey=0.1)],
    )


def main(directory: str, folder: str, n_batches: str) -> None:
    with open_project(Path(directory)) as project:
        run = start_run(project, "add", {"folder": folder})
        save_deployments(project, [deployment(folder)], run=run)
        for number in range(int(n_batches)):
            wanted = media_file(numbers_of(number)[0], card=folder).path
            if wanted not in known_files(project, folder):
                save_media(project, media_batch(folder, number), run=run)
            print(f"batch {folder} {number}", flush=True)
            sighting = Sighting(code=f"s{number}", deployment=folder, media=wanted, species="Panthera pardus")
            save_sightings(project, [sighting], folder=folder, run=run)
            fixed = correction(folder, number)
            if fixed not in read_clock_records(project)[folder].corrections:
                apply_clock_correction(project, fixed)
            print(f"clock {folder} {number}", flush=True)
        finish_run(project, run)


if __name__ == "__main__":
    main(*sys.argv[1:])
