"""A real subscriber: an HTTP server in a thread that verifies with the reference implementation."""

import threading
from collections import defaultdict
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from standardwebhooks import Webhook

from outbox.models import Subscriber
from outbox.service import write
from shops.models import Shop

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


class Sink:
    """`heard`: (headers, body) in order of arrival. `answers`: by topic a list of (status, headers), then 204."""

    def __init__(self):
        self.heard, self.answers, self.delay, self.wait = [], defaultdict(list), 0, threading.Event()
        sink, self.secrets = self, []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["content-length"]))
                said = [Webhook(secret).verify(body, dict(self.headers)) for secret in sink.secrets]
                sink.heard.append((dict(self.headers.items()), body))
                sink.wait.wait(sink.delay)
                answers = sink.answers[said[0]["type"]]
                status, headers = answers.pop(0) if answers else (204, {})
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()
                if status != 204:
                    self.wfile.write(b"no\x00 \xff thanks")

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/hear?k=1"
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def close(self):
        self.wait.set()
        self.server.shutdown()
        self.server.server_close()


@pytest.fixture
def sinks(settings):
    settings.KEFU_ALLOW_PRIVATE_WEBHOOKS = True
    made = []

    def make():
        made.append(Sink())
        return made[-1]

    yield make
    for sink in made:
        sink.close()


@pytest.fixture
def sink(sinks):
    return sinks()


@pytest.fixture
def shop():
    return Shop.objects.create(code="s1", name="一店")


@pytest.fixture
def subscribe(shop):
    def subscribe(sink, *patterns, **fields):
        subscriber = Subscriber.objects.create(
            **{"shop": shop, "url": sink.url, "patterns": list(patterns) or ["*"], **fields}
        )
        sink.secrets = subscriber.secrets
        return subscriber

    return subscribe


@pytest.fixture
def say(shop):
    """Write one event: say("order.audit", 7)."""

    def say(topic, subject=1, *, seq=1, data=None, at=NOON, rings_at=None, shop_id=None):
        data = {"number": f"N{subject}"} if data is None else data
        flow = topic.split(".")[0]
        write([(shop_id or shop.pk, topic, flow, subject, seq, data, at, rings_at or at)])

    return say
