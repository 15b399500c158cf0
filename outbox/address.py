"""Which addresses may be called: public ones, looked at when saved and again when connected to."""

from __future__ import annotations

import socket
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _

IP = IPv4Address | IPv6Address
NAT64 = IPv6Network("64:ff9b::/96")


class Refused(Exception):
    """An address that must not be called; its text is for staff."""


def parts(url: str) -> tuple[str, int]:
    """-> host, port of a URL that is fit to be called at all."""
    try:
        split = urlsplit(url)
        host, port = split.hostname, split.port
    except ValueError as error:
        raise Refused(_("地址格式不正确")) from error
    if split.scheme not in ("http", "https") or not host:
        raise Refused(_("地址须以 http:// 或 https:// 开头"))
    if "@" in split.netloc:
        raise Refused(_("地址中不能带用户名或密码"))
    return host, port or (443 if split.scheme == "https" else 80)


def resolve(url: str) -> list[str]:
    """-> the addresses behind a URL, every one of them allowed; connect to these and to nothing else.

    A name may answer otherwise at the next question: whoever connects by name again has checked nothing.
    """
    host, port = parts(url)
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Refused(_("域名无法解析")) from error
    addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
    if not addresses or not all(is_allowed(address) for address in addresses):
        raise Refused(_("地址不在公网上，不能作为通知地址"))
    return addresses


def check(url: str) -> None:
    """At saving: raises Refused for an address that is not public."""
    resolve(url)


def is_allowed(address: str) -> bool:
    """Public; or of the deployment's own network where the setting says so (never a cloud's metadata, 169.254/16)."""
    try:
        ip = _inner(ip_address(address))
    except ValueError:  # a scoped address such as fe80::1%eth0
        return False
    if ip.is_link_local or ip.is_multicast or ip.is_unspecified:
        return False
    if settings.KEFU_ALLOW_PRIVATE_WEBHOOKS:
        return True
    return ip.is_global and not ip.is_reserved


def _inner(ip: IP) -> IP:
    """An IPv4 address in IPv6 clothes (mapped, 6to4, NAT64) is what it reaches; Teredo reaches anything."""
    if isinstance(ip, IPv4Address):
        return ip
    if ip.teredo:
        return IPv4Address(0)
    if ip in NAT64:
        return IPv4Address(int(ip) & 0xFFFFFFFF)
    return ip.ipv4_mapped or ip.sixtofour or ip
