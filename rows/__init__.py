"""Few statements for many rows: the ORM words a statement in 200-600 us, these are worded once and kept.

Rows travel as tuples in the order of `names`. On PostgreSQL a column whose value is the same in all rows travels once,
the others as one array each (`unnest`), so that a statement has the same text however many rows it writes.
"""

from .pipeline import together
from .read import allocate, among, fetch, lock, moment, to_instances
from .write import insert, update

__all__ = ["allocate", "among", "fetch", "insert", "lock", "moment", "to_instances", "together", "update"]
