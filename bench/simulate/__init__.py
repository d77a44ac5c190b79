"""How fast the country that never was is simulated."""
