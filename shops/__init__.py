"""Whose rules: shop, members, policy, calendar (floor 0)."""
