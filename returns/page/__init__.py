"""The customer's own page of one return, behind a signed link that an agent sends (contract §4)."""
