"""One file a task of a person: read, call the science, write with provenance."""
