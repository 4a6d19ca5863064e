import asyncio
import time

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.requests import Request
from starlette.types import Message

from foedus.errors import InvalidInputError, TooLargeError, UnsupportedMediaError
from foedus.hub import Hub
from foedus.web import visitors

FORM = (b"content-type", b"application/x-www-form-urlencoded")


def _request(
    body: bytes = b"", *, client: str = "127.0.0.1", host: str = "127.0.0.1:8440"
) -> Request:
    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    scope = {
        "type": "http",
        "method": "POST",
        "path": "/",
        "query_string": b"",
        "scheme": "http",
        "server": ("127.0.0.1", 8440),
        "client": (client, 1),
        "headers": [(b"host", host.encode()), FORM],
    }
    return Request(scope, receive)


async def test_of_a_field_given_twice_the_last_counts() -> None:
    form = await visitors.read_form(_request(b"a=1&b=%C3%A9+x&a=2"))

    assert form == {"a": "2", "b": "é x"}


async def test_a_form_has_as_many_fields_as_the_limit() -> None:
    body = b"&".join(b"a%d=1" % n for n in range(visitors.FIELDS_MAX))

    assert len(await visitors.read_form(_request(body))) == visitors.FIELDS_MAX


async def test_what_is_not_sent_as_a_form_is_refused() -> None:
    request = _request(b"a=1")
    request.scope["headers"] = [(b"content-type", b"text/plain")]

    with pytest.raises(UnsupportedMediaError, match="send the form from its page"):
        await visitors.read_form(request)


async def test_a_form_whose_connection_ends_is_refused() -> None:
    async def receive() -> Message:
        return {"type": "http.disconnect"}

    request = Request(_request().scope, receive)

    with pytest.raises(InvalidInputError, match="ended before the form"):
        await visitors.read_form(request)


async def test_a_form_that_does_not_arrive_is_not_waited_for_without_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def receive() -> Message:
        await asyncio.sleep(60)
        raise AssertionError("nobody waits so long")

    told = time.monotonic
    request = Request(_request().scope, receive)
    waiting = asyncio.ensure_future(visitors.read_form(request))
    await asyncio.sleep(0)
    later = visitors.FORM_WAIT_S + 1
    monkeypatch.setattr(time, "monotonic", lambda: told() + later)

    with pytest.raises(InvalidInputError, match="did not arrive within"):
        await waiting


@pytest.mark.parametrize("body", [b"a=%FF", b"\xff", b"&".join([b"a=1"] * 21)])
async def test_what_is_no_form_of_ours_is_refused(body: bytes) -> None:
    with pytest.raises(InvalidInputError):
        await visitors.read_form(_request(body))


async def test_a_form_may_be_as_long_as_the_limit() -> None:
    body = b"a=" + b"x" * (visitors.FORM_BYTES_MAX - 2)

    assert len((await visitors.read_form(_request(body)))["a"]) == len(body) - 2


async def test_a_longer_form_is_refused() -> None:
    with pytest.raises(TooLargeError):
        await visitors.read_form(_request(b"a=" + b"x" * visitors.FORM_BYTES_MAX))


@given(st.text())
def test_a_path_to_go_on_to_never_leads_off_the_hub(text: str) -> None:
    path = visitors.local_path(text, "/home")

    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert path.isascii(), "it goes into a header"


@pytest.mark.parametrize("text", ["//[", "/\u20ac"])
def test_what_is_no_address_leads_home(text: str) -> None:
    assert visitors.local_path(text, "/home") == "/home"


@pytest.mark.parametrize("host", ["127.0.0.1:8440", "localhost:8440", "[::1]:8440"])
def test_a_request_of_this_machine_is_known(host: str) -> None:
    assert visitors.is_on_this_machine(_request(host=host))


def test_a_request_from_elsewhere_is_known() -> None:
    assert not visitors.is_on_this_machine(_request(client="192.0.2.7"))


def test_a_name_that_was_made_to_point_here_does_not_pass() -> None:
    assert not visitors.is_on_this_machine(_request(host="evil.example:8440"))


@pytest.mark.parametrize("name", [b"x-forwarded-for", b"x-forwarded-host", b"via"])
def test_what_a_proxy_passes_on_is_not_of_this_machine(name: bytes) -> None:
    request = _request()
    request.scope["headers"].append((name, b"192.0.2.7"))

    assert not visitors.is_on_this_machine(request)


def test_cookies_are_bound_to_https_where_the_hub_is(hub: Hub) -> None:
    secure = msgspec.structs.replace(hub, public_url="https://hub.example")

    assert visitors.is_secure(secure)
    assert visitors.session_cookie(secure) == "__Host-foedus-session"
    assert visitors.form_cookie(secure) == "__Host-foedus-form"


def test_the_settings_decide_about_cookies_where_they_say_so(hub: Hub) -> None:
    web = msgspec.structs.replace(hub.settings.web, secure_cookies=True)
    settings = msgspec.structs.replace(hub.settings, web=web)

    assert visitors.is_secure(msgspec.structs.replace(hub, settings=settings))


async def test_a_session_that_is_unknown_is_nobodys(hub: Hub) -> None:
    request = _request()
    request.cookies["foedus-session"] = "unknown"

    assert visitors.find_session(hub, request) is None
