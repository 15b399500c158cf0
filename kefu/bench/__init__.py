"""`make bench`: what a hook, a step and a sweep cost on this machine, beside plain SQL and beside the usual way.

Every figure is a ratio of two things done in turns in one run, since a machine's speed differs from minute to minute.
"""

ALL = ("intake", "applied", "batches", "step", "queues", "sweep", "figures")
