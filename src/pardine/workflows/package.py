"""`pardine export --camtrap-dp`: deployments, media and sightings as a package that keeps the standard."""

from __future__ import annotations

import datetime as dt
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

from pardine.base.errors import InputError, Notice, warning
from pardine.exchange.camtrap_dp.from_records import package_from_records
from pardine.exchange.camtrap_dp.merge import kept_descriptors, kept_resources, merged_metadata
from pardine.exchange.camtrap_dp.write import write_package
from pardine.exchange.generalise import Audience, may_see_exact_places
from pardine.exchange.imported import ImportedMedia
from pardine.exchange.source import SourceTable
from pardine.observe.check_sheet import effort_from_visits
from pardine.observe.deployment import Deployment
from pardine.observe.effort import EffortInterval
from pardine.observe.sighting import Sighting
from pardine.observe.survey import Survey
from pardine.store.clock_records import read_clock_records
from pardine.store.deployments import read_deployments, read_visits
from pardine.store.media_page import MAX_PAGE, PagePlace, read_media_page
from pardine.store.media_rows import StoredMedia
from pardine.store.named_sightings import last_media_clocks
from pardine.store.project import Project, find_project, open_project
from pardine.store.sightings import read_sightings
from pardine.store.slot_effort import read_slot_effort
from pardine.store.survey import read_sources, read_survey
from pardine.workflows.results import ExportedResults
from pardine.workflows.sessions import stored_plans, table_survey

_MEDIA_TYPES = {
    ".png": "image/png", ".tif": "image/tiff", ".tiff": "image/tiff", ".mp4": "video/mp4",
    ".m4v": "video/mp4", ".mov": "video/quicktime", ".avi": "video/x-msvideo", ".3gp": "video/3gpp",
}  # fmt: skip
# Cameras at places that animals are likely to pass; a person who did otherwise says so.
DEFAULT_DESIGN = "targeted"


def export_camtrap_package(
    directory: Path | None,
    out: Path,
    *,
    audience: Audience = "public",
    sampling_design: str | None = None,
    contributor: str = "",
) -> ExportedResults:
    """Write deployments, media and sightings as a Camtrap DP package; media are named, not copied.

    What packages that were added said of themselves (contributors, licences, species, ...) and their
    further resources are given back; those of several are put together.

    Parameters
    ----------
    out
        A new folder.
    audience
        Places are generalised for partners and the public.
    sampling_design
        A word of the standard; by default that of the package that was added, else ``targeted``.
    contributor
        Who made the data, before those whom packages name; without any, the project's name.

    Raises
    ------
    InputError
        ``export.folder_not_empty``, ``imported.refused``, ``camtrapdp.no_place``.
    ProjectError
        The project cannot be used.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise InputError("export.folder_not_empty", directory=str(out))
    with open_project(directory or find_project(Path.cwd())) as project:
        survey = read_survey(project)
        deployments, notices = _complete(_placed(read_deployments(project), survey))
        media, of_media = _media(project, {d.code: d for d in deployments})
        sightings = _sightings(read_sightings(project), deployments, media)
        clocks = read_clock_records(project, {d.code for d in deployments})
        effort = _effort(project, survey)
        sources = read_sources(project)
        title = project.settings.name
    metadata = _metadata(sources, title, contributor, sampling_design)
    records = [clock for clock in clocks.values() if clock.corrections]
    others = kept_resources(sources)
    package = package_from_records(
        deployments, media, sightings, metadata, effort=effort, clocks=records, others=others
    )
    files = write_package(package, out, audience=audience)
    told = [*notices, *of_media, *package.notices]
    if others and not may_see_exact_places(audience):
        names = ", ".join(str(other.descriptor.get("name")) for other in others)
        told.append(warning("export.resources_left_out", n=len(others), value=names))
    return ExportedResults(files=files, notices=tuple(told))


def _metadata(
    sources: Sequence[SourceTable], title: str, contributor: str, sampling_design: str | None
) -> dict[str, Any]:
    """What the package says of itself: now, and what the packages said that it is made of."""
    descriptors = kept_descriptors(sources)
    made: dict[str, Any] = {
        "created": dt.datetime.now(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "project": {"title": title, "samplingDesign": sampling_design or DEFAULT_DESIGN},
    }
    merged = merged_metadata(descriptors, made)
    if sampling_design is not None:
        merged["project"]["samplingDesign"] = sampling_design
    named = merged.get("contributors", [])
    if contributor or not named:
        merged["contributors"] = [{"title": contributor or title}, *named]
    return merged


def _effort(project: Project, survey: Survey) -> tuple[EffortInterval, ...]:
    """Effort with causes as it was told: by tables, packages and check sheets."""
    brought = table_survey(survey, stored_plans(project)).effort
    visits = read_visits(project)
    last_media = last_media_clocks(project, read_clock_records(project)) if visits else {}
    sheets = effort_from_visits(visits, last_media=last_media)
    return (*brought, *read_slot_effort(project), *sheets.intervals)


def _placed(deployments: Sequence[Deployment], survey: Survey) -> list[Deployment]:
    """Deployments without a place have that of their station."""
    crs = {session.code: session.crs for session in survey.sessions}
    places = {s.code: (s.x, s.y, crs[s.session]) for s in survey.stations}
    found = []
    for each in deployments:
        x, y, of = places.get(each.station, (each.x, each.y, each.crs)) if math.isnan(each.x) else (
            each.x, each.y, each.crs
        )  # fmt: skip
        found.append(replace(each, x=x, y=y, crs=of))
    return found


def _complete(deployments: Sequence[Deployment]) -> tuple[list[Deployment], tuple[Notice, ...]]:
    """Those of which all that the standard asks for is known."""
    whole = [
        d for d in deployments if not math.isnan(d.x) and None not in (d.starts, d.ends, d.utc_offset_min)
    ]
    n_left_out = len(deployments) - len(whole)
    if not n_left_out:
        return whole, ()
    kept = {d.code for d in whole}
    first = next(d.code for d in deployments if d.code not in kept)
    return whole, (warning("export.deployments_left_out", n=n_left_out, value=first),)


def _media(
    project: Project, deployments: Mapping[str, Deployment]
) -> tuple[list[ImportedMedia], tuple[Notice, ...]]:
    """Media with a deployment and a time; a name that stands twice is replaced by the uid."""
    stored = list(_all_media(project))
    n_of = Counter(media.code for media in stored)
    found, n_left_out = [], 0
    for media in stored:
        deployment = deployments.get(media.deployment)
        clock = None if deployment is None else _local_time(media, deployment)
        if deployment is None or clock is None:
            n_left_out += 1
            continue
        code = media.code if n_of[media.code] == 1 else str(media.uid)
        offset = deployment.utc_offset_min if media.utc_offset_min is None else media.utc_offset_min
        found.append(_imported(media, code, clock, offset))
    notices = (warning("export.media_left_out", n=n_left_out),) if n_left_out else ()
    return found, notices


def _all_media(project: Project) -> Iterator[StoredMedia]:
    after: PagePlace | None = None
    while True:
        page = read_media_page(project, after=after, limit=MAX_PAGE)
        yield from page.media
        after = page.next_after
        if after is None:
            return


def _local_time(media: StoredMedia, deployment: Deployment) -> dt.datetime | None:
    """The corrected time; ``None`` where it is not known or waits for a person."""
    offset = media.utc_offset_min if media.utc_offset_min is not None else deployment.utc_offset_min
    if media.instant_utc is None or offset is None:
        return None
    return media.instant_utc + dt.timedelta(minutes=offset)


def _imported(media: StoredMedia, code: str, clock: dt.datetime, utc_offset_min: int | None) -> ImportedMedia:
    facts = media.metadata
    suffix = PurePosixPath(media.path).suffix.lower()
    default = "video/mp4" if media.kind == "video" else "image/jpeg"
    return ImportedMedia(
        code=code,
        deployment=media.deployment,
        path=media.path,
        kind=media.kind,
        media_type=facts.get("media_type") or _MEDIA_TYPES.get(suffix, default),
        wall_clock=clock.replace(tzinfo=None),
        utc_offset_min=utc_offset_min,
        name=facts.get("name", ""),
        # What nobody declared public is not.
        public=bool(facts.get("public", False)),
        sha256=media.sha256,
        attributes=facts.get("attributes", {}),
    )


def _sightings(
    sightings: Sequence[Sighting], deployments: Sequence[Deployment], media: Sequence[ImportedMedia]
) -> list[Sighting]:
    """Sightings of what the package holds."""
    codes, files = {d.code for d in deployments}, {m.code: m for m in media}
    return [
        s if s.starts or not s.media else _at_its_photograph(s, files[s.media])
        for s in sightings
        if s.deployment in codes and (not s.media or s.media in files)
    ]


def _at_its_photograph(sighting: Sighting, media: ImportedMedia) -> Sighting:
    return replace(
        sighting, starts=media.wall_clock, ends=media.wall_clock, utc_offset_min=media.utc_offset_min
    )
