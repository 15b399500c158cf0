"""`manage.py createapikey SHOP --role agent [--role …] [--json]`: a key for a machine of that shop."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from shops import durations, roles
from shops.models import ApiKey, Shop


class Command(BaseCommand):
    help = "Makes an API key of one or more shops and prints it, this once."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("shops", metavar="SHOP", nargs="+", help="the codes of the key's shops")
        parser.add_argument("--role", dest="roles", action="append", required=True, help=", ".join(roles.MACHINE))
        parser.add_argument("--name", default="", help="what it is for")
        parser.add_argument("--expires", metavar="90d", help="how long it lives; for ever by default")
        parser.add_argument("--sees-personal", action="store_true", help="may read phones, names and addresses")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        codes = list(dict.fromkeys(options["shops"]))
        shops = {shop.code: shop for shop in Shop.objects.filter(code__in=codes)}
        if missing := [code for code in codes if code not in shops]:
            raise CommandError(_("没有这个店铺：%s") % ", ".join(missing))
        named = options["name"] or "+".join(options["roles"])
        try:
            lives = timedelta(seconds=durations.seconds_of(options["expires"])) if options["expires"] else None
            with transaction.atomic():
                key, token = ApiKey.make(
                    named,
                    [shops[code] for code in codes],
                    options["roles"],
                    expires_at=timezone.now() + lives if lives else None,
                    sees_personal=options["sees_personal"],
                )
        except ValueError as error:
            raise CommandError(str(error)) from error
        expires = key.expires_at.isoformat() if key.expires_at else None
        made = {"api_key": token, "shop": codes[0], "shops": codes, "roles": key.roles, "expires_at": expires}
        if options["json"]:
            self.stdout.write(json.dumps(made, ensure_ascii=False))
            return
        self.stdout.write(f"{_('API 密钥')}: {token}")
        self.stdout.write(f"{_('店铺')}: {', '.join(codes)}  {_('角色')}: {roles.words(key.roles)}")
        self.stdout.write(_("密钥只显示这一次，请妥善保存。"))
