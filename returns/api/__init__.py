"""The REST faces of returns and disputes."""
