"""Rules that find what is wrong with a season's cards, clocks, cameras and sheets while it can be mended."""
