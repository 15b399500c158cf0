"""WooCommerce's dialect: every message is the whole order as it stands; what happened is read off its status and dates."""

from hooks.platform import Dialect

from .signature import HEADERS, is_ping, verify
from .translate import identify, translate

DIALECT = Dialect(
    name="woocommerce", headers=HEADERS, verify=verify, identify=identify, translate=translate, ping=is_ping
)
