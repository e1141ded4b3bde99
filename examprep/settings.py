"""Settings, all from the environment and safe when nothing is set. README.md has the table of variables."""

import os
import re
from pathlib import Path

import environ
from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP

from examprep.secret import local_secret_key

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"  # what the app makes: database, secret key, collected static files

env = environ.Env()


def text(name: str, default: str = "") -> str:
    """A variable as it is, without the substitutions of ``environ``; set to nothing is as good as not set."""
    return os.environ.get(name, "") or default


def flag(name: str, *, default: bool) -> bool:
    """A variable that is on or off; anything else is an error, not silently one of the two."""
    value = text(name).lower()
    if value not in {"", "true", "1", "yes", "on", "false", "0", "no", "off"}:
        raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")
    return value in {"true", "1", "yes", "on"} if value else default


DEBUG = flag("DEBUG", default=False)
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
HOST = text("HOST", "127.0.0.1")
ALLOWED_HOSTS = [host.strip() for host in text("ALLOWED_HOSTS").split(",") if host.strip()] or LOCAL_HOSTS
IS_LOCAL = set(ALLOWED_HOSTS) <= set(LOCAL_HOSTS) and HOST in {"localhost", "127.0.0.1", "::1"}

# Elsewhere than on localhost a key must be given; examprep.checks says so before anything is served.
SECRET_KEY_IS_MISSING = not text("SECRET_KEY") and not IS_LOCAL
SECRET_KEY = text("SECRET_KEY") or local_secret_key(VAR_DIR / "secret_key", keep=IS_LOCAL)

INSTALLED_APPS = [
    "examprep.apps.ExamprepConfig",
    "facts.apps.FactsConfig",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "django.contrib.sessions",
    "django.contrib.staticfiles",
    "django.forms",
    "allauth",
    "allauth.account",
    "django_htmx",
    "import_export",
]

MIDDLEWARE = [
    "examprep.logs.RequestLog",
    "facts.views.metrics.CountRequests",
    "examprep.headers.permissions_policy",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "facts.views.outage.OutageGate",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "facts.views.gate.UploadGate",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "facts.views.gate.AccountGate",
    "facts.views.errors.explain_wrong_method",
]

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

ROOT_URLCONF = "examprep.urls"
WSGI_APPLICATION = "examprep.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

# Database

VAR_DIR.mkdir(exist_ok=True)
DATABASES = {"default": env.db_url_config(text("DATABASE_URL", f"sqlite:///{VAR_DIR / 'examprep.sqlite3'}"))}
if "ENGINE" not in DATABASES["default"]:
    raise ImproperlyConfigured("DATABASE_URL is not the URL of a database, such as sqlite:////var/examprep.sqlite3")
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["CONN_MAX_AGE"] = None
    DATABASES["default"]["OPTIONS"] = {
        # A writer takes its turn when its transaction begins, and waits for it, instead of failing half-way.
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16000;",
    }
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    # The pool keeps connections from one request to the next. It is opened by the first query, so each worker has its
    # own, and a worker has one thread: one connection serves it.
    DATABASES["default"] |= {"CONN_MAX_AGE": 0, "CONN_HEALTH_CHECKS": True}  # one that a restart has cut is not used
    DATABASES["default"]["OPTIONS"] = {
        # Without a database a page says so after the timeout. Attempts to connect end soon, for the longer they
        # go on the rarer they get, and the first request after an end starts the next.
        "pool": {"min_size": 1, "max_size": 4, "num_workers": 1, "timeout": 3, "reconnect_timeout": 1},
        "connect_timeout": 3,
        # A line that is dead, and not just quiet, is noticed while a query waits.
        "tcp_user_timeout": 5000,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
    } | DATABASES["default"].get("OPTIONS", {})
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# What django-allauth counts for its limits, by all workers together. Nothing else is kept in it.

CACHE_URL = text("CACHE_URL")
if CACHE_URL and not re.match(r"(redis|valkey)s?://.", CACHE_URL):
    raise ImproperlyConfigured(
        "CACHE_URL is not the URL of a Valkey or Redis server, such as valkey://localhost:6379/0"
    )
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": re.sub("^valkey", "redis", CACHE_URL),  # one protocol, and the client knows it by the older name
        "KEY_PREFIX": "examprep",
    }
    if CACHE_URL
    else {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "rate_limits",
        "OPTIONS": {"MAX_ENTRIES": 100_000},  # few, and somebody who makes many would push out the counts of others
    }
}

# Players and sessions

AUTH_USER_MODEL = "facts.Player"
AUTHENTICATION_BACKENDS = [
    "facts.backends.PlayerBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
SESSION_ENGINE = "facts.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 180  # a guest's history hangs on this cookie

ACCOUNT_ADAPTER = "facts.views.accounts.PlayerAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "facts.views.forms.SignupFields"
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_USER_DISPLAY = "facts.models.player.public_name"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_CHANGE_EMAIL = True
# A guest is signed in, to a row of their own, and must still get at these pages.
ACCOUNT_AUTHENTICATED_LOGIN_REDIRECTS = False
GUESTS_PER_MINUTE = None if IS_LOCAL else 60  # from one address, which a whole class may share
ACCOUNT_EMAIL_SUBJECT_PREFIX = "Examprep: "

EMAIL_IS_CONFIGURED = bool(text("EMAIL_URL"))
_mail = env.email_url_config(text("EMAIL_URL", "consolemail://"))
MAILERS = {"default": {"BACKEND": _mail["EMAIL_BACKEND"] if EMAIL_IS_CONFIGURED else "examprep.mail.PrintedMail"}}
if _mail["EMAIL_HOST"]:
    MAILERS["default"]["OPTIONS"] = {
        "host": _mail["EMAIL_HOST"],
        "port": _mail["EMAIL_PORT"],
        "username": _mail["EMAIL_HOST_USER"],
        "password": _mail["EMAIL_HOST_PASSWORD"],
        "use_tls": _mail.get("EMAIL_USE_TLS", False),
        "use_ssl": _mail.get("EMAIL_USE_SSL", False),
        "timeout": 20,
    }
DEFAULT_FROM_EMAIL = text("DEFAULT_FROM_EMAIL", "Examprep <examprep@localhost>")
ACCOUNT_EMAIL_VERIFICATION = "optional" if EMAIL_IS_CONFIGURED else "none"

# Editing

# May editors approve what they wrote themselves?
REVIEW_OWN = flag("REVIEW_OWN", default=True)

# Time and language

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "UTC"
USE_I18N = False
USE_TZ = True

# Static files

STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = VAR_DIR / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}

# Security

CSRF_FAILURE_VIEW = "facts.views.errors.csrf_failure"
SECURE_CSP = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],  # data: for the icons inside the admin's stylesheets
    "font-src": [CSP.SELF],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
X_FRAME_OPTIONS = "DENY"
USES_HTTPS = flag("HTTPS", default=not IS_LOCAL)
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = USES_HTTPS
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if USES_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = flag("HSTS_SUBDOMAINS", default=False)
# To be on the list that browsers are shipped with is for the owner of a domain to ask, for years; no app should.
SILENCED_SYSTEM_CHECKS = ["security.W021"]
if text("HSTS_SUBDOMAINS"):
    SILENCED_SYSTEM_CHECKS.append("security.W005")  # asks for a decision, which was made
# Asked within one's own network, past the proxy, by programs that would be sent back to it.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^metrics$"]
TRUSTS_PROXY = flag("BEHIND_PROXY", default=False)
if TRUSTS_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    ALLAUTH_TRUSTED_PROXY_COUNT = 1  # the address that this proxy saw is the last in X-Forwarded-For

# The log, and figures

LOG_FORMAT = text("LOG_FORMAT", "text" if IS_LOCAL else "json").lower()
if LOG_FORMAT not in {"text", "json"}:
    raise ImproperlyConfigured(f"LOG_FORMAT must be text or json, not {LOG_FORMAT!r}.")
LOGS_REQUESTS = flag("LOG_REQUESTS", default=not IS_LOCAL)
# Whoever has this token may read /metrics; without one there are no figures, and nothing is counted.
METRICS_TOKEN = text("METRICS_TOKEN")
if METRICS_TOKEN and len(METRICS_TOKEN) < 20:
    raise ImproperlyConfigured("METRICS_TOKEN must have 20 characters or more, so that nobody guesses it.")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "examprep.logs.AddRequest"}},
    "formatters": {
        "text": {"()": "examprep.logs.TextFormatter"},
        "json": {"()": "examprep.logs.JsonFormatter"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["request"]}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        "examprep.access": {"level": "INFO" if LOGS_REQUESTS else "WARNING"},
        # What was not found, and the like, stands in the lines of requests.
        "django.request": {"level": "ERROR" if LOGS_REQUESTS else "WARNING"},
        # Programs that try names of hosts are no error of ours.
        "django.security.DisallowedHost": {"level": "CRITICAL"},
    },
}
