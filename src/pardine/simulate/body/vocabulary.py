"""Words of simulated bodies: species, sexes, ages, parts of the skin."""

from __future__ import annotations

from enum import Enum, IntEnum, unique


@unique
class Species(Enum):
    """What may walk past a camera, as far as a body of it can be built."""

    LEOPARD = "leopard"
    SNOW_LEOPARD = "snow leopard"
    TIGER = "tiger"
    SIKA_DEER = "sika deer"
    ROE_DEER = "roe deer"
    WILD_BOAR = "wild boar"
    BADGER = "badger"
    RACCOON_DOG = "raccoon dog"
    HARE = "hare"
    PHEASANT = "pheasant"
    PERSON = "person"


CATS = (Species.LEOPARD, Species.SNOW_LEOPARD, Species.TIGER)


@unique
class Sex(Enum):
    """Sex of a body."""

    FEMALE = "female"
    MALE = "male"


@unique
class AgeClass(Enum):
    """Age as the proportions of a body show it."""

    CUB = "cub"
    SUBADULT = "subadult"
    ADULT = "adult"


@unique
class BodyPart(IntEnum):
    """Part of the skin; the numbers are written into truth images and never change."""

    FLANK = 0
    SHOULDER = 1
    HIND_LEG = 2
    FORE_LEG = 3
    NECK = 4
    HEAD = 5
    FOREHEAD = 6
    EAR = 7
    BELLY = 8
    BACK = 9
    TAIL = 10
    PAW = 11


@unique
class Feature(IntEnum):
    """What covers a point of the body: fur, or something bare that the coat colours by itself."""

    FUR = 0
    EYE = 1
    NOSE = 2
    EAR_INSIDE = 3
    CLAW = 4
    MOUTH = 5
    HORN = 6
    SKIN = 7
    JACKET = 8
    TROUSERS = 9
    BOOT = 10
    HAT = 11
    PACK = 12
    BEAK = 13
    EYELID = 14
