"""The page about the simulated survey quotes the numbers that are used."""

from pathlib import Path

from pardine.reference import leopard
from pardine.simulate.world.landscape import HillStrip
from pardine.simulate.world.scenario import SIGMA_M, SUBADULT_SHARE, Scenario

PAGE = Path(__file__).resolve().parents[2] / "docs" / "explanation" / "simulated-survey.md"


def test_numbers_of_the_page_are_those_of_the_code():
    text = PAGE.read_text(encoding="utf-8")
    scenario = Scenario()
    litters = ", ".join(f"{100 * prob:.0f}" for prob in leopard.LITTER_SIZE_PROB.values())
    for quoted in (
        f"{leopard.DENSITY.value} per 100 km²",
        f"{100 * SUBADULT_SHARE:.0f} %",
        f"| {leopard.FEMALES_PER_MALE.value} |",
        f"{leopard.LAMBDA0_PHINDA.value} per station-day",
        f"{SIGMA_M:,.0f} m",
        f"{leopard.SIGMA_PHINDA.value:,.0f} m",
        f"{litters} %",
        f"{scenario.stations.n} stations",
        f"{scenario.survey.days}\ndays",
        f"{scenario.n_occasions} occasions",
        f"every {scenario.faults.visit_every_days} days",
        f"{100 * scenario.records.sex_recorded_prob:.0f} % of the animals",
        f"{HillStrip().length_m / 1000:.0f} km long",
        HillStrip().crs,
    ):
        assert quoted in text, quoted
