"""Bodies of simulated animals: plans of bones and volumes, their skin, and how they walk."""
