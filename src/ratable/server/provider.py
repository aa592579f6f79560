"""The company's own sign-in, where it has one: an OpenID Connect provider that the environment names.

Worked example: `RATABLE_OIDC_ISSUER=https://login.example.com` with RATABLE_OIDC_CLIENT_ID and
RATABLE_OIDC_CLIENT_SECRET puts "Sign in with login.example.com" below the password. The provider is told to send people
back to /accounts/oidc/company/login/callback/ of RATABLE_URL. It says who somebody is, and never makes an account.

SAML: where python3-saml is installed, add `allauth.socialaccount.providers.saml` and its settings in a settings module
of your own that begins with `from ratable.server.settings import *`; the rules for who gets in stay the same.
"""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

ISSUER, CLIENT, SECRET = "RATABLE_OIDC_ISSUER", "RATABLE_OIDC_CLIENT_ID", "RATABLE_OIDC_CLIENT_SECRET"
NAME = "company"
_LOOPBACK = ("127.0.0.1", "localhost", "::1")


def providers(environment: Mapping[str, str]) -> dict[str, Any]:
    """What allauth is told about the provider; empty where there is none.

    Raises:
        ValueError: the issuer is not reached by TLS, or what it knows this application by is not said.
    """
    issuer = environment.get(ISSUER, "").rstrip("/")
    if not issuer:
        return {}
    place = urlsplit(issuer)
    if place.scheme != "https" and place.hostname not in _LOOPBACK:
        raise ValueError(f"{ISSUER}: saw {issuer!r}; expected an address that begins with https://.")
    for name in (CLIENT, SECRET):
        if not environment.get(name):
            raise ValueError(f"{name}: saw nothing; expected what {issuer} knows this application by.")
    application = {
        "provider_id": NAME, "name": place.hostname, "client_id": environment[CLIENT], "secret": environment[SECRET],
        "settings": {"server_url": issuer, "oauth_pkce_enabled": True},
    }  # fmt: skip
    return {"openid_connect": {"APPS": [application]}}


def origin(environment: Mapping[str, str]) -> str:
    """Where a browser is sent to sign in, as the content policy names it; empty where nowhere."""
    place = urlsplit(environment.get(ISSUER, ""))
    return f"{place.scheme}://{place.netloc}" if place.netloc else ""
