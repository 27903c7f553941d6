import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from itertools import product

import cv2
import numpy as np
import pytest
from scipy.spatial import cKDTree

from pardine.simulate.camera.backdrop import backdrop, draw_backdrop, forget_backdrops
from pardine.simulate.camera.models import CAMERA_MODELS, Flash, StripLayout
from pardine.simulate.camera.photograph import next_shot, photograph
from pardine.simulate.camera.shot import Light, Slot, Weather
from pardine.simulate.camera.standing import stand
from pardine.simulate.camera.truth import pixel_truth
from pardine.simulate.scene.kinds import Leaf, Season
from pardine.simulate.scene.light import sun_class, sun_direction


def grey(photo):
    return photo.image.mean(-1)


def alike(a, b):
    """Correlation of two pictures without their strips."""
    inner = np.s_[12:-12]
    return np.corrcoef(a[inner].ravel(), b[inner].ravel())[0, 1]


def jpeg_of(shot):
    return photograph(shot).jpeg


def test_same_shot_same_bytes_in_any_process_and_order(shot, scene, leopard):
    shots = [
        replace(shot, animals=(leopard(scene),), light=light, slot=slot)
        for light, slot in product((Light.DAY, Light.NIGHT), Slot)
    ]
    here = [jpeg_of(s) for s in shots]
    forget_backdrops()
    again = [jpeg_of(s) for s in reversed(shots)][::-1]
    assert here == again
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
        assert list(pool.map(jpeg_of, shots[:2])) == here[:2]
    assert jpeg_of(replace(shots[0], seed=6)) != here[0]


def test_background_is_the_same_through_a_deployment_but_for_light(shot):
    noon, other_noise = photograph(shot), photograph(replace(shot, seed=77))
    assert alike(grey(noon), grey(other_noise)) > 0.98
    first = backdrop(shot.scene, is_b=False, camera=shot.camera, season=shot.season, deployment=0)
    again = draw_backdrop(shot.scene, is_b=False, camera=shot.camera, season=shot.season, deployment=0)
    for name in ("inverse_depth", "albedo", "normals", "openness", "flash"):
        assert np.array_equal(getattr(first, name), getattr(again, name))
    elsewhere = backdrop(shot.scene, is_b=True, camera=shot.camera, season=shot.season, deployment=0)
    fine = [cv2.Laplacian(b.albedo[..., 1], cv2.CV_64F).ravel() for b in (first, again, elsewhere)]
    assert np.corrcoef(fine[0], fine[1])[0, 1] == pytest.approx(1)
    assert abs(np.corrcoef(fine[0], fine[2])[0, 1]) < 0.1


def test_edges_of_the_scenery_stay_under_any_light(shot):
    def edges(light, **weather):
        picture = photograph(replace(shot, light=light, weather=Weather(**weather))).image.mean(-1)
        return cv2.Laplacian(cv2.GaussianBlur(picture[12:-12], (0, 0), 1.5), cv2.CV_64F)

    sunny, dull = edges(Light.DAY, cloud=0.0), edges(Light.DAY, cloud=1.0)
    another = replace(shot, slot=Slot.B, weather=Weather(cloud=1.0))
    other = cv2.Laplacian(
        cv2.GaussianBlur(photograph(another).image.mean(-1)[12:-12], (0, 0), 1.5), cv2.CV_64F
    )
    assert np.corrcoef(sunny.ravel(), dull.ravel())[0, 1] > 0.5
    assert abs(np.corrcoef(sunny.ravel(), other.ravel())[0, 1]) < 0.1


def test_two_slots_see_opposite_sides(shot, scene, leopard):
    animals = (leopard(scene),)  # walks to the right in A's picture: its right side to A
    for slot, side in ((Slot.A, 1), (Slot.B, -1)):
        truth = photograph(replace(shot, slot=slot, animals=animals), with_truth=True).truth
        seen = truth.side[truth.animal == 0]
        assert (seen == side).sum() > 4 * (seen == -side).sum() > 0


def test_heading_right_means_nose_right_in_a_and_left_in_b(shot, scene, leopard):
    for slot, sign in ((Slot.A, 1), (Slot.B, -1)):
        truth = photograph(replace(shot, slot=slot, animals=(leopard(scene),)), with_truth=True).truth
        rows, columns = np.nonzero(truth.animal == 0)
        forward = truth.surface_m[rows, columns, 0].astype(float)
        assert sign * np.corrcoef(columns, forward)[0, 1] > 0.95


def test_an_animal_is_brighter_than_it_was_empty_at_night_and_only_there(shot, scene, leopard):
    night = replace(shot, light=Light.NIGHT)
    animals = (leopard(scene, z_m=2.5),)
    truth = photograph(replace(night, animals=animals), with_truth=True).truth
    with_it, without = grey(photograph(replace(night, animals=animals))), grey(photograph(night))
    inside = truth.animal == 0
    assert inside.sum() > 2000
    assert with_it[inside].mean() > without[inside].mean() + 60
    between_bars = photograph(replace(night, animals=animals)).image[12:-40].astype(int)
    assert np.ptp(between_bars, axis=-1).max() <= 2


def test_marks_are_darker_than_the_ground_colour_between_them(shot, scene, leopard, body, coat):
    near = replace(
        shot,
        camera=shot.camera.resized(960),
        animals=(leopard(scene, z_m=2.4),),
        weather=Weather(cloud=1.0),
    )
    for light, ratio in ((Light.DAY, 0.6), (Light.NIGHT, 0.88)):
        photo = photograph(replace(near, light=light), with_truth=True)
        rows, columns = np.nonzero((photo.truth.animal == 0) & (photo.truth.side == 1))
        points = photo.truth.surface_m[rows, columns].astype(np.float32)
        distance, nearest = cKDTree(body.vertices_m).query(points)
        field, value = coat.mark[nearest], grey(photo)[rows, columns]
        dark = value[(field > 0.003) & (distance < 0.004)]
        pale = value[(field < -0.006) & (distance < 0.004)]
        assert min(len(dark), len(pale)) > 100
        assert dark.mean() < ratio * pale.mean()


def test_flash_falls_off_and_a_dead_flash_shows_nothing(shot, scene, leopard):
    levels = []
    for away in (2.0, 3.2, 4.6):
        night = replace(shot, light=Light.NIGHT, animals=(leopard(scene, z_m=away),), seed=5)
        photo = photograph(night, with_truth=True)
        levels.append(grey(photo)[photo.truth.animal == 0].mean())
    assert levels == sorted(levels, reverse=True)
    black = grey(photograph(replace(night, flash_dead=True)))
    assert black[20:-20].mean() < 16 and black[20:-20].std() < 8


def test_white_flash_is_in_colour(shot, scene, leopard):
    camera = CAMERA_MODELS["panther-white"].resized(480)
    assert camera.flash is Flash.WHITE
    night = replace(shot, camera=camera, light=Light.NIGHT, animals=(leopard(scene),))
    photo = photograph(night, with_truth=True)
    coat = photo.image[photo.truth.animal == 0].astype(float).mean(0)
    assert coat[0] > coat[2] + 15


def test_sun_throws_a_shadow_of_the_animal(shot, scene, leopard):
    sunny = replace(
        shot, sun_elevation_deg=30, sun_azimuth_deg=scene.facing_deg - 90, weather=Weather(cloud=0.0)
    )
    with_it = replace(sunny, animals=(leopard(scene, heading_rad=1.2),))
    photo = photograph(with_it, with_truth=True)
    ratio = (grey(photo) + 1) / (grey(photograph(sunny)) + 1)
    empty = backdrop(scene, is_b=False, camera=shot.camera, season=shot.season, deployment=0)
    # Each point of the skin is carried along the ray to the ground, by hand, and looked up there.
    skin = stand(with_it.animals, scene, 0.0).vertices_m
    towards = sun_direction(*sun_class(30, scene.facing_deg - 90, scene.facing_deg))
    fall = skin[:, 1] - scene.relief.height_m(skin[:, 0], skin[:, 2])
    points = skin - fall[:, None] * (towards / towards[1])
    points[:, 1] = scene.relief.height_m(points[:, 0], points[:, 2])
    screen = empty.view.project(points)
    column, row = np.round(screen[:, 0]).astype(int), np.round(screen[:, 1]).astype(int)
    inside = (column >= 0) & (column < 480) & (row > 12) & (row < 250)
    column, row, nearness = column[inside], row[inside], screen[inside, 2]
    seen = (np.abs(1 / nearness - 1 / empty.inverse_depth[row, column]) < 0.03) & (
        photo.truth.animal[row, column] < 0
    )
    sunlit = empty.sun(*sun_class(30, scene.facing_deg - 90, scene.facing_deg))[0][row, column] > 30
    shaded = {(int(r), int(c)) for r, c in zip(row[seen & sunlit], column[seen & sunlit], strict=True)}
    assert len(shaded) > 60
    assert np.median([ratio[p] for p in shaded]) < 0.75
    far = ratio[150:240, :60][photo.truth.animal[150:240, :60] < 0]
    assert 0.9 < np.median(far) < 1.1


def test_burst_moves_the_animal_and_nothing_else(shot, scene, leopard):
    first = replace(shot, animals=(leopard(scene, x_m=-0.6, speed_m_s=1.0),))
    second = next_shot(first, 0.5)
    assert second.animals[0].x_m == pytest.approx(-0.1)
    truths = [photograph(s, with_truth=True).truth for s in (first, second)]
    middle = [np.nonzero(t.animal == 0)[1].mean() for t in truths]
    moved_px = 0.5 * shot.camera.focal_px / (scene.trail_z_m)
    assert middle[1] - middle[0] == pytest.approx(moved_px, rel=0.25)
    empty = (truths[0].animal < 0) & (truths[1].animal < 0)
    upper = np.s_[12 : shot.camera.height_px // 3]
    a, b = grey(photograph(first))[upper][empty[upper]], grey(photograph(second))[upper][empty[upper]]
    assert np.corrcoef(a, b)[0, 1] > 0.97


def test_movement_blurs(shot, scene, leopard):
    def sharpness(speed):
        camera = replace(shot.camera.resized(960), night_exposure_s=1 / 15)
        still = replace(
            shot, camera=camera, light=Light.NIGHT, animals=(leopard(scene, z_m=2.4, speed_m_s=speed),)
        )
        photo = photograph(still, with_truth=True)
        inside = cv2.erode((photo.truth.animal == 0).astype(np.uint8), np.ones((9, 9))) > 0
        slope = np.gradient(cv2.GaussianBlur(grey(photo), (0, 0), 1.5), axis=1)
        return np.abs(slope[inside]).mean()

    assert sharpness(1.2) < 0.75 * sharpness(0.0)


def test_seasons_and_weather_are_seen(shot):
    dull = Weather(cloud=1.0)
    bare = replace(shot, season=Season(leaf=Leaf.BARE), weather=dull)
    snow = replace(shot, season=Season(leaf=Leaf.BARE, snow_cover=1.0), weather=dull)
    lower = np.s_[shot.camera.height_px * 2 // 3 : -20]
    contrast = [photograph(s).image[lower].astype(float) for s in (bare, snow)]
    spread = [np.ptp(c.mean((0, 1))) for c in contrast]
    assert spread[1] < spread[0]  # snow has no colour of its own
    clear = grey(photograph(bare))
    fog = grey(photograph(replace(bare, weather=Weather(cloud=1.0, visibility_m=8.0))))
    assert fog[20:-20].std() < 0.8 * clear[20:-20].std()
    flakes = grey(photograph(replace(bare, weather=Weather(cloud=1.0, snowfall=1.0), light=Light.NIGHT)))
    calm = grey(photograph(replace(bare, light=Light.NIGHT)))
    assert (flakes[20:150] > 180).sum() > (calm[20:150] > 180).sum() + 100


def test_a_fogged_window_takes_detail(shot):
    def detail(**window):
        return cv2.Laplacian(grey(photograph(replace(shot, **window)))[12:-12], cv2.CV_64F).std()

    clean = detail()
    assert detail(condensation=1.0) < 0.7 * clean
    assert detail(lens_snow=1.0) < 0.95 * clean


@pytest.mark.parametrize("code", sorted(CAMERA_MODELS))
def test_every_camera_gives_its_own_size_and_strip(shot, code):
    camera = CAMERA_MODELS[code].resized(640)
    photo = photograph(replace(shot, camera=camera), with_truth=True)
    assert photo.image.shape == (camera.height_px, camera.width_px, 3)
    picture = photo.image.astype(int)
    if camera.layout in (StripLayout.TWO_BARS, StripLayout.TWO_BARS_COMPACT):
        for bar in (picture[: camera.top_bar_px - 1], picture[-camera.bottom_bar_px + 1 :]):
            assert np.median(bar) <= 6 and (bar > 200).any()
        assert np.median(picture[camera.top_bar_px + 4 : camera.top_bar_px + 8]) > 15
    elif camera.layout is StripLayout.WHITE_BAR:
        assert np.median(picture[-camera.bottom_bar_px :]) > 230
        assert (picture[-camera.bottom_bar_px :] < 90).any()
    elif camera.layout is StripLayout.BLACK_BAR:
        assert np.median(picture[-camera.bottom_bar_px :]) < 25


def test_strip_says_what_it_was_told(shot):
    def top(text):
        return photograph(replace(shot, strip=text)).image[: shot.camera.top_bar_px]

    same, warmer = top(shot.strip), top(replace(shot.strip, temperature_c=23.0))
    middle = shot.camera.width_px * 2 // 3
    assert np.abs(same[:, :middle].astype(int) - warmer[:, :middle]).max() < 12
    assert np.abs(same[:, middle:].astype(int) - warmer[:, middle:]).max() > 150


def test_truth_agrees_with_projected_vertices(shot, scene, leopard, body):
    from_standing = replace(shot, camera=shot.camera.resized(960), animals=(leopard(scene, heading_rad=0.4),))
    truth = photograph(from_standing, with_truth=True).truth
    # An independent way from skin to picture: pose and place the nearest vertex, then project it.
    herd = stand(from_standing.animals, scene, 0.0)
    view = backdrop(scene, is_b=False, camera=from_standing.camera, season=shot.season, deployment=0).view
    rows, columns = np.nonzero(truth.animal == 0)
    chosen = np.random.default_rng(2).choice(len(rows), 400, replace=False)
    rows, columns = rows[chosen], columns[chosen]
    points = truth.surface_m[rows, columns].astype(np.float32)
    nearest = np.argmin(((points[:, None] - body.vertices_m[None]) ** 2).sum(-1), 1)
    screen = view.project(herd.vertices_m[nearest])
    away_m = np.hypot(screen[:, 0] - columns, screen[:, 1] - rows) / view.focal_px / screen[:, 2]
    assert np.quantile(away_m, 0.95) < 0.016  # one cell of this coarse body
    assert (truth.part[rows, columns] == body.part[nearest]).mean() > 0.9
    assert np.isnan(truth.surface_m[truth.animal < 0]).all()


def test_scenery_and_strip_hide_animals(shot, scene, leopard):
    bars = np.zeros(shot.camera.height_px, bool)
    empty = backdrop(scene, is_b=False, camera=shot.camera, season=shot.season, deployment=0)
    herd = stand((leopard(scene),), scene, 0.0)
    screen = empty.view.project(herd.vertices_m)
    open_ = pixel_truth(herd, screen, np.zeros_like(empty.inverse_depth), bars)
    real = pixel_truth(herd, screen, empty.inverse_depth, bars)
    wall = pixel_truth(herd, screen, np.full_like(empty.inverse_depth, 1 / 1.5), bars)
    assert (wall.animal >= 0).sum() == 0 < (real.animal >= 0).sum() <= (open_.animal >= 0).sum()
    bars[:] = True
    assert (pixel_truth(herd, screen, empty.inverse_depth, bars).animal < 0).all()
    assert (pixel_truth(None, None, empty.inverse_depth, bars).animal < 0).all()


@pytest.mark.parametrize("light", [Light.DAY, Light.DUSK, Light.NIGHT])
@pytest.mark.parametrize(("x_m", "z_m"), [(0.0, 0.35), (0.0, -2.0), (40.0, 3.0), (-0.9, 1.2)])
def test_animals_anywhere_give_a_picture(shot, scene, leopard, light, x_m, z_m):
    small = replace(shot, camera=shot.camera.resized(96), light=light)
    photo = photograph(replace(small, animals=(leopard(scene, x_m=x_m, z_m=z_m),)), with_truth=True)
    assert photo.image.shape == (54, 96, 3)
    in_view = z_m > 0 and abs(x_m) < 2
    assert (photo.truth.animal >= 0).any() == in_view


def test_shots_out_of_range_are_refused(shot):
    with pytest.raises(ValueError, match="jpeg_quality"):
        replace(shot, jpeg_quality=100)
    with pytest.raises(ValueError, match="condensation"):
        replace(shot, condensation=1.5)
