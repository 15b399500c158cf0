"""Settings of the tests: those of the project, with a data folder of this run's own and nothing slow."""

import atexit
import os
import shutil
import tempfile

folder = tempfile.mkdtemp(prefix="kefu-tests-")
atexit.register(shutil.rmtree, folder, ignore_errors=True)
os.environ["KEFU_DATA_DIR"] = folder
os.environ.setdefault("PUBLIC_URL", "http://testserver")

from kefu.settings import *  # noqa: E402, F403

INSTALLED_APPS = [*INSTALLED_APPS, "tests.errands"]  # noqa: F405
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
CELERY_BROKER_URL = "memory://"
CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {}
KEFU_RING = False  # nobody hears it
# A file, not memory: threads get connections of their own, as in real life.
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):  # noqa: F405
    DATABASES["default"]["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}  # noqa: F405
# Playwright's synchronous API runs inside an event loop, where Django would refuse the ORM.
if os.environ.get("KEFU_TEST_BROWSER"):
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
