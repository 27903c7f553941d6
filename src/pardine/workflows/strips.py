"""`pardine clock --strips`: the info strips of a few photographs of each deployment are read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import numpy as np

from pardine.base.errors import InputError, Notice, warning
from pardine.exchange.photographs.strip_entry import STAGE, VERSION, as_entry
from pardine.exchange.photographs.strip_reader import StripReader
from pardine.observe.check.rules import run_checks
from pardine.observe.check.season import Season
from pardine.store.derived import DerivedKey, read_derived, write_derived
from pardine.store.media_names import PictureFile, read_picture_files
from pardine.store.project import Project, find_project, open_project
from pardine.store.verdicts import read_verdicts
from pardine.workflows.check import read_season
from pardine.workflows.strip_facts import read_strip_texts, settle_strips
from pardine.workflows.watch import SILENT, Watcher

_A_DEPLOYMENT = 5


@dataclass(frozen=True, kw_only=True)
class DeploymentStrips:
    """What the strips of one deployment say.

    Attributes
    ----------
    deployment
        Its code.
    n_photographs
        Whose strips were looked at, now or before.
    n_times
        Those whose strip tells a time.
    n_agree, n_differ, n_alone
        Of these: another source agrees within a minute; another source differs; no other source tells.
    """

    deployment: str
    n_photographs: int
    n_times: int
    n_agree: int
    n_differ: int
    n_alone: int


@dataclass(frozen=True, kw_only=True)
class StripsRead:
    """Strips that were read.

    Attributes
    ----------
    deployments
        One row each.
    n_read
        Photographs read now; the others were known.
    n_settled
        Photographs that waited for a time and have it from their strip now.
    notices
        Photographs that could not be read.
    """

    deployments: tuple[DeploymentStrips, ...]
    n_read: int
    n_settled: int
    notices: tuple[Notice, ...]


def read_strips(
    directory: Path | None, deployment: str | None = None, *, watch: Watcher = SILENT
) -> StripsRead:
    """Read the strips of about five photographs of each deployment, and settle what they settle.

    A time is accepted only where another source agrees; what differs or stands alone is a finding of
    the season's check, and waits for a person's verdict.

    Parameters
    ----------
    deployment
        Code; ``None``: all deployments.

    Raises
    ------
    InputError
        ``strip.not_installed``, ``strip.no_photographs``, ``media.unknown_deployment``.
    """
    reader = StripReader()
    with open_project(directory or find_project(Path.cwd())) as project:
        chosen = _chosen(read_picture_files(project, deployment))
        if not chosen:
            raise InputError("strip.no_photographs")
        watch.stage("strips")
        n_read, notices = _read_missing(project, chosen, reader, watch)
        season, _ = read_season(project)
        findings = run_checks(season, only=("check.strip_alone",))
        n_settled = settle_strips(project, season.media, findings, read_verdicts(project))
        looked_at = set(read_strip_texts(project))
    watch.tell(notices)
    codes = {picture.deployment for picture in chosen}
    rows = [_of_deployment(season, number, looked_at) for number in range(len(season.deployments))]
    return StripsRead(
        deployments=tuple(row for row in rows if row.deployment in codes),
        n_read=n_read,
        n_settled=n_settled,
        notices=notices,
    )


def _chosen(pictures: Sequence[PictureFile]) -> list[PictureFile]:
    """About five of each deployment, spread over the order of their files from the first to the last."""
    chosen = []
    for _, group in groupby(pictures, key=lambda picture: picture.deployment):
        own = list(group)
        places = np.unique(np.linspace(0, len(own) - 1, _A_DEPLOYMENT).round().astype(int))
        chosen += [own[place] for place in places]
    return chosen


def _read_missing(
    project: Project, chosen: Sequence[PictureFile], reader: StripReader, watch: Watcher
) -> tuple[int, tuple[Notice, ...]]:
    """Read those that are not known yet; give their number, and those that could not be read."""
    n_read, gone, notices = 0, list[PictureFile](), list[Notice]()
    for n_done, picture in enumerate(chosen, start=1):
        watch.done(n_done, len(chosen))
        key = DerivedKey(
            sha256=picture.sha256,
            stage=STAGE,
            version=VERSION,
            parameters={"reader": reader.name},
            suffix=".json",
        )
        if read_derived(project, key) is not None:
            continue
        if not picture.file.exists():
            gone.append(picture)
            continue
        try:
            lines = reader.lines(picture.file)
        except InputError as error:
            notices.append(warning(error.code, **error.notice.fields))
            continue
        write_derived(project, key, as_entry(picture.sha256, lines, reader.name))
        n_read += 1
    if gone:
        notices.append(warning("strip.file_gone", n=len(gone), file=str(gone[0].file)))
    return n_read, tuple(notices)


def _of_deployment(season: Season, number: int, looked_at: set[str]) -> DeploymentStrips:
    rows = season.rows[number]
    seen = np.array([str(sha256) in looked_at for sha256 in season.media.sha256[rows]], dtype=np.bool_)
    rows = rows[seen]
    strips = season.media.readings.get("strip", np.full(season.media.size, np.datetime64("NaT"), "M8[s]"))
    others = [clocks for source, clocks in season.media.readings.items() if source != "strip"]
    told = rows[~np.isnat(strips[rows])]
    agree, known = np.zeros(told.size, np.bool_), np.zeros(told.size, np.bool_)
    for clocks in others:
        known |= ~np.isnat(clocks[told])
        agree |= np.abs(clocks[told] - strips[told]) <= np.timedelta64(60, "s")
    return DeploymentStrips(
        deployment=season.deployments[number].code,
        n_photographs=int(rows.size),
        n_times=int(told.size),
        n_agree=int(agree.sum()),
        n_differ=int((known & ~agree).sum()),
        n_alone=int((~known).sum()),
    )
