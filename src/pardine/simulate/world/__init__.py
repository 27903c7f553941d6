"""The simulated world: landscape, animals, stations, and who came by when."""
