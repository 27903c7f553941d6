"""The truth behind a simulated survey, to hold an estimate against."""

from __future__ import annotations

from dataclasses import dataclass

from pardine.observe.capture import AgeClass, Sex
from pardine.observe.survey import Survey
from pardine.simulate.captures import TrueDetection


@dataclass(frozen=True, kw_only=True)
class TrueAnimal:
    """An independent animal as it is.

    Attributes
    ----------
    code
        The name it has in the tables, if it is detected.
    sex, age_class
        True, whatever was recorded; never a cub.
    x_m, y_m
        Activity centre.
    n_detections
        0 for an animal that nobody saw.
    n_cubs
        Cubs that it leads.
    """

    code: str
    sex: Sex
    age_class: AgeClass
    x_m: float
    y_m: float
    n_detections: int
    n_cubs: int


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What an estimate of one session should find.

    Attributes
    ----------
    session
        Its code.
    animals
        All independent animals of the region.
    region_area_km2
        Area of the habitat mask, where their centres lie.
    density_per_100km2
        Of the process that placed them, which a fitted D estimates; from the second year on, of the
        animals themselves, for then nothing else places them.
    detection
        How females were detected; with moving animals only its sigma is one that an estimate can find.
    seed
        Root seed.
    """

    session: str = ""
    animals: tuple[TrueAnimal, ...]
    region_area_km2: float
    density_per_100km2: float
    detection: TrueDetection
    seed: int

    @property
    def n_animals(self) -> int:
        """Independent animals in the region; a realised N estimates this."""
        return len(self.animals)

    @property
    def n_detected(self) -> int:
        """Independent animals detected at least once."""
        return sum(animal.n_detections > 0 for animal in self.animals)

    @property
    def n_cubs(self) -> int:
        """Cubs with their mothers, counted apart."""
        return sum(animal.n_cubs for animal in self.animals)

    @property
    def realised_density_per_100km2(self) -> float:
        """Animals that live there, per 100 km2."""
        return 100.0 * self.n_animals / self.region_area_km2


@dataclass(frozen=True, kw_only=True)
class SimulatedSurvey:
    """A survey as an office would bring it, and the truth behind each of its sessions."""

    survey: Survey
    truths: tuple[Truth, ...]

    @property
    def truth(self) -> Truth:
        """That of the first session, or the only one."""
        return self.truths[0]
