"""`pardine clock --strips`: the info strips of a few photographs of each deployment are read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Literal

import numpy as np

from pardine.base.errors import InputError, Notice, warning
from pardine.exchange.photographs.strip_entry import STAGE, VERSION, as_entry
from pardine.exchange.photographs.strip_reader import StripReader
from pardine.exchange.photographs.strip_text import StripText
from pardine.observe.check.season import Season
from pardine.store.derived import DerivedKey, read_derived, write_derived
from pardine.store.media_names import PictureFile, read_picture_files
from pardine.store.project import Project, find_project, open_project
from pardine.workflows.check import read_season
from pardine.workflows.strip_facts import read_strip_texts, settle_strips
from pardine.workflows.watch import SILENT, Watcher

_A_DEPLOYMENT = 5
State = Literal["agrees", "differs", "alone", "no time"]


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
class PhotographStrip:
    """What the strip of one photograph says, as it was read.

    Attributes
    ----------
    deployment, photograph
        Code and path.
    clock
        Its time as text; empty where it tells none.
    state
        ``agrees`` or ``differs`` with the other sources of the photograph's time, ``alone`` where there
        is none, ``no time`` where the strip tells none.
    temperature_c, label, serial
        As of `StripText`.
    """

    deployment: str
    photograph: str
    clock: str
    state: State
    temperature_c: float | None
    label: str
    serial: str


@dataclass(frozen=True, kw_only=True)
class StripsRead:
    """Strips that were read.

    Attributes
    ----------
    deployments
        One row each.
    photographs
        One row each, by deployment and in the order of their files.
    n_read
        Photographs read now; the others were known.
    n_settled
        Photographs that waited for a time and have it from their strip now.
    notices
        Photographs that could not be read.
    """

    deployments: tuple[DeploymentStrips, ...]
    photographs: tuple[PhotographStrip, ...]
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
        n_settled = settle_strips(project, season)
        strips = read_strip_texts(project)
    watch.tell(notices)
    codes = list(dict.fromkeys(picture.deployment for picture in chosen))
    rows = _photographs(season, strips, codes)
    return StripsRead(
        deployments=tuple(_of_deployment(code, rows) for code in codes),
        photographs=tuple(rows),
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


def _photographs(
    season: Season, strips: Mapping[str, StripText], codes: Sequence[str]
) -> list[PhotographStrip]:
    """What the strips say of some deployments' photographs beside the other sources of their time."""
    media, found = season.media, []
    nothing = np.full(media.size, np.datetime64("NaT"), "datetime64[s]")
    told = media.readings.get("strip", nothing)
    others = [clocks for source, clocks in media.readings.items() if source != "strip"]
    known, agrees = np.zeros(media.size, np.bool_), np.zeros(media.size, np.bool_)
    for clocks in others:
        known |= ~np.isnat(clocks)
        agrees |= np.abs(clocks - told) <= np.timedelta64(60, "s")
    for number, deployment in enumerate(season.deployments):
        if deployment.code not in codes:
            continue
        for row in season.rows[number].tolist():
            strip = strips.get(str(media.sha256[row]))
            if strip is None:
                continue
            is_told = not np.isnat(told[row])
            state: State = "agrees" if agrees[row] else "differs" if known[row] else "alone"
            found.append(
                PhotographStrip(
                    deployment=deployment.code,
                    photograph=str(media.code[row]),
                    clock=str(told[row]).replace("T", " ") if is_told else "",
                    state=state if is_told else "no time",
                    temperature_c=strip.temperature_c,
                    label=strip.label,
                    serial=strip.serial,
                )
            )
    return found


def _of_deployment(code: str, photographs: Sequence[PhotographStrip]) -> DeploymentStrips:
    states = Counter(row.state for row in photographs if row.deployment == code)
    return DeploymentStrips(
        deployment=code,
        n_photographs=states.total(),
        n_times=states.total() - states["no time"],
        n_agree=states["agrees"],
        n_differ=states["differs"],
        n_alone=states["alone"],
    )
