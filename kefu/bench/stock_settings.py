"""The project's settings with Django's own pages instead of the desk's: for the stock admin."""

from kefu.settings import *  # noqa: F403
from kefu.settings import INSTALLED_APPS, MIDDLEWARE, TEMPLATES

INSTALLED_APPS = [
    "django.contrib.admin",
    *(a for a in INSTALLED_APPS if not a.startswith(("kefu", "django.contrib.admin"))),
]
MIDDLEWARE = [m for m in MIDDLEWARE if m.startswith("django.")]
TEMPLATES = [{**TEMPLATES[0], "DIRS": []}]
ROOT_URLCONF = "kefu.bench.stock"
