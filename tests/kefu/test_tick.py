"""`manage.py tick`: what worker and clock do, without them."""

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from flows.models import Move
from outbox.models import Event
from tests.errands.make import H, everything, make_job
from tests.errands.models import Job
from tests.factories import make_shop

pytestmark = pytest.mark.django_db


def test_it_goes_on_until_nothing_is_due(capsys):
    now = timezone.now()
    make_job(make_shop(at=now), at=now)
    call_command("tick")
    assert Job.objects.get().state == "waiting"
    assert not Event.objects.exclude(rings_at=None).exists()  # told to whoever listens: nobody
    at = now + 73 * H
    call_command("tick", "--at", at.isoformat())
    assert Job.objects.get().state == "gone"
    assert Move.objects.get(step="lapse").at == at  # the steps' time
    assert "clocks 1" in capsys.readouterr().out


@pytest.mark.parametrize(
    "text",
    [
        "yesterday",
        "2030-02-30T00:00:00Z",
        "2030-01-01T00:00:00",
        "2026-01-01T00:00:00Z",
    ],
)
def test_a_time_that_is_none_or_is_over_is_refused(text):
    make_job(make_shop())
    before = everything()
    with pytest.raises(CommandError):
        call_command("tick", "--at", text)
    assert everything() == before
