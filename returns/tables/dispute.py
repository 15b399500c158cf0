"""The platform's officer (小二) steps in, beside the return (procedures 7)."""

from django.utils.translation import gettext_lazy as _

from flows.table import LATE, Clock, Fact, Flow, Step, Who

from .. import asks
from ..states import D

CUSTOMER, AGENT, AUDITOR, WAREHOUSE, LEAD, SHOP, PLATFORM, CLOCK, SYSTEM = Who

OPENED, GIVEN, FOR_BUYER, FOR_SELLER = D.OPENED, D.EVIDENCE_GIVEN, D.RULED_FOR_BUYER, D.RULED_FOR_SELLER
APPEALED, COMPLIED, ENFORCED, WITHDRAWN = D.APPEALED, D.COMPLIED, D.ENFORCED, D.WITHDRAWN
UNRULED = (OPENED, GIVEN, APPEALED)

# fmt: off
DISPUTE = Flow(
    "dispute", _("平台介入"), states=D, start=(OPENED,),
    waits=(OPENED, GIVEN, APPEALED),
    awaits={GIVEN: PLATFORM, APPEALED: PLATFORM},
    reopens=("appeal",),
    facts=("withdraw", ("rule_for_buyer", "rule_for_seller")),
    personal=frozenset({"words"}),
    clocks=(
        #     clock       runs while in      limit               then       label
        Clock("evidence", (OPENED,),         "dispute_evidence", LATE,      _("平台举证"), tell=LEAD),
        Clock("comply",   (FOR_BUYER,),      "dispute_comply",   "enforce", _("执行裁决"), tell=LEAD),
        Clock("ruling",   (GIVEN, APPEALED), "dispute_ruling",   LATE,      _("等待裁决"), tell=LEAD),
    ),
    steps=(
        #    step               from                            to          who                    button
        Step("give_evidence",   (OPENED, GIVEN),                GIVEN,      AGENT | LEAD,          _("提交举证"), asks=asks.DisputeEvidence, tone="main"),
        Step("give_evidence",   (APPEALED,),                    APPEALED,   AGENT | LEAD),
        Step("rule_for_buyer",  UNRULED,                        FOR_BUYER,  PLATFORM | LEAD,       _("登记判买家"), asks=asks.RuleForBuyer),
        Fact("rule_for_buyer",  (FOR_SELLER, WITHDRAWN),        FOR_BUYER,  PLATFORM),
        Step("rule_for_seller", UNRULED,                        FOR_SELLER, PLATFORM | LEAD,       _("登记判商家"), asks=asks.RuleForSeller),
        Fact("rule_for_seller", (FOR_BUYER, COMPLIED, ENFORCED, WITHDRAWN), FOR_SELLER, PLATFORM),
        Step("appeal",          (FOR_BUYER, COMPLIED, ENFORCED), APPEALED,  LEAD,                  _("申诉"), asks=asks.Why),
        Step("comply",          (FOR_BUYER,),                   COMPLIED,   SYSTEM | AGENT,        _("登记已执行"), tone="main"),
        Step("enforce",         (FOR_BUYER,),                   ENFORCED,   CLOCK | PLATFORM,      _("平台强制执行")),
        Step("withdraw",        (OPENED, GIVEN),                WITHDRAWN,  CUSTOMER | PLATFORM,   _("撤销介入")),
    ),
)
# fmt: on
