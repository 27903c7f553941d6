"""Places for an audience: one cell, one place; totals kept."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps
from pyproj import Geod

from pardine.exchange.generalise import (
    AUDIENCES,
    aggregate_to_grid,
    generalise_places,
    grid_m,
    may_see_exact_places,
)

metres = nps.arrays(np.float64, st.tuples(st.integers(1, 30), st.just(2)), elements=st.floats(-5e6, 5e6))
degrees = st.lists(st.tuples(st.floats(-180, 180), st.floats(-85, 85)), min_size=1, max_size=20).map(np.array)


def test_only_the_team_itself_sees_exact_places():
    assert [may_see_exact_places(a) for a in AUDIENCES] == [True, False, False]
    assert [grid_m(a) for a in AUDIENCES] == [None, 1_000.0, 10_000.0]


def test_internal_places_are_untouched():
    xy = np.array([[131.25, 43.1], [131.26, 43.2]])
    seen = generalise_places(xy, "EPSG:4326", "internal")
    assert np.array_equal(seen.xy, xy)
    assert seen.grid is None
    assert np.all(seen.uncertainty_m == 0)


def test_two_stations_in_one_cell_cannot_be_told_apart():
    xy = np.array([[600_100.0, 4_760_900.0], [609_900.0, 4_769_100.0]])
    seen = generalise_places(xy, "EPSG:32652", "public").xy
    assert seen.tolist() == [[605_000.0, 4_765_000.0]] * 2


def test_partner_cells_are_finer():
    seen = generalise_places(np.array([[600_100.0, -900.0]]), "local", "partner")
    assert seen.xy.tolist() == [[600_500.0, -500.0]]
    assert seen.uncertainty_m == pytest.approx([np.sqrt(2) * 500])


@given(metres, st.sampled_from(["partner", "public"]))
def test_generalising_twice_changes_nothing_in_metres(xy, audience):
    once = generalise_places(xy, "local", audience)
    assert np.array_equal(generalise_places(once.xy, "local", audience).xy, once.xy)
    assert np.all(np.hypot(*(once.xy - xy).T) <= once.uncertainty_m + 1e-6)


@given(degrees, st.sampled_from(["partner", "public"]))
def test_true_place_lies_within_the_stated_uncertainty_in_degrees(xy, audience):
    seen = generalise_places(xy, "EPSG:4326", audience)
    again = generalise_places(seen.xy, "EPSG:4326", audience)
    assert again.xy == pytest.approx(seen.xy)
    _, _, distance_m = Geod(ellps="WGS84").inv(*xy.T, *seen.xy.T)
    assert np.all(distance_m <= seen.uncertainty_m)


@given(metres, st.data())
def test_coarse_surface_keeps_the_total(xy, data):
    value = data.draw(nps.arrays(np.float64, len(xy), elements=st.floats(0, 10)))
    coarse = aggregate_to_grid(xy, value, 250_000.0, 10_000.0)
    assert np.sum(coarse.value * coarse.area_m2) == pytest.approx(np.sum(value) * 250_000.0)
    assert np.sum(coarse.area_m2) == pytest.approx(len(xy) * 250_000.0)
    assert len(np.unique(coarse.xy_m, axis=0)) == len(coarse.xy_m)


def test_coarse_cells_are_those_of_the_stations():
    xy = np.array([[600_100.0, 4_760_900.0]])
    surface = aggregate_to_grid(xy, np.array([0.01]), 1e6, 10_000.0)
    assert np.array_equal(surface.xy_m, generalise_places(xy, "EPSG:32652", "public").xy)


def test_empty_surface_stays_empty():
    assert aggregate_to_grid(np.empty((0, 2)), np.empty(0), 1.0, 10.0).value.size == 0
