"""Dates as everywhere on the desk, 2026-11-24 18:00; not Nov. 24, 2026, 6 p.m."""

DATE_FORMAT = SHORT_DATE_FORMAT = "Y-m-d"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = SHORT_DATETIME_FORMAT = "Y-m-d H:i"
