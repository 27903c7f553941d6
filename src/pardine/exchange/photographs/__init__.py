"""Photographs and video as they come from memory cards: what they tell of themselves, undecoded."""
