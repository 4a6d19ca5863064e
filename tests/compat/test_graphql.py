"""The operations of GraphQL that connectors need."""

from typing import Any

import orjson
import pytest

from foedus.compat.graphql import UNSUPPORTED, Desk
from foedus.errors import InvalidInputError
from foedus.hub import Hub
from foedus.identity.accounts import Account
from tests.api.world import OPEN

PING = """
    mutation PingConnector($id: ID!, $state: String, $info: ConnectorInfoInput ) {
        pingConnector(id: $id, state: $state, connectorInfo: $info) { id }
    }
"""
REGISTER = """
    mutation RegisterConnector($input: RegisterConnectorInput) {
        registerConnector(input: $input) { id }
    }
"""
CONNECTOR = {"input": {"id": "one", "name": "One", "type": "STREAM"}}


@pytest.fixture
def fin(hub: Hub) -> Account:
    return hub.authenticator.named("fin")


def ask(hub: Hub, account: Account, query: str, **variables: object) -> Any:  # noqa: ANN401 - JSON
    body = orjson.dumps({"query": query, "variables": variables})
    return Desk(hub).answer(account, body)


def test_the_platform_says_its_version(hub: Hub, fin: Account) -> None:
    answer = ask(hub, fin, " query healthCheck { about { version } }")
    assert answer["data"]["about"]["version"].startswith("7.")


def test_a_connector_is_registered_without_any_storage(hub: Hub, fin: Account) -> None:
    given = ask(hub, fin, REGISTER, **CONNECTOR)["data"]["registerConnector"]
    assert (given["id"], given["connector_state"]) == ("one", None)
    assert given["connector_user_id"] == fin.id
    assert "s3" not in given["config"]
    assert given["config"]["connection"].keys() == {
        *("host", "vhost", "use_ssl", "port", "user", "pass"),
    }


@pytest.mark.parametrize("info", ['{"a":' * 500 + "1" + "}" * 500, str(1 << 70)])
def test_what_cannot_be_given_back_is_refused(
    hub: Hub, fin: Account, info: str
) -> None:
    ask(hub, fin, REGISTER, **CONNECTOR)
    body = f'{{"id":"one","state":"null","connectorInfo":{info}}}'
    body = f'{{"query":{orjson.dumps(PING).decode()},"variables":{body}}}'

    answer = Desk(hub).answer(fin, body.encode())

    assert answer["errors"][0]["name"] == "INVALID_INPUT"


def test_what_a_connector_says_of_itself_is_given_back(hub: Hub, fin: Account) -> None:
    ask(hub, fin, REGISTER, **CONNECTOR)
    info = {"run_and_terminate": False, "queue_messages_size": 0.5}
    answer = ask(hub, fin, PING, id="one", state="null", connectorInfo=info)
    told = orjson.loads(orjson.dumps(answer))["data"]["pingConnector"]
    assert told["connector_info"] == info


@pytest.mark.parametrize("state", ['{ "b":1, "a" : "é" }', "null", "no JSON at all"])
def test_a_state_is_given_back_as_it_came(hub: Hub, fin: Account, state: str) -> None:
    ask(hub, fin, REGISTER, **CONNECTOR)
    pinged = ask(hub, fin, PING, id="one", state=state)["data"]["pingConnector"]
    assert pinged["connector_state"] == state
    again = ask(hub, fin, REGISTER, **CONNECTOR)["data"]["registerConnector"]
    assert again["connector_state"] == state


def test_one_that_was_sent_elsewhere_ends_and_begins_there(
    hub: Hub, fin: Account
) -> None:
    ask(hub, fin, REGISTER, **CONNECTOR)
    ask(hub, fin, PING, id="one", state='{"start_from":"9-9","recover_until":"x"}')
    connectors = hub.keyring.connectors
    connectors.move(connectors.find(fin.id, "one"), "0-0")
    for _ in range(2):
        pinged = ask(hub, fin, PING, id="one", state='{"start_from":"10-1"}')
        assert pinged["data"]["pingConnector"]["connector_state"] == "null"
    again = ask(hub, fin, REGISTER, **CONNECTOR)["data"]["registerConnector"]
    assert again["connector_state"] == '{"start_from":"0-0","recover_until":"x"}'
    pinged = ask(hub, fin, PING, id="one", state="{}")
    assert pinged["data"]["pingConnector"]["connector_state"] == "{}"


def test_a_stream_is_described(hub: Hub, fin: Account) -> None:
    query = "query StreamCollection($id: String!) { streamCollection(id: $id)  { id } }"
    found = ask(hub, fin, query, id="open")["data"]["streamCollection"]
    assert (found["id"], found["name"], found["stream_live"]) == (OPEN, "Open", True)
    assert ask(hub, fin, query, id="x")["errors"][0]["name"] == "NOT_FOUND"


@pytest.mark.parametrize(
    "query", ["", "nothing", "{ me { id } }", "mutation M { deleteConnector(id: 1) }"]
)
def test_everything_else_is_not_supported(hub: Hub, fin: Account, query: str) -> None:
    assert ask(hub, fin, query)["errors"][0]["name"] == UNSUPPORTED


def test_what_is_missing_is_named_and_what_is_no_json_refused(
    hub: Hub, fin: Account
) -> None:
    assert "input" in ask(hub, fin, REGISTER)["errors"][0]["message"]
    assert "id" in ask(hub, fin, REGISTER, input={})["errors"][0]["message"]
    with pytest.raises(InvalidInputError):
        Desk(hub).answer(fin, b"[]")
    with pytest.raises(InvalidInputError):
        Desk(hub).answer(fin, b'{"query":"x","variables":{"a":' + b"[" * 100_000)


@pytest.mark.parametrize("text", ["query" + " " * 50_000, "query a (" + "x " * 50_000])
def test_no_query_takes_long_to_be_told_from_those_that_are_known(
    hub: Hub, fin: Account, text: str
) -> None:
    """Tried in every way, 2,000 blanks took ten seconds, and eight times for each 2."""
    assert ask(hub, fin, text)["errors"][0]["name"] == UNSUPPORTED
