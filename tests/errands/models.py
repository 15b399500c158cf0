"""What moves through the toy flows, and a row beside it."""

from django.db import models
from django_fsm import FSMField

from flows.machine import machine
from flows.models import Subject, only_states
from flows.registry import bind

from .tables import CALL, CLAIM, JOB, C, J, K


class Job(machine(JOB), Subject):
    state = FSMField(choices=J.choices, protected=True)
    payment = models.CharField(max_length=10, default="online")
    goods = models.BooleanField(default=True)
    locked = models.BooleanField(default=False)
    sent_at = models.DateTimeField(null=True)
    promised_for = models.DateTimeField(null=True)
    gone_why = models.CharField(max_length=20, blank=True, default="")
    words = models.CharField(max_length=50, blank=True, default="")
    words_at = models.DateTimeField(null=True)
    tally = models.JSONField(default=dict)

    class Meta:
        constraints = [
            only_states(JOB),
            models.UniqueConstraint(fields=["shop", "number"], name="job_number"),
            models.CheckConstraint(condition=~models.Q(words="unspeakable"), name="job_words"),
        ]

    def cases(self):
        return frozenset({self.payment})


class Call(machine(CALL), Subject):
    root = "job"
    state = FSMField(choices=C.choices, protected=True)
    job = models.ForeignKey(Job, models.PROTECT)
    payment = models.CharField(max_length=10, default="cod")
    channel = models.CharField(max_length=10, default="im")
    colours = models.JSONField(default=list)
    outcome = models.CharField(max_length=5, default="yes")

    class Meta:
        constraints = [only_states(CALL)]

    def cases(self):
        return frozenset({self.payment})

    def traits(self):
        return [{"channel": self.channel, "colour": c} for c in self.colours or [""]]


class Claim(machine(CLAIM), Subject):
    root = "job"
    state = FSMField(choices=K.choices, protected=True)
    job = models.ForeignKey(Job, models.PROTECT)
    worth = models.BigIntegerField(default=0)

    class Meta:
        constraints = [only_states(CLAIM)]


class Note(models.Model):
    job = models.ForeignKey(Job, models.PROTECT)
    text = models.CharField(max_length=50)
    read = models.BooleanField(default=False)


bind(JOB, Job)
bind(CALL, Call)
bind(CLAIM, Claim)

from . import steps  # noqa: E402, F401
