import xml.etree.ElementTree as ET

import pytest

from pardine.exchange.gpx import Waypoint, gpx_text

NS = {"gpx": "http://www.topografix.com/GPX/1/1"}


def test_waypoints_read_back_whatever_their_names():
    names = ["S01", "Барс <5> & “7”", "虎\x00\x1b ]]>"]
    text = gpx_text(
        [Waypoint(name=n, longitude_deg=131.1234567, latitude_deg=-43.7654321, comment=n) for n in names],
        name="A & B",
        warning="internal <only>",
    )
    root = ET.fromstring(text.encode("utf-8"))
    assert root.get("version") == "1.1"
    assert root.findtext("gpx:metadata/gpx:name", namespaces=NS) == "A & B"
    assert root.findtext("gpx:metadata/gpx:desc", namespaces=NS) == "internal <only>"
    found = root.findall("gpx:wpt", NS)
    assert [w.findtext("gpx:name", namespaces=NS) for w in found] == [
        "S01",
        "Барс <5> & “7”",
        "虎\ufffd\ufffd ]]>",
    ]
    assert {(w.get("lat"), w.get("lon")) for w in found} == {("-43.7654321", "131.1234567")}


@pytest.mark.parametrize(("longitude", "latitude"), [(181.0, 0.0), (0.0, 90.1), (float("nan"), 0.0)])
def test_no_place_on_earth_is_no_waypoint(longitude, latitude):
    with pytest.raises(ValueError, match="no place on Earth"):
        Waypoint(name="x", longitude_deg=longitude, latitude_deg=latitude)
