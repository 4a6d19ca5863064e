import pytest
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from foedus.errors import InvalidInputError
from foedus.identity.certificates import CERTIFICATE
from foedus.proxies import TrustedProxies
from foedus.settings import Settings, SignIn


async def tell_client(scope: Scope, receive: Receive, send: Send) -> None:
    request = Request(scope)
    assert request.client is not None
    await PlainTextResponse(request.client.host)(scope, receive, send)


async def client_seen(peer: str, *forwarded: bytes) -> str:
    sent: list[bytes] = []

    async def send(message: dict[str, object]) -> None:
        if message["type"] == "http.response.body":
            body = message["body"]
            assert isinstance(body, bytes)
            sent.append(body)

    async def receive() -> dict[str, object]:
        return {"type": "http.request"}

    scope = {
        "type": "http",
        "method": "GET",
        "path": "/",
        "query_string": b"",
        "headers": [(b"x-forwarded-for", value) for value in forwarded],
        "client": (peer, 50000),
    }
    app = TrustedProxies(
        tell_client,
        Settings(trusted_proxies=("10.0.0.1", "10.0.0.2", "10.1.0.0/16")),
    )
    await app(scope, receive, send)  # type: ignore[arg-type]
    return b"".join(sent).decode()


async def test_a_stranger_cannot_say_who_it_is() -> None:
    assert await client_seen("192.0.2.7", b"198.51.100.1") == "192.0.2.7"


@pytest.mark.parametrize(
    ("forwarded", "client"),
    [
        ((b"198.51.100.1",), "198.51.100.1"),
        ((b"203.0.113.9, 198.51.100.1",), "198.51.100.1"),
        ((b"198.51.100.1, 10.0.0.2",), "198.51.100.1"),
        ((b"203.0.113.9", b"198.51.100.1"), "198.51.100.1"),
        ((), "10.0.0.1"),
        ((b"10.0.0.2",), "10.0.0.1"),
        ((b"",), "10.0.0.1"),
        ((b"unknown",), "10.0.0.1"),
        ((b"198.51.100.1, <script>",), "10.0.0.1"),
        ((b"198.51.100.1:4711",), "198.51.100.1"),
        ((b"[2001:db8::1]:4711",), "2001:db8::1"),
        ((b"2001:DB8:0::1",), "2001:db8::1"),
        ((b"::ffff:198.51.100.1",), "198.51.100.1"),
        ((b"198.51.100.1, 10.1.2.3",), "198.51.100.1"),
    ],
)
async def test_a_trusted_proxy_tells_the_last_address_that_is_no_proxy(
    forwarded: tuple[bytes, ...], client: str
) -> None:
    assert await client_seen("10.0.0.1", *forwarded) == client


@pytest.mark.parametrize("wrong", ["proxy.example", "10.0.0.1/8", ""])
def test_what_is_no_address_is_no_proxy(wrong: str) -> None:
    with pytest.raises(InvalidInputError, match="trusted_proxies"):
        TrustedProxies(tell_client, Settings(trusted_proxies=(wrong,)))


async def certificate_seen(
    peer: str, *headers: tuple[bytes, bytes], settings: Settings | None = None
) -> bytes | None:
    seen: list[bytes | None] = []

    async def look(scope: Scope, receive: Receive, send: Send) -> None:
        del receive, send
        seen.append(scope.get(CERTIFICATE))

    scope = {"type": "http", "headers": list(headers), "client": (peer, 50000)}
    app = TrustedProxies(look, settings or BEHIND_A_PROXY)
    await app(scope, None, None)  # type: ignore[arg-type]
    return seen[0]


BEHIND_A_PROXY = Settings(
    trusted_proxies=("10.0.0.1",), sign_in=SignIn(certificate_header="Client-Cert")
)
CARD = (b"client-cert", b":Y2FyZA==:")


@pytest.mark.parametrize(
    ("peer", "headers", "certificate"),
    [
        ("10.0.0.1", [CARD], b"card"),
        ("192.0.2.7", [CARD], None),
        ("10.0.0.1", [CARD, CARD], None),
        ("10.0.0.1", [(b"client-cert", b"?")], None),
        ("10.0.0.1", [], None),
    ],
)
async def test_only_a_trusted_proxy_vouches_for_a_certificate(
    peer: str, headers: list[tuple[bytes, bytes]], certificate: bytes | None
) -> None:
    assert await certificate_seen(peer, *headers) == certificate


def _behind(trusted: str, *vouching: str) -> Settings:
    header = SignIn(certificate_header="Client-Cert", certificate_proxies=vouching)
    return Settings(trusted_proxies=(trusted,), sign_in=header)


@pytest.mark.parametrize(
    ("settings", "peer", "certificate"),
    [
        (_behind("10.0.0.0/8"), "10.9.9.9", None),
        (_behind("10.0.0.0/28"), "10.0.0.7", b"card"),
        (_behind("10.0.0.0/8", "10.0.0.1"), "10.9.9.9", None),
        (_behind("10.0.0.0/8", "10.0.0.1"), "10.0.0.1", b"card"),
        (_behind("10.0.0.1", "10.0.0.2"), "10.0.0.1", None),
        (_behind("10.0.0.1", "10.0.0.2"), "10.0.0.2", b"card"),
        (_behind("2001:db8::/64"), "2001:db8::7", None),
    ],
)
async def test_a_machine_in_a_trusted_network_cannot_make_up_a_certificate(
    settings: Settings, peer: str, certificate: bytes | None
) -> None:
    assert await certificate_seen(peer, CARD, settings=settings) == certificate


def test_a_wide_network_is_refused_where_certificates_are_vouched_for() -> None:
    with pytest.raises(InvalidInputError, match="could sign in as anybody"):
        TrustedProxies(tell_client, _behind("10.0.0.1", "10.0.0.0/27"))
