"""Places that cameras look at: ground, rocks, trees, plants and their surfaces, each station its own."""
