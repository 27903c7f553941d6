"""Whether a fit can be believed: goodness of fit, ghosts, windows, cautions in words."""
