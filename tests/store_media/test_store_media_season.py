"""What is stored becomes what the rules of the check read."""

import datetime as dt

import numpy as np
from media_examples import START, batch, deployment, media_file, new_media

from pardine.observe.check.rules import run_checks
from pardine.observe.check.season import Season
from pardine.store.deployments import read_deployments, save_deployments
from pardine.store.media import save_media
from pardine.store.media_rows import MediaBatch, NewMedia
from pardine.store.media_season import read_media_columns
from pardine.store.runs import new_run


def test_columns_hold_what_is_stored(project):
    run = new_run("add", {})
    save_deployments(project, [deployment(), deployment("K2_A", station="K2")], run=run)
    timeless = NewMedia(file=media_file(9, readings=(), infrared=None, sequence_number=None))
    save_media(project, MediaBatch(folder="E:/", media=[new_media(31), timeless]), run=run)
    save_media(project, batch([2], code="K2_A"), run=run)
    columns = read_media_columns(project, read_deployments(project))
    assert columns.code.tolist() == [media_file(n).path for n in (31, 9, 2)]
    assert columns.deployment.tolist() == [0, -1, 1]
    assert columns.wall_clock[0] == np.datetime64(START + dt.timedelta(minutes=217))
    assert np.isnat(columns.wall_clock).tolist() == [False, True, False]
    assert columns.file_number.tolist() == [1000031, 1000009, 1000002]
    assert columns.sha256.tolist() == [media_file(n).sha256 for n in (31, 9, 2)]
    assert (columns.infrared.tolist(), columns.sequence_number.tolist()) == ([1, -1, 1], [2, 0, 3])
    assert read_media_columns(project, read_deployments(project)[1:]).deployment.tolist() == [-1, 0]


def test_a_project_without_media_has_columns_too(project):
    assert read_media_columns(project, []).size == 0


def test_the_check_finds_a_card_in_two_deployments(project):
    run = new_run("add", {})
    ends = START + dt.timedelta(30)
    save_deployments(project, [deployment(ends=ends), deployment("K2_A", station="K2", ends=ends)], run=run)
    save_media(project, batch(range(5)), run=run)
    again = [new_media(n, code="K2_A", content=media_file(n).path) for n in range(5)]
    save_media(project, MediaBatch(folder="F:/", media=again), run=run)
    deployments = read_deployments(project)
    season = Season(
        deployments=deployments,
        media=read_media_columns(project, deployments),
        now=dt.datetime(2025, 1, 1),
    )
    found = {finding.rule for finding in run_checks(season)}
    assert any("same" in rule or "hash" in rule for rule in found), found
