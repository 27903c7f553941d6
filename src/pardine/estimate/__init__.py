"""How many: from capture histories to density and abundance with their uncertainty."""
