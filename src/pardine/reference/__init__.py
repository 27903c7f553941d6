"""Published numbers, each with where it was read and why it is used."""
