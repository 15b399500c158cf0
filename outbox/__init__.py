"""What we tell others, as rows (floor 1)."""
