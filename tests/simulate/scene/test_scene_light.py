import numpy as np
import pytest

from pardine.simulate.scene.kinds import Leaf, SceneKind
from pardine.simulate.scene.light import (
    canopy_cover,
    canopy_light,
    sky_colour,
    sun_class,
    sun_colour,
    sun_direction,
)


def test_class_of_the_sun_is_near_its_direction():
    facing = 40.0
    towards = sun_direction(*sun_class(31.0, 130.0, facing))  # 90 degrees to the right of slot A
    assert np.linalg.norm(towards) == pytest.approx(1)
    assert towards[0] > 0.8 and abs(towards[2]) < 1e-9 and towards[1] == pytest.approx(0.5)
    assert sun_class(30, 359.0, 0.0)[1] == 0


def test_low_sun_is_dim_and_red_and_clouds_take_it():
    high, low = sun_colour(45, 0.0), sun_colour(4, 0.0)
    assert (low < high).all() and low[0] / low[2] > high[0] / high[2]
    assert (sun_colour(45, 1.0) < 0.05 * high).all()
    assert sun_colour(-5, 0.0).sum() == 0


def test_sky_fades_with_the_sun():
    levels = [sky_colour(e, 0.5).sum() for e in (-10, -4, 0, 10, 40)]
    assert levels == sorted(levels)
    assert sky_colour(30, 0.0)[2] > 1.5 * sky_colour(30, 0.0)[0]


@pytest.mark.parametrize("cover", [0.3, 0.7])
def test_crowns_take_more_sun_the_denser_they_are(cover):
    sun = sun_direction(2, 3)
    rng = np.random.default_rng(1)
    light = np.mean([canopy_light(x, 0.0, z, sun, cover, 9) for x, z in rng.uniform(-20, 20, (3000, 2))])
    thinner = np.mean(
        [canopy_light(x, 0.0, z, sun, cover - 0.2, 9) for x, z in rng.uniform(-20, 20, (3000, 2))]
    )
    assert 0.02 < light < thinner < 1


def test_light_spots_run_along_the_rays():
    sun = sun_direction(2, 5)
    for x, z in ((0.3, 2.0), (-4.0, 5.5), (2.2, 3.3)):
        up = 0.6
        on_ground = canopy_light(x, 0.0, z, sun, 0.6, 3)
        on_ray = canopy_light(x + up * sun[0] / sun[1], up, z + up * sun[2] / sun[1], sun, 0.6, 3)
        assert on_ray == pytest.approx(on_ground, abs=1e-6)


def test_leaf_fall_opens_oak_forest():
    open_ = [canopy_cover(SceneKind.OAK_FOREST, leaf) for leaf in (Leaf.SUMMER, Leaf.AUTUMN, Leaf.BARE)]
    assert open_ == sorted(open_, reverse=True)
    assert canopy_cover(SceneKind.STONY_SLOPE, Leaf.SUMMER) == 0
