"""Sending one message to a receiver outside: pinned, bounded, and told in few words.

- The connection goes to an address that was judged, with the receiver's name in the
  TLS handshake and in `Host`; see `webhook_addresses`.
- Redirects are not followed, proxies of the environment are not asked, and of the
  answer no more is read than whoever sends asked for: of webhooks, status and a header.
- What is told of a failure is one of a few sentences. None repeats what a receiver
  answered: an error page may hold anything.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterable
from functools import cache
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

_TIMED_OUT: Final = "it did not answer within {:.0f} seconds"
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
        unsure: the message may have arrived all the same.
        body: what was read of the answer; None where that could not be read.
    """

    status: int = 0
    failure: str = ""
    retry_after_s: float = 0.0
    unsure: bool = False
    body: bytes | None = b""


class Parcel(msgspec.Struct, frozen=True, kw_only=True):
    """A message to be sent.

    Attributes:
        timeout_s: seconds for everything, from the name to the answer.
        read_max: bytes of the answer that are read; 0 for none.
    """

    url: str
    method: str = "POST"
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    timeout_s: float = TIMEOUT_S
    read_max: int = 0


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
        """Post a message of JSON, and tell what became of it."""
        given = (("Content-Type", MEDIA_TYPE), *headers.items())
        return await self.send(
            Parcel(url=url, headers=given, body=body, timeout_s=TIMEOUT_S)
        )

    async def send(self, parcel: Parcel) -> Answer:
        """Send a message, and tell what became of it; never fails for the receiver."""
        late = _TIMED_OUT.format(parcel.timeout_s)
        connected: list[Address] = []
        try:
            async with asyncio.timeout(parcel.timeout_s):
                target = read_url(parcel.url, self._policy)
                addresses = await judged_addresses(target, self._policy, self._resolve)
                return await self._to_any(target, addresses, parcel, connected)
        except (InvalidInputError, RuleViolationError) as error:
            return Answer(failure=error.detail)
        except TimeoutError:
            return Answer(failure=late, unsure=bool(connected))
        except (OSError, UnicodeError):  # a name that cannot be one is none, too
            return Answer(failure=_NO_NAME)

    async def _to_any(
        self,
        target: Target,
        addresses: list[Address],
        parcel: Parcel,
        tried: list[Address],
    ) -> Answer:
        """Send to the first address that lets us in.

        Args:
            target: where to.
            addresses: of it, judged.
            parcel: the message.
            tried: is given the address to which a message may be under way.
        """
        import httpx  # noqa: PLC0415 - takes longer than most commands run

        answer = Answer(failure=_NO_CONNECTION)
        connect_s = min(CONNECT_S, parcel.timeout_s / 2)
        times = httpx.Timeout(parcel.timeout_s, connect=connect_s)
        async with httpx.AsyncClient(
            verify=self._trust(), trust_env=False, timeout=times
        ) as client:
            for address in addresses:
                request = _request(client, target, address, parcel)
                tried[:] = [address]
                try:
                    response = await client.send(request, stream=True)
                except (httpx.ConnectError, httpx.ConnectTimeout) as error:
                    tried.clear()
                    answer = Answer(failure=_why(error))
                except httpx.TimeoutException:
                    late = _TIMED_OUT.format(parcel.timeout_s)
                    return Answer(failure=late, unsure=True)
                except (httpx.HTTPError, httpx.InvalidURL):
                    return Answer(failure=_NO_HTTP, unsure=True)
                else:
                    body = await _read(response, parcel.read_max)
                    await response.aclose()  # what else it says is not read
                    return _answer(response, body)
        return answer

    def _trust(self) -> ssl.SSLContext:
        """Read, once, whose certificates are trusted."""
        if self._trusted is None:
            trusted = _trusted_here()
            try:
                if self._authorities is not None:
                    trusted = ssl.create_default_context()
                    trusted.load_verify_locations(self._authorities)
            except (OSError, ssl.SSLError) as error:
                raise InvalidInputError(
                    f"the file that the setting {self._policy.setting}.authorities "
                    "names holds no certificates in PEM; tell the operator"
                ) from error
            self._trusted = trusted
        return self._trusted


@cache
def _trusted_here() -> ssl.SSLContext:
    """Read, once, whose certificates the machine trusts; it takes a while."""
    return ssl.create_default_context()


def _request(
    client: "httpx.AsyncClient", target: Target, address: Address, parcel: Parcel
) -> "httpx.Request":
    return client.build_request(
        parcel.method,
        target.at(address),
        content=parcel.body,
        headers=[
            ("Host", target.authority),
            ("User-Agent", f"Foedus/{__version__}"),
            ("Accept", "*/*"),
            ("Accept-Encoding", "identity"),
            *parcel.headers,
        ],
        extensions={"sni_hostname": target.host},
    )


async def _read(response: "httpx.Response", most: int) -> bytes | None:
    """Read an answer that is no longer than it may be; None where that fails."""
    import httpx  # noqa: PLC0415 - as above

    read = bytearray()
    if most:
        try:
            async for part in response.aiter_raw():
                read += part
                if len(read) > most:
                    return None
        except (httpx.HTTPError, TimeoutError):
            return None
    return bytes(read)


def _answer(response: "httpx.Response", body: bytes | None) -> Answer:
    status = response.status_code
    if response.is_success:
        return Answer(status=status, body=body)
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
