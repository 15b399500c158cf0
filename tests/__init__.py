"""A file per behaviour; a test's name is a sentence."""
