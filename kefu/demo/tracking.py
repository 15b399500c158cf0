"""Two of the sample shops have their parcels watched by a courier service; the third has no contract, as many have."""

from __future__ import annotations

from datetime import UTC, datetime

from orders.models import CourierContract
from shops.models import Shop

from .carriers import Carriers
from .queue import Item

CONTRACTS = {"muli": ("kuaidi100", "DEMO100"), "shanyehuo": ("kdniao", "1688001")}
KEY = "demo-key-of-%s"  # of the services to practise with, on this machine alone
EVERY = 30  # seconds between two questions about one number: half an hour, as long as everything else is here


def make(carriers: Carriers, url: str, hurry: int) -> None:
    """Contracts that are not there yet; the services have moved to another port since the last start."""
    carriers.every = max(1, EVERY // hurry)
    for shop in Shop.objects.filter(code__in=CONTRACTS):
        service, customer = CONTRACTS[shop.code]
        fields = {"customer": customer, "every": int(carriers.every), "sealed": b""}
        contract = CourierContract.objects.filter(shop=shop, service=service).first() or CourierContract(
            shop=shop, service=service, **fields
        )
        contract.base = carriers.base
        if not contract.sealed:
            contract.keep(KEY % shop.code)
        contract.save()
        account = contract.account()
        carriers.accounts[service][account.customer] = account.key
        carriers.addresses[account.customer] = f"{url}/hooks/{shop.code}/{service}/"


def seen(carriers: Carriers, item: Item) -> bool:
    """A courier's scan comes to the services that watch parcels. -> do they push it? Else the shop's own back end
    tells it, as far as it knows."""
    message, data = item.message, item.message.data
    if message.type != "parcel.tracked":
        return False
    at = datetime.fromtimestamp(item.happened, UTC)
    text = next((point["text"] for point in data.get("points", ())), data["state"])
    return carriers.report(data["tracking_number"], data["state"], text, at, company=data["carrier"])
