"""Coats of simulated animals: patterns on the surface of a body, and how season and age show them."""
