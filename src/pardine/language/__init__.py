"""Words: the sentences behind codes, in English, Russian and Chinese."""
