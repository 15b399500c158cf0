"""Addresses of the desk's pages, and what a page says."""

import html
import re

from django.urls import reverse

LIST, STOCK_OUTS, LATE = "/admin/orders/order/", "/admin/orders/stockout/", "/admin/deadlines/deadline/"


def page_of(subject, view="change", *args):
    return reverse(f"admin:orders_{subject._meta.model_name}_{view}", args=[subject.pk, *args])


def text(response):
    """What a reader sees: without tags, spaces in one."""
    plain = re.sub(r"<(script|style|svg)\b.*?</\1>|<[^>]+>", " ", response.content.decode(), flags=re.S)
    return re.sub(r"\s+", " ", html.unescape(plain))


def take(client, subject, step, version=None, **posted):
    """Press the button, or send the form."""
    version = subject.version if version is None else version
    return client.post(page_of(subject, "step", step), {"version": version, **posted})
