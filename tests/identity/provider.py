"""An OIDC provider on this machine: discovery, keys, and tokens for codes.

It signs as it is told, and checks what a provider checks: client, redirect, PKCE.
"""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self
from urllib.parse import parse_qs, urlsplit

from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, OctKey

CLIENT, SECRET = "foedus", "s3cret-of-the-hub"  # of a provider that ends with the test


class TestProvider:
    """Listens on a free port while it is entered.

    Attributes:
        claims: laid over the claims of the next ID token; None takes one out.
        broken: paths that answer 500.
    """

    __test__ = False

    def __init__(self) -> None:
        self.claims: dict[str, Any] = {}
        self.broken: set[str] = set()
        self.asked: list[str] = []
        self._keys = {"first": ECKey.generate_key("P-256", {"kid": "first"})}
        self._signing = "first"
        self._codes: dict[str, dict[str, str]] = {}
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self.issuer = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def change_key(self) -> None:
        """Sign with another key from now on, and give out that one alone."""
        self._signing = "second"
        self._keys = {"second": ECKey.generate_key("P-256", {"kid": "second"})}

    def agree(self, address: str) -> dict[str, str]:
        """Let somebody sign in at the address that the hub made; what comes back."""
        query = {
            name: each[0] for name, each in parse_qs(urlsplit(address).query).items()
        }
        assert query["client_id"] == CLIENT
        assert query["response_type"] == "code"
        code = f"code-{len(self._codes)}"
        self._codes[code] = query
        return {"state": query["state"], "code": code}

    def sign(self, claims: dict[str, Any], alg: str = "ES256") -> str:
        """Sign claims."""
        key = self._keys[self._signing]
        if alg == "HS256":
            return jwt.encode({"alg": alg}, claims, OctKey.import_key(SECRET))
        return jwt.encode({"alg": alg, "kid": self._signing}, claims, key)

    def _token(self, form: dict[str, str]) -> dict[str, str] | None:
        query = self._codes.pop(form.get("code", ""), None)
        if query is None or form["redirect_uri"] != query["redirect_uri"]:
            return None
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if challenge != query["code_challenge"]:
            return None
        now = int(time.time())
        claims = {
            "iss": self.issuer,
            "aud": CLIENT,
            "sub": "ania-there",
            "nonce": query["nonce"],
            "iat": now,
            "exp": now + 300,
        } | self.claims
        alg = claims.pop("alg", "ES256")
        said = {name: value for name, value in claims.items() if value is not None}
        return {
            "access_token": "x",
            "token_type": "Bearer",
            "id_token": self.sign(said, alg),
        }

    def _answer(self, path: str, form: dict[str, str]) -> tuple[int, Any]:
        self.asked.append(path)
        if path in self.broken:
            return 500, {}
        if path == "/.well-known/openid-configuration":
            return 200, {
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "jwks_uri": f"{self.issuer}/keys",
            }
        if path == "/keys":
            return 200, KeySet([*self._keys.values()]).as_dict(private=False)
        given = self._token(form)
        return (200, given) if given else (400, {"error": "invalid_grant"})

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        provider = self
        basic = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._send(*provider._answer(self.path, {}))

            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                parsed = parse_qs(self.rfile.read(length).decode())
                form = {name: each[0] for name, each in parsed.items()}
                if self.headers["authorization"] != f"Basic {basic}":
                    self._send(401, {"error": "invalid_client"})
                else:
                    self._send(*provider._answer(self.path, form))

            def _send(self, status: int, document: object) -> None:
                body = json.dumps(document).encode()
                self.send_response(status)
                self.send_header("content-length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_request(self, *_: object) -> None:
                """Say nothing."""

        return Handler
