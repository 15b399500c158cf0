"""Only public addresses are called: looked at when saved, and again when connected to."""

import socket

import pytest
from django.core.exceptions import ValidationError

from outbox import address, call, line
from outbox.models import Subscriber, new_secrets

PRIVATE = [
    "http://127.0.0.1/",
    "http://127.1/",
    "http://2130706433/",
    "http://0x7f000001/",
    "http://0177.0.0.1/",
    "http://10.1.2.3:8080/",
    "http://172.16.0.1/",
    "http://192.168.1.1/",
    "http://100.64.0.1/",
    "http://169.254.169.254/latest/meta-data/",
    "http://0.0.0.0/",
    "http://224.0.0.1/",
    "http://255.255.255.255/",
    "http://[::1]/",
    "http://[::]/",
    "http://[::ffff:127.0.0.1]/",
    "http://[::ffff:a9fe:a9fe]/",
    "http://[fe80::1]/",
    "http://[fc00::1]/",
    "http://[64:ff9b::7f00:1]/",
    "http://[2002:7f00:1::]/",
    "http://[2001:0:7f00:1::1]/",
    "http://localhost/",
]


@pytest.fixture
def names(monkeypatch):
    """A name service of the test's own; addresses are taken as they are."""
    known, real = {}, socket.getaddrinfo

    def getaddrinfo(host, port, *args, **kwargs):
        if host not in known:
            return real(host, port, *args, **kwargs)
        answers = known[host].pop(0) if len(known[host]) > 1 else known[host][0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (ip, port)) for ip in answers]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


@pytest.mark.parametrize("url", PRIVATE)
def test_an_address_that_is_not_public_is_refused(url):
    with pytest.raises(address.Refused):
        address.check(url)


@pytest.mark.parametrize(
    "url", ["ftp://1.1.1.1/", "file:///etc/passwd", "http:///x", "http://u:p@1.1.1.1/", "http://1.1.1.1:99999/", "x"]
)
def test_an_address_that_cannot_be_called_is_refused(url):
    with pytest.raises(address.Refused):
        address.check(url)


@pytest.mark.parametrize("url", ["http://1.1.1.1/", "https://[2606:4700::1111]/x"])
def test_a_public_address_is_taken(url):
    address.check(url)


def test_a_name_is_what_it_resolves_to_and_one_private_answer_is_enough(names):
    names |= {"good.test": [["1.1.1.1"]], "bad.test": [["1.1.1.1", "10.0.0.1"]], "inner.test": [["127.0.0.1"]]}
    assert address.resolve("https://good.test/") == ["1.1.1.1"]
    for host in ("bad.test", "inner.test"):
        with pytest.raises(address.Refused):
            address.check(f"https://{host}/")


def test_a_name_that_changed_its_answer_after_saving_is_refused_at_connecting(names, monkeypatch):
    names["turns.test"] = [["1.1.1.1"], ["127.0.0.1"]]
    address.check("http://turns.test/")
    monkeypatch.setattr(line, "say_to", lambda *args: pytest.fail("connected"))
    answer = call.post(call.Call("http://turns.test/", "evt_1", "{}", new_secrets()))
    assert (answer.status, bool(answer.error)) == (None, True)


def test_the_connection_goes_to_the_checked_address_while_the_name_stays_in_the_request(names, sink):
    port = sink.server.server_port
    names["shop.test"] = [["127.0.0.1"], ["192.0.2.1"]]  # a second question would lead elsewhere
    sink.secrets = new_secrets()
    url = f"http://shop.test:{port}/hear"
    answer = call.post(call.Call(url, "evt_1", '{"type":"order.pay"}', sink.secrets))
    assert answer.status == 204
    assert sink.heard[0][0]["host"] == f"shop.test:{port}"


def test_a_deployment_may_allow_its_own_network_but_never_a_clouds_metadata(settings):
    settings.KEFU_ALLOW_PRIVATE_WEBHOOKS = True
    address.check("http://10.1.2.3/")
    address.check("http://127.0.0.1/")
    for url in ("http://169.254.169.254/", "http://[::ffff:a9fe:a9fe]/", "http://0.0.0.0/"):
        with pytest.raises(address.Refused):
            address.check(url)


@pytest.mark.django_db
def test_a_subscriber_with_a_private_address_or_a_bad_pattern_is_not_saved(shop):
    for fields in (
        {"url": "http://169.254.169.254/", "patterns": ["*"]},
        {"url": "http://1.1.1.1/", "patterns": ["order*"]},
        {"url": "http://1.1.1.1/", "patterns": "order.*"},
        {"url": "http://1.1.1.1/", "patterns": [3]},
        {"url": "http://1.1.1.1/", "patterns": []},
    ):
        with pytest.raises(ValidationError):
            Subscriber(shop=shop, **fields).full_clean()
    Subscriber(shop=shop, url="http://1.1.1.1/", patterns=["*", "order.*", "refund.send"]).full_clean()
    assert Subscriber.objects.count() == 0
