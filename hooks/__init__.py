"""The outside world speaks: verify, store, translate into steps (floor 6)."""
