"""The evidence pack of a case: one ZIP for the platform, with a summary to read and print, all files, a manifest."""

from .archive import Pack, fingerprint, made
from .taken import happenings, take

__all__ = ["Pack", "fingerprint", "happenings", "made", "take"]
