"""快递鸟: everything at one address, told apart by RequestType; pushes come to an address that is entered there."""

from django.utils.translation import gettext_lazy as _

from ..contract import Courier
from .codes import COMPANIES, PHONED
from .push import heard, proves, pushed
from .query import BASE, answered, query
from .subscribe import subscribe, subscribed

COURIER = Courier(
    name="kdniao", label=_("快递鸟"), base=BASE, codes=COMPANIES, phoned=PHONED, told_where=False,
    query=query, answered=answered, subscribe=subscribe, subscribed=subscribed,
    proves=proves, pushed=pushed, heard=heard,
)  # fmt: skip
