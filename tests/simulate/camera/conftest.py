from dataclasses import replace
from datetime import datetime

import numpy as np
import pytest

from pardine.base.randomness import stream
from pardine.simulate.body.pose import standing_pose
from pardine.simulate.body.surface import build_body
from pardine.simulate.body.vocabulary import AgeClass, Sex, Species
from pardine.simulate.camera.models import CAMERA_MODELS
from pardine.simulate.camera.shot import Placed, Shot, Slot, StripText
from pardine.simulate.coat.coat import draw_coat, wear
from pardine.simulate.coat.kinds import Season as CoatSeason
from pardine.simulate.coat.kinds import pattern_of
from pardine.simulate.scene.kinds import Leaf, SceneKind, Season
from pardine.simulate.scene.station import build_station_scene


@pytest.fixture(scope="session")
def body():
    """A coarse leopard: quick to build, all parts there."""
    return build_body(Species.LEOPARD, Sex.FEMALE, AgeClass.ADULT, cell_m=0.016)


@pytest.fixture(scope="session")
def coat(body):
    pattern = draw_coat(body, pattern_of(Species.LEOPARD), stream(4, "coat"))
    return wear(pattern, CoatSeason.SUMMER, AgeClass.ADULT)


@pytest.fixture(scope="session")
def leopard(body, coat):
    """A leopard on the trail that shows its right side to slot A."""

    def make(scene, **changes):
        pose = standing_pose(stream(1, "pose"), body)
        placed = Placed(body=body, coat=coat, pose=pose, x_m=0.0, z_m=scene.trail_z_m, heading_rad=0.0)
        return replace(placed, **changes)

    return make


@pytest.fixture(scope="session")
def scene():
    return build_station_scene(13, SceneKind.STONY_SLOPE)


@pytest.fixture(scope="session")
def shot(scene):
    """A blank by day; tests replace what they are about."""
    return Shot(
        scene=scene,
        slot=Slot.A,
        camera=CAMERA_MODELS["ridge-hd"].resized(480),
        season=Season(leaf=Leaf.AUTUMN),
        strip=StripText(wall_clock=datetime(2025, 10, 3, 14, 5, 9), temperature_c=7.0, camera_name="ST-13A"),
        seed=5,
    )


@pytest.fixture
def rng():
    return np.random.default_rng(12)
