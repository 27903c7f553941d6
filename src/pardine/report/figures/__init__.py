"""Figures: each takes numbers and words and gives an SVG; none computes, saves or keeps state."""
