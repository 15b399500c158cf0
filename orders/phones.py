"""Phone numbers: found by a keyed hash, shown masked."""

from __future__ import annotations

import hashlib
import hmac
import re
import unicodedata

from django.conf import settings

from shops.unseen import unseen

FROM_3 = "3-9三四五六七八九叁參肆伍陆陸柒捌玖"
DIGIT = f"[0-2〇零一幺二壹贰貳{FROM_3}]"
APART = r"[\W_]{0,3}"  # what people put between the digits of a number that they want to pass
DATE = r"(?<!\d)(?<!\d[-/.])(?:19|20)\d\d[-/.](?:0?[1-9]|1[0-2])[-/.](?:0?[1-9]|[12]\d|3[01])(?!\d)"
CLOCK = r"(?<!\d)(?<!\d[:：])(?:[01]?\d|2[0-4])[:：][0-5]\d(?:[:：][0-5]\d)?(?![:：]?\d)"
PRICE = r"(?<!\d)(?<!\d\.)(?:\d{1,3}(?:,\d{3})+|\d{1,5})\.\d\d(?!\.?\d)"
THING = f"(?:{DATE}|{CLOCK}|{PRICE})"
PAIR = f"{THING}{APART}{THING}"
OTHERS = rf"(?:{APART}(?!{PAIR}){DIGIT}){{9}}(?!{DIGIT})"
MOBILE = rf"(?<!{DIGIT})(?:(?:86|0){APART})?[1一幺壹]{APART}(?!{PAIR})[{FROM_3}]{OTHERS}"
CALLED = r"\d(?:[\s-]?\d){6,}"  # a number of a fixed line, or anything else that could be called
# One time or price may be a part of a number (138.00 138000); two side by side, or one before a whole number, are not.
PLAIN = f"{DATE}|{PAIR}(?:{APART}{THING})*|{THING}(?={APART}{MOBILE})"
NUMBERS = re.compile(f"(?P<plain>{PLAIN})|{MOBILE}|(?P<single>{THING})|{CALLED}")


def digits(phone: str) -> str:
    """The number without spaces, dashes and the country's prefix."""
    plain = re.sub(r"\D", "", phone)
    return plain[2:] if len(plain) == 13 and plain.startswith("86") else plain


def is_whole(phone: str) -> bool:
    """Could it be called? A masked number (138****5678) and a piece of one could be many people's."""
    return "*" not in phone and len(digits(phone)) >= 7


def phone_key(phone: str) -> str:
    """32 hex characters by which orders of this phone are found; "" for no number."""
    plain = digits(phone)
    if not plain:
        return ""
    return hmac.new(settings.SECRET_KEY.encode(), b"phone:" + plain.encode(), hashlib.sha256).hexdigest()[:32]


def masked_phone(phone: str) -> str:
    """138****5678."""
    plain = digits(phone)
    return f"{plain[:3]}****{plain[-4:]}" if len(plain) >= 8 else "*" * len(plain)


def masked_words(text: str) -> str:
    """Free words with **** for every number that could be called, however its digits are drawn or parted.

    Dates, clock times and prices stay readable. So a mobile passes that is written as a date or as two times or prices
    (13:50 - 01:38 000), and a fixed line's number that is written with one of them.
    """
    places = [at for at, character in enumerate(text) if not unseen(character)]
    read = "".join(_digit(text[at]) for at in places)
    places.append(len(text))
    kept, done = [], 0
    for found in NUMBERS.finditer(read):
        if found.lastgroup is None:
            kept += [text[done : places[found.start()]], "****"]
            done = places[found.end()]
    return "".join([*kept, text[done:]])


def _digit(character: str) -> str:
    """① and １ as 1; any other character as it is."""
    value = unicodedata.digit(character, None)
    return character if value is None else str(value)


def masked_name(name: str) -> str:
    """王** — the first character only."""
    return name[:1] + "*" * min(len(name) - 1, 2) if name else ""
