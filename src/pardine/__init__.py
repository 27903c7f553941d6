"""Pardine: a survey in, identified animals and honest population estimates out."""

__version__ = "0.1.0"
