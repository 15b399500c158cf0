"""快递100: one number at a time; pushes are signed with a salt that each subscription brings along."""

from django.utils.translation import gettext_lazy as _

from ..contract import Courier
from .codes import COMPANIES, PHONED
from .push import heard, proves, pushed
from .query import BASE, answered, query
from .subscribe import subscribe, subscribed

COURIER = Courier(
    name="kuaidi100", label=_("快递100"), base=BASE, codes=COMPANIES, phoned=PHONED, told_where=True,
    query=query, answered=answered, subscribe=subscribe, subscribed=subscribed,
    proves=proves, pushed=pushed, heard=heard,
)  # fmt: skip
