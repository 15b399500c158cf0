"""What is written to the log, without personal data: the last gate, for what an exception's text carries along."""

import logging
import re

# Where a value may slip in: a database error quotes the row, a path holds a customer's token, a library prints a URL.
SECRETS = (
    (re.compile(r"(?<!\d)(1[3-9]\d)\d{4}(\d{4})(?!\d)"), r"\1****\2"),  # a Chinese mobile number
    (re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+"), "***@***"),
    (re.compile(r"(/c/(?:rate/)?)[^/\s\"']+"), r"\1***"),  # the customer's pages: the token is the key
    (re.compile(r"\b(whsec_|kf_)[\w+/=-]+"), r"\1***"),
    (re.compile(r"(://[^/\s:@]*):[^/\s@]+@"), r"\1:***@"),  # a password in a URL
    (re.compile(r"(?m)(DETAIL:|Failing row contains|Key \().*$"), r"\1 ***"),  # PostgreSQL quotes the row's values
)


def redact(text: str) -> str:
    """The text without phone numbers, addresses of mail, tokens, keys, passwords and quoted rows."""
    for pattern, replacement in SECRETS:
        text = pattern.sub(replacement, text)
    return text


class Formatter(logging.Formatter):
    """The usual line, redacted after the traceback was added to it."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))
