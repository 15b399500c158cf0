"""The native dialect: Standard Webhooks, for any shop's own back end."""

from hooks.platform import Dialect

from .signature import HEADERS, verify
from .translate import identify, translate

DIALECT = Dialect(name="native", headers=HEADERS, verify=verify, identify=identify, translate=translate)
