"""The bell: nobody waits for the broker, and the last ring is always heard."""

import os
import threading

import pytest

from rows.bell import Bell


@pytest.fixture(autouse=True)
def _ringing(settings):
    settings.KEFU_RING = True


class Sent:
    """Counts messages; `upto(n)` waits for them."""

    def __init__(self):
        self.count, self.changed = 0, threading.Condition()

    def __call__(self):
        with self.changed:
            self.count += 1
            self.changed.notify_all()

    def upto(self, count, seconds=5):
        with self.changed:
            return self.changed.wait_for(lambda: self.count >= count, seconds)


def test_ringing_returns_while_the_broker_still_hangs():
    hangs, entered = threading.Event(), threading.Event()

    def send():
        entered.set()
        hangs.wait(10)

    bell = Bell(send)
    bell.ring()
    assert entered.wait(5)
    bell.ring()  # would never come back, did it wait for the broker
    assert not hangs.is_set()
    hangs.set()


def test_many_rings_are_one_message_and_the_last_is_heard():
    sent = Sent()
    bell = Bell(sent, every=0.2)
    bell.ring()
    assert sent.upto(1)
    for _ in range(100):
        bell.ring()
    assert sent.upto(2)
    assert not sent.upto(3, seconds=0.5)


def test_a_broker_that_refuses_is_counted_and_rung_again():
    sent = Sent()

    def send():
        sent()
        raise ConnectionError("gone")

    bell = Bell(send, every=0.01)
    bell.ring()
    assert sent.upto(1)
    bell.ring()
    assert sent.upto(2)
    assert bell.failures >= 1


def test_the_bell_is_silent_where_the_setting_says_so(settings):
    settings.KEFU_RING = False
    sent = Sent()
    Bell(sent).ring()
    assert not sent.upto(1, seconds=0.2)


def test_a_forked_process_rings_with_a_thread_of_its_own():
    reading, writing = os.pipe()
    bell = Bell(lambda: os.write(writing, f"{os.getpid()} ".encode()), every=0.01)
    bell.ring()
    assert os.read(reading, 50)
    child = os.fork()
    if not child:
        bell.ring()
        threading.Event().wait(0.5)
        os._exit(0)
    os.waitpid(child, 0)
    assert str(child) in os.read(reading, 50).decode()
