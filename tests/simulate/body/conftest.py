"""Tests of bodies share a few bodies; those of coats use them too."""
