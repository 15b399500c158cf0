"""What a scanner or a hand typed, as the number that it stands for."""

from __future__ import annotations

import re
import unicodedata

from django.utils.translation import gettext as _

from flows.models import LONGEST

TRACKING = re.compile(r"[A-Z0-9-]{4,40}")  # as the steps ask for it, in capitals
# 京东 prints which carton of how many behind the number: JDVA00012345678-1-2-.
CARTON = re.compile(r"(JD[A-Z0-9]{8,})-\d{1,3}-\d{1,3}-?")
PHONE = re.compile(r"(?:\d[\s-]?){7,}")


class Unreadable(ValueError):
    """What was scanned is no number; the words say what to do."""


def number_of(text: str) -> str:
    """Without what scanners put around it (CR, Tab, GS) and without full-width letters of a Chinese keyboard.

    Raises Unreadable for what cannot be the number of anything here.
    """
    if len(text) > 4 * LONGEST:
        raise Unreadable(_("扫到的内容太长，不是单号。请只扫快递面单上的条形码，不扫二维码。"))
    plain = unicodedata.normalize("NFKC", text)
    while plain and _invisible(plain[0]):
        plain = plain[1:]
    while plain and _invisible(plain[-1]):
        plain = plain[:-1]
    if not plain:
        raise Unreadable(_("没有扫到内容。请再扫一次，或手工输入单号。"))
    plain = re.sub(r"[ \u3000]+", " ", plain)
    if any(unicodedata.category(c).startswith("C") for c in plain) or len(plain) > LONGEST:
        raise Unreadable(_("扫到的内容不是单号。请只扫快递面单上的条形码，或手工输入单号。"))
    return plain


def _invisible(char: str) -> bool:
    return char.isspace() or unicodedata.category(char).startswith("C")


def tracking_numbers(number: str) -> list[str]:
    """The parcel numbers that this may be, the likeliest first; none where it cannot be one. Spaces are a reader's."""
    whole = re.sub(r"\s", "", number).upper()
    carton = CARTON.fullmatch(whole)
    return [n for n in ([carton[1]] if carton else []) + [whole] if TRACKING.fullmatch(n)]


def without_phones(words: str) -> str:
    """What a customer wrote, for eyes that see no phone numbers."""
    return PHONE.sub("***", words)
