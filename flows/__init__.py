"""The kernel: tables, the one door, clocks, the sweep (floor 2)."""
