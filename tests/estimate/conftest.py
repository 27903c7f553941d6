"""Real surveys and the reference's estimates."""

import pytest
from estimate_surveys import histories_and_spaces, read_folder, read_rows

from pardine.estimate.history import capture_history


@pytest.fixture(scope="session")
def tost(scr_data):
    survey = read_folder(
        scr_data / "snowleopard_Gobi_TNN",
        "count",
        sessions={"Tost2012"},
        mask_file=scr_data / "masks" / "snowleopard_Tost2012.csv",
    )
    return histories_and_spaces(survey)


@pytest.fixture(scope="session")
def gobi(scr_data):
    survey = read_folder(
        scr_data / "snowleopard_Gobi_TNN", "count", mask_file=scr_data / "masks" / "snowleopard_TNN.csv"
    )
    return histories_and_spaces(survey)


@pytest.fixture(scope="session")
def phinda(scr_data):
    survey = read_folder(
        scr_data / "leopard_SouthAfrica_27",
        "count",
        sessions={"Phinda_2016"},
        mask_file=scr_data / "masks" / "leopard_Phinda_2016.csv",
    )
    return histories_and_spaces(survey)


@pytest.fixture(scope="session")
def stoats(scr_data):
    survey = read_folder(scr_data / "stoatDNA", "proximity", mask_file=scr_data / "masks" / "stoatDNA.csv")
    return histories_and_spaces(survey)


@pytest.fixture(scope="session")
def south_africa(scr_data):
    survey = read_folder(scr_data / "leopard_SouthAfrica_27", "count")
    return [capture_history(survey, session.code) for session in survey.sessions]


@pytest.fixture(scope="session")
def reference(scr_data):
    """(set, model) -> {"logLik", "ll_convention", parameter: (estimate, se)} on link scales."""
    table = {}
    for row in read_rows(scr_data / "secr-reference.csv"):
        if row["scale"] == "link(beta)":
            entry = table.setdefault((row["set"], row["model"]), {"logLik": float(row["logLik"])})
            entry["ll_convention"] = row["ll_convention"]
            entry[row["par"]] = (float(row["estimate"]), float(row["se"]))
    return table
