"""`manage.py createshop CODE --name N --platform P [--dialect D] [--json]`: a shop, ready to speak with."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from shops import founding, hook_secrets, policy, presets, roles
from shops.models import ApiKey, Shop
from shops.models.shop import dialects

BY = "createshop"


class Command(BaseCommand):
    help = "Makes a shop with its platform's policy, a hook secret and a first API key; prints how to reach it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", metavar="CODE", help="letters, digits, - and _; stands in the hooks' address")
        parser.add_argument("--name", required=True)
        parser.add_argument("--platform", required=True, help=", ".join(presets.PLATFORMS))
        parser.add_argument(
            "--dialect", default="native", help=f"whose envelope its hooks have: {', '.join(dialects())}"
        )
        parser.add_argument("--zone", default="Asia/Shanghai", help="the time zone that its days follow")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        if Shop._meta.db_table not in connection.introspection.table_names():
            raise CommandError("The database is empty. Run first: python manage.py migrate")
        fields = {name: options[name] for name in ("code", "name", "platform", "dialect", "zone")}
        try:
            made = create(fields, timezone.now())
        except ValidationError as error:
            raise CommandError("; ".join(error.messages)) from error
        if options["json"]:
            self.stdout.write(json.dumps(made, ensure_ascii=False))
            return
        labels = {"shop": _("店铺"), "hook_url": _("推送地址"), "hook_secret": _("推送密钥"), "api_key": _("API 密钥")}
        for name, value in made.items():
            self.stdout.write(f"{labels[name]}: {value}")
        self.stdout.write(_("密钥只显示这一次，请妥善保存。"))


@transaction.atomic
def create(fields: dict[str, str], at: datetime) -> dict[str, str]:
    """The contract's {"shop", "hook_url", "hook_secret", "api_key"}. Raises ValidationError: nothing is written."""
    shop = Shop(**fields, created_at=at)
    shop.full_clean()
    shop.save()
    policy.copy_preset(shop, BY, at)
    founding.give_all(shop, BY, at)
    secret = hook_secrets.add_secret(shop, at)
    _key, token = ApiKey.make(_("首个密钥"), [shop], roles.MACHINE)
    url = f"{settings.PUBLIC_URL.rstrip('/')}/hooks/{shop.code}/"
    return {"shop": shop.code, "hook_url": url, "hook_secret": secret.secret, "api_key": token}
