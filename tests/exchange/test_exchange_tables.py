"""Delimited text and workbooks as columns of text, with the true line of each record."""

import datetime as dt
import io
import struct
import time
import zipfile

import openpyxl
import pytest

from pardine.base.errors import InputError
from pardine.base.identifiers import sha256_of_bytes
from pardine.exchange import tables
from pardine.exchange.tables import parse_table, read_table


def workbook(*rows, sheets=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for title in sheets:
        book.create_sheet(title).append(["x"])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def repacked(content, extra=(), replace=None):
    """The workbook with more or other members."""
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(content)) as old,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for member in old.infolist():
            new.writestr(member.filename, (replace or {}).get(member.filename, old.read(member)))
        for name, data in extra:
            new.writestr(name, data)
    return buffer.getvalue()


def code_of(content, name="a.csv"):
    with pytest.raises(InputError) as caught:
        parse_table(content, name)
    return caught.value.code


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_separator_is_found(separator):
    table = parse_table(f"a{separator}b\n1{separator}2\n".encode(), "a.csv")
    assert (table.separator, table.header, table.columns) == (separator, ("a", "b"), (["1"], ["2"]))


def test_semicolon_wins_over_decimal_commas():
    table = parse_table(b"station;x;y\nA;1,5;2,5\nB;3,5;4,5\n", "a.csv")
    assert table.separator == ";"
    assert table.column("x") == ["1,5", "3,5"]


def test_excels_separator_line_is_obeyed_and_counted():
    table = parse_table(b"sep=;\na;b\n1;2\n", "a.csv")
    assert (table.header, list(table.row_numbers)) == (("a", "b"), [3])


def test_line_numbers_are_those_of_the_file():
    table = parse_table(b'id,note\n\n1,"two\nlines"\n\n,\n2,b\n', "a.csv")
    assert table.column("id") == ["1", "2"]
    assert list(table.row_numbers) == [3, 7]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_all_systems(end):
    table = parse_table(end.join(["a,b", "1,2", "3,4", ""]).encode(), "a.csv")
    assert list(table.row_numbers) == [2, 3]


def test_cells_and_names_are_trimmed():
    table = parse_table(" a ,\u00a0b\n 007 , x y \n".encode(), "a.csv")
    assert (table.header, table.columns) == (("a", "b"), (["007"], ["x y"]))


def test_empty_cells_beyond_the_header_do_no_harm():
    table = parse_table(b"a,b,,\n1,2,,\n3,4\n", "a.csv")
    assert (table.header, table.n_rows) == (("a", "b"), 2)


def test_column_without_a_name_is_kept():
    assert parse_table(b",a\n1,2\n", "a.csv").header == ("column_1", "a")


def test_all_ragged_rows_are_told():
    with pytest.raises(InputError) as caught:
        parse_table(b"a,b\n1\n1,2\n1,2,3\n", "a.csv")
    facts = [(p.code, p.fields["row"], p.fields["value"]) for p in caught.value.problems]
    assert facts == [("table.ragged", 2, 1), ("table.ragged", 4, 3)]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "table.empty"),
        (b"\xef\xbb\xbf\r\n \n", "table.empty"),
        (b",,\n,,\n", "table.empty"),
        (b'a,b\n1,"2\n3,4\n', "table.bad_quotes"),
        (b'a,b\n1,"2"x\n', "table.bad_quotes"),
        (b"a,b\n1," + b"x" * 140_000 + b"\n", "table.field_too_long"),
        (b"a,a\n1,2\n", "tables.refused"),
        (b",".join(b"c%d" % i for i in range(3000)) + b"\n", "table.too_large"),
    ],
)
def test_broken_text_is_refused_with_its_reason(content, code):
    assert code_of(content) == code


def test_bad_quote_is_told_with_the_line_of_its_record():
    with pytest.raises(InputError) as caught:
        parse_table(b'a,b\n1,2\n3,"4\n5,6\n', "a.csv")
    assert caught.value.notice.fields["row"] == 3


def test_large_file_is_refused_before_it_is_read(tmp_path, monkeypatch):
    monkeypatch.setattr(tables, "MAX_FILE_BYTES", 100)
    path = tmp_path / "a.csv"
    path.write_bytes(b"a,b\n" * 30)
    with pytest.raises(InputError) as caught:
        read_table(path)
    assert caught.value.code == "table.too_large"


def test_missing_file_is_a_persons_error(tmp_path):
    with pytest.raises(InputError) as caught:
        read_table(tmp_path / "нет.csv")
    assert caught.value.code == "table.unreadable_file"


def test_original_bytes_are_kept(tmp_path):
    content = "a;b\r\n1;é\r\n".encode("cp1252")
    path = tmp_path / "таблица 表.csv"
    path.write_bytes(content)
    table = read_table(path)
    assert (table.content, table.sha256, table.name) == (content, sha256_of_bytes(content), path.name)


def test_hundred_thousand_rows_in_about_a_second():
    rows = "\n".join(f"s,Leopard {i % 90},{i % 7 + 1},A{i % 40},1,F" for i in range(100_000))
    content = f"session,individual,occasion,station,count,sex\n{rows}\n".encode()
    spent = []
    for _ in range(3):
        began = time.process_time()
        assert parse_table(content, "a.csv").n_rows == 100_000
        spent.append(time.process_time() - began)
    # measured 0.12 s; a process with a large heap, as this one may be, takes several times that
    assert min(spent) < 2.0


def test_workbook_cells_become_text():
    content = workbook(
        ["id", "x", "date", "day"],
        ["007", 7.0, dt.datetime(2024, 5, 1, 13, 2), dt.date(2024, 5, 1)],
        [8, 1.25],
    )
    table = parse_table(content, "станции.xlsx")
    assert table.encoding == "xlsx"
    assert table.columns == (
        ["007", "8"],
        ["7", "1.25"],
        ["2024-05-01 13:02:00", ""],
        ["2024-05-01", ""],
    )
    assert list(table.row_numbers) == [2, 3]


def test_rows_of_a_workbook_are_those_of_its_sheet():
    table = parse_table(workbook([None], [None, "a", "b"], [None], [None, 1, 2]), "a.xlsx")
    assert (table.header, list(table.row_numbers)) == (("a", "b"), [4])


def test_first_sheet_is_read_and_named():
    table = parse_table(workbook(["a"], [1], sheets=["Лист 2", "表"]), "a.xlsx")
    (notice,) = table.notices
    assert (notice.code, notice.fields["value"], notice.fields["n_sheets"]) == (
        "table.first_sheet",
        "Sheet",
        3,
    )


def test_content_decides_not_the_name():
    assert parse_table(workbook(["a"], [1]), "a.csv").encoding == "xlsx"


def test_bomb_of_zeros_is_refused():
    content = repacked(workbook(["a"], [1]), [("xl/media/zeros.bin", bytes(50 << 20))])
    assert code_of(content) == "table.workbook_unsafe"


def test_too_many_members_are_refused():
    content = repacked(workbook(["a"], [1]), [(f"xl/{i}.xml", b"") for i in range(2_100)])
    assert code_of(content) == "table.workbook_unsafe"


def test_two_cells_far_apart_are_refused_before_the_sheet_is_opened():
    sheet = (
        b'<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<sheetData><row r="1"><c r="A1"><v>1</v></c></row>'
        b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
    )
    content = repacked(workbook(["a"], [1]), replace={"xl/worksheets/sheet1.xml": sheet})
    assert code_of(content) == "table.workbook_unsafe"


def test_false_size_of_a_member_is_found():
    content = bytearray(workbook(["a"], [1]))
    entry = content.rindex(b"PK\x01\x02")
    content[entry + 24 : entry + 28] = struct.pack("<I", 10)
    assert code_of(bytes(content)) == "table.workbook_broken"


@pytest.mark.parametrize("content", [b"PK\x03\x04", b"PK\x03\x04" + b"junk" * 50])
def test_broken_workbook_is_refused(content):
    assert code_of(content) == "table.workbook_broken"


def test_workbook_of_something_else_is_refused():
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("photo.txt", "no workbook")
    assert code_of(buffer.getvalue()) == "table.workbook_broken"


def test_empty_workbook_is_empty():
    assert code_of(workbook()) == "table.empty"


def test_a_broken_workbook_is_called_one_whatever_it_holds():
    with pytest.raises(InputError) as refused:
        parse_table(bytes(range(128, 256)) * 20, "captures.XLSX")
    assert refused.value.code == "table.workbook_broken"
