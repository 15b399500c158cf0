"""Tickets are given to people: by the shop's policy, safely, and always with the reason in words."""
