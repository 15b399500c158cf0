"""China's statutory holidays, for the years whose arrangement the State Council has not announced yet.

Only the days that the law itself names (全国年节及纪念日放假办法, State Council order 795 of 2024, art. 2): without the
bridges and make-up days of the yearly notice, so a result that rests on it is provisional and says so.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

from django.utils.translation import gettext_noop

NEW_YEAR, LABOUR, NATIONAL = gettext_noop("元旦"), gettext_noop("劳动节"), gettext_noop("国庆节")
SPRING = gettext_noop("春节")
AFTER_THE_MOON = (gettext_noop("清明节"), gettext_noop("端午节"), gettext_noop("中秋节"))
FIXED = {(1, 1): NEW_YEAR, (5, 1): LABOUR, (5, 2): LABOUR, (10, 1): NATIONAL, (10, 2): NATIONAL, (10, 3): NATIONAL}

# The days that follow moon and sun, as month × 100 + day: first of the lunar year, 清明, 端午 (5/5), 中秋 (8/15).
MOVING = {
    2027: (206, 405, 609, 915),
    2028: (126, 404, 528, 1003),
    2029: (213, 404, 616, 922),
    2030: (203, 405, 605, 912),
    2031: (123, 405, 624, 1001),
    2032: (211, 404, 612, 919),
    2033: (131, 404, 601, 908),
    2034: (219, 405, 620, 927),
    2035: (208, 405, 610, 916),
    2036: (128, 404, 530, 1004),
    2037: (215, 404, 618, 924),
    2038: (204, 405, 607, 913),
    2039: (124, 405, 527, 1002),
    2040: (212, 404, 614, 920),
}


@lru_cache(maxsize=64)
def days(year: int) -> dict[date, str]:
    """Date -> holiday's name. Spring Festival has four days, its eve among them; beyond the table only fixed days."""
    found = {date(year, month, day): name for (month, day), name in FIXED.items()}
    if year in MOVING:
        new_year, *others = (date(year, number // 100, number % 100) for number in MOVING[year])
        found.update({new_year + timedelta(days=n): SPRING for n in range(-1, 3)})
        for day, name in zip(others, AFTER_THE_MOON, strict=True):
            found.setdefault(day, name)
    return found
