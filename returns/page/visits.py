"""How often the page may be asked for: counted in the database, the one thing that every process here shares.

django-ratelimit wants a cache with an atomic increment (Redis, Memcached), which an embedded deployment has not; this
is one statement that counts and answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from django.db import connection
from django.utils.crypto import salted_hmac

from ..models import Visits

WINDOW = timedelta(minutes=10)
# In a window. Many customers of one mobile network come from one address; a family shares one link.
MOST: Mapping[str, int] = {"link": 400, "address": 2000, "wrong": 60}

COUNT = """
INSERT INTO returns_visits (caller, since, count) VALUES {rows}
ON CONFLICT (caller, since) DO UPDATE SET count = returns_visits.count + 1 RETURNING caller, count
"""


def too_many(callers: Iterable[tuple[str, str]], at: datetime) -> int:
    """Count these callers, (kind of MOST, who). -> 0, or the seconds until the first that came too often may again."""
    since = datetime.fromtimestamp(at.timestamp() // WINDOW.total_seconds() * WINDOW.total_seconds(), UTC)
    kinds = {hashed(kind, who): kind for kind, who in callers}
    start = connection.ops.adapt_datetimefield_value(since)
    with connection.cursor() as cursor:
        # In one order of keys, so that two at once never wait for each other.
        values = [part for caller in sorted(kinds) for part in (caller, start, 1)]
        cursor.execute(COUNT.format(rows=", ".join(["(%s, %s, %s)"] * len(kinds))), values)
        found = cursor.fetchall()
    if any(count == 1 for _caller, count in found):
        Visits.objects.filter(since__lt=since).delete()
    over = any(count > MOST[kinds[caller]] for caller, count in found)
    return max(1, int((since + WINDOW - at).total_seconds())) if over else 0


def hashed(kind: str, who: str) -> str:
    return salted_hmac(f"returns.page.{kind}", who, algorithm="sha256").hexdigest()[:44]
