"""Whose rules: the shop, who works for it, its policy in versions, the days it works."""

from .days import CalendarChange, CalendarDay
from .machines import ApiKey, HookSecret
from .policy import Limit, Policy
from .shop import Member, Shop

__all__ = ["ApiKey", "CalendarChange", "CalendarDay", "HookSecret", "Limit", "Member", "Policy", "Shop"]
