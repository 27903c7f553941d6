"""What a field team brings home of a simulated world: cards, sheets, tables, and the truth apart."""
