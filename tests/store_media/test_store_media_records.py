"""Deployments, check sheets, sightings and verdicts: out as they came in, and old words stay readable."""

import dataclasses
import datetime as dt
import math

import pytest
from media_examples import START, batch, deployment, media_file

from pardine.base.errors import InputError
from pardine.base.identifiers import sha256_of_bytes
from pardine.exchange.source import SourceTable
from pardine.observe.check.finding import Verdict
from pardine.observe.check_sheet import CameraVisit
from pardine.observe.deployment import Deployment
from pardine.observe.sighting import BoundingBox, Sighting
from pardine.store.decisions import read_log
from pardine.store.deployments import read_deployments, read_visits, save_deployments, save_visits
from pardine.store.doctor import examine
from pardine.store.keyed_rows import StoreSummary
from pardine.store.media import save_media
from pardine.store.media_page import read_media_page
from pardine.store.runs import new_run
from pardine.store.sightings import read_sightings, save_sightings
from pardine.store.survey import read_sources
from pardine.store.verdicts import read_verdicts, save_verdicts


@pytest.fixture
def run():
    return new_run("add", {})


def codes(caught) -> list[str]:
    return [problem.code for problem in caught.value.problems]


def test_deployments_come_out_as_they_went_in(project, run):
    told = [
        deployment(x=130.5, y=43.25, ends=START + dt.timedelta(60), covariates={"trail": "хребет"}),
        Deployment(code="bare", station=""),
    ]
    assert save_deployments(project, told, run=run) == StoreSummary(added=2)
    assert save_deployments(project, told, run=run) == StoreSummary(already_there=2)
    first, bare = read_deployments(project)
    assert first == told[0]
    assert math.isnan(bare.x)
    assert dataclasses.replace(bare, x=0.0, y=0.0) == dataclasses.replace(told[1], x=0.0, y=0.0)


def test_a_later_table_may_tell_more_but_not_otherwise(project, run):
    save_deployments(project, [deployment(station="", camera_serial="")], run=run)
    assert save_deployments(project, [deployment()], run=run) == StoreSummary(completed=1)
    assert save_deployments(project, [Deployment(code="K1_A", station="")], run=run).already_there == 1
    assert read_deployments(project)[0].station == "K1"
    moved = deployment(station="K7", utc_offset_min=600)
    with pytest.raises(InputError) as caught:
        save_deployments(project, [moved], run=run)
    assert codes(caught) == ["media.conflict"] * 2
    assert save_deployments(project, [moved], run=run, replace=True).replaced == 1
    assert (read_deployments(project)[0].station, read_deployments(project)[0].utc_offset_min) == ("K7", 600)
    last = read_log(project)[-1]
    assert (last.kind, last.value_before["station"], last.value["station"]) == (
        "replace.deployment",
        "K1",
        "K7",
    )


def test_a_deployment_that_stands_twice_is_refused(project, run):
    with pytest.raises(InputError) as caught:
        save_deployments(project, [deployment(), deployment(station="K2")], run=run)
    assert codes(caught) == ["media.doubled"]
    assert read_deployments(project) == ()
    assert save_deployments(project, [deployment(), deployment()], run=run).added == 1


def test_check_sheets_come_out_with_their_tables(project, run):
    content = b"station;slot\n"
    sheet = SourceTable(
        name="sheet.csv",
        kind="check sheet",
        content=content,
        sha256=sha256_of_bytes(content),
        encoding="utf-8",
        separator=";",
        decimal=",",
        n_rows=2,
    )
    visits = [
        CameraVisit(session="2024", station="K1", slot="A", arrives=START, leaves=START, serial="H500", row=2,
                    table=sheet.sha256),
        CameraVisit(session="2024", station="K1", slot="A", arrives=START + dt.timedelta(30),
                    leaves=START + dt.timedelta(30, 600), found="stolen", leaves_camera=False, row=3,
                    covariates={"who": "simulated"}),
    ]  # fmt: skip
    assert save_visits(project, visits, [sheet], run=run).added == 2
    assert save_visits(project, visits, [sheet], run=run).already_there == 2
    assert read_visits(project) == tuple(visits)
    assert [(v.row, v.table) for v in read_visits(project)] == [(2, sheet.sha256), (3, None)]
    assert read_sources(project) == (sheet,)


@pytest.fixture
def camera(project, run):
    save_deployments(project, [deployment()], run=run)
    save_media(project, batch(range(3)), run=run)
    return project


def seen(code="s1", **facts) -> Sighting:
    told = {
        "deployment": "K1_A", "media": media_file(1).path, "kind": "animal", "species": "Panthera pardus",
        "count": 1, "sex": "F", "age_class": "adult", "box": BoundingBox(x=0.1, y=0.2, width=0.5, height=0.4),
        "method": "machine", "by": "simulated detector", "at": START, "probability": 0.93,
        "attributes": {"trail": "1"},
    }  # fmt: skip
    return Sighting(code=code, **{**told, **facts})


def test_sightings_come_out_as_they_went_in(camera, run):
    told = [
        seen(),
        seen("s2", media="", event="e1", box=None, starts=START, ends=START, count=None, sex=None),
    ]
    assert save_sightings(camera, told, folder="E:/2024", run=run) == StoreSummary(added=2)
    assert save_sightings(camera, told, folder="E:/2024", run=run) == StoreSummary(already_there=2)
    assert read_sightings(camera) == read_sightings(camera, deployment="K1_A") == tuple(told)
    uid = {m.path: str(m.uid) for m in read_media_page(camera).media}
    assert read_sightings(camera, media=uid.values()) == (told[0],)
    assert read_sightings(camera, media=[uid[media_file(2).path]]) == ()
    assert examine(camera) == []


def test_a_sighting_of_nothing_known_is_refused(camera, run):
    wrong = [seen(), seen("s2", media="nowhere.jpg"), seen("s3", deployment="K9"), seen(count=2)]
    with pytest.raises(InputError) as caught:
        save_sightings(camera, wrong, folder="E:/2024", run=run)
    assert codes(caught) == ["media.unknown_deployment", "media.unknown_media", "media.doubled"]
    with pytest.raises(InputError) as caught:
        save_sightings(camera, [seen()], folder="nowhere", run=run)
    assert codes(caught) == ["media.unknown_folder"]
    assert read_sightings(camera) == ()


def test_a_sighting_that_says_otherwise_is_kept_as_a_decision(camera, run):
    save_sightings(camera, [seen()], folder="E:/2024", run=run)
    other = seen(species="Panthera uncia", media=media_file(2).path)
    with pytest.raises(InputError) as caught:
        save_sightings(camera, [other], folder="E:/2024", run=run)
    assert codes(caught) == ["media.conflict"] * 2
    save_sightings(camera, [other], folder="E:/2024", run=run, replace=True)
    assert read_sightings(camera) == (other,)
    uid = {m.path: str(m.uid) for m in read_media_page(camera).media}
    (decision,) = read_log(camera)
    assert decision.value_before["species"] == "Panthera pardus"
    # Decisions are merged with those of other databases: no local key stands in them.
    assert decision.value_before["media_id"] == uid[media_file(1).path]
    assert decision.value["media_id"] == uid[media_file(2).path]


def test_verdicts_are_decisions(project):
    first = Verdict(key="f1", answer="fault", by="Simulated warden", at=START, remark="Часы отстали")
    other = Verdict(key="f2", answer="unclear", by="Simulated analyst")
    assert save_verdicts(project, [first, other]) == 2
    assert save_verdicts(project, [first, other]) == 0
    mended = dataclasses.replace(first, answer="mended")
    assert save_verdicts(project, [mended]) == 1
    assert {v.key: v for v in read_verdicts(project)} == {"f1": mended, "f2": other}
    log = read_log(project)
    assert [d.author for d in log] == ["Simulated warden", "Simulated analyst", "Simulated warden"]
    assert log[-1].value_before["answer"] == "fault"
