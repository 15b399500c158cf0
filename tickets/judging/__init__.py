"""Quality in the shop's own rows: which rules hold, a look before words leave and after the close, verdicts."""
