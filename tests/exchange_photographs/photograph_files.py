"""Photographs and video built byte by byte, small and of known content."""

import datetime as dt
import io
import struct

from PIL import Image

ASCII, SHORT, LONG, UNDEFINED = 2, 3, 4, 7
MAKE, MODEL, ORIENTATION, DATE_TIME = 0x010F, 0x0110, 0x0112, 0x0132
ORIGINAL, DIGITIZED, OFFSET_ORIGINAL, FRACTION_ORIGINAL = 0x9003, 0x9004, 0x9011, 0x9291
FLASH, MAKER_NOTE, SERIAL, EXIF_POINTER = 0x9209, 0x927C, 0xA431, 0x8769


def picture(width=64, height=48, *, shift=0, **options):
    """A JPEG of a gradient; ``shift`` makes another picture."""
    image = Image.linear_gradient("L").resize((width, height)).point(lambda grey: (grey + shift) % 256)
    buffer = io.BytesIO()
    image.convert(options.pop("mode", "RGB")).save(buffer, options.pop("form", "JPEG"), **options)
    return buffer.getvalue()


def with_segments(jpeg, *segments):
    """A JPEG with segments (marker, content) put behind its start."""
    parts = b"".join(struct.pack(">BBH", 0xFF, marker, len(c) + 2) + c for marker, c in segments)
    return jpeg[:2] + parts + jpeg[2:]


def photograph(*, exif=b"", xmp=b"", iptc=b"", **options):
    """A JPEG with blocks of metadata."""
    segments = []
    if exif:
        segments.append((0xE1, b"Exif\0\0" + exif))
    if xmp:
        segments.append((0xE1, b"http://ns.adobe.com/xap/1.0/\0" + xmp))
    if iptc:
        resource = b"8BIM" + struct.pack(">H", 0x0404) + b"\0\0" + struct.pack(">I", len(iptc)) + iptc
        segments.append((0xED, b"Photoshop 3.0\0" + resource))
    return with_segments(picture(**options), *segments)


def tiff(first=None, exif=None, *, order="<"):
    """A TIFF structure of fields tag -> (type, value); numbers, texts and bytes."""
    first = dict(first or {})
    if exif is not None:
        first[EXIF_POINTER] = (LONG, 0)
    n_first = 8 + 2 + 12 * len(first) + 4
    main, extra = _directory(first, n_first, order)
    if exif is not None:
        start = n_first + len(extra)
        first[EXIF_POINTER] = (LONG, start)
        main, extra = _directory(first, n_first, order)
        below, more = _directory(exif, start + 2 + 12 * len(exif) + 4, order)
        extra += below + more
    return (b"II*\0" if order == "<" else b"MM\0*") + struct.pack(order + "I", 8) + main + extra


def _directory(fields, place, order):
    entries, extra = b"", b""
    for tag, (kind, value) in sorted(fields.items()):
        if isinstance(value, str):
            value = value.encode() + b"\0"
        raw = struct.pack(order + {SHORT: "H", LONG: "I"}[kind], value) if isinstance(value, int) else value
        count = 1 if isinstance(value, int) else len(raw)
        if len(raw) > 4:
            content = struct.pack(order + "I", place + len(extra))
            extra += raw
        else:
            content = raw.ljust(4, b"\0")
        entries += struct.pack(order + "HHI", tag, kind, count) + content
    return struct.pack(order + "H", len(fields)) + entries + b"\0\0\0\0", extra


def dated(text, *, make="TRAILCAM", order="<", **exif):
    """EXIF with a date of exposure."""
    return tiff({MAKE: (ASCII, make)}, {ORIGINAL: (ASCII, text), **exif}, order=order)


def hyperfire_note(moment, *, number=2, length=3, event=70_000, celsius=-21, serial="H500AB", label="ST-04"):
    """MakerNote of a HyperFire, month before day."""
    note = bytearray(713)
    struct.pack_into("<H", note, 0, 0xF101)
    note[0x0C:0x0D] = b"M"
    struct.pack_into("<4H", note, 0x0E, number, length, event >> 16, event & 0xFFFF)
    struct.pack_into("<7H", note, 0x16, *_clock(moment), _weekday(moment))
    struct.pack_into("<h", note, 0x28, celsius)
    note[0x2A : 0x2A + 2 * len(serial)] = serial.encode("utf-16-le")
    note[0x50] = 1
    note[0x56 : 0x56 + len(label)] = label.encode()
    return bytes(note)


def hyperfire_2_note(moment, *, day_first=False, weekday=None):
    """MakerNote of a HyperFire 2."""
    note = bytearray(837)
    note[:10] = b"RECONYXH2\0"
    struct.pack_into("<4H", note, 0x36, 1, 10, 0, 4)
    clock = list(_clock(moment))
    if day_first:
        clock[3], clock[4] = clock[4], clock[3]
    struct.pack_into("<7H", note, 0x3E, *clock, _weekday(moment) if weekday is None else weekday)
    return bytes(note)


def ultrafire_note(moment, *, start=b"RECONYXUF\0", at=0x34, sunday=0, serial_at=0x4B, label_at=0x5A):
    """MakerNote of an UltraFire, and with other places of a HyperFire 4K: bytes, day before month."""
    note = bytearray(300)
    note[: len(start)] = start
    struct.pack_into("<c2BI", note, at, b"M", 2, 3, 70_000)
    clock = (moment.second, moment.minute, moment.hour, moment.day, moment.month, moment.year)
    struct.pack_into("<5BHB", note, at + 7, *clock, moment.isoweekday() % 7 + sunday)
    struct.pack_into("<2h", note, at + 16, -5, -21)
    note[at + (20 if sunday == 0 else 28)] = 1
    note[serial_at : serial_at + 6] = b"U500AB"
    note[label_at : label_at + 5] = b"ST-04"
    return bytes(note)


def hyperfire_4k_note(moment):
    """MakerNote of a HyperFire 4K."""
    places = {"start": b"RECONYXHF4K\0", "at": 0x28, "sunday": 1, "serial_at": 0x84, "label_at": 0x51}
    return ultrafire_note(moment, **places)


def microfire_note(moment):
    """MakerNote of a MicroFire: words, month before day."""
    note = bytearray(300)
    note[:10] = b"RECONYXMF\0"
    note[0x44:0x45] = b"M"
    struct.pack_into("<4H", note, 0x46, 2, 3, 70_000 >> 16, 70_000 & 0xFFFF)
    struct.pack_into("<7H", note, 0x4E, *_clock(moment), _weekday(moment))
    struct.pack_into("<2h", note, 0x5E, -5, -21)
    note[0x6A] = 1
    note[0x76:0x7B] = b"ST-04"
    note[0x8C:0x98] = "U500AB".encode("utf-16-le")
    return bytes(note)


def _clock(moment):
    return moment.second, moment.minute, moment.hour, moment.month, moment.day, moment.year


def _weekday(moment):
    return moment.isoweekday() % 7 + 1


def xmp_packet(body, *, head=""):
    """An XMP packet around properties."""
    return (
        f'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?>{head}<x:xmpmeta xmlns:x="adobe:ns:meta/">'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" '
        'xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:lr="http://ns.adobe.com/lightroom/1.0/" '
        'xmlns:digiKam="http://www.digikam.org/ns/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/">'
        f'{body}</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
    ).encode()


def iptc_keywords(*words):
    return b"".join(b"\x1c\x02\x19" + struct.pack(">H", len(w.encode())) + w.encode() for w in words)


def box(name, *contents, version=None):
    content = b"".join(contents)
    return struct.pack(">I4s", 8 + len(content), name) + content


def mp4(created=None, *, make=None, keys=None, width=640, height=360, frames=250, length_s=10, wide=False):
    """An MP4 of one track; ``created`` is what its clock holds, as a moment since 1904."""
    seconds = 0 if created is None else int((created - dt.datetime(1904, 1, 1)).total_seconds())
    head = (
        struct.pack(">4xIIII", seconds, seconds, 1000, 1000 * length_s)
        if not wide
        else struct.pack(">4sQQIQ", b"\1\0\0\0", seconds, seconds, 1000, 1000 * length_s)
    )
    entry = struct.pack(">I4s6xH16xHH", 86, b"avc1", 1, width, height) + bytes(50)
    tables = box(b"stsd", struct.pack(">4xI", 1), entry) + box(b"stsz", struct.pack(">4xII", 0, frames))
    handler = box(b"hdlr", struct.pack(">8x4s12x", b"vide"))
    track = box(b"trak", box(b"mdia", handler, box(b"minf", box(b"stbl", tables))))
    extra = b""
    if make is not None:
        text = make.encode()
        extra += box(b"udta", box(b"\xa9mak", struct.pack(">HH", len(text), 0), text))
    if keys is not None:
        names = b"".join(box(b"mdta", name.encode()) for name in keys)
        values = b"".join(
            box(struct.pack(">I", i), box(b"data", bytes(8), value.encode()))
            for i, value in enumerate(keys.values(), 1)
        )
        listed = box(b"keys", struct.pack(">4xI", len(keys)), names) + box(b"ilst", values)
        extra += box(b"meta", box(b"hdlr", bytes(24)), listed)
    index = box(b"moov", box(b"mvhd", head, bytes(80)), track, extra)
    return box(b"ftyp", b"isom\0\0\2\0") + box(b"mdat", bytes(100)) + index


def chunk(name, content):
    return name + struct.pack("<I", len(content)) + content + b"\0" * (len(content) % 2)


def avi(date=b"", *, width=640, height=480, frames=150, frame_us=66_667):
    """An AVI of one stream."""
    head = struct.pack("<10I", frame_us, 0, 0, 0, frames, 0, 1, 0, width, height) + bytes(16)
    facts = chunk(b"avih", head) + (chunk(b"IDIT", date) if date else b"")
    content = b"AVI " + chunk(b"LIST", b"hdrl" + facts) + chunk(b"LIST", b"movi" + bytes(64))
    return chunk(b"RIFF", content)
