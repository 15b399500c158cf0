"""The clock's silence is seen: on every page, and by who asks the deployment."""

from datetime import timedelta

import pytest
from django.db import DatabaseError
from django.utils import timezone

from kefu import health, heartbeat
from kefu.models import Heartbeat

from .pages import text

pytestmark = pytest.mark.django_db


def test_a_silent_clock_is_said_on_every_page_and_by_readyz(sits, client):
    agent = sits("agent")
    assert "时钟" not in text(agent.get("/admin/"))
    assert client.get("/readyz").json()["clock"] == "ok"
    Heartbeat.objects.update(at=timezone.now() - timedelta(minutes=5))
    assert "时钟已停 5 分" in text(agent.get("/admin/"))
    assert "时钟已停" in text(agent.get("/admin/live/"))
    assert client.get("/readyz").json()["clock"] == "silent"
    Heartbeat.objects.all().delete()
    assert "时钟还没有走过" in text(agent.get("/admin/orders/order/"))


def test_the_sweep_beats_and_other_tasks_do_not(monkeypatch):
    monkeypatch.setattr(heartbeat, "_written", -100.0)

    class Task:
        name = "hooks.tasks.apply"

    heartbeat._swept(sender=Task())
    assert not Heartbeat.objects.exists()
    Task.name = "flows.tasks.sweep"
    heartbeat._swept(sender=Task())
    first = Heartbeat.objects.get(pk="clock").at
    heartbeat._swept(sender=Task())
    assert Heartbeat.objects.get(pk="clock").at == first  # few of the beats are written


def test_healthz_answers_and_readyz_is_503_without_the_database(client, monkeypatch):
    assert client.get("/healthz").json() == {"status": "ok"}
    ready = client.get("/readyz").json()
    assert (ready["database"], ready["broker"]) == ("ok", "ok")

    def away():
        raise DatabaseError("no")

    monkeypatch.setattr(health, "last_beat", away)
    assert client.get("/readyz").status_code == 503
