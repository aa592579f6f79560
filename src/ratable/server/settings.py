"""Settings of the running application, on top of those of the store (`ratable.settings`).

Worked example: without anything said, the application serves http://127.0.0.1 on this machine alone. With
`RATABLE_URL=https://ratable.example.com` it is what a proxy with TLS serves under that name: cookies are sent over TLS
only, and browsers are told to come by TLS for a year.

Environment: RATABLE_URL, RATABLE_DATABASE_URL, RATABLE_SECRET_KEY (else a file made on first use).
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from ratable import settings as store
from ratable.server import provider, secrets, styles

URL = os.environ.get("RATABLE_URL", "").rstrip("/")
_PUBLIC = urlsplit(URL)
_BY_TLS = _PUBLIC.scheme == "https"
_LOOPBACK = ["127.0.0.1", "localhost", "[::1]"]

DATABASES = store.DATABASES
SECRET_KEY = store.SECRET_KEY or secrets.key()
DEBUG = False
ALLOWED_HOSTS = [_PUBLIC.hostname] if _PUBLIC.hostname else _LOOPBACK
CSRF_TRUSTED_ORIGINS = [URL] if _BY_TLS else []
USE_TZ = True
TIME_ZONE = "UTC"
USE_I18N = False
DEFAULT_AUTO_FIELD = store.DEFAULT_AUTO_FIELD
ROOT_URLCONF = "ratable.server.urls"
WSGI_APPLICATION = "ratable.server.application.application"

INSTALLED_APPS = [
    "ratable.ledger",
    "ratable.access",
    "ratable.webhooks",
    "ratable.api",
    "ratable.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [
    "ratable.server.observing.Observed",
    "ratable.server.headers.SecurityHeaders",
    "ratable.api.problems.Told",
    "django.middleware.security.SecurityMiddleware",
    "ratable.server.probes.Probes",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "ratable.access.middleware.SignedIn",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "DIRS": [Path(__file__).parent / "templates"],
        "OPTIONS": {
            "builtins": ["ratable.web.templatetags.addresses", "ratable.web.templatetags.figures"],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

AUTH_USER_MODEL = "access.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_REDIRECT_URL = "/"
LOGIN_URL = "account_login"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
PASSWORD_RESET_TIMEOUT = 3 * 24 * 60 * 60  # Of the one-time link of an invitation.

ACCOUNT_ADAPTER = "ratable.access.adapters.Accounts"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True  # The one-time link was it.
# By address, and by the name that is tried: five wrong passwords close it for a quarter of an hour.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "20/m/ip,5/15m/key",
    "reset_password_from_key": "20/m/ip",
    "reauthenticate": "5/m/user",
    "change_password": "5/m/user",
}
# One process serves, so that what it counts is all that there is to count.
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "ratable"
MFA_TOTP_TOLERANCE = 1  # A code of half a minute ago, for clocks that differ.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not _BY_TLS  # http://localhost, on this machine alone.
USERSESSIONS_TRACK_ACTIVITY = False  # What is seen of a session is kept by access.sessions.
SOCIALACCOUNT_ADAPTER = "ratable.access.adapters.Providers"
SOCIALACCOUNT_PROVIDERS = provider.providers(os.environ)
FORM_TARGETS = provider.origin(os.environ)

STATIC_URL = f"/static/{styles.version()}/"
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MAX_AGE = 365 * 24 * 60 * 60  # A change makes another address.

CSRF_FAILURE_VIEW = "ratable.server.pages.forged"
SESSION_COOKIE_NAME = "__Host-session" if _BY_TLS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if _BY_TLS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _BY_TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_SSL_REDIRECT = _BY_TLS
SECURE_REDIRECT_EXEMPT = ["^(healthz|readyz|metrics)$"]  # Asked on this machine, beside the proxy.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _BY_TLS else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _BY_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _BY_TLS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
