"""Every setting, read strictly from the environment (.env.example lists the variables)."""

from datetime import timedelta
from pathlib import Path

from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from environ import Env

from counter import broker, logs
from counter.api import framework
from counter.embedded import mode, postgres, secret
from counter.schedule import SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent
VAR = BASE_DIR / "var"

env = Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

MODE = mode.read(VAR, production=env.bool("KAKANAI_PRODUCTION", default=False))
IN_PRODUCTION = MODE == "production"
# 研修用: a red frame on every screen of the desk.
TRAINING = env.bool("KAKANAI_TRAINING", default=False)
DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = env.str("SECRET_KEY") if IN_PRODUCTION else secret.read_or_make(VAR / "secret_key")
# Second factors, and what is sealed about 支援措置, each with keys of its own: the first seals, the
# others only open what was sealed before.
FIELD_KEYS = env.list("FIELD_KEYS") if IN_PRODUCTION else [secret.read_or_make(VAR / "field_key")]
PROTECTION_KEYS = (
    env.list("PROTECTION_KEYS") if IN_PRODUCTION else [secret.read_or_make(VAR / "protection_key")]
)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS") if IN_PRODUCTION else ["localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])
ROOT_URLCONF = "counter.urls"
WSGI_APPLICATION = "counter.wsgi.application"
INBOX = env.str("INBOX", default="") or str(VAR / "inbox")
FEEDS = Path(env.str("FEEDS", default=str(VAR / "feeds")))

# Apps

INSTALLED_APPS = [
    "counter",
    "lifeevents",
    "consent",
    "residents",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "guardian",
    "allauth.account",  # allauth.mfa needs it; none of its pages has an address here
    "allauth.mfa",
    "axes",
    "rest_framework",
    "drf_spectacular",
    "django_htmx",
    "csp",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "counter.legible.Legible",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "counter.entry.guard.BothFactors",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "consent.guard.DoorGuard",
    "counter.patience.Patience",
]
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
            ]
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Database

if env.str("DATABASE_URL", default=""):
    _database = env.db_url("DATABASE_URL")
elif IN_PRODUCTION:
    raise ImproperlyConfigured(
        "DATABASE_URL is not set. Name your PostgreSQL there, for example "
        "postgres://user:password@host:5432/kakanai, or run bin/demo for a try with made-up data."
    )
else:
    _database = postgres.start(VAR)

# ATOMIC_REQUESTS stays off: each door call is a transaction of its own (counter.E001).
DATABASES = {
    "default": {
        **_database,
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": env.int("CONN_MAX_AGE", default=600),
        "CONN_HEALTH_CHECKS": True,
    }
}

# Sign-in

AUTH_USER_MODEL = "consent.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "desk:login"
LOGIN_REDIRECT_URL = LOGOUT_REDIRECT_URL = "/"
SESSION_COOKIE_AGE = env.int("SESSION_COOKIE_AGE", default=8 * 3600)
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
STAFF_IDLE_SECONDS = env.int("STAFF_IDLE_SECONDS", default=15 * 60)

# The second factor of staff (docs/adr/0007), and what happens to those who guess

MFA_ADAPTER = "consent.factor_adapter.SealedFactors"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_TOTP_ISSUER = "書かない窓口"
MFA_TOTP_TOLERANCE = 1  # half a minute, for clocks that differ and hands that are slow
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not IN_PRODUCTION  # the demo is at http://localhost
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SIGNUP_FIELDS = ["username*"]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_CLIENT_IP_CALLABLE = "counter.entry.lockout.address_of"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address", "code", "credential", "next", "terminal"]
# Its middleware would answer in place of our page that says until when.
SILENCED_SYSTEM_CHECKS = ["axes.W002"]

# Residents sign in with their card through this OpenID provider; none, and there is no online counter.

OIDC_ISSUER = env.str("OIDC_ISSUER", default="")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", default="kakanai")
OIDC_CLIENT_KEY = Path(env.str("OIDC_CLIENT_KEY", default="") or VAR / "oidc_client_key.json")
RESIDENT_SESSION_SECONDS = env.int("RESIDENT_SESSION_SECONDS", default=3600)

# Tasks

CELERY_BROKER_URL = env.str(
    "CELERY_BROKER_URL", default=Env.NOTSET if IN_PRODUCTION else broker.PGMQ
)
CELERY_BROKER_TRANSPORT_OPTIONS = broker.transport_options(CELERY_BROKER_URL, DATABASES["default"])
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# Remote control needs queue names longer than PGMQ allows.
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_WORKER_PREFETCH_MULTIPLIER = 8
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_IGNORE_RESULT = True
CELERY_TIMEZONE = "Asia/Tokyo"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR / "beat")
CELERY_BEAT_SCHEDULE = SCHEDULE

# Language and time

LANGUAGE_CODE = "ja"
LANGUAGES = [("ja", "日本語")]
TIME_ZONE = "Asia/Tokyo"
USE_TZ = True
LOCALE_PATHS = [BASE_DIR / "locale"]

# Files

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles" if IN_PRODUCTION else None
STATICFILES_DIRS = [BASE_DIR / "static"]
WHITENOISE_USE_FINDERS = not IN_PRODUCTION
STORAGES = {
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if IN_PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}

# Security: demo and test give up only what http://localhost cannot do.

SECURE_SSL_REDIRECT = IN_PRODUCTION
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if IN_PRODUCTION else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = IN_PRODUCTION
SECURE_HSTS_PRELOAD = IN_PRODUCTION
BEHIND_TLS_PROXY = env.bool("BEHIND_TLS_PROXY", default=False)
if BEHIND_TLS_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = IN_PRODUCTION
SESSION_COOKIE_NAME = "__Host-session" if IN_PRODUCTION else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if IN_PRODUCTION else "csrf"
CSRF_COOKIE_HTTPONLY = True
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-src": [SELF],  # the desk shows a paper beside its values
        "frame-ancestors": [NONE],
    }
}
REST_FRAMEWORK = framework.rest_framework(proxies=int(BEHIND_TLS_PROXY))
SPECTACULAR_SETTINGS = framework.SPECTACULAR

LOGGING = logs.to_standard_error(
    level=env.str("LOG_LEVEL", default="INFO"), with_texts_of_errors=DEBUG
)
