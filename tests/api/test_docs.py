"""The schema's page: from files of our own, and whole under the strict content policy."""

import re

import pytest
from django.test import Client


def test_the_page_loads_nothing_from_another_host(db):
    told = Client().get("/api/docs/")
    assert told.status_code == 200
    addresses = re.findall(r'(?:src|href)="([^"]+)"', told.content.decode())
    assert addresses
    assert all(address.startswith("/") and not address.startswith("//") for address in addresses)


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
def test_the_page_draws_every_resource_and_nothing_is_blocked(live_server, page):
    said, asked = [], []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{live_server.url}/api/docs/")
    page.wait_for_selector('h3[data-tag="stock-outs"]')
    page.click('h3[data-tag="orders"]')
    page.click("#operations-orders-orders_step_ship .opblock-summary")
    page.wait_for_selector("#operations-orders-orders_step_ship .opblock-body")
    assert said == []
    assert [url for url in asked if not url.startswith((live_server.url, "data:"))] == []
