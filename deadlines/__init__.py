"""Time as rows (floor 1)."""
