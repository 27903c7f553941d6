"""Encodings: what offices in three countries save is read without asking."""

import pytest

from pardine.base.errors import InputError
from pardine.exchange.encoding import decode

RUSSIAN = "Станция;Долгота;Широта;Примечание\nКедровая падь-1;131,45;43,10;у «Чёрного» ручья №2\n"
RUSSIAN_CAPITALS = "СТАНЦИЯ;ДОЛГОТА;ШИРОТА\nБАРАБАШ;131,45;43,10\nФИЛИППОВКА;131,46;43,11\n"
RUSSIAN_ONE_NAME = "station,x,y\nЛеопольд,1,2\n"
CHINESE = "站点,经度,纬度,备注\n珲春-01,130.85,43.05,东北虎豹国家公园\n汪清,130.1,43.5,阔叶林\n"
CHINESE_ONE_WORD = "individual,sex\nA1,雌\nA2,雄\n"
CHINESE_RARE = "站点,个体\n㙦镇𠮷,鑫淼\n"


@pytest.mark.parametrize("text", [RUSSIAN, RUSSIAN_CAPITALS, RUSSIAN_ONE_NAME])
def test_russian_office_files_are_cp1251(text):
    assert decode(text.encode("cp1251"), "a.csv") == (text, "cp1251")


@pytest.mark.parametrize("text", [CHINESE, CHINESE_RARE])
def test_chinese_office_files_are_gb18030(text):
    assert decode(text.encode("gb18030"), "a.csv") == (text, "gb18030")


@pytest.mark.parametrize("text", [RUSSIAN, CHINESE, CHINESE_ONE_WORD, CHINESE_RARE])
@pytest.mark.parametrize(
    ("encoding", "told"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("utf-16", "utf-16"), ("utf-32", "utf-32")],
)
def test_unicode_is_read_with_and_without_a_mark(text, encoding, told):
    assert decode(text.encode(encoding), "a.csv") == (text, told)


def test_western_letters_are_not_taken_for_chinese():
    text = "station,name\n1,Café Zoë\n2,Señora Muñoz\n"
    assert decode(text.encode("cp1252"), "a.csv") == (text, "cp1252")


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\x00\x00", "table.old_excel"),
        (b"a,b\n1,\x00\n", "table.binary"),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", "table.binary"),
        (b"\xff\xfea\x00,\x00b", "table.undecodable"),
        ("a,b\n".encode("utf-8-sig") + b"\xff\xfe", "table.undecodable"),
    ],
)
def test_what_is_no_text_is_refused_with_its_reason(content, code):
    with pytest.raises(InputError) as caught:
        decode(content, "a.csv")
    assert caught.value.code == code


def test_binary_sign_is_told_with_its_line():
    with pytest.raises(InputError) as caught:
        decode(b"a,b\n1,2\n3,\x07\n", "a.csv")
    assert dict(caught.value.notice.fields) == {"file": "a.csv", "row": 3, "value": "U+0007"}
