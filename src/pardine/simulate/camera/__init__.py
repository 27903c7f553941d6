"""Photographs as trail cameras take them: geometry, light, fur, lens, sensor, info strip, and truth."""
