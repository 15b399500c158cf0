"""The order's way to the customer (floor 3)."""
