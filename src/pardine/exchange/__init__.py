"""Formats in and out, and what may leave the project: tables, places on a coarse grid."""
