"""The sample shops' end of the outbox: hears every event over HTTP, and believes only what is signed."""

from __future__ import annotations

import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import Any

from hooks.platform import Secret
from hooks.platforms.native.signature import verify

from .serving import QuietServer

KEEPS = 20_000  # event ids, to know one that is said again
Hear = Callable[[str, dict[str, Any]], None]


class Receiver:
    """Listens on a port of its own choice; `hear` gets (shop, event) once per event id."""

    def __init__(self, hear: Hear) -> None:
        self.secrets: Mapping[str, Sequence[str]] = {}
        self._hear, self._known, self._lock = hear, OrderedDict[str, None](), threading.Lock()
        self._server = QuietServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        self.port = int(self._server.server_address[1])

    def start(self) -> None:
        threading.Thread(target=self._server.serve_forever, name="receiver", daemon=True).start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def take(self, path: str, headers: Mapping[str, str], raw: bytes) -> int:
        """-> the status to answer with."""
        shop = path.strip("/").rpartition("/")[2]
        secrets = [Secret(0, text) for text in self.secrets.get(shop, ())]
        if not secrets or verify(raw, headers, secrets, time.time()) is None:
            return 401
        with self._lock:
            if headers["webhook-id"] in self._known:
                return 200
            self._known[headers["webhook-id"]] = None
            if len(self._known) > KEEPS:
                self._known.popitem(last=False)
        self._hear(shop, json.loads(raw))
        return 200

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        take = self.take

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                length = self.headers.get("content-length", "")
                raw = self.rfile.read(int(length)) if length.isdecimal() else b""
                headers = {name.lower(): value for name, value in self.headers.items()}
                with suppress(OSError):
                    self.send_response(take(self.path, headers, raw))
                    self.send_header("content-length", "0")
                    self.end_headers()

            def log_message(self, *_args: Any) -> None:
                """What is heard is shown by the show."""

        return Handler
