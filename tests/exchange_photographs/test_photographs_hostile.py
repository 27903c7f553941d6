"""Files that were broken by accident or made to do harm: set aside by name and reason, or read safely."""

import io
import json
import os
import random
import struct
import subprocess
import sys
import zipfile
import zlib

import photograph_files as files
import pytest
from photograph_files import ASCII, LONG, UNDEFINED

from pardine.base.errors import Notice
from pardine.exchange.photographs.media_file import examine_file, read_media_file
from pardine.exchange.photographs.scan import scan_folder

WHOLE = files.photograph(exif=files.dated("2021:04:11 20:43:09"), width=640, height=480)
MEMORY_LIMIT_BYTES = 1_000_000_000


def zip_of_zeros():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("bomb", bytes(50 << 20))
    return buffer.getvalue()


def jpeg_claiming(width, height):
    place = WHOLE.index(b"\xff\xc0")
    return WHOLE[: place + 5] + struct.pack(">HH", height, width) + WHOLE[place + 9 :]


def png_chunk(name, content):
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))


def png_bomb(width, height):
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    data = zlib.compress(bytes(20 << 20), 9)
    chunks = png_chunk(b"IHDR", head) + png_chunk(b"IDAT", data) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def chained_directories(n):
    """Empty directories, each of which points to the next, and the last to the first."""
    block = b"II*\0" + struct.pack("<I", 8)
    for i in range(n):
        block += struct.pack("<HI", 0, 8 + 6 * ((i + 1) % n))
    return block


def huge_count():
    block = bytearray(files.tiff({files.MAKE: (ASCII, "ACME CAMERAS")}))
    struct.pack_into("<I", block, 14, 0xFFFF_FFF0)
    return bytes(block)


def deep_boxes(n):
    content = b""
    for _ in range(n):
        content = files.box(b"udta", content)
    return files.box(b"ftyp", b"isom\0\0\2\0") + files.box(b"moov", content)


# What each must come to: the reason why it is set aside.
REFUSED = {
    "empty.jpg": (b"", "photograph.empty"),
    "zeros.jpg": (bytes(5000), "photograph.only_zeros"),
    "page.jpg": (b"<html><script>alert(1)</script></html>", "photograph.not_what_name_says"),
    "bomb.zip": (zip_of_zeros(), "photograph.not_media"),
    "bomb.jpg": (zip_of_zeros(), "photograph.not_what_name_says"),
    "cut in header.jpg": (WHOLE[:30], "photograph.cut_short"),
    "cut in data.jpg": (WHOLE[: len(WHOLE) * 2 // 3], "photograph.cut_short"),
    "no data.jpg": (b"\xff\xd8\xff\xd9", "photograph.damaged"),
    "start only.jpg": (b"\xff\xd8\xff", "photograph.cut_short"),
    "no frame.jpg": (b"\xff\xd8\xff\xda\0\x02\0\0\xff\xd9", "photograph.no_picture"),
    "length zero.jpg": (b"\xff\xd8\xff\xe1\0\0" + bytes(50) + b"\xff\xd9", "photograph.damaged"),
    "no marker.jpg": (b"\xff\xd8\xff\xe1\0\x04abXY" + bytes(50), "photograph.damaged"),
    "fills.jpg": (b"\xff\xd8" + b"\xff" * 100_000, "photograph.cut_short"),
    "segments.jpg": (b"\xff\xd8" + b"\xff\xe2\0\x02" * 10_000, "photograph.damaged"),
    "huge.jpg": (jpeg_claiming(65_000, 65_000), "photograph.too_many_pixels"),
    "flat.jpg": (jpeg_claiming(640, 0), "photograph.no_extent"),
    "huge.png": (png_bomb(200_000, 200_000), "photograph.too_many_pixels"),
    "cut.png": (files.picture(form="PNG")[:-20], "photograph.cut_short"),
    "no data.png": (png_bomb(9, 9)[:33] + png_chunk(b"IEND", b""), "photograph.no_picture"),
    "huge.tif": (files.tiff({0x100: (LONG, 1 << 30), 0x101: (LONG, 1 << 30)}), "photograph.too_many_pixels"),
    "cut.tif": (files.picture(form="TIFF")[:-200], "photograph.cut_short"),
    "circle.tif": (chained_directories(3), "photograph.no_picture"),
    "big.tif": (b"II+\0\x08\0\0\0" + bytes(50), "photograph.other_format"),
    "zip behind.jpg": (WHOLE + zip_of_zeros(), "photograph.two_files"),
    "zip with end.jpg": (WHOLE + zip_of_zeros()[:-2] + b"\x02\0\xff\xd9", "photograph.two_files"),
    "html behind.jpg": (WHOLE + b"\n<HTML><script>alert(1)</script>", "photograph.two_files"),
    "php behind.jpg": (WHOLE + b"<?php system('id');", "photograph.two_files"),
    "program behind.jpg": (WHOLE + b"MZ" + bytes(500), "photograph.two_files"),
    "html behind.png": (files.picture(form="PNG") + b"<html>", "photograph.two_files"),
    "unfinished.mp4": (files.mp4()[: files.mp4().index(b"moov") - 4], "photograph.video_unfinished"),
    "cut.mp4": (files.mp4()[:-100], "photograph.cut_short"),
    "damaged.mp4": (b"\0\0\0\x18ftypisom" + bytes(12) + b"\0\0\0\x03mdat", "photograph.damaged"),
    "deep.mp4": (deep_boxes(2000), "photograph.no_picture"),
    "no track.mov": (files.box(b"moov", files.box(b"mvhd", bytes(100))), "photograph.no_picture"),
    "large size.mp4": (b"\0\0\0\x01ftyp" + b"\xff" * 8, "photograph.cut_short"),
    "cut.avi": (files.avi()[:-20], "photograph.cut_short"),
    "unfinished.avi": (files.avi()[:4] + bytes(4) + files.avi()[8:], "photograph.video_unfinished"),
    "short head.avi": (files.chunk(b"RIFF", b"AVI "), "photograph.no_picture"),
    "still.heic": (b"\0\0\0\x18ftypheic" + bytes(40), "photograph.other_format"),
    "moving.gif": (b"GIF89a" + bytes(40), "photograph.other_format"),
    "._IMG_1.JPG": (b"\0\x05\x16\x07" + bytes(60), "photograph.not_media"),
}


def many_scans():
    """A progressive JPEG whose scans are repeated."""
    sound = files.picture(64, 48, progressive=True)
    begin = sound.rindex(b"\xff\xda")
    return sound[:begin] + sound[begin:-2] * 3000 + b"\xff\xd9"


def large_png(side):
    """As many pixels as are allowed, in few bytes."""
    data = zlib.compressobj(9)
    row = bytes(1 + 4 * side)
    packed = b"".join(data.compress(row) for _ in range(side)) + data.flush()
    head = struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    chunks = png_chunk(b"IHDR", head) + png_chunk(b"IDAT", packed) + png_chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


# Read, with what is told of them.
READ = {
    "loop of directories.jpg": (files.photograph(exif=chained_directories(5)), ["photograph.exif_damaged"]),
    "offset outside.jpg": (
        files.photograph(exif=files.tiff({files.EXIF_POINTER: (LONG, 1 << 31)})),
        ["photograph.exif_damaged"],
    ),
    "count of billions.jpg": (files.photograph(exif=huge_count()), ["photograph.exif_damaged"]),
    "no TIFF.jpg": (files.photograph(exif=b"not a TIFF structure"), ["photograph.exif_damaged"]),
    "entities.jpg": (
        files.photograph(xmp=files.xmp_packet("", head='<!DOCTYPE x [<!ENTITY a "a">]>')),
        ["photograph.xmp_unreadable"],
    ),
    "broken XML.jpg": (files.photograph(xmp=b"<x:xmpmeta><unclosed"), ["photograph.xmp_unreadable"]),
    "short MakerNote.jpg": (
        files.photograph(exif=files.tiff({}, {files.MAKER_NOTE: (UNDEFINED, b"\x01\xf1ab")})),
        [],
    ),
    "padded.jpg": (WHOLE + bytes(100_000), []),
    "own trailer.jpg": (WHOLE + b"SEFHe" + bytes(300) + b"SEFT", []),
    "html in comment.jpg": (files.with_segments(WHOLE, (0xFE, b"<html><script>")), []),
    "CMYK.jpg": (files.picture(mode="CMYK"), ["photograph.printing_colours"]),
    "grey.jpg": (files.picture(mode="L"), []),
    "many scans.jpg": (many_scans(), []),
    "large.png": (large_png(9400), []),
}


@pytest.mark.parametrize("name", REFUSED)
def test_set_aside_with_the_reason(examine, name):
    content, code = REFUSED[name]
    examined = examine(content, name)
    assert examined.media is None
    assert [notice.code for notice in examined.notices] == [code]
    assert examined.notices[0].fields["file"] == name


@pytest.mark.parametrize("name", READ)
def test_read_and_told(examine, name):
    content, codes = READ[name]
    examined = examine(content, name)
    assert examined.media is not None
    assert [notice.code for notice in examined.notices] == codes


def test_limits_of_bytes_and_pixels_can_be_lowered(examine):
    assert examine(WHOLE, image_bytes=1000).notices[0].code == "photograph.too_many_bytes"
    assert examine(WHOLE, pixels=1000).notices[0].code == "photograph.too_many_pixels"


def test_a_file_that_is_not_there_is_told(tmp_path):
    answer = read_media_file(tmp_path / "gone.jpg", root=tmp_path)
    assert isinstance(answer, Notice)
    assert answer.code == "photograph.unreadable"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no pipes in folders here")
def test_a_pipe_is_not_opened(tmp_path):
    os.mkfifo(tmp_path / "pipe.jpg")
    assert examine_file(tmp_path / "pipe.jpg", root=tmp_path).notices[0].code == "photograph.not_a_file"


@pytest.mark.skipif(sys.platform != "linux", reason="such names cannot be made here")
def test_names_that_are_no_text_are_set_aside(tmp_path, tell):
    for name in (b"a\xff.jpg", b"b\nc.jpg"):
        (tmp_path / os.fsdecode(name)).write_bytes(WHOLE)
    scan = scan_folder(tmp_path)
    assert [notice.code for notice in scan.refused] == ["photograph.bad_name"] * 2
    for notice in scan.refused:
        assert tell(notice).isprintable()


def test_all_of_them_in_one_folder_within_the_memory(tmp_path):
    for name, (content, _) in (REFUSED | READ).items():
        (tmp_path / name).write_bytes(content)
    code = (
        "import json, sys, pathlib\n"
        "from pardine.exchange.photographs.scan import scan_folder\n"
        "from pardine.exchange.photographs.thumbnails import write_thumbnails\n"
        "folder = pathlib.Path(sys.argv[1])\n"
        "scan = scan_folder(folder)\n"
        "write_thumbnails([(folder / m.path, m.sha256) for m in scan.media], pathlib.Path(sys.argv[2]))\n"
        "try:\n"
        "    import resource\n"
        "    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024\n"
        "except ImportError:\n"
        "    peak = 0\n"
        "print(json.dumps([len(scan.media), len(scan.refused), peak]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path), str(tmp_path / "derived")],
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    n_read, n_refused, peak_bytes = json.loads(done.stdout)
    assert (n_read, n_refused) == (len(READ), len(REFUSED))
    assert peak_bytes < MEMORY_LIMIT_BYTES


def seeds():
    """One sound file of each format."""
    tags = files.xmp_packet("<dc:subject><rdf:Bag><rdf:li>a</rdf:li></rdf:Bag></dc:subject>")
    moment = files.dt.datetime(2021, 4, 11, 20, 43, 9)
    exif = files.tiff(
        {files.MAKE: (ASCII, "RECONYX")}, {files.MAKER_NOTE: (UNDEFINED, files.hyperfire_note(moment))}
    )
    return {
        "a.jpg": files.photograph(exif=exif, xmp=tags, iptc=files.iptc_keywords("a", "b")),
        "a.png": files.picture(form="PNG"),
        "a.tif": files.picture(form="TIFF"),
        "a.mp4": files.mp4(moment, make="ACME", keys={"com.android.version": "14"}),
        "a.avi": files.avi(b"Fri Jul 05 12:17:34 2013\n\0"),
    }


@pytest.mark.parametrize("name", seeds())
def test_changed_bytes_never_raise(tmp_path, name):
    draw = random.Random(20_260_101)
    sound = seeds()[name]
    path = tmp_path / name
    for _ in range(400):
        content = bytearray(sound)
        for _ in range(draw.randint(1, 8)):
            content[draw.randrange(len(content))] = draw.choice((0, 1, 0x7F, 0x80, 0xFF, draw.randrange(256)))
        if draw.random() < 0.3:
            del content[draw.randrange(len(content)) :]
        path.write_bytes(content)
        examine_file(path, root=tmp_path)
