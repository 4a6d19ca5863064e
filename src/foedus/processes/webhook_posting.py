"""Posting one message to a receiver outside: pinned, bounded, and told in few words.

- The connection goes to an address that was judged, with the receiver's name in the
  TLS handshake and in `Host`; see `webhook_addresses`.
- Redirects are not followed, proxies of the environment are not asked, and of the
  answer only the status and one header are read.
- What is told of a failure is one of a few sentences. None repeats what a receiver
  answered: an error page may hold anything.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterable
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Final

import msgspec

from foedus import __version__
from foedus.errors import InvalidInputError, RuleViolationError
from foedus.processes.webhook_addresses import (
    Address,
    Policy,
    Resolve,
    Target,
    judged_addresses,
    read_url,
)

if TYPE_CHECKING:
    import httpx

TIMEOUT_S: Final = 15.0
"""Seconds for everything, from the name to the status. Less than a lease lasts."""

CONNECT_S: Final = 5.0
"""Seconds for a connection to one address."""

MEDIA_TYPE: Final = "application/json"

_TIMED_OUT: Final = f"it did not answer within {TIMEOUT_S:.0f} seconds"
_NO_NAME: Final = "its name is not known"
_NO_CONNECTION: Final = "no connection came about"
_NO_TRUST: Final = "its certificate is not valid for its name, or not known here"
_NO_HTTP: Final = "it did not answer in HTTP"
_REDIRECTED: Final = "it answered with a redirect, which is not followed"


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of a message.

    Attributes:
        status: of the answer; 0 where there was none.
        failure: why it was not taken, for its owner; empty where it was.
        retry_after_s: seconds that the receiver asked for; 0 for none.
    """

    status: int = 0
    failure: str = ""
    retry_after_s: float = 0.0


async def by_system(host: str, port: int) -> Iterable[str]:
    """Resolve a name as this machine does."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return dict.fromkeys(str(place[0]) for *_, place in found)


class Poster:
    """Posts messages, each on a connection of its own.

    Args:
        policy: where to.
        authorities: a file of certificates (PEM) that are trusted beside those that
            the machine trusts; None for none.
        resolve: gives the addresses of a name.
    """

    def __init__(
        self, policy: Policy, authorities: Path | None, resolve: Resolve = by_system
    ) -> None:
        self._policy = policy
        self._authorities = authorities
        self._resolve = resolve
        self._trusted: ssl.SSLContext | None = None

    async def post(self, url: str, body: bytes, headers: dict[str, str]) -> Answer:
        """Post a message, and tell what became of it; never fails for the receiver."""
        try:
            async with asyncio.timeout(TIMEOUT_S):
                target = read_url(url, self._policy)
                addresses = await judged_addresses(target, self._policy, self._resolve)
                return await self._to_any(target, addresses, body, headers)
        except (InvalidInputError, RuleViolationError) as error:
            return Answer(failure=error.detail)
        except TimeoutError:
            return Answer(failure=_TIMED_OUT)
        except (OSError, UnicodeError):  # a name that cannot be one is none, too
            return Answer(failure=_NO_NAME)

    async def _to_any(
        self,
        target: Target,
        addresses: list[Address],
        body: bytes,
        headers: dict[str, str],
    ) -> Answer:
        """Post to the first address that lets us in."""
        import httpx  # noqa: PLC0415 - takes longer than most commands run

        answer = Answer(failure=_NO_CONNECTION)
        times = httpx.Timeout(TIMEOUT_S, connect=CONNECT_S)
        async with httpx.AsyncClient(
            verify=self._trust(), trust_env=False, timeout=times
        ) as client:
            for address in addresses:
                request = _request(client, target, address, body, headers)
                try:
                    response = await client.send(request, stream=True)
                except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                    answer = Answer(failure=_why(error))
                except httpx.TimeoutException:
                    return Answer(failure=_TIMED_OUT)
                except (httpx.HTTPError, httpx.InvalidURL):
                    return Answer(failure=_NO_HTTP)
                else:
                    await response.aclose()  # what else it says is not read
                    return _answer(response)
        return answer

    def _trust(self) -> ssl.SSLContext:
        """Read, once, whose certificates are trusted."""
        if self._trusted is None:
            trusted = ssl.create_default_context()
            try:
                if self._authorities is not None:
                    trusted.load_verify_locations(self._authorities)
            except (OSError, ssl.SSLError) as error:
                raise InvalidInputError(
                    "the file that the setting webhooks.authorities names holds no "
                    "certificates in PEM; tell the operator"
                ) from error
            self._trusted = trusted
        return self._trusted


def _request(
    client: "httpx.AsyncClient",
    target: Target,
    address: Address,
    body: bytes,
    headers: dict[str, str],
) -> "httpx.Request":
    return client.build_request(
        "POST",
        target.at(address),
        content=body,
        headers={
            "Host": target.authority,
            "User-Agent": f"Foedus/{__version__}",
            "Accept": "*/*",
            "Accept-Encoding": "identity",
            "Content-Type": MEDIA_TYPE,
            **headers,
        },
        extensions={"sni_hostname": target.host},
    )


def _answer(response: "httpx.Response") -> Answer:
    status = response.status_code
    if response.is_success:
        return Answer(status=status)
    if response.is_redirect:
        return Answer(status=status, failure=_REDIRECTED)
    known = {each.value for each in HTTPStatus}
    words = HTTPStatus(status).phrase if status in known else ""
    asked = response.headers.get("retry-after", "")
    return Answer(
        status=status,
        failure=f"it answered {status} {words}".rstrip(),
        retry_after_s=float(asked) if asked.isdecimal() and asked.isascii() else 0.0,
    )


def _why(error: "httpx.HTTPError") -> str:
    """Tell a certificate that is not trusted from a host that is not there."""
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return _NO_TRUST
        cause = cause.__cause__ or cause.__context__
    return _NO_CONNECTION
