"""STIX objects and envelopes as nobody should send them, written as JSON by hand.

JSON libraries refuse to write what is worth sending: a name given twice, a number that
no machine holds, half of a surrogate pair. `Raw` is text that is written as it is.
"""

import json
import uuid
from collections.abc import Sequence
from typing import Any

import msgspec
from hypothesis import strategies as st

from foedus.stix.timestamps import format_us

NOON = "2026-11-23T12:00:00.000Z"
CREATED = "2026-11-01T00:00:00.000Z"

GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
AMBER_STRICT = "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003"
RED = "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1"
WHITE = "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9"
UNKNOWN_MARKING = "marking-definition--0f0f0f0f-0f0f-4f0f-8f0f-0f0f0f0f0f0f"
HUB_EXTENSION = "extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce"

KINDS = (
    "indicator",
    "malware",
    "identity",
    "report",
    "relationship",
    "marking-definition",
    "extension-definition",
    "ipv4-addr",
    "observed-data",
    "x-odd-thing",
)

POOL = 4
"""Different ids of each kind and owner: few, so that requests meet."""


class Raw(msgspec.Struct, frozen=True):
    """Text that is written as it is, be it JSON or not."""

    text: str


Pairs = list[tuple[str, Any]]
"""An object of JSON, in which a name may be given twice."""


def write(value: object) -> str:
    """Write a value as JSON, more or less."""
    match value:
        case Raw():
            return value.text
        case dict():
            return write(Names(list(value.items())))
        case Names():
            inside = (f"{json.dumps(name)}:{write(each)}" for name, each in value.pairs)
            return "{" + ",".join(inside) + "}"
        case list() | tuple():
            return "[" + ",".join(map(write, value)) + "]"
        case _:
            return json.dumps(value)


class Names(msgspec.Struct, frozen=True):
    """An object of JSON, in which a name may be given twice."""

    pairs: Pairs


def own_id(kind: str, owner: str, number: int) -> str:
    """Give an id that only this owner publishes under."""
    space = uuid.uuid5(uuid.NAMESPACE_DNS, owner)
    made = uuid.uuid5(space, f"{kind} {number}")
    return f"{kind}--{uuid.UUID(int=made.int, version=4)}"


def own_ids(owner: str) -> list[str]:
    """Give every id that only this owner publishes under."""
    return [own_id(kind, owner, n) for kind in KINDS for n in range(POOL)]


def plain(kind: str, stix_id: str, owner: str) -> dict[str, Any]:
    """Give an object of a kind that nothing is wrong with."""
    found: dict[str, Any] = {"type": kind, "spec_version": "2.1", "id": stix_id}
    if kind != "ipv4-addr":
        found["created"] = CREATED
    if kind not in {"ipv4-addr", "marking-definition"}:
        found["modified"] = CREATED
    malware = own_id("malware", owner, 0)
    match kind:
        case "indicator":
            found |= {
                "pattern": "[ipv4-addr:value = '192.0.2.1']",
                "pattern_type": "stix",
                "valid_from": CREATED,
            }
        case "report":
            found |= {"name": "r", "published": CREATED, "object_refs": [malware]}
        case "relationship":
            found |= {
                "relationship_type": "related-to",
                "source_ref": own_id("indicator", owner, 0),
                "target_ref": malware,
            }
        case "marking-definition":
            found |= {
                "definition_type": "statement",
                "definition": {"statement": "NATO UNCLASSIFIED"},
            }
        case "ipv4-addr":
            found["value"] = "192.0.2.1"
        case _:
            found["name"] = "n"
    return found


TIMES: tuple[Any, ...] = (
    CREATED,
    "2026-11-01T00:00:00Z",
    "2026-11-02T00:00:00.000000001Z",
    "2026-11-02T00:00:00." + "9" * 30 + "Z",
    "2026-11-02T00:00:00." + "9" * 31 + "Z",
    "0001-01-01T00:00:00Z",
    "0000-12-31T23:59:59Z",
    "1969-12-31T23:59:59.9999999Z",
    "9999-12-31T23:59:59.999999999Z",
    "10000-01-01T00:00:00Z",
    "2026-06-30T23:59:60Z",
    "2026-02-29T00:00:00Z",
    "2026-11-23T12:04:59.999Z",
    "2026-11-23T23:59:59Z",
    "2026-11-01T00:00:00+00:00",
    "2026-11-01t00:00:00z",
    "2026-11-01 00:00:00Z",
    "2026-11-01T24:00:00Z",
    "٢٠٢٦-11-01T00:00:00Z",
    " 2026-11-01T00:00:00Z\n",
    "",
    1_700_000_000,
    None,
    [],
    True,
)

TEXTS: tuple[Any, ...] = (
    "",
    "\0",
    "\ufeff",
    "\u202e\u2066",
    "\U0001f525" * 100,
    "'; DROP TABLE version; --",
    "<script>alert(1)</script>",
    "{{7*7}}",
    "x" * 100_000,
    Raw('"\\ud800"'),
    Raw('"\\udc00\\ud800"'),
    Raw('"\\u0000"'),
    Raw('"\t"'),
    Raw('"\\x41"'),
    Raw("'single'"),
    None,
    0,
    False,
    [],
    {},
)

NUMBERS: tuple[Any, ...] = (
    0,
    -1,
    2**53,
    2**63,
    2**64,
    Raw("NaN"),
    Raw("Infinity"),
    Raw("-Infinity"),
    Raw("1e308"),
    Raw("1e309"),
    Raw("-1e999"),
    Raw("1e-999"),
    Raw("9" * 400),
    Raw("0." + "1" * 400),
    Raw("-0"),
    Raw("-0.0"),
    Raw("01"),
    Raw("1."),
    Raw(".5"),
    Raw("+1"),
    Raw("0x10"),
    Raw("1_000"),
)


def nested(levels: int, *, of: str = "[]") -> Raw:
    """Give lists or objects inside each other."""
    if of == "[]":
        return Raw("[" * levels + "]" * levels)
    return Raw('{"a":' * levels + "1" + "}" * levels)


DEPTHS: tuple[Any, ...] = tuple(
    nested(levels, of=of)
    for levels in (1, 62, 63, 64, 65, 100, 254, 255, 1_024, 100_000)
    for of in ("[]", "{}")
)


def references(owner: str) -> tuple[Any, ...]:
    """Give what a reference may hold: what is there, what is not, and what is none."""
    own = own_id("malware", owner, 1)
    return (
        own,
        own.upper(),
        own_id("report", owner, 0),
        own_id("relationship", owner, 0),
        own_id("malware", "shared", 0),
        own_id("malware", "nobody", 0),
        UNKNOWN_MARKING,
        GREEN,
        "malware--",
        "malware",
        "",
        f"{'a' * 300}--{uuid.UUID(int=1, version=4)}",
        own + "\n",
        None,
        7,
        {},
        [own],
        [],
        [own, own],
        [own, 7],
        [[own]],
    )


def markings(owner: str) -> tuple[Any, ...]:
    """Give what `object_marking_refs` may hold."""
    own = own_id("marking-definition", owner, 0)
    return (
        [],
        [GREEN],
        [AMBER_STRICT],
        [RED],
        [WHITE, RED],
        [GREEN, GREEN],
        [own],
        [own_id("marking-definition", owner, n) for n in range(POOL)],
        [UNKNOWN_MARKING],
        [own_id("malware", owner, 0)],
        [GREEN.upper()],
        [GREEN] * 100,
        [GREEN] * 101,
        GREEN,
        None,
        {},
        [None],
        [[GREEN]],
        [""],
    )


def granular(owner: str) -> tuple[Any, ...]:
    """Give what `granular_markings` may hold."""
    own = own_id("marking-definition", owner, 0)

    def entry(*selectors: object, **more: object) -> dict[str, Any]:
        return {"selectors": list(selectors), "marking_ref": GREEN, **more}

    return (
        [],
        {},
        None,
        [{}],
        [None],
        [entry()],
        [entry("name")],
        [entry("name", marking_ref=RED)],
        [entry("name", marking_ref=own)],
        [entry("name", marking_ref=UNKNOWN_MARKING)],
        [entry("id", "type", "modified", "object_marking_refs", "granular_markings")],
        [entry("nothing.here.[0].at-all")],
        [entry("object_refs.[0]")],
        [entry("object_refs.[99999999999999999999]")],
        [entry("[0]", ".", "..", "a..b", "a.[", "a.[x]", "a.[-1]", "")],
        [entry("name\n", "\0")],
        [entry(7)],
        [entry("name", lang="en")],
        [{"selectors": ["name"], "lang": "en"}],
        [{"selectors": ["name"], "lang": 7}],
        [{"selectors": "name", "marking_ref": GREEN}],
        [entry("name")] * 1_000,
        [entry("name")] * 1_001,
        [entry(*["name"] * 1_001)],
        [entry(".".join(["a"] * 10_000))],
    )


EXTENSIONS: tuple[Any, ...] = (
    {},
    [],
    None,
    {"x": {}},
    {HUB_EXTENSION: {}},
    {HUB_EXTENSION: {"extension_type": "property-extension"}},
    {HUB_EXTENSION: {"extension_type": "toplevel-property-extension"}},
    {HUB_EXTENSION: {"extension_type": 7}},
    {HUB_EXTENSION: None},
    {"extension-definition--" + str(uuid.UUID(int=7, version=4)): {"a_ref": "x"}},
)

DEFINITIONS: tuple[Any, ...] = (
    {},
    [],
    None,
    "NATO SECRET",
    {"statement": "NATO SECRET // REL TO POL"},
    {"statement": "COSMIC TOP SECRET"},
    {"statement": ""},
    {"statement": "x" * 10_000},
    {"statement": None},
    {"statement": "NATO RESTRICTED // REL TO ATLANTIS"},
    {"tlp": "red"},
    {"tlp": "mauve"},
    {"tlp": 7},
)


def mutations(owner: str) -> tuple[tuple[str, tuple[Any, ...]], ...]:
    """Give properties, and what each of them may hold."""
    reference = references(owner)
    return (
        ("created", TIMES),
        ("modified", TIMES),
        ("valid_from", TIMES),
        ("name", TEXTS),
        ("pattern", TEXTS),
        ("\0", TEXTS),
        ("x_number", NUMBERS),
        ("confidence", NUMBERS),
        ("x_deep", DEPTHS),
        ("spec_version", ("2.0", "2.1", "3.0", "2.1\n", "", None, 2.1, [])),
        ("revoked", (True, False, "true", 1, None, Raw("True"))),
        ("type", ("malware", "bundle", "", "A", "x" * 251, "ab", None, 7, "a--b")),
        ("id", reference),
        ("created_by_ref", (own_id("identity", owner, 0), *reference)),
        ("source_ref", reference),
        ("object_refs", reference),
        ("x_strange_ref", reference),
        ("x_strange_refs", reference),
        ("object_marking_refs", markings(owner)),
        ("granular_markings", granular(owner)),
        ("extensions", EXTENSIONS),
        ("definition", DEFINITIONS),
        ("definition_type", ("statement", "tlp", "x", "", None, 7)),
        ("value", ("192.0.2.1", "192.0.2.1/0", "", *TEXTS)),
    )


@st.composite
def objects(draw: st.DrawFn, owner: str) -> Names:
    """Give an object with nothing, or a few things, wrong with it."""
    kind = draw(st.sampled_from(KINDS))
    number = draw(st.integers(0, POOL - 1))
    whose = draw(st.sampled_from((owner, owner, owner, owner, "shared")))
    made = plain(kind, own_id(kind, whose, number), whose)
    if "modified" in made and draw(st.integers(0, 3)):
        second = draw(st.integers(0, 20 * 86_400))
        made["modified"] = format_us(1_793_500_000_000_000 + second * 1_000_000)
    pairs: Pairs = []
    for _ in range(draw(st.integers(0, 3))):
        name, values = draw(st.sampled_from(mutations(whose)))
        value = draw(st.sampled_from(values))
        if draw(st.integers(0, 9)) == 0:
            pairs.append((name, value))
        else:
            made[name] = value
    if draw(st.integers(0, 9)) == 0:
        made.pop(draw(st.sampled_from(sorted(made))), None)
    return Names([*made.items(), *pairs])


_NO_OBJECTS: Sequence[Any] = (None, 7, "", [], [[]], {}, "object", Raw("nul"), True)


@st.composite
def envelopes(draw: st.DrawFn, owner: str) -> bytes:
    """Give the bytes of a body: an envelope, more often than not."""
    listed: list[Any] = draw(st.lists(objects(owner), min_size=1, max_size=4))
    if draw(st.integers(0, 9)) == 0:
        listed.insert(0, draw(st.sampled_from(_NO_OBJECTS)))
    members: Pairs = [("objects", listed)]
    match draw(st.integers(0, 19)):
        case 0:
            members.append(("objects", []))
        case 1:
            members = [("type", "bundle"), ("id", "bundle--1"), *members]
        case 2:
            members = [("more", True), ("next", "x"), *members]
        case 3:
            members = [("a:b", 1), *members]
        case 4:
            members = [("objects", draw(st.sampled_from(_NO_OBJECTS)))]
        case _:
            pass
    text = write(Names(members))
    body = text.encode("utf-8", "surrogatepass")
    return draw(damaged(body)) if draw(st.integers(0, 19)) == 0 else body


def damaged(body: bytes) -> st.SearchStrategy[bytes]:
    """Give a body that is no JSON in UTF-8 any more, or hardly."""
    text = body.decode("utf-8", "replace")
    places = st.integers(0, len(body))
    inside = st.sampled_from((b"\0", b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\x1f"))
    behind = st.sampled_from((b"x", b"{}", b"\0", b",", b"\n\n", b"]", body))
    return st.one_of(
        st.sampled_from((b"\xef\xbb\xbf" + body, b" \t\r\n" * 100 + body, b"")),
        st.sampled_from(("utf-16", "utf-32-be", "utf-7")).map(text.encode),
        places.map(lambda place: body[:place]),
        behind.map(lambda more: body + more),
        st.tuples(places, inside).map(lambda at: body[: at[0]] + at[1] + body[at[0] :]),
        st.binary(max_size=50),
    )
