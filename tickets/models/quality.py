"""Quality of the conversations: a shop's rules and promises, what was found in each conversation, who judged it."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, RegexValidator
from django.db import models
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from flows.models import InsertOnly
from shops.punctuation import listed

from ..quality import Rule, Severity, rules
from ..quality.own import LEAST, failing, own_rule
from ..quality.pattern import BadPattern

SEVERITIES = ((Severity.WARN.value, _("提醒")), (Severity.BLOCK.value, _("拦截，须主管说明原因")))
PROMISES = (("gift", _("赠品")), ("price", _("优惠活动")), ("date", _("发货与到货")), ("compensation", _("补偿权限")))
LONGEST, MOST = 200, 60  # characters of an example or a pattern; how many of them


@cache
def house() -> frozenset[str]:
    """The names of the house's rules; read when first asked for, since that takes a second."""
    return frozenset(rule.name for rule in rules())


def lines(value: Any) -> None:
    """A list of short texts, as JSON."""
    if not isinstance(value, list) or len(value) > MOST:
        raise ValidationError(_("最多 %(most)s 行"), params={"most": MOST})
    if any(not isinstance(one, str) or not one.strip() or len(one) > LONGEST for one in value):
        raise ValidationError(_("每行 1 到 %(longest)s 个字"), params={"longest": LONGEST})


class QualityRule(models.Model):
    """What a shop sets of one rule of the house (on, severity, points), or a rule of its own with its examples.

    name: the house rule's, or one that no house rule has. severity, points: empty for the house's. said, unless,
    negated, hits, misses: of an own rule, as tickets/quality/pattern.py reads them; negated: a "not" excuses.
    """

    shop = models.ForeignKey("shops.Shop", models.CASCADE, related_name="+", verbose_name=_("店铺"))
    name = models.CharField(_("规则"), max_length=40, validators=[RegexValidator(r"^[a-z][a-z0-9_]*\Z")])
    on = models.BooleanField(_("启用"), default=True)
    severity = models.CharField(_("级别"), max_length=5, choices=SEVERITIES, blank=True)
    points = models.PositiveSmallIntegerField(_("扣分"), null=True, blank=True, validators=[MaxValueValidator(100)])
    label = models.CharField(_("名称"), max_length=40, blank=True)
    message = models.CharField(_("为什么不能说"), max_length=LONGEST, blank=True)
    better = models.CharField(_("建议说法"), max_length=LONGEST, blank=True)
    said = models.JSONField(_("怎么说算命中"), default=list, blank=True, validators=[lines])
    unless = models.JSONField(_("同一句里有这些就不算"), default=list, blank=True, validators=[lines])
    negated = models.BooleanField(_("被否定时不算（“我们不……”）"), default=True)
    hits = models.JSONField(_("应命中的例句"), default=list, blank=True, validators=[lines])
    misses = models.JSONField(_("不应命中的例句"), default=list, blank=True, validators=[lines])
    by = models.CharField(_("修改人"), max_length=150, blank=True, editable=False)
    changed_at = models.DateTimeField(_("修改时间"), null=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("质检规则"), pgettext_lazy("plural", "质检规则")
        constraints = [
            models.UniqueConstraint(
                fields=["shop", "name"], name="quality_rule_once", violation_error_message=_("这家店已经设过这条规则")
            )
        ]

    def __str__(self) -> str:
        return self.label or self.name

    @property
    def own(self) -> bool:
        return self.name not in house()

    def clean(self) -> None:
        """An own rule whose examples fail is not kept: which one, and why, is said."""
        if self.own:
            missing = [field for field in ("label", "severity", "message", "better") if not getattr(self, field)]
            if missing:
                raise ValidationError(dict.fromkeys(missing, gettext("自建规则必须填写")))
            self._examples()
        elif self.said or self.unless or self.hits or self.misses:
            raise ValidationError({"said": gettext("系统规则的内容不能改；请另建一条自己的规则")})

    def _examples(self) -> None:
        if len(self.hits) < LEAST or len(self.misses) < LEAST:
            raise ValidationError(gettext("至少写 %s 句应命中的和 %s 句不应命中的例句") % (LEAST, LEAST))
        try:
            failed = failing(self.rule())
        except BadPattern as error:
            raise ValidationError({"said": gettext("这一条读不懂：%s") % error}) from error
        told = {}
        if failed.unfound:
            told["hits"] = gettext("没有命中：%s") % listed(f"“{example}”" for example in failed.unfound)
        if failed.found:
            passages = (gettext("“%(all)s”（命中了“%(part)s”）") % {"all": a, "part": p} for a, p in failed.found)
            told["misses"] = gettext("不该命中却命中：%s") % listed(passages)
        if told:
            raise ValidationError(told)

    def rule(self) -> Rule:
        """An own rule as the checker takes it. Raise BadPattern where it cannot be read."""
        return own_rule(
            self.name, self.label, Severity(self.severity), points=10 if self.points is None else self.points,
            message=self.message, better=self.better, said=self.said, unless=self.unless, negated=self.negated,
            hits=self.hits, misses=self.misses,
        )  # fmt: skip


class ShopPromise(models.Model):
    """What the shop does promise, and when: agents may say it, quality compares with it.

    words: as it is said (满200减20, 防尘袋). upto: of a compensation, up to how many fen an agent may offer.
    begins, ends: the first and the last day; empty: always.
    """

    shop = models.ForeignKey("shops.Shop", models.CASCADE, related_name="+", verbose_name=_("店铺"))
    kind = models.CharField(_("类别"), max_length=12, choices=PROMISES)
    words = models.CharField(_("内容"), max_length=60, blank=True)
    upto = models.PositiveIntegerField(_("最多补偿（分）"), null=True, blank=True)
    begins = models.DateField(_("从"), null=True, blank=True)
    ends = models.DateField(_("到"), null=True, blank=True)
    by = models.CharField(_("修改人"), max_length=150, blank=True, editable=False)
    changed_at = models.DateTimeField(_("修改时间"), null=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("店铺承诺与活动"), pgettext_lazy("plural", "店铺承诺与活动")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.words}".strip()

    def clean(self) -> None:
        if self.kind == "compensation":
            if not self.upto:
                raise ValidationError({"upto": gettext("请填写最多补偿多少")})
        elif len(self.words.strip()) < 2:
            raise ValidationError({"words": gettext("请写下承诺的内容，至少两个字")})
        if self.begins and self.ends and self.ends < self.begins:
            raise ValidationError({"ends": gettext("结束不能早于开始")})


class QualityReview(InsertOnly):
    """One conversation, looked at after its close. seq: the ticket's move that closed it; (ticket, seq) once.

    score: 0 to 100. answers, in_time: how many answers were owed, and came within 15 s and 20 s of working time.
    """

    shop = models.ForeignKey("shops.Shop", models.PROTECT, db_index=False)
    ticket = models.ForeignKey("tickets.Ticket", models.PROTECT, related_name="inspections", verbose_name=_("工单"))
    seq = models.PositiveIntegerField()
    score = models.PositiveSmallIntegerField(_("得分"))
    answers = models.PositiveIntegerField(_("应答"))
    in_time = models.PositiveIntegerField(_("及时"))
    at = models.DateTimeField(_("关闭时间"))

    class Meta:
        verbose_name, verbose_name_plural = _("会话质检"), pgettext_lazy("plural", "会话质检")
        constraints = [models.UniqueConstraint(fields=["ticket", "seq"], name="quality_review_once")]
        indexes = [models.Index(fields=["shop", "at"], name="quality_review_by_day")]


class QualityShare(InsertOnly):
    """One agent's part in a conversation that was looked at. waited: working seconds of all answers together;
    first: of the first answer of all, where it was theirs."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT, db_index=False)
    review = models.ForeignKey(QualityReview, models.PROTECT, related_name="shares")
    agent = models.CharField(_("客服"), max_length=150)
    score = models.PositiveSmallIntegerField(_("得分"))
    answers = models.PositiveIntegerField()
    in_time = models.PositiveIntegerField()
    waited = models.PositiveIntegerField()
    first = models.PositiveIntegerField(null=True)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "agent"], name="quality_share_once")]
        indexes = [models.Index(fields=["shop", "at"], name="quality_share_by_day")]


class QualityFinding(InsertOnly):
    """What a rule found: characters [start, end) of a message, whose words stand with the message alone."""

    shop = models.ForeignKey("shops.Shop", models.PROTECT, db_index=False)
    review = models.ForeignKey(QualityReview, models.PROTECT, related_name="findings")
    message = models.ForeignKey("tickets.Message", models.PROTECT, related_name="+")
    rule = models.CharField(_("规则"), max_length=40)
    label = models.CharField(_("规则"), max_length=40)
    severity = models.CharField(_("级别"), max_length=5, choices=SEVERITIES)
    start = models.PositiveIntegerField()
    end = models.PositiveIntegerField()
    agent = models.CharField(_("客服"), max_length=150, blank=True)
    at = models.DateTimeField(_("时间"))

    class Meta:
        verbose_name, verbose_name_plural = _("质检发现"), pgettext_lazy("plural", "质检发现")
        indexes = [
            models.Index(fields=["shop", "-id"], name="quality_finding_newest"),
            models.Index(fields=["shop", "rule", "-id"], name="quality_finding_of_rule"),
            models.Index(fields=["shop", "agent", "-id"], name="quality_finding_of_agent"),
        ]


class QualityVerdict(InsertOnly):
    """What a reviewer says of a finding. n: 1, 2, … of its finding; the last one holds."""

    finding = models.ForeignKey(QualityFinding, models.PROTECT, related_name="verdicts")
    n = models.PositiveSmallIntegerField()
    right = models.BooleanField(_("判断正确"))
    by = models.CharField(_("复核人"), max_length=150)
    at = models.DateTimeField(_("时间"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["finding", "n"], name="quality_verdict_n")]
