"""Check sheets as tables, and verdicts out and in."""

import datetime as dt

import pytest

from pardine.base.errors import InputError
from pardine.exchange.check_sheet import is_check_sheet, read_check_sheets
from pardine.exchange.tables import read_table
from pardine.exchange.verdict_table import findings_table, read_verdicts
from pardine.language.translate import sentence
from pardine.observe.check.finding import Finding, Verdict, open_findings
from pardine.observe.check_sheet import effort_from_visits

SHEET = """station,slot,arrive,leave,state,stopped,card out,card in,serial,remark
S1,A,2024-05-01 10:00,2024-05-01 10:20,set,,,c1,H1,old pine
S1,A,2024-07-01 09:00,2024-07-01 09:10,dead,2024-06-20,c1,c2,,
S1,A,2024-08-30,,working,,c2,,,taken home
S1,B,2024-05-01 10:00,,,,,c3,H2,
S1,B,2024-07-01 09:00,,stolen,,,,,
"""


def written(folder, text, name="sheet.csv"):
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_sheet_is_read_into_visits_and_effort(tmp_path):
    path = written(tmp_path, SHEET)
    assert is_check_sheet(read_table(path))
    sheets = read_check_sheets([path])
    first, second, last, *_ = sheets.visits
    assert (first.found, first.card_in, first.serial, first.leaves_camera) == (None, "c1", "H1", True)
    assert (first.covariates, first.row) == ({"remark": "old pine"}, 2)
    assert second.stopped == dt.datetime(2024, 6, 20)
    assert (last.arrives, last.leaves_camera) == (dt.datetime(2024, 8, 30, 12), False)
    effort = effort_from_visits(sheets.visits)
    assert [
        (i.slot, i.state, f"{i.starts:%m-%d %H:%M}", f"{i.ends:%m-%d %H:%M}") for i in effort.intervals
    ] == [
        ("A", "working", "05-01 10:20", "06-20 00:00"),
        ("A", "dead", "06-20 00:00", "07-01 09:00"),
        ("A", "working", "07-01 09:10", "08-30 12:00"),
        ("B", "stolen", "05-01 10:00", "07-01 09:00"),
    ]
    assert sheets.sources[0].content == path.read_bytes()
    assert sheets.notices[0].fields["kept"] == "remark"


def test_sheet_in_russian_with_semicolons(tmp_path):
    text = "Станция;Слот;Дата проверки;Состояние;Камера оставлена\nТ-1;В;01.05.2024;установлена;да\n"
    text += "Т-1;В;30.06.2024 14:00;снег;нет\n"
    path = tmp_path / "лист.csv"
    path.write_bytes(text.encode("cp1251"))
    set_up, fetched = read_check_sheets([path]).visits
    assert (set_up.station, set_up.slot, set_up.found) == ("Т-1", "B", None)
    assert (fetched.found, fetched.leaves_camera) == ("snowed", False)


def test_sheet_with_one_date_a_row(tmp_path):
    path = written(tmp_path, "station,date,state\nS1,2024-05-01,set\nS1,2024-05-31,working\n")
    assert is_check_sheet(read_table(path))
    assert [visit.arrives.day for visit in read_check_sheets([path]).visits] == [1, 31]
    captures = written(tmp_path, "individual,station,date\nF1,S1,2024-05-01\n", "captures.csv")
    assert not is_check_sheet(read_table(captures))


def test_every_fault_of_a_sheet_is_told_at_once(tmp_path):
    text = "station,arrive,leave,state\n,2024-05-01,,working\nS1,,,working\nS1,soon,,working\n"
    text += "S1,2024-05-02 10:00,2024-05-02 09:00,working\nS1,2024-05-03,,sleepy\n"
    with pytest.raises(InputError) as refused:
        read_check_sheets([written(tmp_path, text)])
    assert {(p.code, p.fields.get("row")) for p in refused.value.problems} == {
        ("table.missing_value", 2),
        ("table.missing_value", 3),
        ("table.bad_date", 4),
        ("checksheet.leaves_before_arriving", 5),
        ("table.unknown_word", 6),
    }
    with pytest.raises(InputError) as refused:
        read_check_sheets([written(tmp_path, "place,when\na,b\n", "other.csv")])
    assert [p.code for p in refused.value.problems] == ["table.missing_column"] * 2


FINDINGS = (
    Finding(rule="check.no_time", severity="warning", subject="=D1", evidence={"n": 2, "n_all": 9}),
    Finding(rule="check.same_hash", severity="error", subject="D1", other="D2", evidence={"n": 3}),
)


def test_verdicts_come_back_as_they_were_recorded(tmp_path):
    path = tmp_path / "check.csv"
    path.write_bytes(findings_table(FINDINGS, sentence=sentence))
    assert "=D1: 2 of 9 photographs have no time." in path.read_text(encoding="utf-8")
    assert read_verdicts(path).verdicts == ()
    verdict = Verdict(
        key=FINDINGS[0].key, answer="no fault", by="Ana", at=dt.datetime(2024, 9, 1, 8, 30), remark="-"
    )
    again = tmp_path / "again.csv"
    again.write_bytes(findings_table(FINDINGS, verdicts=[verdict]))
    back = read_verdicts(again, known=[f.key for f in FINDINGS])
    assert (back.verdicts, back.notices) == ((verdict,), ())
    assert open_findings(FINDINGS, back.verdicts) == FINDINGS[1:]
    assert [n.code for n in read_verdicts(again, known=[]).notices] == ["check.verdict_unknown"]


def test_verdicts_that_cannot_be_read_are_refused(tmp_path):
    rows = "key,verdict,by\nf1,maybe,Ana\nf2,mended,\nf3,No Fault,Oleg\n"
    with pytest.raises(InputError) as refused:
        read_verdicts(written(tmp_path, rows))
    assert [(p.code, p.fields["row"]) for p in refused.value.problems] == [
        ("table.unknown_word", 2),
        ("table.missing_value", 3),
    ]
    with pytest.raises(InputError) as refused:
        read_verdicts(written(tmp_path, "a,b\n1,2\n", "other.csv"))
    assert [p.code for p in refused.value.problems] == ["table.missing_column"] * 3
