"""Camtrap DP 1.0.2: packages read liberally, written strictly, checked by our own vectorised rules."""
