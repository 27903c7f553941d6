"""What a model says: formulas, variables and terms, and the table of parameters they give."""
