"""All settings, from environment variables, with defaults that run embedded on this machine alone."""

import os
import secrets
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import dj_database_url


def flag(name: str, default: str = "0") -> bool:
    return os.environ.get(name, default).strip().lower() in {"1", "true", "yes", "on"}


def listed(name: str) -> list[str]:
    return [item.strip() for item in os.environ.get(name, "").split(",") if item.strip()]


def kept_secret(file: Path) -> str:
    """The embedded deployment's own key: made once, readable by its owner alone."""
    try:
        with open(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as fresh:
            fresh.write(secrets.token_urlsafe(50))
    except FileExistsError:
        pass
    return file.read_text()


BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(os.environ.get("KEFU_DATA_DIR") or BASE_DIR / ".data").resolve()
for place in (*reversed(DATA_DIR.parents), DATA_DIR):
    if not place.exists():  # `parents=True` would let everybody look into those on the way
        place.mkdir(mode=0o700, exist_ok=True)

# --- who and where ------------------------------------------------------------------------------------------------
DEBUG = flag("DEBUG")
SECRET_KEY = os.environ.get("SECRET_KEY") or kept_secret(DATA_DIR / "secret-key")
SECRET_KEY_FALLBACKS = listed("SECRET_KEY_FALLBACKS")
PUBLIC_URL = (os.environ.get("PUBLIC_URL") or "http://127.0.0.1:8000").rstrip("/")
PUBLIC = urlsplit(PUBLIC_URL)
HTTPS = PUBLIC.scheme == "https"
# Loopback always answers: the embedded deployment, and a container's own health check.
ALLOWED_HOSTS = [*listed("ALLOWED_HOSTS"), PUBLIC.hostname or "localhost", "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [f"{PUBLIC.scheme}://{PUBLIC.netloc}"]
# A subscriber's address must be public, unless a deployment allows its own network.
KEFU_ALLOW_PRIVATE_WEBHOOKS = flag("KEFU_ALLOW_PRIVATE_WEBHOOKS")
# Rules of eligibility of a deployment's own, by their import paths (returns/eligibility).
KEFU_ELIGIBILITY_RULES = listed("KEFU_ELIGIBILITY_RULES")

INSTALLED_APPS = [
    "kefu",  # first: its static files and templates win over the admin's
    "kefu.admin_config.DeskConfig",  # django.contrib.admin on our own site
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_htmx",
    "django_fsm",
    "shops",
    "deadlines",
    "outbox",
    "flows",
    "flows.api",
    "orders",
    "returns",
    "tickets",
    "hooks",
]

# No LocaleMiddleware: an English browser would turn the Chinese workbench English (docs/adr/0004).
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "kefu.content_security.middleware",
    "hooks.shortcut.middleware",
    "kefu.nul.middleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "kefu.language.middleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "kefu.plans.middleware",
]

ROOT_URLCONF = "kefu.urls"
WSGI_APPLICATION = "kefu.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- database -----------------------------------------------------------------------------------------------------
# ATOMIC_REQUESTS stays off: transactions are short and stand where the rows are locked.
SQLITE_OPTIONS = {
    "transaction_mode": "IMMEDIATE",  # without it half of the concurrent write transactions fail
    "timeout": 20,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
}
# Together these two halve PostgreSQL's own work on repeated statements; either alone brings nothing.
POSTGRES_OPTIONS = {"server_side_binding": True, "prepare_threshold": 5}


def database() -> dict[str, Any]:
    url = os.environ.get("DATABASE_URL") or f"sqlite:///{DATA_DIR / 'kefu.sqlite3'}"
    parsed: dict[str, Any] = {**dj_database_url.parse(url, conn_max_age=None, conn_health_checks=True)}
    options = POSTGRES_OPTIONS if parsed["ENGINE"].endswith("postgresql") else SQLITE_OPTIONS
    parsed["OPTIONS"] = {**options, **parsed.get("OPTIONS", {})}
    return parsed


DATABASES = {"default": database()}

# --- the bell (kefu/celery.py) ------------------------------------------------------------------------------------
REDIS_URL = os.environ.get("REDIS_URL", "")
if REDIS_URL:
    CELERY_BROKER_URL = REDIS_URL
    # Ringing never waits: against a stopped Redis it gives up within a second, and the sweep finds the row.
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, Any] = {
        "socket_timeout": 1,
        "socket_connect_timeout": 1,
        "retry_on_timeout": False,
        "max_retries": 0,
        "visibility_timeout": 600,
    }
else:
    BROKER_DIR = DATA_DIR / "broker"
    for folder in ("queue", "control"):
        (BROKER_DIR / folder).mkdir(parents=True, exist_ok=True)
    CELERY_BROKER_URL = "filesystem://localhost"  # this very machine: the folders below
    CELERY_BROKER_TRANSPORT_OPTIONS = {
        "data_folder_in": str(BROKER_DIR / "queue"),
        "data_folder_out": str(BROKER_DIR / "queue"),
        "control_folder": str(BROKER_DIR / "control"),
        "store_processed": False,
        "polling_interval": 0.1,  # the default of a second starves beat
    }
CELERY_BROKER_CONNECTION_TIMEOUT = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker as long as it takes
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_DEFAULT_QUEUE = "kefu"
CELERY_TASK_IGNORE_RESULT = True
# Acknowledged early: a ring that dies with its worker is no loss, the row's lease runs out and the next ring finds it.
CELERY_TASK_ACKS_LATE = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULER = "celery.beat:Scheduler"  # the table is static: nothing to remember in a file
CELERY_BEAT_MAX_LOOP_INTERVAL = 1

# --- words and times ----------------------------------------------------------------------------------------------
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = ["kefu.formats"]
USE_I18N = True
# Inside all times are UTC (USE_TZ: aware values, stored in UTC). TIME_ZONE is what pages and reports show, and what a
# day means to them; a shop's own zone, by which its deadlines count, stands in its row.
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"

# --- files --------------------------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(os.environ.get("KEFU_STATIC_ROOT") or DATA_DIR / "static")
MEDIA_ROOT = DATA_DIR / "media"  # photos: never served by address, only by a view that checks who asks
# With KEFU_STATIC_ROOT (the image sets it) files were collected, hashed and compressed at build time; else they are
# served from where they lie.
WHITENOISE_USE_FINDERS = not os.environ.get("KEFU_STATIC_ROOT")
STATIC_ROOT.mkdir(exist_ok=True)
WHITENOISE_AUTOREFRESH = DEBUG
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if WHITENOISE_USE_FINDERS
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}

# --- safety -------------------------------------------------------------------------------------------------------
LANGUAGE_COOKIE_NAME = "kefu_language"
LANGUAGE_COOKIE_AGE = 365 * 24 * 3600
LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "kefu_session"
SESSION_COOKIE_AGE = 7 * 24 * 3600
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_COOKIE_NAME = "kefu_csrf"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if HTTPS else 0
X_FRAME_OPTIONS = "DENY"
# Only where a proxy sets X-Forwarded-Proto itself, drops the client's, and adds the caller to X-Forwarded-For.
BEHIND_PROXY = flag("KEFU_BEHIND_PROXY")
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]

# Lines go to stderr through a formatter that redacts; nothing is mailed, no access log is kept.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"()": "kefu.logs.Formatter", "format": "{asctime} {levelname} {name}: {message}", "style": "{"}
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {
        "django": {"handlers": [], "propagate": True},
        "django.server": {"handlers": [], "propagate": True},
        # Three rings a second are no news.
        "celery.worker.strategy": {"level": "WARNING"},
        "celery.app.trace": {"level": "WARNING"},
        "celery.beat": {"level": "WARNING"},
    },
}

# --- REST ---------------------------------------------------------------------------------------------------------
# Who may call, what is read and how errors are told stand with the addresses (flows/api/views.py).
REST_FRAMEWORK: dict[str, Any] = {"DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema"}
SPECTACULAR_SETTINGS: dict[str, Any] = {
    "TITLE": "Kefu",
    "VERSION": "1",
    "OAS_VERSION": "3.1.0",
    "POSTPROCESSING_HOOKS": ["flows.api.openapi.complete"],
}
