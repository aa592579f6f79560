"""A sign-in provider of a company, over loopback: it remembers who it sent back, and answers each code once.

Worked example: a browser comes to /authorize; `Provider.send_back(location, claims)` gives it the code of somebody with
these claims. The application brings the code to /token with its secret and the verifier of the challenge that it gave
first, and gets a signed token; anything else gets 400.
"""

import base64
import hashlib
import json
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

CLIENT, SECRET = "ratable", "known to both"


@dataclass
class Provider:
    """What the provider knows: its key, the codes that it gave out, and the tokens that came of them."""

    issuer: str = ""
    key: rsa.RSAPrivateKey = field(default_factory=lambda: rsa.generate_private_key(65537, 2048))
    codes: dict[str, tuple[dict[str, Any], dict[str, str]]] = field(default_factory=dict)
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)

    def send_back(self, location: str, claims: dict[str, Any]) -> str:
        """Where the browser of a person with these claims goes who came by this location."""
        asked = dict(parse_qsl(urlsplit(location).query))
        code = secrets.token_urlsafe(8)
        self.codes[code] = claims, asked
        return f"{urlsplit(asked['redirect_uri']).path}?{urlencode({'code': code, 'state': asked['state']})}"

    def answer(self, path: str, form: dict[str, str], bearer: str) -> dict[str, Any] | None:
        """What is answered at a path; None: 400."""
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token", "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/keys", "token_endpoint_auth_methods_supported": ["client_secret_post"],
            }  # fmt: skip
        if path == "/userinfo":
            return self.tokens.get(bearer)
        claims, asked = self.codes.pop(form.get("code", ""), ({}, {}))
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if asked.get("code_challenge") != challenge.decode().rstrip("=") or form.get("client_secret") != SECRET:
            return None
        token = secrets.token_urlsafe(8)
        self.tokens[token] = claims
        now = {"iss": self.issuer, "aud": CLIENT, "exp": 4_000_000_000, "iat": 1_700_000_000}
        return {"access_token": token, "token_type": "Bearer", "id_token": jwt.encode(claims | now, self.key, "RS256")}


@contextmanager
def serving() -> Iterator[Provider]:
    """A provider that answers until the end."""
    known = Provider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.reply({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.reply({name: values[0] for name, values in parse_qs(body).items()})

        def reply(self, form: dict[str, str]) -> None:
            bearer = self.headers.get("Authorization", "").removeprefix("Bearer ")
            said = known.answer(urlsplit(self.path).path, form, bearer)
            self.send_response(400 if said is None else 200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(said).encode())

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.issuer = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield known
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
