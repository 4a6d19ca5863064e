"""Hostile requests to the web pages: forms, parameters, cookies and addresses.

No answer is a failure; a refusal is a page that says what to do; and a form that does
not carry the token of its session changes nothing.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.ids import Position
from tests.api import world
from tests.fuzz.hostile import TIMES
from tests.fuzz.house import Headers, House, Request, house
from tests.fuzz.refusals import check_page

MANY = settings(max_examples=max(120, settings().max_examples))
RUNS = ("hundreds", pytest.param("thousands", marks=pytest.mark.soak))

ACCOUNTS = ("chief", "desk", "pol", "fin")
FORM = b"application/x-www-form-urlencoded"
COOKIE = "__Host-foedus-session"
STREAMS = ("/worlds/events",)
"""Not asked: a stream has no end to wait for."""

FIELDS = (
    "to", "label", "since", "from-now-on", "include-controlled", "ask", "reason",
    "known", "change", "name", "password", "next", "versions", "seat", "domain",
    "form-token", "x", "",
)  # fmt: skip

VALUES = (
    "", "POL", "MDA, UKR", "MEMBERS", "ATLANTIS", "NATO UNCLASSIFIED // REL TO NATO",
    "TLP:RED", "last", "all", "2026-11-23", "0001-01-01", "9999-12-31", "2026-W47-1",
    "20261123", "9" * 5_000, "-1", "\u0661", "x" * 4_096, "x" * 4_097, "\0", "\r\n",
    "\u202e", "<script>alert(1)</script>", "{{7*7}}", "//[", "//evil.example", "/\\x",
    "/home", "https://evil.example", "javascript:alert(1)", "/%0d%0aset-cookie:x=y",
    "www.evil.example", "pol", "correct horse battery", ",".join(["POL"] * 1_000),
    *(each for each in TIMES if isinstance(each, str)),
)  # fmt: skip

PARTS = (
    "open", "members", "OPEN", "nothing", "..", "%2e%2e", "%00", "%ff", "a" * 5_000,
    world.OPEN, world.FINLAND, "indicator--00000000-0000-4000-8000-000000000000",
    "indicator--00000000-0000-4000-8000-000000000001", "indicator--", "%F0%9F%94%A5",
    "release--00000000-0000-4000-8000-000000000000", "foedus.css", "'", "<b>",
)  # fmt: skip

FILLED_IN: tuple[dict[str, str], ...] = (
    {},
    {
        "to": "MDA",
        "label": "NATO UNCLASSIFIED // REL TO NATO",
        "since": "2026-11-01",
        "reason": "so that they know",
        "known": "0",
    },
    {"reason": "a slip", "versions": "all"},
    {"name": "pol", "password": "wrong", "next": "/home"},
    {"seat": "pol", "domain": "evil.example", "label": "TLP:CLEAR"},
)

BODIES: tuple[bytes, ...] = (
    b"",
    b"\xff\xfe",
    b"%ff=%ff",
    b"=&=&=",
    b"&" * 1_000,
    b"a=1&" * 20,
    b"a=1&" * 21,
    b"a=" + b"x" * 16_382,
    b"a=" + b"x" * 16_383,
    b'{"to": "POL"}',
    b"--x\r\nContent-Disposition: form-data; name=to\r\n\r\nPOL\r\n--x--\r\n",
)

KINDS_OF_BODY = (
    b"",
    b"text/plain",
    b"application/json",
    b"multipart/form-data; boundary=x",
    b"application/x-www-form-urlencoded; charset=utf-16",
    b"\xff",
)

HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"accept", b"application/json"),
    (b"accept", b"\xff"),
    (b"host", b"["),
    (b"host", b""),
    (b"host", b"evil.example"),
    (b"cookie", b"\xff\xfe"),
    (b"cookie", COOKIE.encode() + b"=x"),
    (b"cookie", COOKIE.encode() + b"=\xff"),
    (b"cookie", b";" * 1_000),
    (b"cookie", b"__Host-foedus-form=" + b"x" * 4_000),
    (b"authorization", b"Basic \xff"),
    (b"origin", b"https://evil.example"),
    (b"referer", b"\xff"),
    (b"if-none-match", b"\xff"),
    (b"x-forwarded-for", b"127.0.0.1"),
    (b"last-event-id", b"\xff"),
)


class Visitor(msgspec.Struct, frozen=True):
    """A browser that is signed in."""

    cookie: str
    token: str

    def headers(self) -> Headers:
        return ((b"cookie", f"{COOKIE}={self.cookie}".encode()),)


@pytest.fixture(scope="module", params=RUNS)
def hub(api_world: world.World) -> Iterator[House]:
    with house(api_world.folder, dict(api_world.tokens), at=world.NOON) as found:
        pol = found.hub.authenticator.named("pol")
        for number in range(3):
            found.wait(world.publish(found.hub, pol, "open", number))
        found.hub.store.set_setting("demo.seats", '["pol","fin","mda"]')
        yield found


def visitor(hub: House, name: str) -> Visitor:
    """Sign somebody in."""
    who = hub.hub.authenticator
    cookie = who.start_session(who.named(name)).reveal()
    return Visitor(cookie, who.csrf_token(who.session(cookie)))


def mostly(usual: object, *odd: object, one_in: int = 10) -> st.SearchStrategy[Any]:
    return st.integers(1, one_in).flatmap(
        lambda dice: st.sampled_from(odd) if dice == one_in else st.just(usual)
    )


def places(hub: House, method: str) -> list[str]:
    """List the addresses that answer a method."""
    return sorted(
        path
        for path, methods in hub.served("/").items()
        if method in methods and not path.startswith(("/taxii2", "/api", "/health"))
        if path not in STREAMS
    )


def address(path: str) -> st.SearchStrategy[bytes]:
    """Give an address of that form."""
    before, brace, behind = path.partition("{")
    if not brace:
        return mostly(path.encode(), path.encode() + b"/", b"/\xff%ff", one_in=20)
    behind = behind.partition("}")[2]
    return st.sampled_from(PARTS).map(lambda part: f"{before}{part}{behind}".encode())


QUERIES = st.lists(
    st.tuples(
        st.sampled_from(("next", "after", "done", "v", "published", "x")),
        st.sampled_from(VALUES),
    ),
    max_size=2,
).map(lambda pairs: urlencode(pairs, errors="surrogatepass").encode())


@st.composite
def requests(draw: st.DrawFn, hub: House, method: str, who: Visitor) -> Request:
    """Give a request to a page, or of a form of one."""
    path = draw(st.sampled_from(places(hub, method)))
    odd = st.dictionaries(st.sampled_from(FIELDS), st.sampled_from(VALUES), max_size=4)
    fields = {**draw(st.sampled_from(FILLED_IN)), **draw(odd)}
    token = draw(mostly(who.token, None, "", "x", "\u00e9", who.token[:-1]))
    if token is not None:
        fields["form-token"] = token
    cookies = draw(mostly(who.headers(), ()))
    return Request(
        method=draw(mostly(method, "HEAD", "PUT", "DELETE", "X", one_in=30)),
        path=draw(address(path)),
        query=draw(st.one_of(QUERIES, st.just(b""), st.just(b"%ff&=&%"))),
        headers=(
            *cookies,
            *draw(mostly((), *((each,) for each in HEADERS), one_in=4)),
            (b"content-type", draw(mostly(FORM, *KINDS_OF_BODY))),
            *draw(mostly((), ((b"accept", b"text/html"),), one_in=2)),
        ),
        body=draw(mostly(urlencode(fields).encode(), *BODIES))
        if method == "POST"
        else b"",
        address=draw(mostly("192.0.2.1", "127.0.0.1", one_in=3)),
    )


@MANY
@given(data=st.data())
def test_no_page_is_a_failure(hub: House, data: st.DataObject) -> None:
    who = visitor(hub, data.draw(st.sampled_from(ACCOUNTS)))
    request = data.draw(requests(hub, "GET", who))
    head = hub.hub.log.head()

    check_page(request, hub.ask(request))

    assert not done_since(hub, head), request


@MANY
@given(data=st.data())
def test_no_form_is_a_failure_and_one_without_its_token_changes_nothing(
    hub: House, data: st.DataObject
) -> None:
    who = visitor(hub, data.draw(st.sampled_from(ACCOUNTS)))
    request = data.draw(requests(hub, "POST", who))
    head = hub.hub.log.head()

    reply = hub.ask(request)

    check_page(request, reply)
    proved = who.token.encode() in request.body and who.headers()[0] in request.headers
    if not proved and request.path != b"/worlds":
        assert not done_since(hub, head), request


def done_since(hub: House, head: Position) -> list[str]:
    """Give the kinds of what has happened since, but for the hub's own heartbeats."""
    recorded = hub.hub.log.read_after(head, 10)
    return [each.kind for each in recorded if each.who.door != "process"]


@pytest.mark.parametrize("header", HEADERS)
@pytest.mark.parametrize("place", [b"/", b"/worlds", b"/sign-in", b"/home", b"/nope"])
@pytest.mark.parametrize("address", ["127.0.0.1", "192.0.2.1"])
def test_no_header_is_a_failure(
    hub: House, header: tuple[bytes, bytes], place: bytes, address: str
) -> None:
    headers = (*visitor(hub, "pol").headers(), header, (b"accept", b"text/html"))
    request = Request(method="GET", path=place, headers=headers, address=address)

    check_page(request, hub.ask(request))


def test_a_release_of_a_number_without_end_is_made(hub: House) -> None:
    who = visitor(hub, "pol")
    form = {**FILLED_IN[1], "known": "9" * 5_000, "form-token": who.token}
    request = Request(
        method="POST",
        path=b"/releases",
        headers=(*who.headers(), (b"content-type", FORM)),
        body=urlencode(form).encode(),
    )

    reply = hub.ask(request)

    assert reply.status == 303, reply
    assert reply.header("location").startswith("/releases/release--")


@pytest.mark.parametrize("value", VALUES)
def test_a_sign_in_leads_nowhere_else(hub: House, value: str) -> None:
    request = Request(
        method="GET",
        path=b"/sign-in",
        query=urlencode({"next": value}).encode(),
        headers=visitor(hub, "pol").headers(),
    )

    reply = hub.ask(request)

    check_page(request, reply)
    onward = reply.header("location")
    assert not onward or (onward[0] == "/" and onward[1:2] not in {"/", "\\"}), onward
