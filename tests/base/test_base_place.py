"""Coordinates: known values, true areas, and what must stay untouched."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from pardine.base.errors import InputError
from pardine.base.place import (
    GEOGRAPHIC,
    LOCAL,
    equal_area_crs,
    is_geographic,
    resolve_crs,
    to_analysis_metres,
    transform,
)


@pytest.mark.parametrize(
    ("written", "resolved"),
    [
        ("local", LOCAL),
        (" Local ", LOCAL),
        ("32652", "EPSG:32652"),
        ("epsg:32652", "EPSG:32652"),
        ("EPSG:4326", "EPSG:4326"),
        ("+proj=laea +lat_0=43 +lon_0=131 +units=m", "+proj=laea +lat_0=43 +lon_0=131 +units=m"),
    ],
)
def test_what_a_person_writes_is_understood(written, resolved):
    assert resolve_crs(written) == resolved


@pytest.mark.parametrize(
    ("written", "code"),
    [
        ("EPSG:999999", "place.unknown_crs"),
        ("зона 52", "place.unknown_crs"),
        ("", "place.unknown_crs"),
        ("EPSG:2263", "place.crs_not_metres"),  # New York, US feet
        ("EPSG:4978", "place.crs_not_flat"),  # geocentric
        ("EPSG:5703", "place.crs_not_flat"),  # heights
    ],
)
def test_what_cannot_serve_is_refused_with_its_code(written, code):
    with pytest.raises(InputError) as caught:
        resolve_crs(written)
    assert caught.value.code == code
    assert caught.value.notice.fields["value"] == written


def test_only_degrees_are_geographic():
    assert is_geographic("EPSG:4326")
    assert not is_geographic("EPSG:32652")
    assert not is_geographic(LOCAL)


def test_lambert_azimuthal_gives_the_value_printed_by_epsg():
    # EPSG guidance note 7-2, worked example of the Lambert azimuthal equal-area projection.
    xy = transform(np.array([[5.0, 50.0]]), "EPSG:4258", "EPSG:3035")
    np.testing.assert_allclose(xy, [[3962799.45, 2999718.85]], atol=0.01)


def test_utm_central_meridian_at_the_equator_is_half_a_million_metres():
    np.testing.assert_allclose(
        transform(np.array([[129.0, 0.0]]), GEOGRAPHIC, "EPSG:32652"), [[5e5, 0.0]], atol=1e-6
    )


@given(longitude=st.floats(-170, 170), latitude=st.floats(-75, 75))
def test_areas_are_true_anywhere(longitude, latitude):
    half = 0.2
    edge = np.linspace(-half, half, 40)
    around_zero = np.concatenate(
        [
            np.column_stack([edge, np.full(40, -half)]),
            np.column_stack([np.full(40, half), edge]),
            np.column_stack([edge[::-1], np.full(40, half)]),
            np.column_stack([np.full(40, -half), edge[::-1]]),
        ]
    )
    square = around_zero + np.array([longitude, latitude])
    xy, _ = to_analysis_metres(square, GEOGRAPHIC)
    x, y = (xy - xy[0]).T
    area_m2 = 0.5 * abs(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))
    geodesic_m2 = abs(Geod(ellps="WGS84").polygon_area_perimeter(*square.T)[0])
    assert area_m2 == pytest.approx(geodesic_m2, rel=1e-4)


@given(st.floats(130.5, 131.5), st.floats(42.6, 43.6))
def test_there_and_back_is_the_same_place(longitude, latitude):
    here = np.array([[longitude, latitude]])
    crs = equal_area_crs(131.0, 43.0)
    np.testing.assert_allclose(transform(transform(here, GEOGRAPHIC, crs), crs, GEOGRAPHIC), here, atol=1e-9)


@pytest.mark.parametrize("crs", [LOCAL, "EPSG:32652", "EPSG:28422"])
def test_local_and_projected_metres_are_untouched_even_in_the_millions(crs):
    xy = np.array([[22_645_837.4375, 4_726_816.28125], [22_645_837.4376, 4_726_816.28126]])
    kept, analysis_crs = to_analysis_metres(xy, crs)
    assert analysis_crs == crs
    assert kept.tobytes() == xy.tobytes()


def test_degrees_go_to_metres_centred_on_their_middle():
    lon_lat = np.array([[130.6, 42.7], [131.4, 43.5]])
    xy, crs = to_analysis_metres(lon_lat, GEOGRAPHIC)
    assert crs == equal_area_crs(131.0, 43.1)
    distance_m = float(np.hypot(*(xy[1] - xy[0])))
    geodesic_m = Geod(ellps="WGS84").inv(130.6, 42.7, 131.4, 43.5)[2]
    assert distance_m == pytest.approx(geodesic_m, rel=1e-4)


def test_a_session_keeps_the_projection_it_has():
    crs = equal_area_crs(131.0, 43.0)
    xy, kept = to_analysis_metres(np.array([[131.0, 43.0], [131.2, 43.0]]), GEOGRAPHIC, analysis_crs=crs)
    assert kept == crs
    np.testing.assert_allclose(xy[0], [0.0, 0.0], atol=1e-6)
