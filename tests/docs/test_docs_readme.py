"""What is written down is true: commands, links, pins, and nothing of one machine."""

import re
import shutil
import subprocess
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.markers import Marker
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import pardine

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SET_UP = "python3 -m venv .venv && .venv/bin/pip install -c constraints.txt -e "
DEMO = SET_UP + ". && .venv/bin/pardine demo"
TEST = SET_UP + '".[test]" && .venv/bin/pytest'
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
PIN = re.compile(r"(?P<name>[a-z0-9][a-z0-9._-]*)==(?P<version>[0-9][A-Za-z0-9.!+]*)(?: ; (?P<marker>.+))?")


def commands(name):
    block = re.search(rf"<!-- command: {name} -->\n```\w*\n(.*?)\n```", README, re.DOTALL)
    return block.group(1).splitlines()


@pytest.fixture(scope="module")
def committed():
    """Files under version control."""
    if not (ROOT / ".git").exists() or shutil.which("git") is None:
        pytest.skip("not a git checkout")
    listing = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True)
    names = [name for name in listing.stdout.decode("utf-8").split("\0") if name]
    return [ROOT / name for name in names if (ROOT / name).is_file()]


@pytest.fixture(scope="module")
def pages(committed):
    return [path for path in committed if path.suffix == ".md"]


def test_the_two_commands_stand_on_the_first_screen():
    assert commands("demo") == [DEMO]
    assert commands("test") == [TEST]
    assert TEST in README.splitlines()[:30]


@pytest.mark.parametrize("name", ["windows", "uv"])
def test_other_systems_do_the_same_in_two_lines(name):
    demo, test = commands(name)
    for line, extras in ((demo, "-e ."), (test, '-e ".[test]"')):
        assert f"pip install -c constraints.txt {extras}" in line
    assert demo.endswith("pardine demo")
    assert test.endswith("pytest")


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash on this system")
def test_ci_runs_the_test_command_of_the_readme_word_for_word():
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    function = re.search(r"^readme_command\(\) \{.*?^\}", ci, re.DOTALL | re.MULTILINE).group(0)
    asked = f"{function}\nreadme_command test"
    answer = subprocess.run(["bash", "-c", asked], cwd=ROOT, capture_output=True, check=True)
    assert answer.stdout.decode("utf-8").strip() == TEST
    assert 'test_command="$(readme_command test)"' in ci
    assert 'bash -euo pipefail -c "$test_command"' in ci
    assert "export PARDINE_REQUIRE_DATA=1" in ci
    for check in ("ruff check", "ruff format --check", "mypy", "lint-imports"):
        assert f'"{check}"' in ci


def test_links_between_pages_resolve(pages):
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in target and not target.startswith(("#", "mailto:"))
        if not (page.parent / target.split("#")[0]).exists()
    ]
    assert not broken


def test_every_page_of_the_documentation_is_in_an_index(pages):
    index = {
        (page.parent / target.split("#")[0]).resolve()
        for page in pages
        if page.name == "README.md" and page.is_relative_to(ROOT / "docs")
        for target in LINK.findall(page.read_text(encoding="utf-8"))
    }
    documentation = {page for page in pages if page.is_relative_to(ROOT / "docs")}
    assert documentation - index - {ROOT / "docs" / "README.md"} == set()


def pins():
    """Name to (version, marker) pairs of the constraints."""
    found = {}
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines():
        match = PIN.fullmatch(line)
        assert match, f"not an exact pin: {line}"
        marker = Marker(match["marker"]) if match["marker"] else None
        found.setdefault(canonicalize_name(match["name"]), []).append((match["version"], marker))
    return found


def needed(requirements, extras, seen):
    """Add (name, extras) of all packages that are needed here, and of those that they need."""
    for requirement in map(Requirement, requirements):
        environments = [{"extra": extra} for extra in (extras or {""})]
        if requirement.marker is None or any(requirement.marker.evaluate(e) for e in environments):
            package = (canonicalize_name(requirement.name), frozenset(requirement.extras))
            if package not in seen:
                seen.add(package)
                needed(distribution(package[0]).requires or (), package[1], seen)


def test_constraints_pin_every_dependency_exactly_and_are_what_is_installed():
    pinned = pins()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = [text for extra in project["optional-dependencies"].values() for text in extra]
    seen = set()
    # What pyproject.toml says now, not what it said when this environment was made.
    needed(
        [text for text in (*project["dependencies"], *extras) if "pardine[" not in text], frozenset(), seen
    )
    names = {name for name, _ in seen}
    assert len(names) > 40
    for name in sorted(names):
        assert name in pinned, f"{name} is needed but not pinned"
        here = [version for version, marker in pinned[name] if marker is None or marker.evaluate()]
        assert here == [distribution(name).version], name


def test_constraints_hold_no_addresses():
    text = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    assert not re.search(r"https?:|@|--|file:", text)


def test_nothing_names_a_machine_or_a_registry(committed):
    # Put together here, so that this file does not contain what it looks for.
    folders = ["/" + folder + "/" for folder in ("work", "root", "tmp")]
    hosts = [".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("npmjs", "org"))]
    found = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in committed
        if path.suffix not in {".png", ".jpg", ".mo", ".pdf", ".xlsx", ".ttf"}
        for word in (*folders, *hosts)
        if word in path.read_text(encoding="utf-8")
    ]
    assert not found


def test_licence_is_whole_and_versions_agree():
    licence = (ROOT / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in licence[:200]
    assert "END OF TERMS AND CONDITIONS" in licence
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {pardine.__version__}\n" in citation


def test_fragments_of_the_changelog_are_named_by_their_kind(committed):
    fragments = [p for p in committed if p.parent.name == "changelog.d" and p.name != "README.md"]
    assert fragments
    for fragment in fragments:
        assert re.fullmatch(r"[a-z0-9-]+\.(added|changed|fixed|removed)\.md", fragment.name)
        assert fragment.read_text(encoding="utf-8").strip()
