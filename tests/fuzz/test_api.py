"""Requests made of the OpenAPI description, and of what it forbids.

schemathesis makes them: for each operation what the description allows, what it does
not, and chains of operations that use each other's answers. `make soak` asks for 200
examples of each operation and account; `make test` for a few, always the same.
"""

import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import events, from_schema

from foedus.api import openapi
from foedus.api.routes import OPERATIONS
from foedus.identity.secret import Secret
from foedus.identity.tokens import TokenTerms
from tests.api import world
from tests.fuzz.house import House, Reply, Request, application, house
from tests.fuzz.refusals import check_problem

EXAMPLES = 3
"""Examples of each operation in `make test`, beside those on each edge of a schema."""

EXAMPLES_IN_SOAK = 200

LABELS = (
    "NATO UNCLASSIFIED",
    "NATO RESTRICTED // REL TO NATO, UKR",
    "TLP:AMBER+STRICT",
    "NATO SECRET // REL TO POL, FIN // ORCON",
    "NU",
    "",
)
NATIONS = ("POL", "finland", "NATO", "MEMBERS", "MDA", "XXX", "*")
"""Words that mean something here, which chance would never write."""

NOBODY = b"account--00000000-0000-4000-8000-000000000000"

CHECKS = {
    # A positive example is only well formed; nations, labels and ids are made up.
    "positive_data_acceptance": {"enabled": False},
    "negative_data_rejection": {
        "expected-statuses": [400, 401, 403, 404, 405, 409, 413, 415, 422, 429]
    },
}


@contextmanager
def inhabited(founded: world.World) -> Iterator[tuple[House, list[str]]]:
    """Run a hub with a few objects, and give their ids."""
    # An example may revoke a token; the next hub has it anew.
    tokens = dict(founded.tokens)
    with house(founded.folder, tokens, at=world.NOON) as found:
        pol = found.hub.authenticator.named("pol")
        ids = [
            found.wait(world.publish(found.hub, pol, name, number))
            for number, name in enumerate(("open", "members", "open"))
        ]
        yield found, ids


class Asked:
    """Keeps what was asked and answered, and checks each answer.

    Args:
        hub: who answers.
        name: the account that asks; None for nobody.
    """

    def __init__(self, hub: House, name: str | None) -> None:
        self._hub = hub
        self._name = name
        self.statuses: Counter[int] = Counter()
        self.wrong: list[str] = []

    def ask(self, request: Request) -> Reply:
        """Ask, with a credential that still counts where one was given."""
        reply = self._hub.ask(self._with_credential(request))
        self.statuses[int(reply.status)] += 1
        try:
            check_problem(request, reply)
        except AssertionError as error:
            self.wrong.append(str(error))
        return strict(reply) if request.path == openapi.PATH.encode() else reply

    def _with_credential(self, request: Request) -> Request:
        # An example may revoke the token, or close the account, that asks.
        headers = tuple(
            self._credential() if value == b"Bearer as-the-account" else (name, value)
            for name, value in request.headers
        )
        return Request(
            method=request.method,
            path=self._spared(request),
            query=request.query,
            headers=headers,
            body=request.body,
            address=request.address,
        )

    def _spared(self, request: Request) -> bytes:
        """Give the path, without the id of who asks: an account may close itself."""
        if self._name is None or request.method != "DELETE":
            return request.path
        own = self._hub.hub.authenticator.named(self._name).id
        return request.path.replace(own.encode(), NOBODY)

    def _credential(self) -> tuple[bytes, bytes]:
        assert self._name is not None, "somebody asks"
        hub, tokens = self._hub.hub, self._hub.tokens
        if hub.keyring.tokens.find(Secret(tokens[self._name]), hub.clock()):
            return self._hub.bearer(self._name)
        account = hub.authenticator.named(self._name)
        token = hub.keyring.tokens.issue(account.id, TokenTerms(), hub.clock())
        tokens[self._name] = token.reveal()
        return self._hub.bearer(self._name)


def strict(described: Reply) -> Reply:
    """Take the `default` out of a description: every status has to be in it."""
    document = described.json()
    for path in document["paths"].values():
        for operation in path.values():
            del operation["responses"]["default"]
    return Reply(
        status=described.status,
        headers=tuple(h for h in described.headers if h[0] != b"content-length"),
        body=msgspec.json.encode(document),
    )


def configuration(
    examples: int, ids: list[str], *, is_soak: bool
) -> SchemathesisConfig:
    """Say what is asked, how often, and what is expected of the answers."""
    return SchemathesisConfig.from_dict(
        {
            "seed": int(os.environ.get("FOEDUS_SEED", random.randrange(10**9)))  # noqa: S311 - examples, no secrets
            if is_soak
            else 1,
            "generation": {
                "max-examples": examples,
                "deterministic": not is_soak,
                "database": "none",
                "no-shrink": True,
            },
            "phases": {"stateful": {"enabled": is_soak}},
            "checks": CHECKS,
            "dictionaries": {
                "objects": {"values": ids},
                "labels": {"values": list(LABELS)},
                "nations": {"values": list(NATIONS)},
            },
            "parameters": {
                "query.text": {"dictionary": "labels", "probability": 0.5},
                "body.label": {"dictionary": "labels", "probability": 0.5},
                "body.default_label": {"dictionary": "labels", "probability": 0.5},
                "body.to[*]": {"dictionary": "nations", "probability": 0.7},
                "body.ask[*]": {"dictionary": "nations", "probability": 0.7},
                "body.nation": {"dictionary": "nations", "probability": 0.7},
                "path.code": {"dictionary": "nations", "probability": 0.7},
            },
            "operations": [
                {
                    "include-path-regex": "^/api/v1/objects/",
                    "parameters": {
                        "path.id": {"dictionary": "objects", "probability": 0.7}
                    },
                },
                *([] if is_soak else [_TRIED_ELSEWHERE]),
            ],
        }
    )


_TRIED_ELSEWHERE = {
    "include-path-regex": "^/api/v1/decisions/.*/acts$",
    "phases": {"coverage": {"enabled": False}},
}
"""A sixth of all edges: those of a text that is amended. Those of a draft are tried."""


def run(asked: Asked, config: SchemathesisConfig) -> list[str]:
    """Ask everything, and tell what is not as described."""
    schema = schemathesis.openapi.from_asgi(
        "/api/openapi.json", application(asked.ask), config=config
    )
    return [
        told
        for event in from_schema(schema).execute()
        for told in told_by(event, seed=config.seed)
    ]


def told_by(event: events.EngineEvent, *, seed: int) -> Iterator[str]:
    """Tell what an event of schemathesis finds wrong."""
    if isinstance(event, events.NonFatalError | events.FatalError):
        yield f"FOEDUS_SEED={seed}: {event!r}"
    if not isinstance(event, events.ScenarioFinished):
        return
    recorder = event.recorder
    for case, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                sent = recorder.interactions.get(case)
                yield f"FOEDUS_SEED={seed}: {check.failure_info.failure!r} {sent!r}"


ACCOUNTS = {"chief": True, "pol": False}
"""Who asks in `make test`, and whether that is each edge of each schema, or examples.

The edges are judged before anybody's rights are: one account tries them all.
"""

ACCOUNTS_IN_SOAK = ("chief", "desk", "pol", "pol-audit", "fin", "mda", None)


@pytest.mark.parametrize(("name", "edges"), ACCOUNTS.items())
def test_answers_are_as_described_and_refusals_are_problems(
    api_world: world.World, name: str, *, edges: bool
) -> None:
    with inhabited(api_world) as (hub, ids):
        asked = Asked(hub, name)
        config = configuration(EXAMPLES, ids, is_soak=False)
        config.projects.default.update(headers=CREDENTIAL)
        config.projects.default.phases.coverage.enabled = edges
        config.projects.default.phases.fuzzing.enabled = not edges

        found = run(asked, config)

    assert not found, "\n".join(found[:5])
    assert not asked.wrong, "\n".join(asked.wrong[:5])
    assert asked.statuses[200] > len(OPERATIONS) * (1 if edges else 0.5)
    assert asked.statuses[401] < sum(asked.statuses.values()) / 2, asked.statuses


CREDENTIAL = {"Authorization": "Bearer as-the-account"}


@pytest.mark.soak
@pytest.mark.parametrize("name", ACCOUNTS_IN_SOAK)
def test_answers_are_as_described_for_hundreds_of_examples_of_each_operation(
    api_world: world.World, name: str | None
) -> None:
    with inhabited(api_world) as (hub, ids):
        asked = Asked(hub, name)
        config = configuration(EXAMPLES_IN_SOAK, ids, is_soak=True)
        if name is not None:
            config.projects.default.update(headers=CREDENTIAL)

        found = run(asked, config)

    assert not found, "\n".join(found[:5])
    assert not asked.wrong, "\n".join(asked.wrong[:5])
    assert sum(asked.statuses.values()) > EXAMPLES_IN_SOAK * (len(OPERATIONS) - 4)


def test_every_route_of_the_api_is_described(api_world: world.World) -> None:
    with inhabited(api_world) as (hub, _):
        described = hub.ask(Request(method="GET", path=b"/api/openapi.json")).json()
        served = {
            (path, method)
            for path, methods in hub.served("/api/", "/health/").items()
            for method in methods
            if "{elsewhere" not in path
        }

    paths = described["paths"].items()
    found = {(path, method.upper()) for path, each in paths for method in each}
    assert served == found


@pytest.mark.parametrize("place", ["host", "accept", "cookie", "authorization"])
@pytest.mark.parametrize("value", [b"[", b"\xff\xfe", b"", b"a" * 9_000, b"::1]:x"])
def test_a_strange_header_is_no_failure(
    api_world: world.World, place: str, value: bytes
) -> None:
    with inhabited(api_world) as (hub, _):
        headers = (hub.bearer("pol"), (place.encode(), value))
        request = Request(method="GET", path=b"/api/v1/me", headers=headers)
        check_problem(request, hub.ask(request))
