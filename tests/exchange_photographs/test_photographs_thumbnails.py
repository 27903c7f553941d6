"""Thumbnails: small, upright, kept by content, the same until their VERSION is raised."""

import io

import photograph_files as files
import pytest
from photograph_files import ASCII, SHORT
from PIL import Image

from pardine.base.bulk import local_executor
from pardine.base.errors import InputError
from pardine.exchange.photographs.thumbnails import (
    VERSION,
    derived_path,
    make_thumbnail,
    thumbnail_path,
    write_thumbnails,
)


def opened(content):
    with Image.open(io.BytesIO(content)) as picture:
        picture.load()
        return picture


def save(folder, content, name="a.jpg"):
    (folder / name).write_bytes(content)
    return folder / name


def test_small_and_in_proportion(tmp_path):
    small = opened(make_thumbnail(save(tmp_path, files.picture(1600, 1200)), 320))
    assert (small.format, small.size, small.mode) == ("JPEG", (320, 240), "RGB")


def test_a_small_picture_is_not_blown_up(tmp_path):
    assert opened(make_thumbnail(save(tmp_path, files.picture(64, 48)), 320)).size == (64, 48)


@pytest.mark.parametrize(
    ("orientation", "size"), [(1, (80, 60)), (3, (80, 60)), (6, (60, 80)), (8, (60, 80))]
)
def test_upright(tmp_path, orientation, size):
    exif = files.tiff({files.MAKE: (ASCII, "A"), files.ORIENTATION: (SHORT, orientation)})
    path = save(tmp_path, files.photograph(exif=exif, width=800, height=600))
    small = opened(make_thumbnail(path, 80))
    assert small.size == size
    # The gradient is dark at the top as stored; orientation 6 is seen from its left side, 8 from its right.
    dark_at = {1: (40, 2), 3: (40, 57), 6: (57, 40), 8: (2, 40)}[orientation]
    assert small.getpixel(dark_at)[0] < 40


@pytest.mark.parametrize(("mode", "form"), [("CMYK", "JPEG"), ("L", "JPEG"), ("RGBA", "PNG"), ("L", "TIFF")])
def test_other_colours_and_formats(tmp_path, mode, form):
    path = save(tmp_path, files.picture(400, 300, mode=mode, form=form))
    assert opened(make_thumbnail(path, 100)).size == (100, 75)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (files.mp4(), "photograph.not_decodable"),
        (b"", "photograph.not_decodable"),
        (files.picture(640, 480)[:2000], "photograph.cut_short"),
        (files.picture(64, 48).replace(b"\xff\xc0", b"\xff\xc3"), "photograph.not_decodable"),
    ],
)
def test_what_cannot_be_shown_is_told(tmp_path, content, code, tell):
    with pytest.raises(InputError) as caught:
        make_thumbnail(save(tmp_path, content))
    assert caught.value.code == code
    assert "a.jpg" in tell(caught.value.notice)


def test_kept_by_content_and_made_once(tmp_path):
    path = save(tmp_path, files.picture(640, 480))
    derived = tmp_path / "derived"
    bad = save(tmp_path, files.mp4(), "b.mp4")
    told = write_thumbnails([(path, "a" * 64), (path, "a" * 64), (bad, "b" * 64)], derived, size_px=64)
    assert [notice.code for notice in told] == ["photograph.not_decodable"]
    made = [made for made in derived.rglob("*") if made.is_file()]
    assert made == [thumbnail_path(derived, "a" * 64, 64)]
    stamp = made[0].stat().st_mtime_ns
    assert write_thumbnails([(path, "a" * 64)], derived, size_px=64) == ()
    assert made[0].stat().st_mtime_ns == stamp
    made[0].unlink()
    write_thumbnails([(path, "a" * 64)], derived, size_px=64, make_executor=lambda: local_executor(2))
    assert made[0].is_file()


def test_place_depends_on_content_stage_version_and_parameters(tmp_path):
    base = {"stage": "thumbnail", "version": 1, "parameters": {"size_px": 320}, "suffix": ".jpg"}
    changes = [{}, {"stage": "crop"}, {"version": 2}, {"parameters": {"size_px": 64}}]
    places = {derived_path(tmp_path, "a" * 64, **(base | change)) for change in changes}
    places.add(derived_path(tmp_path, "b" * 64, **base))
    assert len(places) == 5


def test_output_is_that_of_its_version(tmp_path):
    path = save(tmp_path, files.picture(1600, 1200))
    grey = opened(make_thumbnail(path, 64)).convert("L").resize((1, 8), Image.Resampling.BOX)
    assert VERSION == 1, "the picture below belongs to version 1"
    assert list(grey.tobytes()) == pytest.approx([15, 48, 80, 112, 144, 176, 208, 240], abs=2)
