"""Many refunds and a provider that misbehaves by seed: whatever happens, the sums hold, and once the silent ones have
been looked up its ledger is ours. I-27, I-31, I-33. All in this process."""

from collections import Counter
from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from django.utils import timezone

from flows import engine
from flows.effects import Refused
from flows.reports import Heard, report_many
from flows.sweep import sweep
from flows.table import Who
from kefu.demo.payments import MODES, Ledger, carry_out, differences
from orders.models import Entry, Order, Refund
from orders.money.window import send_due
from orders.tables import REFUND
from outbox.models import Event
from tests.api.callers import start_order, take
from tests.factories import make_shop

SETTLED = ("succeeded", "confirmed")
STEPS = [
    ("approve", "LEAD", {}), ("reject", "LEAD", {"why": "不退"}), ("cancel", "LEAD", {"why": "不退"}),
    ("send", "LEAD", {}), ("lose_track", "CLOCK", {}), ("miss", "AGENT", {"why": "未到账"}),
    ("confirm", "CUSTOMER", {}),
]  # fmt: skip


class Story:
    def __init__(self, seed, how_many=6):
        self.dice, self.at = Random(seed), timezone.now()
        shop = make_shop()
        self.orders = [take(start_order(shop), "pay", "shop") for _ in range(how_many)]
        self.ledger, self.read, self.unsaid = Ledger(), 0, []
        self.modes = {}

    def run(self, turns):
        for _ in range(turns):
            self.at += timedelta(minutes=self.dice.choice([1, 1, 5, 90]))
            deeds = [self.ask, self.ask, self.move, self.move, self.pay, self.pay, self.hear, self.hear, self.hear]
            with suppress(Refused):
                self.dice.choice([*deeds, self.clock])()
            self.check()

    # ---- what happens
    def ask(self):
        order, line = self.dice.choice(self.orders), self.dice.choice("12")
        asked = self.dice.choice([["agent", "小王"], ["lead", "店长"], ["clock", "clock"], ["shop", "hook"]])
        inputs = {"lines": [{"line": line}], "cause": f"test:{self.dice.randrange(3)}", "asked": asked}
        self.taken(Order.objects.get(pk=order.pk), "drop_rest", "SYSTEM", inputs)

    def move(self):
        if refund := self.any_refund():
            self.taken(refund, *self.dice.choice(STEPS))

    def taken(self, subject, step, who, inputs):
        engine.take(subject, step, who=Who[who], by=f"{who.lower()}-2", at=self.at, inputs=inputs)

    def pay(self):
        """The provider hears what it has not heard, and now and then an old instruction again, unless taken back."""
        sent = Event.objects.filter(topic="refund.send", withdrawn_at=None).order_by("pk")
        fresh = list(sent.filter(pk__gt=self.read))
        old = list(sent.filter(pk__lte=self.read))
        self.read = max([self.read, *(e.pk for e in fresh)])
        for event in fresh + self.dice.sample(old, min(len(old), self.dice.randrange(2))):
            mode = self.modes.setdefault(event.data["key"], self.dice.choice(MODES))
            self.unsaid += [(self.at, a) for a in carry_out(self.ledger, event.data, mode)]

    def hear(self):
        """Something that it has to say, in any order; half of it twice."""
        if not self.unsaid:
            return
        place = self.dice.randrange(len(self.unsaid))
        at, answer = self.unsaid[place] if self.dice.random() < 0.5 else self.unsaid.pop(place)
        self.told(at, answer)

    def told(self, at, answer):
        refund = Refund.objects.get(key=answer.data["key"])
        if answer.type == "refund.failed":
            kind, inputs = "fail", {"reason": answer.data["reason"]}
        else:
            yuan, _, fen = answer.data["amount"].partition(".")
            kind, inputs = "succeed", {"amount": int(yuan + fen), "voucher": answer.data["voucher"]}
        [taken] = report_many(REFUND, [Heard(refund.pk, kind, at, Who.SHOP, "hook:native", inputs)], at=self.at)
        assert taken.error is None, taken.why

    def clock(self):
        sweep(at=self.at)
        send_due(at=self.at)

    def any_refund(self):
        found = list(Refund.objects.order_by("pk"))
        return self.dice.choice(found) if found else None

    # ---- what holds meanwhile, and at the end
    def check(self):
        ledger, settled, live = Counter(), Counter(), Counter()
        for entry in Entry.objects.all():
            ledger[entry.order_id] += entry.amount
        for r in Refund.objects.all():
            settled[r.order_id] += r.amount * (r.state in SETTLED)
            live[r.order_id] += r.amount * (r.state not in ("cancelled", "failed"))
        alarmed = set(Event.objects.filter(topic="refund.too_late").values_list("subject", flat=True))
        for o in Order.objects.all():
            assert ledger[o.pk] == o.paid - o.refunded
            assert settled[o.pk] == o.refunded
            late = alarmed & {o.pk, *o.refunds.values_list("pk", flat=True)}
            assert live[o.pk] <= o.paid or late, "more than was paid leaves with an alarm only"

    def settle(self):
        """Everything is said; a lead looks up what is unknown, or has failed, in the provider's own account."""
        self.pay()
        for at, answer in self.unsaid:
            self.told(at, answer)
        self.at += timedelta(hours=3)
        sweep(at=self.at)
        for refund in Refund.objects.exclude(state__in=SETTLED).order_by("pk"):
            if (paid := self.ledger.paid().get(refund.key)) is not None:
                if paid != refund.amount:
                    self.ledger.correct(refund.key, refund.amount)
                how = {"result": "succeeded", "voucher": f"V{refund.pk}"}
                self.taken(refund, "reconcile", "LEAD", how)
            elif refund.state == "unknown":
                self.taken(refund, "reconcile", "LEAD", {"result": "failed"})
        self.check()


@pytest.mark.django_db
@pytest.mark.parametrize("seed", range(5))
def test_whatever_happens_the_sums_hold_and_the_two_ledgers_agree_in_the_end(seed):
    story = Story(seed)
    story.run(50)
    story.settle()
    ours = Refund.objects.filter(state__in=SETTLED).values_list("key", "amount")
    assert differences(story.ledger, ours) == []
    assert len(story.ledger.asked()) > 1, "a story in which nothing is paid proves nothing"
