"""The bell: Celery's app and its beat table. Rows remember, Celery only rings; losing a message loses nothing."""

import os

from celery import Celery
from kombu.transport import TRANSPORT_ALIASES

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kefu.settings")
TRANSPORT_ALIASES["filesystem"] = "kefu.file_broker:Transport"  # whose messages are never half there

app = Celery("kefu")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

# A ring that waited longer than this is worth nothing: the next one follows within the second.
RING = {"expires": 5}

app.conf.beat_schedule = {
    "sweep": {"task": "flows.tasks.sweep", "schedule": 1.0, "options": RING},
    "calendar": {"task": "flows.tasks.follow_calendar", "schedule": 30.0, "options": RING},
    "answers": {"task": "flows.api.tasks.forget", "schedule": 3600.0, "options": RING},
    "files": {"task": "returns.tasks.sweep_files", "schedule": 6 * 3600.0, "options": RING},
    "refunds": {"task": "orders.tasks.send_due", "schedule": 5.0, "options": RING},
    "couriers": {"task": "orders.tasks.ask_couriers", "schedule": 2.0, "options": RING},
    "figures": {"task": "tickets.tasks.count_figures", "schedule": 60.0, "options": RING},
    "apply": {"task": "hooks.tasks.apply", "schedule": 1.0, "options": RING},
    "assign": {"task": "tickets.tasks.assign", "schedule": 1.0, "options": RING},
    "listen": {"task": "outbox.tasks.listen", "schedule": 1.0, "options": RING},
    "deliver": {"task": "outbox.tasks.deliver", "schedule": 1.0, "options": RING},
}
