import base64
import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from made_surveys import EAST_M, NORTH_M, make_many, make_report, make_section

from pardine.report.compose import build_document
from pardine.report.html import render_html, write_html

HOSTILE = '<script>alert("1")</script> & #set $x$ \\ *b* _i_ @ref `code` {{ 7 * 7 }} {n}'
VOID = {"meta", "img", "br"}


class Outline(HTMLParser):
    """Tags in order, and whether each that was opened was closed."""

    def __init__(self):
        super().__init__()
        self.tags, self.open = [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def page_of(report):
    return render_html(build_document(report)).decode()


def outline_of(page):
    outline = Outline()
    outline.feed(page)
    assert outline.open == []
    return outline.tags


def everything_in(page):
    """The page with its pictures unpacked, so that nothing hides in base64."""
    pictures = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', page)
    assert pictures
    return page + "".join(base64.b64decode(picture).decode() for picture in pictures)


@pytest.fixture(scope="module")
def page():
    return page_of(make_report())


def test_page_asks_nothing_of_any_network(page):
    whole = everything_in(page)
    assert "default-src 'none'; style-src 'unsafe-inline'; img-src data:" in page
    for tag, attributes in outline_of(page):
        assert tag not in {"script", "link", "iframe", "object"}
        assert not any(name.startswith("on") for name in attributes)
        for name in ("src", "href"):
            assert attributes.get(name, "#").startswith(("#", "data:"))
    # Name spaces are names; anything else that looks like an address would be one.
    addresses = set(re.findall(r"https?://[^\"'<> ]+", whole))
    assert addresses <= {"http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"}
    assert "url(http" not in whole


@pytest.mark.parametrize("language", ["en", "ru", "zh"])
def test_page_is_sound_html(language):
    tags = outline_of(page_of(make_report(language=language)))
    names = [tag for tag, _ in tags]
    assert dict(tags[0][1])["lang"] == {"en": "en", "ru": "ru", "zh": "zh-Hans"}[language]
    assert names.count("h1") == 1
    levels = [int(tag[1]) for tag in names if re.fullmatch(r"h\d", tag)]
    assert all(b - a <= 1 for a, b in pairwise(levels))
    assert names.count("caption") == names.count("table")
    assert all(attributes.get("scope") in {"col", "row"} for tag, attributes in tags if tag == "th")
    assert all(len(attributes["alt"]) > 40 for tag, attributes in tags if tag == "img")
    assert names.count("details") == names.count("figure") == names.count("img") == 3
    anchors = {attributes["id"] for _, attributes in tags if "id" in attributes}
    ids = [attributes["id"] for _, attributes in tags if "id" in attributes]
    assert len(ids) == len(anchors)
    assert {a["href"][1:] for tag, a in tags if tag == "a"} <= anchors


def test_public_page_holds_no_place_and_no_name(page):
    whole = everything_in(page)
    for secret in ("QZSTATION", "QZLEOPARD", "QZSECRETCRS", "QZstations.csv", "EPSG:32652", "INTERNAL"):
        assert secret not in whole
    section = make_section()
    for number in {*section.history.xy_m.ravel(), *section.state_space.xy_m.ravel(), EAST_M, NORTH_M}:
        for written in (f"{number:.0f}", f"{number:,.0f}"):
            assert written not in whole


def test_partners_see_squares_and_no_names():
    whole = everything_in(page_of(make_report(audience="partner")))
    assert "FOR PARTNERS" in whole
    for secret in ("QZSTATION", "QZLEOPARD", "QZstations.csv"):
        assert secret not in whole
    for number in make_section().history.xy_m.ravel():
        assert f"{number:.0f}" not in whole and f"{number:,.0f}" not in whole


def test_internal_page_says_so_and_lists_captures():
    page = page_of(make_report(audience="internal"))
    assert page.count("INTERNAL") == 2
    for shown in ("QZSTATION000", "QZLEOPARD00", "QZstations.csv", "QZSECRETCRS"):
        assert shown in page


def test_what_people_typed_is_never_markup():
    section = make_section(code=HOSTILE, prefix="<i>S", animals="</td><b>")
    page = page_of(
        make_report((section,), audience="internal", project_name=HOSTILE, title=HOSTILE, species=HOSTILE)
    )
    tags = [tag for tag, _ in outline_of(page)]
    assert not {"script", "i", "b"} & set(tags)
    assert "&lt;script&gt;" in page and "{{ 7 * 7 }} {n}" in page


def test_same_report_same_bytes():
    assert page_of(make_report()) == page_of(make_report())


def test_many_surveys_stay_small_and_whole(tmp_path):
    sections, densities = make_many()
    path = tmp_path / "Отчёт 报告 with spaces.html"
    write_html(make_report(sections, densities=densities, truth=False), path)
    page = path.read_text(encoding="utf-8")
    assert path.stat().st_size < 3_000_000
    assert [p.name for p in tmp_path.iterdir()] == [path.name]
    for section in sections:
        assert section.session.code.split(" &")[0] in page
    assert "no animal was detected" in page


def test_simulated_truth_is_labelled(page):
    assert page.count("imulated") > 5
    assert "No such animals exist" in page
    assert "imulated true" not in page_of(make_report(truth=False))
