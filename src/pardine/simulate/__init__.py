"""Surveys with known truth, to try every stage on before it meets the field."""
