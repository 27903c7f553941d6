from itertools import pairwise

import pytest

from pardine.report.figures.palette import DENSITY_RAMP, GRAPHIC_PAIRS, TEXT_PAIRS, _luminance, contrast_ratio


def test_contrast_of_black_and_white_is_21():
    assert contrast_ratio("#000000", "#ffffff") == pytest.approx(21.0)
    assert contrast_ratio("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize(("colour", "ground"), TEXT_PAIRS)
def test_letters_can_be_read(colour, ground):
    assert contrast_ratio(colour, ground) >= 4.5


@pytest.mark.parametrize(("colour", "ground"), GRAPHIC_PAIRS)
def test_lines_and_points_can_be_seen(colour, ground):
    assert contrast_ratio(colour, ground) >= 3.0


def test_every_density_class_is_darker_than_the_one_below():
    luminances = [_luminance(colour) for colour in DENSITY_RAMP]
    assert all(lighter / darker > 1.2 for lighter, darker in pairwise(luminances))
