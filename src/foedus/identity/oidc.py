"""Signing in by a provider of the nation's or the alliance's own: OpenID Connect.

- The code flow with PKCE; what comes back is believed only with a right signature of
  the provider's keys, for this hub, for this attempt, and fresh.
- A provider tells who somebody is *there*. Whose account that is here, an operator has
  said before: no name or address that a provider claims opens an account.
- A provider that did not answer is not asked again for `RETRY`, and of several visitors
  one asks for what all need.
- Whether two factors were shown is said by the provider (`amr`), or by the setting that
  it always asks for two.

Source: OpenID Connect Core 1.0, sections 3.1.2 and 3.1.3; RFC 7636; RFC 9700.
"""

import asyncio
import base64
import hashlib
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode, urlsplit

import httpx
import msgspec
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from foedus.errors import ForbiddenError, InvalidInputError, UnavailableError
from foedus.identity.attempts import Attempt, Known, check_address
from foedus.settings import Oidc

ALGORITHMS: Final = ("RS256", "PS256", "ES256", "ES384", "Ed25519", "EdDSA")
"""Signatures that are believed; none that rests on a shared secret, and not `none`."""

FRESH: Final = timedelta(minutes=10)
"""How old an ID token may be, and by how much the clocks may differ."""

KEEP: Final = timedelta(hours=1)
"""How long what a provider says of itself is kept, keys included."""

RETRY: Final = timedelta(seconds=5)
"""How long a provider that did not answer is left alone."""

TIMEOUT_S: Final = 10.0
ANSWER_BYTES_MAX: Final = 262_144
"""Bytes of an answer of the provider: metadata and keys take a few thousand."""

TWO_FACTORS_AMR: Final = "mfa"
"""What `amr` says where two factors were shown. Source: RFC 8176, section 2."""

_REFUSED = "the provider's answer proves nothing; sign in there once more"

Now = Callable[[], datetime]


class Metadata(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider says of itself.

    Source: OpenID Connect Discovery 1.0, section 3.
    """

    issuer: str
    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """What a provider gives for a code; the rest is not used."""

    id_token: str


class Provider:
    """The provider that the settings name.

    Args:
        settings: who it is, and who we are there.
        redirect: where it sends people back to.
        now: the clock.
        secret: of this hub at the provider; None where it has none.
    """

    def __init__(
        self, settings: Oidc, *, redirect: str, now: Now, secret: str | None
    ) -> None:
        self._settings = settings
        self._redirect = redirect
        self._now = now
        self._secret = secret
        self._metadata: tuple[datetime, Metadata, KeySet] | None = None
        self._failed: tuple[datetime, str] | None = None
        self._asking = asyncio.Lock()
        # Its certificates take 30 ms to read, so it is made once; no connection is
        # kept, so that nothing has to be closed.
        self._client = httpx.AsyncClient(
            timeout=TIMEOUT_S,
            trust_env=False,
            limits=httpx.Limits(max_keepalive_connections=0),
        )

    async def begin(self, onward: str) -> tuple[str, Attempt]:
        """Begin an attempt: where to send the browser, and what it has to carry.

        Raises:
            UnavailableError: the provider does not answer.
        """
        metadata, _ = await self._known()
        attempt = Attempt(
            state=secrets.token_urlsafe(24),
            nonce=secrets.token_urlsafe(24),
            verifier=secrets.token_urlsafe(48),
            onward=onward,
        )
        challenge = hashlib.sha256(attempt.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self._settings.client_id or "",
            "redirect_uri": self._redirect,
            "scope": "openid",
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).decode().rstrip("="),
            "code_challenge_method": "S256",
        }
        mark = "&" if urlsplit(metadata.authorization_endpoint).query else "?"
        return f"{metadata.authorization_endpoint}{mark}{urlencode(query)}", attempt

    async def finish(self, attempt: Attempt, state: str, code: str) -> Known:
        """Learn who came back.

        Args:
            attempt: as it was begun.
            state: from the address.
            code: from the address.

        Raises:
            ForbiddenError: the answer is of another attempt, or proves nothing.
            UnavailableError: the provider does not answer.
        """
        if not secrets.compare_digest(state.encode(), attempt.state.encode()):
            raise ForbiddenError(_REFUSED)
        metadata, _ = await self._known()
        given = await self._exchange(metadata, code, attempt.verifier)
        try:
            id_token = msgspec.json.decode(given, type=Tokens).id_token
        except msgspec.DecodeError as error:
            raise ForbiddenError(_REFUSED) from error
        return self._read(await self._verified(id_token), attempt)

    async def _exchange(self, metadata: Metadata, code: str, verifier: str) -> bytes:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect,
            "client_id": self._settings.client_id or "",
            "code_verifier": verifier,
        }
        auth = None
        if self._secret is not None:
            methods = metadata.token_endpoint_auth_methods_supported
            if "client_secret_basic" in methods:
                auth = httpx.BasicAuth(self._settings.client_id or "", self._secret)
            else:
                form["client_secret"] = self._secret
        return await self._ask("POST", metadata.token_endpoint, data=form, auth=auth)

    async def _verified(self, id_token: str) -> dict[str, Any]:
        """Check a signature; with keys fetched anew if the first ones do not fit."""
        keys = None
        for _ in range(2):
            _, keys = await self._known(other_than=keys)
            try:
                return dict(jwt.decode(id_token, keys, algorithms=[*ALGORITHMS]).claims)
            except (JoseError, ValueError) as error:
                failure = error
        raise ForbiddenError(_REFUSED) from failure

    def _read(self, claims: dict[str, Any], attempt: Attempt) -> Known:
        """Check what an ID token says. Source: Core, section 3.1.3.7."""
        client = self._settings.client_id
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        now = self._now().timestamp()
        leeway = FRESH.total_seconds()
        subject, nonce = claims.get("sub"), claims.get("nonce")
        fits = (
            claims.get("iss") == self._settings.issuer
            and client in audiences
            and (len(audiences) == 1 or claims.get("azp") == client)
            and _number(claims.get("exp")) > now
            and abs(now - _number(claims.get("iat"))) <= leeway
            and isinstance(nonce, str)
            and secrets.compare_digest(nonce.encode(), attempt.nonce.encode())
            and isinstance(subject, str)
            and bool(subject)
        )
        if not fits:
            raise ForbiddenError(_REFUSED)
        methods = claims.get("amr")
        return Known(
            issuer=str(self._settings.issuer),
            subject=str(subject),
            two_factors=self._settings.two_factors
            or (isinstance(methods, list) and TWO_FACTORS_AMR in methods),
        )

    async def _known(
        self, *, other_than: KeySet | None = None
    ) -> tuple[Metadata, KeySet]:
        """Give what the provider says of itself, kept for an hour.

        Args:
            other_than: keys that did not fit.

        Raises:
            UnavailableError: it does not answer, or did not a moment ago.
        """
        async with self._asking:
            now, kept, failed = self._now(), self._metadata, self._failed
            if kept and kept[0] + KEEP > now and kept[2] is not other_than:
                return kept[1], kept[2]
            if failed and failed[0] + RETRY > now:
                raise UnavailableError(failed[1])
            try:
                metadata, keys = await self._asked()
            except UnavailableError as error:
                self._failed = (now, error.detail)
                raise
            self._metadata = (now, metadata, keys)
            return metadata, keys

    async def _asked(self) -> tuple[Metadata, KeySet]:
        """Ask the provider what it says of itself."""
        issuer = str(self._settings.issuer)
        place = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
        try:
            metadata = msgspec.json.decode(await self._ask("GET", place), type=Metadata)
            if metadata.issuer != issuer:
                raise UnavailableError("the OIDC provider says that it is another")
            for each in (metadata.token_endpoint, metadata.jwks_uri):
                check_address(each)
            keys = KeySet.import_key_set(
                msgspec.json.decode(await self._ask("GET", metadata.jwks_uri))
            )
        except (msgspec.DecodeError, JoseError, ValueError, InvalidInputError) as error:
            raise UnavailableError(
                "the OIDC provider answers what cannot be read; ask its operators"
            ) from error
        return metadata, keys

    async def _ask(
        self,
        method: str,
        url: str,
        *,
        data: dict[str, str] | None = None,
        auth: httpx.Auth | None = None,
    ) -> bytes:
        """Ask the provider; redirects are not followed.

        Raises:
            ForbiddenError: it refuses a code.
            UnavailableError: it does not answer, or too much.
        """
        body = b""
        try:
            async with self._client.stream(method, url, data=data, auth=auth) as answer:
                async for chunk in answer.aiter_bytes():
                    body += chunk
                    if len(body) > ANSWER_BYTES_MAX:
                        raise UnavailableError("the OIDC provider answers too much")
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise UnavailableError(
                "the OIDC provider does not answer; sign in another way"
            ) from error
        if answer.is_client_error and method == "POST":
            raise ForbiddenError(_REFUSED)
        if not answer.is_success:
            raise UnavailableError("the OIDC provider does not answer; try again")
        return body


def _number(claim: object) -> float:
    return float(claim) if isinstance(claim, int | float) else float("-inf")
