"""Errors and notices as values: a code, facts, and nothing lost between processes."""

import pickle

import pytest

from pardine.base.bulk import local_executor
from pardine.base.errors import AnalysisError, InputError, Notice, PardineError, ProjectError, note, warning


def refuse(row):
    raise InputError(
        "tables.bad", problems=[Notice("tables.cell", {"row": row})], file="станции.csv", row=row
    )


@pytest.mark.parametrize(("kind", "exit_code"), [(InputError, 2), (ProjectError, 1), (AnalysisError, 1)])
def test_each_kind_has_its_exit_code_and_one_root(kind, exit_code):
    error = kind("a.code", value=3)
    assert isinstance(error, PardineError)
    assert error.exit_code == exit_code
    assert (error.code, dict(error.notice.fields)) == ("a.code", {"value": 3})


def test_an_error_crosses_a_process_whole():
    with local_executor(2) as executor, pytest.raises(InputError) as caught:
        executor.submit(refuse, 7).result()
    assert caught.value.code == "tables.bad"
    assert dict(caught.value.notice.fields) == {"file": "станции.csv", "row": 7}
    assert caught.value.problems == (Notice("tables.cell", {"row": 7}),)


def test_the_plain_text_of_an_error_holds_code_facts_and_problems():
    error = InputError("head", problems=[Notice("one", {"row": 2}), Notice("two")], file="a.csv")
    assert str(error) == "head (file='a.csv')\n  one: {'row': 2}\n  two: {}"


def test_notices_compare_by_content_and_serve_in_sets():
    one, same = warning("x", a=1, b=[2]), warning("x", b=[2], a=1)
    assert one == same
    assert len({one, same, note("x", a=1, b=[2]), warning("x", a=2)}) == 3


def test_facts_of_a_notice_cannot_change():
    facts = {"row": 1}
    notice = Notice("x", facts)
    facts["row"] = 2
    assert notice.fields["row"] == 1
    with pytest.raises(TypeError):
        notice.fields["row"] = 3


def test_a_notice_survives_pickling_and_becomes_json():
    notice = warning("estimate.few", n=3)
    assert pickle.loads(pickle.dumps(notice)) == notice
    assert notice.as_dict() == {"code": "estimate.few", "severity": "warning", "fields": {"n": 3}}


def test_severities_are_told_apart():
    assert (Notice("x").severity, warning("x").severity, note("x").severity) == ("error", "warning", "note")
