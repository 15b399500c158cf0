"""How machines speak: a shop's hook secrets, and keys of the REST API."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import string
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Self

from django.core.exceptions import ValidationError
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from shops import roles as role_names
from shops.punctuation import bracketed

from .shop import Shop

SCHEME, PREFIX, SECRET = "kf_", 8, 40
LETTERS = string.ascii_letters + string.digits
TOKEN = re.compile(rf"{SCHEME}(?P<prefix>[A-Za-z0-9]{{{PREFIX}}})[A-Za-z0-9]{{{SECRET}}}", re.ASCII)
USED_EVERY = timedelta(minutes=1)  # `last_used` is for people: not a write per request


def check_machine_roles(value: object) -> None:
    try:
        role_names.checked(value if isinstance(value, list) else [value], role_names.MACHINE)
    except ValueError as error:
        raise ValidationError(str(error)) from error


class HookSecret(models.Model):
    """A shared secret of the shop's hooks, `whsec_` + base64 (Standard Webhooks 1.0.0); several live at once while one
    is rotated out. Kept readable, since both sides compute with it. See shops.hook_secrets."""

    shop = models.ForeignKey(Shop, models.CASCADE, related_name="hook_secrets", verbose_name=_("店铺"))
    secret = models.CharField(_("密钥"), max_length=100, editable=False)
    created_at = models.DateTimeField(_("创建时间"), default=timezone.now, editable=False)
    retired_at = models.DateTimeField(_("停用时间"), null=True, blank=True)

    class Meta:
        verbose_name, verbose_name_plural = _("接口密钥"), pgettext_lazy("plural", "接口密钥")
        ordering = ["shop", "-created_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.secret[:8]}…"


class ApiKey(models.Model):
    """A machine that calls the REST API, in these shops and as these roles. `kf_` + prefix + secret is shown once; only
    its sha256 is kept (the secret has 238 random bits, so a slow hash would add nothing)."""

    name = models.CharField(_("名称"), max_length=100)
    prefix = models.CharField(_("前缀"), max_length=PREFIX, unique=True, editable=False)
    hash = models.CharField(max_length=64, editable=False)
    shops = models.ManyToManyField(Shop, related_name="api_keys", verbose_name=_("店铺"))
    roles = models.JSONField(_("角色"), default=list, validators=[check_machine_roles])
    sees_personal = models.BooleanField(_("可看个人信息"), default=False)
    created_at = models.DateTimeField(_("创建时间"), default=timezone.now, editable=False)
    expires_at = models.DateTimeField(_("过期时间"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("吊销时间"), null=True, blank=True, editable=False)
    last_used = models.DateTimeField(_("最近使用"), null=True, blank=True, editable=False)

    class Meta:
        verbose_name, verbose_name_plural = _("API 密钥"), pgettext_lazy("plural", "API 密钥")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name + bracketed(f"{SCHEME}{self.prefix}…")

    @classmethod
    def make(
        cls,
        name: str,
        shops: Iterable[Shop],
        roles: Iterable[str],
        *,
        expires_at: datetime | None = None,
        sees_personal: bool = False,
    ) -> tuple[Self, str]:
        """A new key and its token, which nobody can read again. Raises ValueError for roles that a key cannot have."""
        key = cls(name=name, roles=list(role_names.checked(roles, role_names.MACHINE)), expires_at=expires_at)
        key.sees_personal = sees_personal
        token = key.mint()
        key.save()
        key.shops.set(shops)
        return key, token

    def mint(self) -> str:
        """Gives the unsaved key its prefix and hash; the token that belongs to them."""
        token = SCHEME + "".join(secrets.choice(LETTERS) for _n in range(PREFIX + SECRET))
        self.prefix, self.hash = token[len(SCHEME) :][:PREFIX], _hash(token)
        return token

    @classmethod
    def find(cls, token: str, at: datetime) -> Self | None:
        """The key of a token, if it is live at `at`; None for an unknown, expired or revoked one, in the same time."""
        sound = TOKEN.fullmatch(token)  # nothing else reaches the database
        key = cls.objects.filter(prefix=sound["prefix"]).first() if sound else None
        same = hmac.compare_digest(_hash(token), key.hash if key else "0" * 64)
        return key if key and same and key.live(at) else None

    def live(self, at: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or at < self.expires_at)

    def revoke(self, at: datetime) -> None:
        """From now on nobody gets in with it; again is no change."""
        type(self).objects.filter(pk=self.pk, revoked_at=None).update(revoked_at=at)
        self.refresh_from_db(fields=["revoked_at"])

    def used(self, at: datetime) -> None:
        """Notes that the key was used; at most one write a minute."""
        if self.last_used is None or at - self.last_used >= USED_EVERY:
            type(self).objects.filter(pk=self.pk).update(last_used=at)
            self.last_used = at


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
