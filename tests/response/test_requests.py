"""The requests of a step: its author's bytes, and nothing of anybody else's."""

import base64
import json

import pytest

from foedus.errors import InvalidInputError
from foedus.response.requests import (
    Request,
    could_be_sent,
    read_place,
    requests_of,
)
from tests.response.books import (
    AGENT,
    Json,
    at_step,
    linear,
    read,
    step_id,
    variable,
)

TARGET = "http-api--1c3900b4-f86b-430d-b415-12312b9e31f4"
OTHER = "http-api--2c3900b4-f86b-430d-b415-12312b9e31f4"
MACHINE = "http-api--3c3900b4-f86b-430d-b415-12312b9e31f4"
EDGE = {"url": ["https://edge.example/api"]}


def sending(
    command: Json | None = None, address: Json | None = None, **variables: object
) -> Json:
    """Write a playbook of one action: a request to a target."""
    document = linear(playbook_variables=variables)
    step = at_step(document, "A1")
    step["commands"] = [
        {"type": "http-api", "command": "POST /block HTTP/1.1", **(command or {})}
    ]
    step["agent"], step["targets"] = MACHINE, [TARGET]
    document["agent_definitions"] = {
        AGENT: {"type": "organization", "name": "Member A"},
        MACHINE: {"type": "http-api", "name": "Hub", "address": EDGE},
    }
    document["target_definitions"] = {
        TARGET: {"type": "http-api", "name": "Edge", "address": address or EDGE}
    }
    return document


def asked(document: Json) -> tuple[Request, ...]:
    playbook = read(document)
    return requests_of(playbook, playbook.workflow[step_id("A1")])


def refused(document: Json) -> str:
    with pytest.raises(InvalidInputError) as error:
        asked(document)
    return error.value.detail


def test_a_command_goes_to_each_target_in_order() -> None:
    document = sending({"content": '{"a":1}', "headers": {"X-Mode": ["fast", "safe"]}})
    document["target_definitions"][OTHER] = {  # type: ignore[index]
        "type": "http-api", "name": "Other", "address": {"dname": ["other.example"]},
        "port": "8443",
    }  # fmt: skip
    step = at_step(document, "A1")
    step["targets"] = [TARGET, OTHER]
    step["commands"] = [
        *step["commands"],  # type: ignore[misc]
        {"type": "http-api", "command": "GET /state?full=1 HTTP/1.1"},
    ]

    assert [each.line for each in asked(document)] == [
        "POST https://edge.example/api/block",
        "POST https://other.example:8443/block",
        "GET https://edge.example/api/state?full=1",
        "GET https://other.example:8443/state?full=1",
    ]
    first = asked(document)[0]
    assert first.body == b'{"a":1}'
    assert first.headers == (
        ("Content-Type", "application/json"), ("X-Mode", "fast"), ("X-Mode", "safe"),
    )  # fmt: skip


def test_without_targets_the_agent_does_it_and_openc2_is_told_apart() -> None:
    document = sending(
        {"type": "openc2-http", "content_b64": base64.b64encode(b"{}").decode()}
    )
    at_step(document, "A1")["targets"] = []
    [found] = asked(document)

    assert (found.url, found.body, found.openc2) == (
        "https://edge.example/api/block", b"{}", True,
    )  # fmt: skip


def test_what_the_author_fixed_goes_in() -> None:
    document = sending(
        {
            "command": "PUT /hosts/__host__:value HTTP/1.1",
            "headers": {"X-Host": ["at __host__:value"]},
            "content": '{"name": "__host__:value", "deep": ["<__host__:value>", 1]}',
        },
        __host__=variable("edge-1", constant=True),
    )
    [found] = asked(document)

    assert found.line == "PUT https://edge.example/api/hosts/edge-1"
    assert ("X-Host", "at edge-1") in found.headers
    assert json.loads(found.body) == {"name": "edge-1", "deep": ["<edge-1>", 1]}


def test_a_value_in_a_body_stays_one_value() -> None:
    nasty = 'x", "admin": true, "y": "\\'
    document = sending(
        {"content": '{"name": "__host__:value", "n": 1}'},
        __host__=variable(nasty, constant=True),
    )
    [found] = asked(document)

    assert json.loads(found.body) == {"name": nasty, "n": 1}


def test_a_value_in_a_path_or_a_query_stays_one_part() -> None:
    document = sending(
        {"command": "PUT /hosts/__host__:value?by=__host__:value HTTP/1.1"},
        __host__=variable("a b&c=d?e#f", constant=True),
    )

    value = "a%20b%26c%3Dd%3Fe%23f"
    assert asked(document)[0].url == (
        f"https://edge.example/api/hosts/{value}?by={value}"
    )


@pytest.mark.parametrize("value", ["../admin", "a/b", "..", "%2e%2e", "a;b"])
def test_a_value_that_leads_elsewhere_is_refused(value: str) -> None:
    document = sending(
        {"command": "PUT /hosts/__host__:value HTTP/1.1"},
        __host__=variable(value, constant=True),
    )

    assert "path" in refused(document)


def test_a_value_cannot_add_a_header() -> None:
    document = sending(
        {"headers": {"X-Host": ["__host__:value"]}},
        __host__=variable("a\r\nX-Admin: yes", constant=True),
    )

    assert "header" in refused(document)


COMMANDS = [
    {"command": "POST /block/__x__:value HTTP/1.1"},
    {"headers": {"X-Host": ["__x__:value"]}},
    {"content": '{"host": "__x__:value"}'},
]
"""A reference in the path, in a header and in the body."""


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize(
    ("declared", "why"),
    [
        (variable("10.0.0.1", external=True), "whoever starts the run"),
        (variable(None, external=True), "whoever starts the run"),
        (variable(None), "has no value"),
    ],
)
def test_what_others_set_goes_into_no_part_of_a_request(
    command: Json, declared: Json, why: str
) -> None:
    assert why in refused(sending(command, __x__=declared))


@pytest.mark.parametrize("command", COMMANDS)
def test_what_a_nation_gives_back_goes_into_no_part_of_a_request(
    command: Json,
) -> None:
    document = sending(command, __x__=variable("10.0.0.1"))
    workflow = document["workflow"]
    assert isinstance(workflow, dict)
    workflow[step_id("A2")] = {
        **at_step(linear(), "A1"), "out_args": ["__x__"],
        "on_completion": step_id("E"),
    }  # fmt: skip
    at_step(document, "A1")["on_completion"] = step_id("A2")

    assert "what a step gives back" in refused(document)


def test_an_address_follows_the_same_rule() -> None:
    address = {"url": ["https://__x__:value/api"]}
    own = sending(address=address, __x__=variable("edge.example", constant=True))
    others = sending(address=address, __x__=variable("edge.example", external=True))

    assert asked(own)[0].url == "https://edge.example/api/block"
    assert "whoever starts the run" in refused(others)


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ({"command": "POST block HTTP/1.1"}, "from / on"),
        ({"command": "GET get HTTP1.1"}, "no line such as"),
        ({"command": "TRACE / HTTP/1.1"}, "no line such as"),
        ({"command": "POST /a/../b HTTP/1.1"}, "path"),
        ({"command": "POST //evil.example/a HTTP/1.1"}, "path"),
        ({"command": "POST /a%2fb HTTP/1.1"}, "path"),
        ({"command": "POST @evil.example/ HTTP/1.1"}, "from / on"),
        ({"headers": {"Authorization": ["Bearer x"]}}, "not a playbook's to set"),
        ({"headers": {"Host": ["other.example"]}}, "not a playbook's to set"),
        ({"headers": {"transfer-encoding": ["chunked"]}}, "not a playbook's to set"),
        ({"headers": {"X y": ["1"]}}, "not a playbook's to set"),
        ({"headers": {"X-Y": ["ü"]}}, "no line of characters"),
        ({"content": "a", "content_b64": "YQ=="}, "two bodies"),
        ({"content": "host=__x__:value"}, "is no JSON"),
        ({"content": '{"__x__:value": 1}'}, "write it out"),
        ({"content": "a" * 1_048_577}, "at most"),
    ],
)
def test_what_is_not_plainly_a_request_is_none(command: Json, why: str) -> None:
    assert why in refused(sending(command, __x__=variable("1", constant=True)))


@pytest.mark.parametrize(
    "address",
    [
        {"url": ["https://a.example", "https://b.example"]},
        {"url": ["https://a.example"], "dname": ["b.example"]},
        {"url": ["ftp://a.example"]},
        {"url": ["https://user:word@a.example"]},
        {"url": ["https://a.example/x?y=1"]},
        {"url": ["https://a.example/#x"]},
        {"l2mac": ["00:11:22:33:44:55"]},
        {"dname": ["a.example/path?x"]},
        {},
    ],
)
def test_an_address_that_can_be_read_in_two_ways_is_none(address: Json) -> None:
    document = sending()
    document["target_definitions"] = {
        TARGET: {"type": "http-api", "name": "Edge", "address": address}
    }

    assert refused(document)


def test_what_people_do_is_no_request() -> None:
    for_people = sending()
    at_step(for_people, "A1")["agent"] = AGENT

    assert "no machine" in refused(for_people)


def test_only_steps_of_requests_alone_could_be_sent() -> None:
    plain, mixed = read(linear()), sending()
    step = at_step(mixed, "A1")
    step["commands"] = [
        *step["commands"],  # type: ignore[misc]
        {"type": "manual", "command": "tell the others"},
    ]
    both = read(mixed)

    assert not could_be_sent(plain.workflow[step_id("A1")])
    assert not could_be_sent(both.workflow[step_id("A1")])
    assert could_be_sent(read(sending()).workflow[step_id("A1")])


@pytest.mark.parametrize(
    "url",
    [
        "https://edge.example/" + "a" * 2_048,
        "https://edge.example/a b",
        "https://edge.example/\u00fc",
        "https://edge.example:port/",
        "https://[::1/",
        "edge.example/a",
        "https:///a",
    ],
)
def test_a_url_that_servers_could_read_otherwise_is_none(url: str) -> None:
    with pytest.raises(InvalidInputError):
        read_place(url)


def test_a_url_is_written_in_one_way() -> None:
    assert read_place("https://EDGE.example:443").url == "https://edge.example/"
    assert read_place("https://[2001:db8::1]:8443/a").url == (
        "https://[2001:db8::1]:8443/a"
    )


def test_a_step_of_too_many_requests_or_of_other_targets_is_none() -> None:
    many = sending()
    at_step(many, "A1")["commands"] = [
        {"type": "http-api", "command": f"GET /{n} HTTP/1.1"} for n in range(21)
    ]
    other = sending()
    box = "linux--4c3900b4-f86b-430d-b415-12312b9e31f4"
    other["target_definitions"] = {
        box: {"type": "linux", "name": "Box", "address": {"dname": ["x"]}}
    }
    at_step(other, "A1")["targets"] = [box]
    odd = sending()
    odd["target_definitions"][TARGET]["port"] = "https"  # type: ignore[index]

    assert "more than 20 requests" in refused(many)
    assert "another type" in refused(other)
    assert "port" in refused(odd)


def test_without_any_target_the_command_names_the_whole_address() -> None:
    document = sending({"command": "GET https://edge.example/state HTTP/1.1"})
    box = "linux--4c3900b4-f86b-430d-b415-12312b9e31f4"
    step = at_step(document, "A1")
    step["targets"], step["agent"] = [], box
    document["agent_definitions"][box] = {  # type: ignore[index]
        "type": "linux", "name": "Box", "address": {"dname": ["box.example"]},
    }  # fmt: skip

    assert asked(document)[0].line == "GET https://edge.example/state"
