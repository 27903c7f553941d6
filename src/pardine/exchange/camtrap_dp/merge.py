"""What packages said of themselves, put together for the package that is made of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pardine.exchange.camtrap_dp.custom import OWN_PREFIX
from pardine.exchange.camtrap_dp.descriptor import DESCRIPTOR
from pardine.exchange.camtrap_dp.package import OtherResource
from pardine.exchange.camtrap_dp.specification import SPECIFICATION
from pardine.exchange.json_file import parse_json
from pardine.exchange.source import SourceTable

# Lists of the descriptor that several packages add to.
_LISTS = ("contributors", "licenses", "keywords", "sources", "references", "relatedIdentifiers", "taxonomic")
# What can only be said of one package as it was.
_OF_ONE = ("id", "name", "title", "version", "description", "image", "homepage", "bibliographicCitation",
           "created")  # fmt: skip
_TIMES = ("spatial", "temporal")


def kept_descriptors(sources: Sequence[SourceTable]) -> dict[str, dict[str, Any]]:
    """Descriptors that were kept, by the name of their package; of one brought again, the last."""
    found: dict[str, dict[str, Any]] = {}
    for source in sources:
        if source.kind == "package descriptor":
            document, _ = parse_json(source.content, source.name)
            if isinstance(document, dict):
                found[source.name.removesuffix(f"/{DESCRIPTOR}")] = document
    return found


def merged_metadata(descriptors: Mapping[str, Mapping[str, Any]], made: Mapping[str, Any]) -> dict[str, Any]:
    """Metadata of a package made of others.

    Of one package all that it said of itself stays, but for the day on which it was made. Of several,
    contributors, licences, keywords, sources, references and species are put together, each once; what
    holds only for one of them (identifier, title, citation) stands among the sources.

    Parameters
    ----------
    descriptors
        By the name of the package, as `kept_descriptors` gives them.
    made
        What is said now: ``created``, ``contributors``, ``project``; a person's own words come first.
    """
    if not descriptors:
        return dict(made)
    documents = list(descriptors.values())
    if len(documents) == 1:
        merged = {name: value for name, value in documents[0].items() if name not in ("resources", "profile")}
    else:
        merged = {
            name: value
            for document in documents
            for name, value in document.items()
            if name not in ("resources", "profile", "project", *_LISTS, *_OF_ONE, *_TIMES)
        }
        merged["sources"] = [_as_source(name, document) for name, document in descriptors.items()]
    for name in _LISTS:
        lists = [merged.get(name), *(d.get(name) for d in documents), made.get(name)]
        values = _each_once(value for found in lists if isinstance(found, list) for value in found)
        if values:
            merged[name] = values
    return {**merged, "created": made["created"], "project": _project(documents, made["project"])}


def _project(documents: Sequence[Mapping[str, Any]], made: Mapping[str, Any]) -> dict[str, Any]:
    """The project of one package; of several, what they agree on beside what is said now."""
    projects = [d["project"] for d in documents if isinstance(d.get("project"), dict)]
    # Whether animals have names is told by the tables as they are now.
    own = {k: v for k, v in (projects[0] if projects else {}).items() if k != "individualAnimals"}
    if len(projects) == 1:
        return {**made, **own}
    agreed = {k: v for k, v in own.items() if all(p.get(k) == v for p in projects)}
    return {**made, **agreed}


def kept_resources(sources: Sequence[SourceTable]) -> tuple[OtherResource, ...]:
    """Further resources of the packages that were added, with the bytes of their files; each name once."""
    contents = {source.name: source.content for source in sources if source.kind == "package resource"}
    found: dict[str, OtherResource] = {}
    for package, document in kept_descriptors(sources).items():
        resources = document.get("resources")
        for resource in resources if isinstance(resources, list) else ():
            name = resource.get("name") if isinstance(resource, dict) else None
            if not isinstance(name, str) or name in SPECIFICATION or name.startswith(OWN_PREFIX):
                continue
            told = {path: _content(contents, package, path) for path in _paths(resource)}
            files = {path: content for path, content in told.items() if content is not None}
            found.setdefault(name, OtherResource(descriptor=resource, files=files))
    return tuple(found.values())


def _paths(resource: Mapping[str, Any]) -> list[str]:
    path = resource.get("path")
    paths = path if isinstance(path, list) else [path]
    return [each for each in paths if isinstance(each, str)]


def _content(contents: Mapping[str, bytes], package: str, path: str) -> bytes | None:
    """The bytes of a file; the same bytes in two packages are kept once, under the name of the first."""
    own = contents.get(f"{package}/{path}")
    return own if own is not None else next((c for n, c in contents.items() if n.endswith(f"/{path}")), None)


def _as_source(name: str, document: Mapping[str, Any]) -> dict[str, Any]:
    told = {
        "title": document.get("title") or name,
        "path": document.get("homepage") or document.get("id"),
        "version": document.get("version"),
    }
    return {key: value for key, value in told.items() if isinstance(value, str) and value}


def _each_once(values: Iterable[Any]) -> list[Any]:
    """Values without those that are alike; a species is known by its name, and its first telling stays."""
    found: list[Any] = []
    species: set[str] = set()
    for value in values:
        name = value.get("scientificName") if isinstance(value, dict) else None
        if value in found or name in species:
            continue
        if isinstance(name, str):
            species.add(name)
        found.append(value)
    return found
