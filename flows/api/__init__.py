"""REST under /api/v1/: what every resource does alike. A floor above adds a resource in its own `api.py`."""
