"""The names that a shop's policy may hold: reasons that ask for evidence, exclusions, rules of eligibility,
files that are taken as evidence beside photos."""

from orders.states import Exclusion
from shops.after_sales import know

from . import eligibility
from .states import Reason
from .store.kinds import OTHERS

know("evidence_reasons", dict(Reason.choices))
know("exclusions_off", dict(Exclusion.choices))
know("rules_off", {rule.name: rule.label for rule in eligibility.rules()})
know("files_taken", OTHERS)
