"""WooCommerce's dialect: each message is the whole order; what happened is read off its status and dates."""

from hooks.platform import Dialect

from .signature import HEADERS, is_ping, verify
from .translate import identify, translate

DIALECT = Dialect(
    name="woocommerce", headers=HEADERS, verify=verify, identify=identify, translate=translate, ping=is_ping
)
