"""Conversions between the units of the field. Inside: metres and animals per km2."""

from __future__ import annotations

M2_PER_HA = 1e4
M2_PER_KM2 = 1e6
HA_PER_KM2 = 100.0


def per_100km2_from_per_km2(density_per_km2: float) -> float:
    """Animals per 100 km2 from animals per km2."""
    return density_per_km2 * 100.0


def per_km2_from_per_ha(density_per_ha: float) -> float:
    """Animals per km2 from animals per hectare."""
    return density_per_ha * HA_PER_KM2


def per_ha_from_per_km2(density_per_km2: float) -> float:
    """Animals per hectare from animals per km2."""
    return density_per_km2 / HA_PER_KM2
