"""What is late with returns: also where a clock might have acted, and its limit lets it not."""

from datetime import timedelta

from django.utils import timezone

from flows.sweep import sweep
from flows.table import Who
from returns import applications

from .pages import LATE, text
from .return_scenes import Scenes, fresh


def asked(desk, reason, hours):
    """An application of so many hours ago."""
    told = {"kind": "return_refund", "reason": reason, "words": ""}
    at = timezone.now() - timedelta(hours=hours)
    return applications.start(Scenes(desk).signed(), told, who=Who.SHOP, by="hook", at=at, opened_by="hook")


def test_an_application_that_the_clock_may_not_agree_to_stands_among_what_is_late(desk, sits):
    fault, early = asked(desk, "quality", hours=50), asked(desk, "quality", hours=5)
    sweep(at=timezone.now())
    assert fresh(fault).state == "requested"
    page = text(sits("agent").get(f"{LATE}?show=late"))
    assert fault.number in page and early.number not in page
    assert "处理申请" in page


def test_what_the_clock_agrees_to_is_late_nowhere(desk, sits):
    ret = asked(desk, "no_reason", hours=50)
    sweep(at=timezone.now())
    assert fresh(ret).state == "awaiting_return"
    assert ret.number not in text(sits("agent").get(f"{LATE}?show=late"))
