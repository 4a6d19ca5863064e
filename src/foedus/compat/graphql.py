"""The four operations of OpenCTI's GraphQL that a stream connector needs.

There is no engine behind them: an operation is known by the first field that it asks
for, and answered whole. Everything else is not supported, and says so in the form in
which clients report it.

- A connector's state is given back as the very text that came.
- No storage is named: clients take even an empty one for theirs, and end.

Source: `cti-platforms` reference, 3a.
"""

import re
from collections.abc import Callable
from typing import Any, Final

import msgspec
import orjson

from foedus.clock import to_ms
from foedus.compat.streams import find_stream
from foedus.errors import FoedusError, InvalidInputError
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.identity.connectors import NOTHING

VERSION: Final = "7.261026.0"
"""The version of OpenCTI whose clients are served."""

UNSUPPORTED: Final = "UNSUPPORTED"

_OPERATION: Final = re.compile(
    r"""
    \s*+ (?: (?: query | mutation ) \b \s*+ \w*+ \s*+ (?: \( [^)]*+ \) )?+ )?+ \s*+
    \{ \s*+ (?P<field> \w++ )
    """,
    re.VERBOSE,
).match
"""Possessive throughout: what fails is never tried otherwise, however long it is."""

_CONNECTION: Final = {
    "host": "",
    "vhost": "/",
    "use_ssl": False,
    "port": 5672,
    "user": "",
    "pass": "",
}
"""The queue that stream connectors never use; clients want it to be named."""

Variables = dict[str, Any]


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """What a client sends."""

    query: str
    variables: Variables = {}


class Desk:
    """Answers operations.

    Args:
        hub: whose.
    """

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._connectors = hub.keyring.connectors
        self._operations: dict[str, Callable[[Account, Variables], object]] = {
            "about": self._about,
            "registerConnector": self._register,
            "pingConnector": self._ping,
            "streamCollection": self._stream,
        }

    def answer(self, account: Account, body: bytes) -> dict[str, object]:
        """Answer one operation.

        Raises:
            InvalidInputError: it is no GraphQL.
        """
        try:
            asked = msgspec.json.decode(body, type=Query)
        except (msgspec.MsgspecError, RecursionError) as error:
            raise InvalidInputError(
                "send a JSON object with query and variables"
            ) from error
        found = _OPERATION(asked.query)
        name = found["field"] if found else ""
        operation = self._operations.get(name)
        if operation is None:
            return _error("not supported by this hub", UNSUPPORTED)
        try:
            return {"data": {name: operation(account, asked.variables)}}
        except FoedusError as error:
            return _error(error.detail, error.slug.upper().replace("-", "_"))

    def _about(self, _account: Account, _variables: Variables) -> object:
        return {"version": VERSION}

    def _register(self, account: Account, variables: Variables) -> object:
        asked = variables.get("input")
        if not isinstance(asked, dict):
            raise InvalidInputError("input: describe the connector")
        connector = self._connectors.register(
            account.id,
            _text(asked, "id"),
            str(asked.get("name") or ""),
            at_ms=to_ms(self._hub.clock()),
        )
        return {
            "id": connector.connector_id,
            "connector_state": connector.state,
            "connector_user_id": account.id,
            "jwks": '{"keys":[]}',
            "config": _config(connector.connector_id),
        }

    def _ping(self, account: Account, variables: Variables) -> object:
        connector = _text(variables, "id")
        state = variables.get("state")
        kept = self._connectors.keep(
            account.id,
            connector,
            state if isinstance(state, str) else NOTHING,
            at_ms=to_ms(self._hub.clock()),
        )
        info = _echo(variables.get("connectorInfo"))
        return {"id": connector, "connector_state": kept, "connector_info": info}

    def _stream(self, account: Account, variables: Variables) -> object:
        with self._hub.reading.snapshot() as seen:
            name = _text(variables, "id")
            return find_stream(seen, account.viewer(), name).about()


def _config(connector: str) -> dict[str, object]:
    names = {
        name: f"{name}_{connector}"
        for name in ("listen", "listen_routing", "push", "push_routing")
    }
    exchanges = {"listen_exchange": "unused", "push_exchange": "unused"}
    return {"connection": _CONNECTION, **names, **exchanges}


def _echo(info: object) -> orjson.Fragment:
    """Give back what came as far as it can be written again.

    Raises:
        InvalidInputError: it is nested too deeply, or holds a number too long.
    """
    try:
        return orjson.Fragment(orjson.dumps(info))
    except orjson.JSONEncodeError as error:
        raise InvalidInputError(
            "connectorInfo: nested too deeply, or a number in it is too long"
        ) from error


def _text(given: Variables, name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not value:
        raise InvalidInputError(f"{name}: missing")
    return value


def _error(message: str, name: str) -> dict[str, object]:
    error = {"message": message, "name": name, "extensions": {"code": name}}
    return {"data": None, "errors": [error]}
