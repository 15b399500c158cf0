"""Goods and money come back: returns of five kinds, and the platform that looks over the shoulder. Floor 4."""
