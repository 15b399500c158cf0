"""A reviewer says whether a finding is right: the last verdict holds, all are kept. Rules are measured by them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Exists, Max, OuterRef, Q, QuerySet, Subquery
from django.utils.translation import gettext as _

from flows.effects import Refused
from shops.access import Caller

from ..models import QualityFinding, QualityVerdict

LAST = QualityVerdict.objects.filter(finding=OuterRef("pk")).order_by("-n")


def judge(finding: QualityFinding, right: bool, *, caller: Caller, at: datetime) -> QualityVerdict:
    """Leads judge, and nobody what was found in their own words. Two at once: both are kept, the later holds."""
    if "lead" not in caller.roles_in(finding.shop_id):
        raise Refused(_("只有主管可以复核质检结果"), code="role")
    if finding.agent and finding.agent == caller.by:
        raise Refused(_("不能复核自己的会话"))
    with transaction.atomic():
        QualityFinding.objects.select_for_update().get(pk=finding.pk)
        last = QualityVerdict.objects.filter(finding=finding).aggregate(n=Max("n"))["n"] or 0
        verdict = QualityVerdict(finding=finding, n=last + 1, right=right, by=caller.by, at=at)
        QualityVerdict.objects.bulk_create([verdict])
    return verdict


def waiting(findings: QuerySet[QualityFinding]) -> QuerySet[QualityFinding]:
    """Those of which nobody has said whether they are right."""
    return findings.filter(~Exists(LAST))


def judged(findings: QuerySet[QualityFinding]) -> QuerySet[QualityFinding]:
    """With `verdict`: what the last reviewer said, None where nobody has."""
    return findings.annotate(verdict=Subquery(LAST.values("right")[:1]), judge=Subquery(LAST.values("by")[:1]))


@dataclass(frozen=True)
class Judged:
    """How right a rule is in a shop, by its reviewers. precision: None where nobody has judged."""

    rule: str
    label: str
    findings: int
    right: int
    wrong: int

    @property
    def precision(self) -> float | None:
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None


def precision(shops: Iterable[int], begin: datetime, end: datetime) -> list[Judged]:
    """Of findings in conversations closed in [begin, end), rule by rule: one statement."""
    found = QualityFinding.objects.filter(shop__in=sorted(shops), at__gte=begin, at__lt=end)
    rows = (
        judged(found)
        .values("rule")
        .annotate(
            called=Max("label"), n=Count("pk"), right=Count("pk", filter=Q(verdict=True)),
            wrong=Count("pk", filter=Q(verdict=False)),
        )
        .order_by("-n", "rule")
    )  # fmt: skip
    return [Judged(row["rule"], row["called"], row["n"], row["right"], row["wrong"]) for row in rows]
