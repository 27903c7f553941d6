"""Leopards: density, space use, detection and litters, as far as they have been published.

What has not been published for the Amur leopard is taken from a stand-in, and its record says so.
"""

from __future__ import annotations

from pardine.reference.published import Citation, PublishedValue

VITKALOVA_2016 = Citation(
    key="vitkalova2016",
    authors="Vitkalova A.V., Shevtsova E.I.",
    year=2016,
    title="A complex approach to study the Amur leopard using camera traps in protected areas in the "
    "Southwest of Primorsky Krai (Russian Far East). Nature Conservation Research",
)
ROGAN_2022 = Citation(
    key="rogan2022",
    authors="Rogan M.S., Distiller G., Balme G.A. and others",
    year=2022,
    title="Troubled spots: Human impacts constrain the density of an apex predator inside protected "
    "areas. Ecological Applications",
)
BALME_2013 = Citation(
    key="balme2013",
    authors="Balme G., Batchelor A., de Woronin Britz N., Seymour G., Grover M., Hes L., "
    "Macdonald D., Hunter L.",
    year=2013,
    title="Reproductive success of female leopards Panthera pardus: The importance of top-down processes. "
    "Mammal Review",
)
SWANEPOEL_2015 = Citation(
    key="swanepoel2015",
    authors="Swanepoel L.H., Somers M.J., van Hoven W. and others",
    year=2015,
    title="Survival rates and causes of mortality of leopards Panthera pardus in southern Africa. Oryx",
)

DENSITY = PublishedValue(
    name="density of adults in the Russian reserves, 2014-2015",
    value=0.98,
    unit="animals per 100 km2",
    taxon="Panthera pardus orientalis",
    citation=VITKALOVA_2016,
    read_in="abstract",
    because="spatial capture-recapture on 3,600 km2 of the same range; the abstract gives no interval",
)
FEMALES_PER_MALE = PublishedValue(
    name="females per male",
    value=1.2,
    unit="females per male",
    taxon="Panthera pardus orientalis",
    citation=VITKALOVA_2016,
    read_in="abstract",
    because="sex ratio of the animals photographed, male to female 1:1.2; the abstract gives no interval",
)
SIGMA_PHINDA = PublishedValue(
    name="sigma of the half-normal hazard",
    value=2496.0,
    lower=2254.0,
    upper=2764.0,
    unit="m",
    taxon="Panthera pardus (South Africa)",
    citation=ROGAN_2022,
    read_in="own analysis of published data",
    because="null model fitted to the published captures of Phinda 2016 (31 leopards, prey-rich savanna, "
    "both sexes alike) with secr 5.5.0; no sigma of the Amur leopard has been read",
)
LAMBDA0_PHINDA = PublishedValue(
    name="lambda0 of the half-normal hazard",
    value=0.0321,
    lower=0.0255,
    upper=0.0404,
    unit="expected detections per station-day at an activity centre",
    taxon="Panthera pardus (South Africa)",
    citation=ROGAN_2022,
    read_in="own analysis of published data",
    because="the same fit to Phinda 2016; no lambda0 of the Amur leopard has been read",
)
LITTER_SIZE = PublishedValue(
    name="litter size",
    value=1.9,
    lower=1.7,
    upper=2.1,
    unit="cubs per litter",
    taxon="Panthera pardus (South Africa)",
    citation=BALME_2013,
    read_in="abstract",
    because="140 litters of known size, 1.9 with standard error 0.1 (limits: 2 standard errors); for the "
    "Amur leopard only counts of cubs seen with breeding females have been read",
)
LITTER_SIZE_PROB: dict[int, float] = {1: 0.29, 2: 0.62, 3: 0.09}
"""Litter size to probability, of the 140 litters of `BALME_2013`; their mean is 1.8."""

ADULT_SURVIVAL = PublishedValue(
    name="annual survival of adults in protected areas",
    value=0.88,
    lower=0.80,
    upper=0.96,
    unit="probability a year",
    taxon="Panthera pardus (southern Africa)",
    citation=SWANEPOEL_2015,
    read_in="abstract",
    because="standard error 0.04 (limits: 2 standard errors); of the Amur leopard only apparent survival of "
    "all ages has been read, 0.82 (0.69-0.91), which emigration lowers",
)
SUBADULT_SURVIVAL = PublishedValue(
    name="annual survival of subadults in protected areas",
    value=0.86,
    lower=0.72,
    upper=1.0,
    unit="probability a year",
    taxon="Panthera pardus (southern Africa)",
    citation=SWANEPOEL_2015,
    read_in="abstract",
    because="standard error 0.07 (limits: 2 standard errors); none of the Amur leopard has been read",
)
CUB_SURVIVAL = PublishedValue(
    name="annual survival of juveniles in protected areas",
    value=0.39,
    lower=0.19,
    upper=0.59,
    unit="probability a year",
    taxon="Panthera pardus (southern Africa)",
    citation=SWANEPOEL_2015,
    read_in="abstract",
    because="standard error 0.10 (limits: 2 standard errors); none of the Amur leopard has been read",
)

ALL: tuple[PublishedValue, ...] = (
    DENSITY, FEMALES_PER_MALE, SIGMA_PHINDA, LAMBDA0_PHINDA, LITTER_SIZE, ADULT_SURVIVAL, SUBADULT_SURVIVAL,
    CUB_SURVIVAL,
)  # fmt: skip
"""Every number that is in use."""
