"""How many photographs of 1920x1080 one core draws a second, and what each stage costs.

Run alone on the machine: ``OMP_NUM_THREADS=1 python benchmarks/simulate_photographs.py [--width 1920]``.
Bodies, coats and backdrops are made before the clock starts, as in a survey; their cost is printed apart.
Times are of the processor, so that a busy machine does not spoil them.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from datetime import datetime

import cv2

from pardine.base.randomness import stream
from pardine.simulate.body.pose import walking_pose
from pardine.simulate.body.surface import build_body
from pardine.simulate.body.vocabulary import AgeClass, Sex, Species
from pardine.simulate.camera.models import CAMERA_MODELS
from pardine.simulate.camera.photograph import photograph
from pardine.simulate.camera.shot import Light, Placed, Shot, Slot, StripText
from pardine.simulate.coat.coat import draw_coat, wear
from pardine.simulate.coat.kinds import Season as CoatSeason
from pardine.simulate.coat.kinds import pattern_of
from pardine.simulate.scene.kinds import SceneKind
from pardine.simulate.scene.station import build_station_scene


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--width", type=int, default=1920)
    parser.add_argument("--photographs", type=int, default=24)
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    rng = stream(1, "benchmark")
    start = time.process_time()
    body = build_body(Species.LEOPARD, Sex.MALE, AgeClass.ADULT)
    built = time.process_time()
    coat = wear(draw_coat(body, pattern_of(Species.LEOPARD), rng), CoatSeason.SUMMER, AgeClass.ADULT)
    print(
        f"body {built - start:.2f} s, coat {time.process_time() - built:.2f} s (compilation may be included)"
    )
    camera = CAMERA_MODELS["ridge-hd"].resized(chosen.width)
    shots = []
    for i in range(chosen.photographs):
        scene = build_station_scene(5 + i % 2, SceneKind.OAK_FOREST if i % 2 else SceneKind.STONY_SLOPE)
        placed = Placed(
            body=body, coat=coat, pose=walking_pose(rng, body), x_m=rng.normal(0, 0.5),
            z_m=rng.uniform(1.8, 6), heading_rad=rng.normal(0, 0.5), speed_m_s=1.0,
        )  # fmt: skip
        shots.append(
            Shot(
                scene=scene, slot=Slot.A, camera=camera, light=Light.NIGHT if i // 2 % 2 else Light.DAY,
                animals=(placed,), seed=i, strip=StripText(
                    wall_clock=datetime(2025, 6, 1, 12), temperature_c=10, camera_name="BENCH"),
            )
        )  # fmt: skip
    for shot in shots[:4]:
        start = time.process_time()
        photograph(shot, with_truth=True)
        print(f"first photograph of {shot.scene.kind} by {shot.light}: {time.process_time() - start:.2f} s")
    for light in (Light.DAY, Light.NIGHT):
        chosen_shots = [replace(s, seed=s.seed + 100) for s in shots if s.light is light]
        start = time.process_time()
        for shot in chosen_shots:
            photograph(shot)
        each = (time.process_time() - start) / len(chosen_shots)
        start = time.process_time()
        for shot in chosen_shots:
            photograph(shot, with_truth=True)
        with_truth = (time.process_time() - start) / len(chosen_shots)
        print(f"{light}: {each:.3f} s = {1 / each:.1f} a second and core; with truth {with_truth:.3f} s")


if __name__ == "__main__":
    main()
