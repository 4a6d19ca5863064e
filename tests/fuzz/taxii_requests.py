"""Requests of TAXII as nobody should send them: paths, headers, parameters."""

from typing import Any
from urllib.parse import quote

from hypothesis import strategies as st

from tests.fuzz.hostile import TIMES, envelopes, own_ids
from tests.fuzz.house import Headers, Request
from tests.taxii.world import MEMBERS, NO_ACCESS, OPEN, READ_ONLY, UNKNOWN, WRITE_ONLY

ROOT = b"/taxii2/nato/"
TAXII = b"application/taxii+json;version=2.1"

STRANGE_COLLECTIONS = (
    *(each.encode() for each in (READ_ONLY, WRITE_ONLY, NO_ACCESS, UNKNOWN)),
    b"open",
    b"OPEN",
    OPEN.upper().encode(),
    b"",
    b".",
    b"..",
    b"%2e%2e",
    b"%2F",
    b"%00",
    b"%ff%fe",
    b"%",
    b"%zz",
    b"a" * 5_000,
    b"*",
    b"' OR 1=1 --",
    b"\xff",
)

STRANGE_IDS = (
    b"x",
    b"indicator--",
    b"indicator--00000000-0000-4000-8000-00000000000Z",
    b"INDICATOR--00000000-0000-4000-8000-000000000000",
    b"..",
    b"%2e%2e%2f",
    b"%00",
    b"%ff",
    b"a" * 8_000,
    b"%F0%9F%94%A5",
)

ACCEPTS = (
    b"application/taxii+json",
    b"application/taxii+json; version=2.1",
    b"application/taxii+json;version=2.0",
    b"application/json",
    b"*/*",
    b"*/*;q=0",
    b"text/html",
    b"",
    b",",
    b";",
    b"a;b=c;d",
    b"application/taxii+json;version=2.1;q=x",
    b"application/taxii+json;version=2.1;q=1e999",
    b"application/taxii+json;version=2.1;q=nan",
    b"application/taxii+json;version=2.1;q=-1",
    b"application/taxii+json;q=" + b"9" * 5_000,
    b"\xff\xfe",
    b'application/taxii+json;version="2.1',
    b",".join([b"a/b"] * 1_000),
)

KINDS_OF_BODY = (
    b"application/taxii+json",
    b"application/taxii+json; charset=utf-8",
    b"application/taxii+json;version=2.0",
    b"application/stix+json;version=2.1",
    b"application/json",
    b"",
    b"multipart/form-data; boundary=x",
    b"application/taxii+json, application/taxii+json",
    b"\xff",
)

CODINGS = (b"gzip", b"zstd", b"br", b"identity", b"", b"gzip, gzip")

METHODS = ("PUT", "PATCH", "OPTIONS", "TRACE", "CONNECT", "PROPFIND", "get", "X")

LIMITS = (
    "1", "2", "10", "1000", "0", "-1", "+1", "01", "1.0", "1e3", "9" * 16, "9" * 400,
    "", " 1", "1\n", "NaN", "\u0661", "0x1", "9007199254740991", "9007199254740992",
)  # fmt: skip

VERSIONS = (
    "last", "first", "all", "first,last", "all,last", "last,last", "LAST", "", ",",
    *(str(each) for each in TIMES),
    ",".join(["last"] * 1_000),
)  # fmt: skip

WORDS = (
    "", ",", "indicator", "indicator,malware", "x" * 300, "x" * 301, "a b", "é", "\0",
    "*", "%", "indicator--00000000-0000-4000-8000-000000000001", "2.1", "2.0",
    "2.1,2.0", "3", "2.", "9999.0",
)  # fmt: skip

NAMES = (
    "match[type]", "match[id]", "match[spec_version]", "match[x]", "match", "match[]",
    "match[[id]]", "x", "", "limit[]",
)  # fmt: skip


def mostly(usual: object, *odd: object, one_in: int = 15) -> st.SearchStrategy[Any]:
    """Give what is usual, and once in so often something odd."""
    return st.sampled_from([*((usual,) * (one_in - 1)), None]).flatmap(
        lambda found: st.sampled_from(odd) if found is None else st.just(found)
    )


PARAMETERS = st.one_of(
    st.tuples(st.just("limit"), st.sampled_from(LIMITS)),
    st.tuples(st.just("added_after"), st.sampled_from([str(each) for each in TIMES])),
    st.tuples(st.just("match[version]"), st.sampled_from(VERSIONS)),
    st.tuples(st.sampled_from(NAMES), st.sampled_from(WORDS)),
)

STRANGE_QUERIES = (
    b"%",
    b"%ff=%ff",
    b"\xff\xfe",
    b"&&&===",
    b"limit",
    b"limit=1;limit=2",
    b"&".join([b"a=1"] * 101),
    b"&".join(b"a%d=1" % n for n in range(100)),
    b"&".join(b"a%d=1" % n for n in range(101)),
    b"match[id]=" + b"x" * 65_526,
    b"match[id]=" + b"x" * 65_527,
)


@st.composite
def queries(draw: st.DrawFn, nexts: tuple[str, ...]) -> bytes:
    """Give a query string; some of what it holds may be right."""
    found = draw(mostly(None, *STRANGE_QUERIES, one_in=20))
    if found is not None:
        return bytes(found)
    pairs = draw(st.lists(PARAMETERS, max_size=3))
    if nexts and draw(st.booleans()):
        pairs.append(("next", draw(forged(nexts))))
    return "&".join(f"{quote(name)}={quote(value)}" for name, value in pairs).encode()


@st.composite
def forged(draw: st.DrawFn, nexts: tuple[str, ...]) -> str:
    """Give a cursor: a real one, perhaps altered, or none."""
    if not nexts or draw(st.integers(0, 3)) == 0:
        return draw(
            st.sampled_from(("", "A" * 43, "A" * 44, "\0" * 43, "é" * 43, "=", "x"))
        )
    found = draw(st.sampled_from(nexts))
    place = draw(st.integers(0, len(found) - 1))
    match draw(st.integers(0, 3)):
        case 0:
            other = "A" if found[place] != "A" else "B"
            return found[:place] + other + found[place + 1 :]
        case 1:
            return found[:place]
        case 2:
            return found + found
        case _:
            return found


STRANGE_CREDENTIALS: tuple[tuple[bytes, ...], ...] = (
    (),
    (b"",),
    (b"\xff\xfe",),
    (b"Basic",),
    (b"Basic Og==",),
    (b"Basic \xff",),
    (b"Basic " + b"A" * 10_000,),
    (b"Bearer",),
    (b"Bearer \xff",),
    (b"Bearer x, Bearer y",),
    (b"Bearer x", b"Basic Og=="),
    (b"Digest x",),
)

MORE_HEADERS: tuple[tuple[bytes, bytes], ...] = (
    (b"range", b"bytes=0-1"),
    (b"if-none-match", b"*"),
    (b"if-none-match", b'"x", W/"y", \xff'),
    (b"if-modified-since", b"yesterday"),
    (b"host", b""),
    (b"host", b"["),
    (b"host", b"\xff"),
    (b"accept-encoding", b"gzip;q=x, *"),
    (b"accept-encoding", b"zstd"),
    (b"x-forwarded-for", b"1.2.3.4, \xff"),
    (b"x-request-id", b"\xff\x00" * 1_000),
    (b"expect", b"100-continue"),
)


@st.composite
def headers(draw: st.DrawFn, credential: tuple[bytes, bytes]) -> Headers:
    """Give headers, mostly good ones with a credential."""
    found = [(b"accept", draw(mostly(TAXII, *ACCEPTS)))]
    odd = draw(mostly((credential[1],), *STRANGE_CREDENTIALS))
    found += [(b"authorization", each) for each in odd]
    return (*found, *draw(mostly((), *((each,) for each in MORE_HEADERS), one_in=5)))


@st.composite
def paths(draw: st.DrawFn, owner: str) -> bytes:
    """Give a path, mostly of an endpoint."""
    known = draw(st.sampled_from((OPEN, MEMBERS))).encode()
    collection = b"collections/" + draw(mostly(known, *STRANGE_COLLECTIONS)) + b"/"
    own = draw(st.sampled_from(own_ids(owner))).encode()
    stix_id = draw(mostly(own, *STRANGE_IDS))
    lists = (b"objects/", b"manifest/", b"objects/" + stix_id + b"/")
    usual = [collection + each for each in (*lists, lists[-1] + b"versions/")]
    others = (
        collection,
        b"collections/",
        b"status/" + stix_id + b"/",
        b"",
        b"nothing/",
    )
    whole = ROOT + draw(st.sampled_from((*usual, *usual, *others)))
    return bytes(
        draw(
            mostly(
                whole,
                whole.rstrip(b"/"),
                whole + b"/",
                whole.replace(b"nato", b"NATO", 1),
                ROOT + whole.removeprefix(ROOT).replace(b"/", b"//"),
                b"/taxii2/",
                b"/taxii2",
                b"/taxii2/\xff%ff%00",
            )
        )
    )


@st.composite
def readings(
    draw: st.DrawFn, owner: str, credential: tuple[bytes, bytes], nexts: tuple[str, ...]
) -> Request:
    """Give a request that asks for something, or deletes it."""
    usual = draw(st.sampled_from(("GET", "GET", "GET", "HEAD", "DELETE")))
    return Request(
        method=draw(mostly(usual, *METHODS)),
        path=draw(paths(owner)),
        query=draw(queries(nexts)),
        headers=draw(headers(credential)),
    )


@st.composite
def writings(draw: st.DrawFn, owner: str, credential: tuple[bytes, bytes]) -> Request:
    """Give a request that adds objects."""
    found = draw(mostly(((b"accept", TAXII), credential), None))
    if found is None:
        found = draw(headers(credential))
    coding = draw(mostly((), *(((b"content-encoding", each),) for each in CODINGS)))
    kind = (b"content-type", draw(mostly(TAXII, *KINDS_OF_BODY)))
    name = draw(mostly(OPEN, *((MEMBERS,) * 4), WRITE_ONLY, READ_ONLY, one_in=3))
    return Request(
        method="POST",
        path=ROOT + b"collections/" + name.encode() + b"/objects/",
        headers=(*found, *coding, kind),
        body=draw(envelopes(owner)),
        cuts=tuple(draw(st.lists(st.integers(0, 10**6), max_size=2))),
    )
