"""The embedded bell: files that are whole or not there."""

import threading
from pathlib import Path
from queue import Empty
from typing import Any

from kombu import Connection

import kefu.celery  # noqa: F401 (names the transport)
from kefu.file_broker import Channel

ROUNDS = 1500


def channel(folder: Path) -> Any:
    for name in ("queue", "control"):
        (folder / name).mkdir(exist_ok=True)
    options = {
        "data_folder_in": str(folder / "queue"),
        "data_folder_out": str(folder / "queue"),
        "control_folder": str(folder / "control"),
    }
    return Connection("filesystem://localhost", transport_options=options).channel()


def test_the_embedded_broker_is_ours(tmp_path: Path) -> None:
    assert isinstance(channel(tmp_path), Channel)


def test_messages_come_once_and_in_order(tmp_path: Path) -> None:
    ours = channel(tmp_path)
    for i in range(5):
        ours._put("kefu", {"n": i})
    assert [ours._get("kefu")["n"] for _i in range(5)] == [0, 1, 2, 3, 4]
    assert list((tmp_path / "queue").iterdir()) == []


def test_a_message_is_never_read_before_it_is_whole(tmp_path: Path) -> None:
    ours, theirs, got = channel(tmp_path), channel(tmp_path), []
    writer = threading.Thread(target=lambda: [theirs._put("kefu", {"n": i, "pad": "x" * 200}) for i in range(ROUNDS)])
    writer.start()
    while writer.is_alive() or len(got) < ROUNDS:
        try:
            got.append(ours._get("kefu")["n"])
        except Empty:
            if not writer.is_alive() and not list((tmp_path / "queue").iterdir()):
                break
    assert sorted(got) == list(range(ROUNDS))


def test_what_cannot_be_read_is_thrown_away_and_stops_nobody(tmp_path: Path) -> None:
    ours = channel(tmp_path)
    (tmp_path / "queue" / "!broken.kefu.msg").write_text("")
    ours._put("kefu", {"n": 1})
    assert ours._get("kefu")["n"] == 1
    assert list((tmp_path / "queue").iterdir()) == []
