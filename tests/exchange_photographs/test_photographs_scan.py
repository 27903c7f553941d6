"""Folders: nesting, links, resuming, duplicates, copies, and originals that stay as they are."""

import os
import shutil
import sys

import photograph_files as files
import pytest

from pardine.base.bulk import local_executor
from pardine.base.errors import InputError
from pardine.base.identifiers import sha256_of_file
from pardine.exchange.photographs.path_pattern import PathPattern
from pardine.exchange.photographs.scan import FileStamp, iter_scan, scan_folder
from pardine.exchange.photographs.walk import find_files


def dated(second, **options):
    return files.photograph(exif=files.dated(f"2021:04:11 20:43:{second:02}"), **options)


@pytest.fixture
def card(tmp_path):
    """Two stations with two slots, three photographs each, and what else lies on cards."""
    folder = tmp_path / "карта 1"
    for i, place in enumerate(("T1/A", "T1/B", "T2/A/100RECNX", "T2/B")):
        (folder / place).mkdir(parents=True)
        for j in range(3):
            (folder / place / f"IMG_{j:04}.JPG").write_bytes(dated(10 * i + j, shift=40 * i + 13 * j))
    (folder / "notes.txt").write_text("card of June", encoding="utf-8")
    (folder / "T1" / "cut.jpg").write_bytes(dated(0)[:500])
    return folder


def test_any_nesting_and_what_is_set_aside(card):
    scan = scan_folder(card)
    assert len(scan.media) == 12
    assert [media.path for media in scan.media] == sorted(media.path for media in scan.media)
    assert {(n.fields["file"], n.code, n.severity) for n in scan.refused} == {
        ("notes.txt", "photograph.not_media", "note"),
        ("T1/cut.jpg", "photograph.cut_short", "warning"),
    }
    assert (scan.duplicates, scan.recoded, scan.unfit) == ((), (), ())


def test_pattern_gives_places_and_tells_what_does_not_fit(card, tell):
    scan = scan_folder(card, pattern=PathPattern("{station}/{slot}/{*}"))
    assert len(scan.places) == 9
    assert {(place.station, place.slot) for place in scan.places.values()} == {
        ("T1", "A"),
        ("T1", "B"),
        ("T2", "B"),
    }
    assert scan.unfit == tuple(f"T2/A/100RECNX/IMG_{j:04}.JPG" for j in range(3))
    (notice,) = scan.notices
    assert "{station}/{slot}/{*}" in tell(notice)
    again = scan_folder(card, pattern=PathPattern("{station}/{slot}/**"), known=scan.stamps)
    assert (len(again.media), len(again.places), again.unfit) == (0, 12, ())


def test_time_of_a_pattern_takes_the_place_of_what_the_name_seems_to_say(tmp_path):
    (tmp_path / "1999-01-01 10-11-12 A 20240705 0304.jpg").write_bytes(files.picture())
    (media,) = scan_folder(tmp_path, pattern=PathPattern("{*} {station} {date} {time}")).media
    (reading,) = media.readings
    assert str(reading.wall_clock) == "2024-07-05 03:04:00"


def test_originals_stay_as_they_are(card):
    paths = sorted(path for path in card.rglob("*") if path.is_file())
    before = [(sha256_of_file(path), path.stat().st_mtime_ns) for path in paths]
    scan_folder(card)
    assert [(sha256_of_file(path), path.stat().st_mtime_ns) for path in paths] == before
    assert sorted(path for path in card.rglob("*") if path.is_file()) == paths


def test_what_is_known_is_not_read_again(card):
    first = scan_folder(card)
    (card / "T1/A/IMG_0001.JPG").write_bytes(dated(55))
    (card / "T1/A/IMG_0009.JPG").write_bytes(dated(56))
    second = scan_folder(card, known=first.stamps)
    assert [media.path for media in second.media] == ["T1/A/IMG_0001.JPG", "T1/A/IMG_0009.JPG"]
    assert len(second.unchanged) == 11
    assert second.stamps == scan_folder(card).stamps
    assert scan_folder(card, known=second.stamps).media == ()


def test_plain_tuples_will_do_for_what_is_known(card):
    known = {path: tuple(stamp) for path, stamp in scan_folder(card).stamps.items()}
    assert scan_folder(card, known=known).media == ()
    assert isinstance(next(iter(scan_folder(card, known=known).stamps.values())), FileStamp)


def test_duplicates_of_read_and_of_known_files(card):
    first = scan_folder(card)
    shutil.copy(card / "T1/A/IMG_0000.JPG", card / "T2/copy.jpg")
    scan = scan_folder(card, known=first.stamps)
    assert scan.duplicates == (("T1/A/IMG_0000.JPG", "T2/copy.jpg"),)
    assert [media.path for media in scan.media] == ["T2/copy.jpg"]


def test_batches_give_the_same_as_one_scan(card):
    names, _ = find_files(card)
    told = []
    batches = list(iter_scan(card, names, files_a_batch=5, on_done=lambda *done: told.append(done)))
    assert [len(batch.media) + len(batch.refused) for batch in batches] == [5, 5, 4]
    assert tuple(media for batch in batches for media in batch.media) == scan_folder(card).media
    assert told == [(5, 14), (10, 14), (14, 14)]


def test_workers_give_the_same_as_one(card):
    assert scan_folder(card, make_executor=lambda: local_executor(2)) == scan_folder(card)


def test_no_folder_is_told(tmp_path, tell):
    with pytest.raises(InputError) as caught:
        scan_folder(tmp_path / "gone")
    assert "gone" in tell(caught.value.notice)


def test_an_empty_folder_is_an_empty_scan(tmp_path):
    scan = scan_folder(tmp_path)
    assert (scan.media, scan.refused, scan.notices) == ((), (), ())


@pytest.fixture
def link():
    def make_link(path, target):
        try:
            path.symlink_to(target, target_is_directory=True)
        except OSError:
            pytest.skip("no links can be made here")

    return make_link


def test_links_in_circles_end(card, link):
    link(card / "T1" / "round", card)
    link(card / "T2" / "self", card / "T2" / "self")
    scan = scan_folder(card)
    assert len(scan.media) == 12
    assert [notice.code for notice in scan.notices] == ["photograph.folder_again"]
    assert ("T2/self", "photograph.unreadable") in {(n.fields["file"], n.code) for n in scan.refused}


def test_a_folder_is_known_by_its_own_name(card, link):
    link(card / "A link", card / "T2")
    assert "T2/B/IMG_0000.JPG" in {media.path for media in scan_folder(card).media}


def test_a_linked_folder_is_read(card, tmp_path, link):
    outside = tmp_path / "other disk"
    outside.mkdir()
    (outside / "x.jpg").write_bytes(dated(59))
    link(card / "more", outside)
    assert "more/x.jpg" in {media.path for media in scan_folder(card).media}


def test_deleted_files_of_a_card_are_left(card):
    (card / "$RECYCLE.BIN").mkdir()
    (card / "$RECYCLE.BIN" / "x.jpg").write_bytes(dated(59))
    scan = scan_folder(card)
    assert len(scan.media) == 12
    assert [notice.code for notice in scan.notices] == ["photograph.system_folder"]


@pytest.mark.skipif(
    sys.platform == "win32" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="all is readable"
)
def test_a_folder_that_cannot_be_read_is_told(card):
    (card / "T1").chmod(0)
    try:
        assert "photograph.unreadable" in {notice.code for notice in scan_folder(card).notices}
    finally:
        (card / "T1").chmod(0o755)


def test_only_metadata_changed(tmp_path):
    (tmp_path / "a.jpg").write_bytes(dated(1))
    tags = files.xmp_packet("<dc:subject><rdf:Bag><rdf:li>leopard</rdf:li></rdf:Bag></dc:subject>")
    (tmp_path / "b.jpg").write_bytes(dated(1, xmp=tags))
    (copy,) = scan_folder(tmp_path).recoded
    assert (copy.path, copy.of, copy.evidence) == ("a.jpg", "b.jpg", "same picture data")


def test_frames_of_one_second_are_no_copies(tmp_path):
    for i in range(3):
        (tmp_path / f"IMG_{i:04}.JPG").write_bytes(dated(1, shift=i))
    assert scan_folder(tmp_path).recoded == ()


@pytest.mark.parametrize("options", [{"quality": 40}, {"width": 320, "height": 240}])
def test_saved_again(tmp_path, options):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "IMG_0001.JPG").write_bytes(dated(1, width=640, height=480))
    (tmp_path / "b" / "IMG_0001.JPG").write_bytes(dated(1, **({"width": 640, "height": 480} | options)))
    (copy,) = scan_folder(tmp_path).recoded
    assert (copy.evidence, {copy.path, copy.of}) == ("same look", {"a/IMG_0001.JPG", "b/IMG_0001.JPG"})
    assert scan_folder(tmp_path, look_for_copies=False).recoded == ()
