"""Who calls the API: staff by session, machines by API key."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from flows.table import Who
from shops.access import Caller
from shops.models import ApiKey

SCHEME = "Bearer"


class Machine:
    """Stands in request.user for a machine: nobody of Django's users."""

    is_authenticated = is_active = True
    is_anonymous = is_staff = is_superuser = False
    pk = None

    def __init__(self, key: ApiKey) -> None:
        self.key = key

    def __str__(self) -> str:
        return f"kf_{self.key.prefix}"


class KeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer kf_…`. Unknown, expired and revoked keys get one same answer."""

    def authenticate(self, request: Request) -> tuple[Machine, ApiKey] | None:
        scheme, _, token = request.META.get("HTTP_AUTHORIZATION", "").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        now = timezone.now()
        key = ApiKey.find(token.strip(), now)
        if key is None:
            raise AuthenticationFailed
        key.used(now)
        return Machine(key), key

    def authenticate_header(self, request: Request) -> str:
        return f'{SCHEME} realm="kefu"'


class StaffSession(SessionAuthentication):
    """The workbench's session; CSRF is asked of every call that changes something."""


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = KeyAuthentication
    name = "key"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "http", "scheme": "bearer", "bearerFormat": "kf_…", "description": "An API key of the shop's."}


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = StaffSession
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return {"type": "apiKey", "in": "cookie", "name": "kefu_session"}


def caller_of(request: Request) -> Caller:
    """The caller of an authenticated request, looked up once."""
    caller: Caller | None = getattr(request, "kefu_caller", None)
    if caller is None:
        key = request.auth
        caller = Caller.of_key(key) if isinstance(key, ApiKey) else Caller.of_user(request.user)
        request.kefu_caller = caller  # type: ignore[attr-defined]
    return caller


def roles_of(caller: Caller, shop_id: int) -> tuple[Who, ...]:
    """The caller's roles in the order in which they are tried."""
    return tuple(Who[name.upper()] for name in caller.roles_in(shop_id))
