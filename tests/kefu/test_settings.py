"""The project's edges: what is logged, what pages may load, what an empty environment runs on."""

import json
import logging
import os
import stat
import subprocess
import sys

import pytest

from kefu.logs import Formatter


def settings_of(tmp_path, *names, **environment):
    """The settings that a process with this environment has."""
    code = (
        f"import json; from kefu import settings as s; print(json.dumps([getattr(s, n) for n in {names}], default=str))"
    )
    clean = {"PATH": os.environ["PATH"], "KEFU_DATA_DIR": str(tmp_path / "data"), **environment}
    done = subprocess.run([sys.executable, "-c", code], env=clean, capture_output=True, check=True, text=True)
    return json.loads(done.stdout)


def test_an_empty_environment_runs_embedded_on_loopback_with_a_key_of_its_own(tmp_path):
    names = ("SECRET_KEY", "DATABASES", "CELERY_BROKER_URL", "ALLOWED_HOSTS", "DEBUG", "SESSION_COOKIE_SECURE")
    key, databases, broker, hosts, debug, secure = settings_of(tmp_path, *names)
    assert databases["default"]["ENGINE"] == "django.db.backends.sqlite3"
    assert databases["default"]["NAME"] == str(tmp_path / "data" / "kefu.sqlite3")
    assert broker.startswith("filesystem://")
    assert set(hosts) == {"localhost", "127.0.0.1", "[::1]"}
    assert (debug, secure) == (False, False)
    assert stat.S_IMODE((tmp_path / "data" / "secret-key").stat().st_mode) == 0o600
    assert settings_of(tmp_path, "SECRET_KEY") == [key]


def test_folders_that_are_made_for_data_are_the_owners_alone(tmp_path):
    settings_of(tmp_path, "DATA_DIR", KEFU_DATA_DIR=str(tmp_path / ".data" / "demo"))
    for folder in (tmp_path / ".data", tmp_path / ".data" / "demo"):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_an_address_under_https_makes_cookies_secure_and_is_trusted(tmp_path):
    names = ("SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "CSRF_TRUSTED_ORIGINS", "ALLOWED_HOSTS")
    session, csrf, origins, hosts = settings_of(tmp_path, *names, PUBLIC_URL="https://desk.example.cn/")
    assert (session, csrf) == (True, True)
    assert origins == ["https://desk.example.cn"]
    assert "desk.example.cn" in hosts


def test_a_database_url_keeps_its_own_options_beside_ours(tmp_path):
    url = "postgres://kefu:p%40ss@db:5433/desk?sslmode=require"
    (databases,) = settings_of(tmp_path, "DATABASES", DATABASE_URL=url)
    database = databases["default"]
    assert (database["HOST"], database["PORT"], database["NAME"], database["PASSWORD"]) == ("db", 5433, "desk", "p@ss")
    assert database["OPTIONS"] == {"sslmode": "require", "server_side_binding": True, "prepare_threshold": 5}
    assert (database["CONN_MAX_AGE"], database["CONN_HEALTH_CHECKS"]) == (None, True)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("buyer 13812345678 asks", "buyer 138****5678 asks"),
        ("order 202611230001381234567890", "order 202611230001381234567890"),
        ("mail zhang.san@example.cn", "mail ***@***"),
        ("Not Found: /c/eyJhbGciOi/photos/", "Not Found: /c/***/photos/"),
        ("Forbidden: /c/rate/WzE0LDE3OTc.iOV2DGs/", "Forbidden: /c/rate/***/"),
        ("key kf_AbC123 secret whsec_MfKQ9r8=", "key kf_*** secret whsec_***"),
        ("postgres://kefu:hunter2@db/desk", "postgres://kefu:***@db/desk"),
        ("DETAIL:  Key (name)=(张三) already exists.", "DETAIL: ***"),
    ],
)
def test_no_personal_data_reaches_the_log(said, kept):
    assert Formatter().format(logging.makeLogRecord({"msg": said})) == kept


def test_a_traceback_is_redacted_like_its_line():
    try:
        raise ValueError("13812345678")
    except ValueError:
        line = Formatter().format(logging.makeLogRecord({"msg": "failed", "exc_info": sys.exc_info()}))
    assert "ValueError: 138****5678" in line
    assert "13812345678" not in line


@pytest.mark.django_db
def test_every_answer_carries_the_strict_content_policy(client):
    for path in ("/admin/login/", "/nowhere/"):
        policy = client.get(path).headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


@pytest.mark.django_db
def test_an_english_browser_is_answered_in_chinese(client):
    page = client.get("/admin/login/", headers={"accept-language": "en-US,en;q=0.9"}).content.decode()
    assert 'lang="zh-hans"' in page


def test_static_files_are_served_from_where_they_lie_without_collecting_them(client):
    assert client.get("/static/admin/css/base.css").status_code == 200
