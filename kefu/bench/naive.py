"""The usual way to take a hook in: a DRF view, a serializer, the ORM. Served exactly as ours is."""

from __future__ import annotations

import hashlib
import os
import time
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kefu.settings")

from django.conf import settings
from django.core.wsgi import get_wsgi_application

settings.ROOT_URLCONF = __name__
settings.MIDDLEWARE = [name for name in settings.MIDDLEWARE if not name.startswith("hooks.")]
application = get_wsgi_application()

from django.db import transaction  # noqa: E402 (what follows needs the apps)
from django.urls import path  # noqa: E402
from django.utils import timezone  # noqa: E402
from rest_framework import serializers  # noqa: E402
from rest_framework.exceptions import AuthenticationFailed  # noqa: E402
from rest_framework.generics import get_object_or_404  # noqa: E402
from rest_framework.response import Response  # noqa: E402
from rest_framework.views import APIView  # noqa: E402

from hooks.models import Inbox  # noqa: E402
from hooks.platform import Secret  # noqa: E402
from hooks.platforms.native.signature import HEADERS, verify  # noqa: E402
from shops.models import Shop  # noqa: E402


class Paid(serializers.Serializer):  # type: ignore[type-arg]
    number = serializers.CharField(max_length=64)
    amount = serializers.DecimalField(max_digits=14, decimal_places=2)
    transaction = serializers.CharField(max_length=100)


class Message(serializers.Serializer):  # type: ignore[type-arg]
    type = serializers.CharField(max_length=100)
    timestamp = serializers.DateTimeField()
    data: Any = Paid()


class Receive(APIView):
    authentication_classes = ()
    permission_classes = ()

    def post(self, request: Any, shop: str) -> Response:
        found = get_object_or_404(Shop, code=shop, active=True)
        raw, headers = request.body, {name: request.headers.get(name, "") for name in HEADERS}
        secrets = [Secret(s.pk, s.secret) for s in found.hook_secrets.filter(retired_at=None)]
        if (secret := verify(raw, headers, secrets, time.time())) is None:
            raise AuthenticationFailed
        told = Message(data=request.data)
        told.is_valid(raise_exception=True)
        row, made = self.store(found, told.validated_data, raw, headers, secret)
        return Response({"event": row.pk, "outcome": "accepted" if made else "duplicate"}, 202 if made else 200)

    @transaction.atomic
    def store(self, shop: Shop, told: Any, raw: bytes, headers: dict[str, str], secret: Secret) -> tuple[Inbox, bool]:
        now = timezone.now()
        return Inbox.objects.get_or_create(
            shop=shop, source="native", key=headers[HEADERS[0]],
            defaults={
                "type": told["type"], "body": raw, "body_hash": hashlib.sha256(raw).hexdigest(), "headers": headers,
                "signed_with": secret.id, "received_at": now, "occurred_at": told["timestamp"],
                "number": told["data"]["number"], "rings_at": now,
            },
        )  # fmt: skip


urlpatterns = [path("hooks/<str:shop>/", Receive.as_view())]
