"""Questions out, verdicts in; tables of animals; sheets that tell neither place nor time."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pardine.base.errors import InputError
from pardine.exchange.animal_table import read_animal_table
from pardine.exchange.photographs.sheets import HEIGHT_PX, WIDTH_PX, SheetPicture, write_sheet
from pardine.exchange.question_table import read_answers, write_questions

PLACES = {
    "img_1.jpg": [("cards", "S1/100/IMG_1.JPG", "S1_A"), ("cards", "S2/100/IMG_1.JPG", "S2_A")],
    "img_2.jpg": [("cards", "S1/100/IMG_2.JPG", "S1_A")],
}


def table(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_questions_come_back_with_what_was_filled_in(tmp_path: Path):
    path = tmp_path / "q.csv"
    write_questions(path, [("k1", "k1.jpg", "left"), ("k2", "k2.jpg", "right"), ("k3", "k3.jpg", "left")])
    rows = path.read_text(encoding="utf-8-sig").splitlines()
    rows[1] = "k1,k1.jpg,left,Same,Anna,2025-08-01,clear rosette"
    rows[2] = "k2,k2.jpg,right,?,,,"
    path.write_text("\n".join(rows), encoding="utf-8")
    first, second = read_answers(path, default_by="Boris")
    assert (first.question, first.answer, first.by, first.remark) == ("k1", "same", "Anna", "clear rosette")
    assert first.at is not None and first.at.year == 2025
    assert (second.answer, second.by) == ("can't tell", "Boris")


@pytest.mark.parametrize(
    ("row", "code"), [("k1,,,maybe,Anna,,", "table.unknown_word"), ("k1,,,same,,,", "identify.nobody_said")]
)
def test_a_verdict_that_cannot_be_read_refuses_the_table(tmp_path: Path, row: str, code: str):
    path = table(tmp_path, "question,sheet,side,verdict,by,at,remark\n" + row + "\n")
    with pytest.raises(InputError) as refused:
        read_answers(path)
    assert [p.code for p in refused.value.problems] == [code]


def test_words_of_other_languages_are_verdicts(tmp_path: Path):
    path = table(tmp_path, "question;verdict;by\nk1;да;Анна\nk2;разные;Анна\nk3;无法比较;李\n")
    assert [a.answer for a in read_answers(path)] == ["same", "different", "not comparable"]


def test_a_table_of_animals_finds_files_by_as_much_of_the_path_as_is_needed(tmp_path: Path):
    path = table(
        tmp_path,
        "file,species,sides,count\nS2/100/IMG_1.JPG,leopard,left,1\nIMG_2.JPG,Leopard,left;right,2\n"
        "IMG_2.JPG,roe deer,left,1\n",
    )
    read = read_animal_table(path, PLACES, species="leopard")
    one, two = read.by_folder["cards"]
    assert (one.media, one.deployment, one.attributes) == ("S2/100/IMG_1.JPG", "S2_A", {"side": "left"})
    assert (two.count, dict(two.attributes)) == (2, {})


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("IMG_1.JPG,left,", "identify.unknown_file"),  # two photographs go by that name
        ("IMG_2.JPG,up,", "table.unknown_word"),
        ("IMG_2.JPG,left,0.5 0.5 0.9 0.2", "table.unknown_word"),
    ],
)
def test_rows_that_cannot_be_understood_are_told(tmp_path: Path, row: str, code: str):
    path = table(tmp_path, f"file,side,box\n{row}\n")
    with pytest.raises(InputError) as refused:
        read_animal_table(path, PLACES, species="leopard")
    assert [p.code for p in refused.value.problems] == [code]


def test_a_sheet_shows_the_animal_and_never_the_strip(tmp_path: Path):
    picture = np.zeros((300, 400, 3), np.uint8)
    picture[100:200, 100:300] = (200, 160, 60)
    picture[270:] = (0, 0, 255)  # what the camera wrote
    Image.fromarray(picture).save(tmp_path / "a.png")
    animal = SheetPicture(file=tmp_path / "a.png", animal=(0.25, 0.3, 0.75, 0.99), scene=(0.0, 0.0, 1.0, 0.9))
    lost = SheetPicture(file=tmp_path / "missing.jpg", animal=None)
    write_sheet(tmp_path / "s.jpg", [animal], [lost])
    with Image.open(tmp_path / "s.jpg") as sheet:
        assert sheet.size[0] > 2 * WIDTH_PX and sheet.size[1] == HEIGHT_PX
        assert not sheet.getexif()
        seen = np.asarray(sheet)
    blue = (seen[..., 2] > 200) & (seen[..., 0] < 60)
    assert not blue.any()
    assert (seen[:, :WIDTH_PX, 0] > 180).any()
