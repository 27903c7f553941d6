"""What the field brings, as frozen records."""
