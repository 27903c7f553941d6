"""pardine estimate --identity uncertain, from tables to words, on a simulated survey whose truth is known."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest

from pardine.cli import app


@pytest.fixture
def pardine(monkeypatch, capsys):
    def run(*words):
        monkeypatch.setattr(sys, "argv", ["pardine", *map(str, words)])
        try:
            app.main()
            code = 0
        except SystemExit as left:
            code = left.code or 0
        output = capsys.readouterr()
        return code, output.out, output.err

    return run


@pytest.fixture(scope="module")
def tables(tmp_path_factory):
    """Stations, passages and evidence."""
    folder = tmp_path_factory.mktemp("tables")
    rng = np.random.default_rng(12)
    xy = np.array([(x, y) for x in range(0, 16_000, 4000) for y in range(0, 16_000, 4000)], float)
    centres = rng.uniform(-4000, 16_000, (30, 2))
    squared = ((centres[:, None] - xy) ** 2).sum(axis=2)
    counts = rng.poisson(80 * 0.03 * np.exp(-0.5 * squared / 2500.0**2))
    animal, station = np.nonzero(counts)
    repeats = counts[animal, station]
    animal, station = np.repeat(animal, repeats), np.repeat(station, repeats)
    rows = ["passage,station,left,right"] + [f"p{k},S{j},1,0" for k, j in enumerate(station)]
    pairs = ["first,second,side,log_likelihood_ratio"]
    for a in range(len(animal)):
        for b in range(a):
            ratio = rng.normal(4.0 if animal[a] == animal[b] else -4.0, 2.0)
            pairs.append(f"p{a},p{b},left,{ratio:.3f}")
    stations = ["station,x,y,usage_1"] + [f"S{k},{x},{y},80" for k, (x, y) in enumerate(xy)]
    for name, text in (("passages", rows), ("pairs", pairs), ("stations", stations)):
        (folder / f"{name}.csv").write_text("\n".join(text) + "\n", encoding="utf-8")
    return folder, len(set(animal)), len(animal)


@pytest.fixture
def project(pardine, tables, tmp_path):
    assert pardine("new", tmp_path / "p")[0] == 0
    code, _, err = pardine(
        "add", tables[0] / "stations.csv", "--project", tmp_path / "p", "--detector", "count"
    )
    assert code == 0, err
    return tmp_path / "p"


def uncertain(project, folder, *more):
    return (
        "estimate", "--project", project, "--identity", "uncertain", "--passages", folder / "passages.csv",
        "--pair-evidence", folder / "pairs.csv", "--draws", 200, "--buffer-m", 10000, "--spacing-m", 2000,
        *more,
    )  # fmt: skip


def test_tables_to_animals(pardine, project, tables):
    folder, n_seen, n_passages = tables
    code, out, err = pardine(*uncertain(project, folder, "--json"))
    assert code == 0, err
    found = json.loads(out)
    assert len(found["passages"]) == n_passages
    assert found["n_seen"]["lower"] - 2 <= n_seen <= found["n_seen"]["upper"] + 2
    assert found["n_animals"]["value"] >= found["n_seen"]["value"]
    assert found["density_per_100km2"]["lower"] < 3.0e3 / 400.0 < found["density_per_100km2"]["upper"] * 2
    assert 0.0 <= found["identity_share"] <= 1.0
    assert {change["parameter"] for change in found["sensitivity"]} == {"density", "lambda0", "sigma"}
    assert found["run"]
    code, again, _ = pardine(*uncertain(project, folder, "--json", "--dry-run"))
    assert code == 0
    again = json.loads(again)
    assert again["run"] is None
    assert again["density_per_100km2"] == found["density_per_100km2"]


def test_it_is_said_in_words(pardine, project, tables):
    code, out, err = pardine(*uncertain(project, tables[0], "--dry-run"))
    assert code == 0, err
    assert f"{tables[2]} passages of independent animals" in out
    assert "Priors" in out and "R-hat" in out and "doubtful" in out


@pytest.mark.parametrize(
    ("more", "code_told"),
    [
        (("--identity", "uncertain"), "identity.tables_needed"),
        (("--passages", "x.csv"), "identity.does_not_go_with"),
        (("--identity", "uncertain", "--model", "D~1"), "identity.does_not_go_with"),
        (("--identity", "uncertain", "--detection", "HN"), "identity.does_not_go_with"),
    ],
)
def test_what_does_not_go_together_is_refused(pardine, project, more, code_told):
    code, out, err = pardine("estimate", "--project", project, "--json", *more)
    assert code == 2
    assert code_told in out + err
