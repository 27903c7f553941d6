"""The parts of a report in the order of reading, each from content to blocks of a document."""
