"""Settings of the running application, on top of those of the store (`ratable.settings`).

Worked example: without anything said, the application serves http://127.0.0.1 on this machine alone. With
`RATABLE_URL=https://ratable.example.com` it is what a proxy with TLS serves under that name: cookies are sent over TLS
only, and browsers are told to come by TLS for a year.

Environment: RATABLE_URL, RATABLE_DATABASE_URL, RATABLE_SECRET_KEY (else a file made on first use).
"""

import os
from urllib.parse import urlsplit

from ratable import settings as store
from ratable.server import secrets

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
    "ratable.web",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]
MIDDLEWARE = [
    "ratable.server.headers.SecurityHeaders",
    "django.middleware.security.SecurityMiddleware",
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
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
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
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"

STATIC_URL = "/static/"
WHITENOISE_USE_FINDERS = True

SESSION_COOKIE_NAME = "__Host-session" if _BY_TLS else "session"
CSRF_COOKIE_NAME = "__Host-csrf" if _BY_TLS else "csrf"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _BY_TLS
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SECURE_SSL_REDIRECT = _BY_TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if _BY_TLS else None
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if _BY_TLS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = _BY_TLS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
