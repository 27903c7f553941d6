"""Groups of points that are one animal each: evidence, and moves that sample the groups."""
