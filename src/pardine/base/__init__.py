"""What every stage shares: errors, results, places, time, randomness, provenance, bulk work."""
