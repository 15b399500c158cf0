"""The page on which a customer says how they were served: a signed link for one ticket, for a phone."""
