"""A customer's browser: opens the page behind a link, fills in one of its forms as it stands there, and sends it."""

from __future__ import annotations

from collections.abc import Mapping
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import httpx

from .customers import PHOTO
from .photos import photo

# The page's name of a field that brings pictures.
PHOTOS = "photos"


class Form(HTMLParser):
    """The hidden fields of the page's form whose address ends so; None where the page has no such form."""

    def __init__(self, act: str) -> None:
        super().__init__()
        self.found: dict[str, str] | None = None
        self._end, self._inside = act, False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("action", "").endswith(self._end)
            self.found = {} if self._inside else self.found
        elif tag == "input" and self._inside and given.get("type") == "hidden" and self.found is not None:
            self.found[given.get("name", "")] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        self._inside = self._inside and tag != "form"


def link(client: httpx.Client, token: str, shop: str, number: str) -> str:
    """The address of this return's page, as an agent's program gets it; "" where there is none."""
    bearer = {"authorization": f"Bearer {token}"}
    answer = client.post(f"/api/v1/returns/{number}/link/", params={"shop": shop}, json={}, headers=bearer)
    return str(answer.json()["url"]) if answer.status_code == 201 else ""


def visit(client: httpx.Client, address: str, act: str, fields: Mapping[str, Any]) -> int:
    """-> the HTTP status of the answer; 0 where the page offers no such form any more."""
    path = urlsplit(address).path
    page = client.get(path)
    form = Form(f"/do/{act}/")
    form.feed(page.text)
    if page.status_code != 200 or form.found is None:
        return 0
    said = {name: value for name, value in fields.items() if name != PHOTO}
    picture = photo(str(fields[PHOTO])) if PHOTO in fields else None
    files = {PHOTOS: ("photo.jpg", picture, "image/jpeg")} if picture else None
    return client.post(f"{path}do/{act}/", data=form.found | said, files=files).status_code


def rate(client: httpx.Client, address: str, fields: Mapping[str, str]) -> int:
    """The page of a rating. -> the HTTP status of the answer; 0 where there is no such page."""
    path = urlsplit(address).path
    page, form = client.get(path), Form(path)
    form.feed(page.text)
    if page.status_code != 200 or form.found is None:
        return 0
    return client.post(path, data=form.found | dict(fields)).status_code
