"""Simulated animals with spots before simulated scenes: nobody's photographs."""

import cv2
import numpy as np
import pytest


def spotted(animal, *, scene=0, width=400, height=260, shift=0, stretch=1.0, mirrored=False, light=1.0):
    """A flank, head to the left, as an ellipse with this animal's spots before a scene's noise."""
    world = np.random.default_rng(1000 + scene)
    ground = cv2.resize(world.integers(20, 110, (16, 24, 3)).astype(np.uint8), (width, height))
    picture = np.clip(ground + world.normal(0, 6, ground.shape), 0, 255).astype(np.float32)
    coat = np.random.default_rng(animal)
    centre = (width * 0.55 + shift, height * 0.45)
    axes = (width * 0.34 * stretch, height * 0.30)
    body = np.zeros((height, width), np.uint8)
    cv2.ellipse(
        body, (round(centre[0]), round(centre[1])), (round(axes[0]), round(axes[1])), 0, 0, 360, 1, -1
    )
    skin = np.full((height, width, 3), (200.0, 165.0, 110.0), np.float32)
    for u, v, a, b, turn in coat.uniform(-1, 1, (90, 5)):
        place = (round(centre[0] + u * axes[0]), round(centre[1] + v * axes[1]))
        size = (round(4 + 3 * abs(a)), round(3 + 2 * abs(b)))
        cv2.ellipse(skin, place, size, 180 * turn, 0, 360, (60.0, 45.0, 30.0), -1)
    picture[body > 0] = skin[body > 0]
    noise = np.random.default_rng([animal, scene, 7]).normal(0, 3, picture.shape)
    picture = np.clip((cv2.GaussianBlur(picture, (0, 0), 0.8) + noise) * light, 0, 255).astype(np.uint8)
    if mirrored:
        return np.ascontiguousarray(picture[:, ::-1]), np.ascontiguousarray(body[:, ::-1])
    return picture, body


@pytest.fixture(name="spotted", scope="session")
def spotted_fixture():
    return spotted
