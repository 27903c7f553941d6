"""Whatever is done to good tables: a survey or a refusal in words, never a crash."""

import io
import random
import shutil
import tempfile
from pathlib import Path

import openpyxl
import pytest
from tables_told import assert_told

from pardine.base.errors import InputError
from pardine.exchange.survey_tables import Brought, ReadOptions, read_survey

TABLES = {
    "sessions.csv": "session,start,end,utc_offset,detector_type,occasion_days,Год\n"
    "Сессия 1,2024-01-10,2024-01-19,+10,count,5,2024\n二,10.02.2024,19.02.2024,8,proximity,,2024\n",
    "stations.csv": "session,station,x,y,usage_1,usage_2,Topo,crs\n"
    "Сессия 1,A1,500000,4700000.5,5,4.5,ridge,local\nСессия 1,A2,503000,4700000,5,0,,local\n"
    "二,站1,500000,4700000,9,,valley,local\n二,站2,500100,4703000,8,,x,local\n",
    "effort.csv": "session,station,slot,start,end,state\nСессия 1,A1,A,2024-01-10,2024-01-19 08:00,working\n"
    "Сессия 1,A1,B,2024-01-10,2024-01-15,украдена\n",
    "captures.csv": "session,individual,occasion,station,count,sex,age_class,date\n"
    'Сессия 1,"Лео, старший",1,A1,2,M,adult,2024-01-11\nСессия 1,Бэри,2,A1,1,F,,2024-01-18 03:10\n'
    "二,豹01,1,站1,1,雌,成体,2024-02-11\n二,豹02,1,站2,1,,,\n",
    "mask.csv": "session,x,y,area_ha,slope\n"
    + "".join(
        f"Сессия 1,{500000 + 500 * i},{4700000 + 500 * j},25,{i}.5\n" for i in range(4) for j in range(4)
    ),
}
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "cp1251", "gb18030", "utf-32", "cp1252", "koi8-r")
VALUES = (
    *("", "-1", "0", "1e308", "nan", "abc", "1,5", "99999999999999999999", "1_0", "1.0", "1e-320", "-0"),
    *("2024-02-30", "03/04/2024", "=1+1", "'=x", "\t", '"', "'", "\u2028", "\x1f", "豹" * 300),
    *("NONE", "all", "二", "A1"),
)


def with_text(change):
    """A mutation of the text of a table, encoded again."""

    def mutate(rng, content):
        return change(rng, content.decode()).encode(rng.choice(ENCODINGS), errors="replace")

    return mutate


def flip_bytes(rng, content):
    changed = bytearray(content)
    for _ in range(rng.randint(1, 6)):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


def cut(rng, content):
    return content[: rng.randrange(len(content))]


def splice(rng, content):
    at, other = rng.randrange(len(content)), rng.randrange(len(content))
    return content[:at] + content[other:]


@with_text
def drop_column(rng, text):
    rows = [line.split(",") for line in text.splitlines()]
    at = rng.randrange(len(rows[0]))
    return "\n".join(",".join(row[:at] + row[at + 1 :]) for row in rows)


@with_text
def shuffle_rows(rng, text):
    rows = text.splitlines()
    rng.shuffle(rows)
    return "\n".join(rows)


@with_text
def repeat_rows(rng, text):
    rows = text.splitlines()
    return "\n".join([*rows, *rng.choices(rows, k=3)])


@with_text
def change_cell(rng, text):
    rows = [line.split(",") for line in text.splitlines()]
    for _ in range(rng.randint(1, 3)):
        row = rng.choice(rows)
        row[rng.randrange(len(row))] = rng.choice(VALUES)
    return "\n".join(",".join(row) for row in rows)


@with_text
def change_separator(rng, text):
    return text.replace(",", rng.choice(";\t|")).replace(".", rng.choice(".,"))


@with_text
def encode(rng, text):
    return text


MUTATIONS = (
    flip_bytes,
    cut,
    splice,
    drop_column,
    shuffle_rows,
    repeat_rows,
    change_cell,
    change_separator,
    encode,
)


def read_or_refuse(tables, options):
    with tempfile.TemporaryDirectory() as name:
        for file, content in tables.items():
            (Path(name) / file).write_bytes(content)
        try:
            brought = read_survey([Path(name)], options)
        except InputError as error:
            notices = [error.notice, *error.problems]
        else:
            assert isinstance(brought, Brought)
            notices = list(brought.notices)
    for notice in notices:
        assert_told(notice)
        assert notice.severity in ("error", "warning", "note")
    return notices


@pytest.mark.parametrize("block", range(10))
def test_mutated_tables_never_crash(block):
    rng = random.Random(f"tables {block}")
    for _ in range(40):
        tables = {name: text.encode() for name, text in TABLES.items()}
        for name in rng.sample(sorted(tables), rng.randint(1, 3)):
            tables[name] = rng.choice(MUTATIONS)(rng, tables[name])
        options = ReadOptions(
            assume_full_effort=rng.random() < 0.3,
            detector_type=rng.choice([None, "count", "proximity"]),
            # The projection library looks for a name it does not know for a fifth of a second.
            crs=rng.choice([None, "local", "EPSG:4326", "EPSG:32652"]) if rng.random() < 0.98 else "nonsense",
            occasions_from_zero=rng.random() < 0.2,
        )
        read_or_refuse(tables, options)


def test_good_tables_are_read():
    codes = {n.code for n in read_or_refuse({n: t.encode() for n, t in TABLES.items()}, ReadOptions())}
    assert "tables.refused" not in codes


def as_workbook(text):
    book = openpyxl.Workbook()
    for line in text.splitlines():
        book.active.append([cell if not cell.isdigit() else int(cell) for cell in line.split(",")])
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def test_mutated_workbooks_never_crash(capfd):
    rng = random.Random("workbooks")
    content = as_workbook(TABLES["stations.csv"])
    for mutate in (flip_bytes, cut, splice) * 60:
        read_or_refuse({"stations.xlsx": mutate(rng, content)}, ReadOptions())


def test_mutated_parts_of_workbooks_never_crash(tmp_path):
    """Flips inside the parts, behind the checksums of the archive."""
    rng = random.Random("parts")
    (tmp_path / "a.xlsx").write_bytes(as_workbook(TABLES["stations.csv"]))
    shutil.unpack_archive(tmp_path / "a.xlsx", tmp_path / "parts", "zip")
    parts = [
        p
        for p in (tmp_path / "parts").rglob("*.xml")
        if p.name in ("sheet1.xml", "workbook.xml", "sharedStrings.xml")
    ]
    originals = {part: part.read_bytes() for part in parts}
    for _ in range(60):
        for part, content in originals.items():
            part.write_bytes(flip_bytes(rng, content) if rng.random() < 0.5 else content)
        archive = shutil.make_archive(str(tmp_path / "b"), "zip", tmp_path / "parts")
        read_or_refuse({"stations.xlsx": Path(archive).read_bytes()}, ReadOptions())
