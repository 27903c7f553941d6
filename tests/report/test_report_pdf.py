import io
import re

import pypdf
import pytest
from made_surveys import EAST_M, NORTH_M, make_many, make_report, make_section
from test_report_html import HOSTILE

from pardine.base.errors import ProjectError
from pardine.report.compose import build_document
from pardine.report.fonts import Fonts, installed_fonts
from pardine.report.html import render_html, write_html
from pardine.report.pdf import render_pdf, write_pdf
from pardine.report.write import write_html_and_pdf


def pdf_of(report, fonts=None):
    fonts = fonts or installed_fonts()
    return render_pdf(build_document(report, fonts), report, fonts)


def pages_of(content):
    texts = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages]
    # Words that the typesetting broke are whole again.
    return [re.sub(r"[\u200b\u00ad]", "", text) for text in texts]


def without_fonts_for_chinese():
    fonts = installed_fonts()
    return Fonts(regular=fonts.regular, bold=fonts.bold, cjk=None)


def test_pdf_says_what_the_page_says():
    report = make_report()
    reader = pypdf.PdfReader(io.BytesIO(pdf_of(report)))
    text = " ".join(" ".join(page.extract_text() for page in reader.pages).split())
    for told in (
        "Population estimate",
        "Simulated valley",
        "independent animals",
        "95% interval",
        "20260314",
        "What was assumed",
        "Spatial scale",
    ):
        assert told in text
    assert reader.metadata.title == "Population estimate · Simulated valley"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"].value is True
    assert str(reader.trailer["/Root"]["/Lang"]).startswith("en")


def test_every_internal_page_says_so():
    pages = pages_of(pdf_of(make_report(audience="internal")))
    assert len(pages) > 3
    assert all(page.count("INTERNAL: exact places and names") == 2 for page in pages)
    assert any("QZSTATION000" in page for page in pages)


def test_public_pdf_holds_no_place_and_no_name():
    text = "".join(pages_of(pdf_of(make_report())))
    flat = re.sub(r"\s", "", text)
    for secret in ("QZSTATION", "QZLEOPARD", "QZSECRETCRS", "QZstations", "EPSG:32652", "INTERNAL"):
        assert secret not in flat
    for number in {*make_section().history.xy_m.ravel(), EAST_M, NORTH_M}:
        assert f"{number:.0f}" not in flat and f"{number:,.0f}" not in flat


def test_what_people_typed_is_never_markup_in_pdf():
    section = make_section(code=HOSTILE, prefix="#pagebreak()S", animals='"]#let x=')
    report = make_report((section,), audience="internal", project_name=HOSTILE)
    flat = re.sub(r"\s", "", "".join(pages_of(pdf_of(report))))
    assert re.sub(r"\s", "", HOSTILE) in flat
    assert "#pagebreak()S000" in flat


def test_same_report_same_pdf():
    assert pdf_of(make_report()) == pdf_of(make_report())


@pytest.mark.parametrize("language", ["ru", "zh"])
def test_other_languages_make_a_pdf(language):
    if language == "zh" and installed_fonts().cjk is None:
        pytest.skip("no Chinese font on this machine")
    text = "".join(pages_of(pdf_of(make_report(language=language))))
    assert {"ru": "Плотность", "zh": "密度"}[language] in text


def test_chinese_without_a_font_is_refused_in_pdf_and_written_as_html(tmp_path):
    fonts = without_fonts_for_chinese()
    report = make_report(language="zh")
    document = build_document(report, fonts)
    with pytest.raises(ProjectError) as caught:
        render_pdf(document, report, fonts)
    assert caught.value.code == "report.no_cjk_font"
    assert "密度" in render_html(document).decode()
    # Letters stay letters in the pictures, for the reader's own fonts.
    assert any("独立个体".encode() in figure.svg for figure in document.figures)


def test_chinese_names_in_an_english_report(tmp_path):
    if installed_fonts().cjk is None:
        pytest.skip("no Chinese font on this machine")
    sections, densities = make_many(5)
    path = tmp_path / "отчёт 报告.pdf"
    write_pdf(make_report(sections, densities=densities, truth=False), path)
    assert "模拟山谷" in "".join(pages_of(path.read_bytes()))
    assert path.stat().st_size < 3_000_000


def test_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(ProjectError) as caught:
        write_pdf(make_report(), tmp_path / "missing" / "report.pdf")
    assert caught.value.code == "report.cannot_write"


def test_both_files_of_one_composition(tmp_path):
    report = make_report()
    write_html_and_pdf(report, tmp_path / "a.html", tmp_path / "a.pdf")
    write_html(report, tmp_path / "b.html")
    write_pdf(report, tmp_path / "b.pdf")
    for kind in ("html", "pdf"):
        assert (tmp_path / f"a.{kind}").read_bytes() == (tmp_path / f"b.{kind}").read_bytes()
