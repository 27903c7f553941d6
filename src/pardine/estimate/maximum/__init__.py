"""Finding the maximum, and telling when there is none."""
