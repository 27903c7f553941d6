"""Rasters are read back by an independent reader and by Pillow."""

import io

import numpy as np
import pytest
from PIL import Image
from tiff_reader import read_keys, read_pixels, read_tags

from pardine.base.place import equal_area_crs
from pardine.exchange.geotiff import NODATA, geotiff_bytes, raster_of_cells

# An L of three cells of 500 m; the south-east one is missing.
XY = np.array([[1000.0, 2000.0], [1000.0, 2500.0], [1500.0, 2500.0]])
VALUE = np.array([1.5, 2.5, 3.5])


@pytest.fixture
def raster():
    return raster_of_cells(XY, VALUE, 500.0)


def test_first_row_is_the_north(raster):
    np.testing.assert_array_equal(raster.value, [[2.5, 3.5], [1.5, np.nan]])
    assert (raster.west_m, raster.north_m) == (750.0, 2750.0)


def test_values_and_place_read_back(raster):
    content = geotiff_bytes(raster, "EPSG:32652", description="density")
    tags = read_tags(content)
    np.testing.assert_array_equal(read_pixels(content, tags), [[2.5, 3.5], [1.5, NODATA]])
    assert tags[33550] == (500.0, 500.0, 0.0)
    assert tags[33922] == (0.0, 0.0, 0.0, 750.0, 2750.0, 0.0)
    assert tags[270] == "density\0"
    assert float(tags[42113].rstrip("\0")) == NODATA


def test_another_program_reads_the_pixels(raster):
    image = Image.open(io.BytesIO(geotiff_bytes(raster, "EPSG:32652")))
    assert (image.mode, image.size) == ("F", (2, 2))
    np.testing.assert_array_equal(np.asarray(image), [[2.5, 3.5], [1.5, NODATA]])


def test_projected_system_is_named_by_its_code(raster):
    keys = read_keys(read_tags(geotiff_bytes(raster, "EPSG:32652")))
    assert (keys[1024], keys[1025], keys[3072]) == (1, 1, 32652)


def test_own_equal_area_projection_is_written_with_its_parameters(raster):
    keys = read_keys(read_tags(geotiff_bytes(raster, equal_area_crs(131.25, 43.5))))
    assert (keys[1024], keys[3072], keys[3075], keys[3076], keys[2048]) == (1, 32767, 10, 9001, 4326)
    assert (keys[3088], keys[3089], keys[3082], keys[3083]) == (131.25, 43.5, 0.0, 0.0)


def test_a_local_map_claims_no_place_on_earth(raster):
    keys = read_keys(read_tags(geotiff_bytes(raster, "local")))
    assert keys[1024] == 32767
    assert not keys.keys() & {2048, 3072}


def test_letters_beyond_ascii_do_not_break_it(raster):
    content = geotiff_bytes(raster, "EPSG:32652", description="Плотность")
    assert read_tags(content)[270] == "?" * 9 + "\0"


@pytest.mark.parametrize("xy", [np.zeros((0, 2)), XY + np.array([[0, 0], [250, 0], [0, 0]]), XY[[0, 0, 1]]])
def test_cells_that_are_no_grid_are_refused(xy):
    with pytest.raises(ValueError, match=r"raster|grid"):
        raster_of_cells(xy, VALUE[: len(xy)], 500.0)


def test_coordinates_of_millions_of_metres_keep_their_cells():
    far = np.array([5_000_000.5, 4_800_000.25])
    raster = raster_of_cells(XY + far, VALUE, 500.0)
    np.testing.assert_array_equal(raster.value, raster_of_cells(XY, VALUE, 500.0).value)
