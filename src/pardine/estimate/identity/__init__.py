"""Partition and density together: which encounters are the same animal, and how many animals live there."""
