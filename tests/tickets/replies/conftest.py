"""A shop with quick replies of every scope, and people who use them."""

import pytest
from django.utils import timezone

from tests.tickets.hands import Hands
from tickets.models import QuickReply
from tickets.replies import habits


class Replies(Hands):
    def made(self, title="催发货", words="您好，订单{订单号}正在准备。", scene="urging", **fields):
        scope = fields.setdefault("scope", "shop")
        if "shop" not in fields and scope != "global":
            fields["shop"] = self.shop
        reply = QuickReply(title=title, words=words, scene=scene, **fields)
        reply.full_clean(exclude=["updated_at"])
        reply.keep("test", timezone.now())
        return reply

    def user(self, name="amy", *roles):
        return self.people[self.person(name, *roles)].user

    def caller(self, name="amy", *roles):
        from shops.access import Caller

        return Caller.of_user(self.user(name, *roles))


@pytest.fixture(autouse=True)
def _nothing_is_remembered():
    habits.forget()


@pytest.fixture
def hands(db):
    return Replies()
