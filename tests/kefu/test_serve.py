"""`manage.py serve`: one command, one parent, nothing left behind."""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from kefu.embedded import CannotServe, address, url_of
from tests.processes import answers, end, free_port, manage, of_folder, output, soon, sweep_up

pytestmark = pytest.mark.sqlite  # it serves what it brings itself, whatever the tests run on


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    sweep_up(tmp_path)


def children(folder: Path, word: str) -> list[int]:
    return sorted(pid for pid, command in of_folder(folder).items() if word in command)


def test_it_serves_refuses_a_second_one_mends_a_dead_child_and_ends_cleanly(folder: Path) -> None:
    port = free_port()
    serve = manage(folder, "serve", "--port", str(port))
    assert soon(lambda: answers(port)), output(folder)

    second = manage(folder, "serve", "--port", str(free_port()))
    assert second.wait(timeout=20) == 1
    assert f"127.0.0.1:{port}" in output(folder)
    assert serve.poll() is None

    assert soon(lambda: children(folder, "celery"))
    [first, *_rest] = children(folder, "celery")
    os.kill(first, signal.SIGKILL)
    assert soon(lambda: "worker 意外退出" in output(folder), 3)
    assert soon(lambda: children(folder, "celery"), 5)

    code, seconds = end(serve)
    assert (code, seconds < 10) == (0, True), output(folder)
    assert soon(lambda: not of_folder(folder), 3), of_folder(folder)


def test_no_child_outlives_a_server_that_was_killed(folder: Path) -> None:
    port = free_port()
    serve = manage(folder, "serve", "--port", str(port))
    assert soon(lambda: answers(port) and children(folder, "celery")), output(folder)
    serve.kill()
    serve.wait()
    assert soon(lambda: not of_folder(folder), 12), of_folder(folder)
    assert not answers(port)


def test_a_port_in_use_is_named_with_the_way_out() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        with pytest.raises(CannotServe) as refused:
            address("127.0.0.1", port)
    assert str(port) in str(refused.value)
    assert "--port" in str(refused.value)


def test_the_address_that_is_printed_can_be_typed() -> None:
    assert url_of("0.0.0.0", 80) == "http://127.0.0.1:80"
    assert url_of("::1", 8000) == "http://[::1]:8000"
