"""A week of a desk: what the pages, the files and the API of figures are looked at with."""

from datetime import timedelta

from tests.factories import make_member, make_user

DAY = 60 * 24


def week(hands, days=5):
    """Each day amy and bob answer; some tickets are complaints, some are opened again."""
    hands.person("amy"), hands.person("bob")
    for n in range(days):
        start = -n * DAY
        for k, (by, wait) in enumerate([("amy", 8 + n), ("bob", 14 + 3 * n), ("amy", 40)]):
            at = start + k * 3
            ticket = hands.says(at=at, conversation=f"c-{n}-{k}", buyer=f"b-{n}-{k}")
            hands.does(ticket, "reply", by, at + wait / 60, words="您好")
            if k == 1:
                hands.does(ticket, "classify", by, at + 1, kind="complaint")
            if k < 2:
                hands.does(ticket, "resolve", by, at + 2)
    hands.count()


def lead(hands, name="lily"):
    user = make_user(name, is_staff=True)
    make_member(hands.shop, "lead", user=user)
    return user


def agent(hands, name="amy"):
    hands.person(name)
    from django.contrib.auth import get_user_model

    return get_user_model().objects.get(username=name)


def today(hands):
    return (hands.t0 + timedelta(hours=8)).date()
