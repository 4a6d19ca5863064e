"""A stage whose hub carries out steps, and playbooks of such steps."""

import uuid
from collections.abc import Mapping

from foedus.clock import to_ms
from foedus.eventlog.envelope import Act
from foedus.identity.commands import open_account
from foedus.identity.rules import Opening
from foedus.identity.tokens import TokenTerms
from foedus.releasability.viewers import Role
from foedus.response.queries import find_task
from foedus.response.task_sheets import TaskSheet, task_sheet
from tests.response.books import AGENT, Json, at_step, book, variable
from tests.response.theatre import FOUNDER, Theatre, assign

TARGET = "http-api--1c3900b4-f86b-430d-b415-12312b9e31f4"
MACHINE = "http-api--3c3900b4-f86b-430d-b415-12312b9e31f4"

HUB = {"dname": ["hub.example"]}

SECRET = "Bearer 4a7f-canary"  # noqa: S105 - of a test


def switch_on(  # noqa: PLR0913 - one for each setting
    stage: Theatre,
    port: int,
    *,
    impact_max: int = 50,
    methods: str = '["POST", "PUT"]',
    repeat: bool = False,
    answers: bool = False,
) -> None:
    """Let the hub send to a port of this machine; opens it anew."""
    (stage.folder / "edge.token").write_text(f"{SECRET}\n", encoding="ascii")
    (stage.folder / "foedus.toml").write_text(
        f"""
[automation]
enabled = true
impact_max = {impact_max}
networks = ["127.0.0.0/8"]
allow_http = true

[[automation.allowed]]
nation = "EST"
url = "http://127.0.0.1:{port}/api/"
methods = {methods}
credential_file = "edge.token"
repeat = {str(repeat).lower()}
answers = {str(answers).lower()}
""",
        encoding="utf-8",
    )
    stage.reopen()


def switch_off(stage: Theatre) -> None:
    """Let the hub send nothing any more; opens it anew."""
    (stage.folder / "foedus.toml").unlink()
    stage.reopen()


def sending(
    port: int, command: Mapping[str, object] | None = None, **properties: object
) -> Json:
    """Write a playbook: A1 is a request; A2 follows if it is taken, A3 if not."""
    document = book(
        {
            "A1": {"on_success": "A2", "on_failure": "A3"},
            "A2": {"on_completion": "E"},
            "A3": {"on_completion": "E"},
            "E": {},
        },
        **{"impact": 20, **properties},
    )
    document["id"] = (
        f"playbook--{uuid.uuid5(uuid.NAMESPACE_URL, str((command, properties)))}"
    )
    step = at_step(document, "A1")
    step["commands"] = [
        {"type": "http-api", "command": "POST /block HTTP/1.1", "content": '{"a":1}'}
        | dict(command or {})
    ]
    step["agent"], step["targets"] = MACHINE, [TARGET]
    document["agent_definitions"] = {
        AGENT: {"type": "organization", "name": "Member A"},
        MACHINE: {
            "type": "http-api",
            "name": "Hub",
            "address": {"dname": ["h.example"]},
        },
    }
    document["target_definitions"] = {
        TARGET: {
            "type": "http-api",
            "name": "Edge",
            "address": {"url": [f"http://127.0.0.1:{port}/api"]},
        }
    }
    return document


def giving_back(port: int, kind: str = "string", **given: object) -> Json:
    """Write a playbook whose A1 asks a machine, whose A2 tells another what it said.

    A2 is a step of people who are given the value.
    """
    document = sending(port, {"command": "POST /ask HTTP/1.1"}, name=str((kind, given)))
    document["playbook_variables"] = {"__x__": variable(None, kind)}
    at_step(document, "A1")["out_args"] = ["__x__"]
    at_step(document, "A2")["in_args"] = ["__x__"]
    return assign(document, "A1", **given) if given else document


def said(value: bytes, status: str = "200 OK") -> bytes:
    """Write an answer as a receiver gives it, byte for byte."""
    head = f"HTTP/1.1 {status}\r\nContent-Length: {len(value)}\r\n\r\n"
    return head.encode() + value


async def second_officer(stage: Theatre, name: str = "est-2") -> str:
    """Open a second duty officer's account of the coordinator."""
    await open_account(
        stage.hub.registry,
        Opening(name=name, nation="EST", roles=frozenset({Role.DUTY_OFFICER})),
        TokenTerms(),
        alliance=stage.hub.alliance,
        act=Act(who=FOUNDER, at=stage.clock()),
    )
    await stage.hub.seen([stage.hub.log.head()])
    return name


def sheet(stage: Theatre, task: str, name: str = "est") -> TaskSheet:
    """Give a task as an account is shown it."""
    viewer = stage.account(name).viewer()
    with stage.hub.reading.snapshot() as seen:
        found = find_task(seen.db, seen.access, viewer, task)
        assert found is not None, "it is shown"
        return task_sheet(seen.db, found, viewer, seen.access, to_ms(stage.clock()))
