"""Playbooks that keep or break the rules V01 to V33, one rule at a time.

Each is made of a playbook of which no rule has anything to say.
"""

import base64
import json
from collections.abc import Callable

from foedus.response.vocabulary import (
    LOOPS_NESTED_MAX,
    NESTING_MAX,
)
from foedus.stix.strict_json import DEPTH_MAX
from tests.response.books import (
    AGENT,
    CREATED,
    TARGET,
    Json,
    asking,
    at_step,
    book,
    branching,
    linear,
    step,
    step_id,
    variable,
)

Alter = Callable[[Json], object]


def without(name: str) -> Alter:
    return lambda document: document.pop(name)


def with_(**properties: object) -> Alter:
    return lambda document: document.update(properties)


def with_step(name: str, **properties: object) -> Alter:
    return lambda document: at_step(document, name).update(properties)


def renamed(name: str, new: str) -> Alter:
    """Give a step another id, wherever it is named."""

    def alter(document: Json) -> None:
        text = json.dumps(document["workflow"]).replace(step_id(name), new)
        document["workflow"] = json.loads(text)

    return alter


def command(**properties: object) -> Alter:
    return with_step("A1", commands=[properties])


def several(*alters: Alter) -> Alter:
    def alter(document: Json) -> None:
        for one in alters:
            one(document)

    return alter


def marking(**properties: object) -> Json:
    return {
        "type": "marking-statement",
        "statement": "as agreed",
        "created_by": "identity--0f1b651d-3f95-43d7-81a5-1b150b71c92d",
        **properties,
    }


def deep(levels: int) -> object:
    value: object = "deep"
    for _ in range(levels):
        value = [value]
    return value


def nested(depth: int, kind: str) -> Json:
    """Write branches inside each other."""
    steps: dict[str, Json] = {}
    for n in range(depth):
        inner = f"{kind}{n + 1}" if n + 1 < depth else "A1"
        opens: Json = {"condition": "1 = 1", "on_true": inner}
        steps[f"{kind}{n}"] = {**opens, "on_completion": f"E{n}"}
        steps[f"E{n}"] = {}
    return book({**steps, "A1": {"on_completion": "EA"}, "EA": {}})


def organization(**properties: object) -> Json:
    return {"type": "organization", "name": "Member A", **properties}


def group(**properties: object) -> Json:
    return {"type": "group", "name": "the team", **properties}


def with_steps(**steps: Json) -> Alter:
    def alter(document: Json) -> None:
        workflow = document["workflow"]
        assert isinstance(workflow, dict)
        workflow.update({step_id(name): one for name, one in steps.items()})

    return alter


def altered(document: Json, name: str, **properties: object) -> Json:
    at_step(document, name).update(properties)
    return document


def switching() -> Json:
    return book(
        {
            "X": {
                "switch": "__x__:value",
                "cases": {"red": "A1", "default": "A1"},
                "on_completion": "E",
            },
            **ACTION,
        },
        playbook_variables={"__x__": variable()},
    )


def with_exception() -> Json:
    steps: dict[str, Json] = {"A1": {"on_completion": "E"}, "E": {}}
    document = book({**steps, "A9": {"on_completion": "E9"}, "E9": {}})
    return {**document, "workflow_exception": step_id("A9")}


def in_scope_of_its_opener() -> Json:
    document = book({"W": {**LOOP, "on_completion": "E"}, **ACTION})
    at_step(document, "W")["step_variables"] = {"__x__": variable()}
    return altered(document, "A1", out_args=["__x__"])


B64 = base64.b64encode(b"{}").decode()
FEBRUARY = "2026-02-01T00:00:00.000Z"
MARKING = "marking-statement--6424867b-0440-4885-bd0b-604d51786d06"
OTHER = "marking-statement--7424867b-0440-4885-bd0b-604d51786d06"
TLP_GREEN = "marking-tlp--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"
EXTENSION = "extension-definition--418ee24c-9cb1-46d9-afa5-309e01aabc7f"
LOGIN = "user-auth--b7ddc2ea-9f6a-4e82-8eaa-be202e942090"
SECTOR = "sector--b7ddc2ea-9f6a-4e82-8eaa-be202e942091"
VERSION_1 = "c232ab00-9414-11ec-b3c8-9f6bdeced846"
VERSION_5 = "edd41723-869d-5a07-9971-55876c706533"
ACTION: dict[str, Json] = {"A1": {"on_completion": "E1"}, "E1": {}, "E": {}}
ENDS: dict[str, Json] = {"E1": {}, "E2": {}, "E": {}}
LOOP: Json = {"condition": "1 = 2", "on_true": "A1"}
CONSTANT = variable(constant=True)
GIVES_X = with_step("A1", out_args=["__x__"])
CIRCLE = {MARKING: marking(markings=[OTHER]), OTHER: marking(markings=[MARKING])}
DEFINITION = {
    "type": "extension-definition",
    "name": "layout",
    "created_by": "identity--0f1b651d-3f95-43d7-81a5-1b150b71c92d",
    "schema": "https://example.org/layout.json",
    "version": "1.0.0",
}
SIGNED = {
    "id": "jss--af892292-c4b4-47eb-9be6-4897ff4b9388",
    "signee": "ACME",
    "algorithm": "XMSS-SHA2_10_256",
    "hash_algorithm": "sha-256",
    "value": "AAAA",
    "thumbprint": "AAAA",
}
PLAYBOOK = f"playbook--{VERSION_5}"
RELATED = {"related_to": PLAYBOOK, "related_version": CREATED}

REFUSED: list[tuple[str, Alter]] = [
    ("V01", without("name")),
    ("V01", without("workflow")),
    ("V01", with_(type="course-of-action")),
    ("V01", with_(labels=1, workflow_exception=7)),
    ("V01", lambda document: at_step(document, "A1").pop("commands")),
    ("V01", lambda document: at_step(document, "A1").pop("agent")),
    ("V01", with_step("A1", commands=[])),
    ("V01", with_steps(A2={"type": "bpmn-task"})),
    ("V01", with_step("A1", delay="soon")),
    ("V02", with_(spec_version="cacao-1.1")),
    ("V03", with_(id="playbook-1")),
    ("V03", with_(id="bundle--0c65ace6-b7fb-49d5-9a6f-5031886b9a87")),
    ("V03", with_(created_by="group--0c65ace6-b7fb-49d5-9a6f-5031886b9a87")),
    ("V03", renamed("E", "action--bd4c07f7-a4b5-4120-b179-c0ad559b2d93")),
    ("V04", renamed("E", f"end--{VERSION_1}")),
    ("V04", with_(id=f"playbook--{VERSION_1}")),
    ("V05", renamed("E", "end--" + step_id("A1")[-36:])),
    ("V06", with_(created="2026-01-01T00:00:00.000+01:00")),
    ("V06", with_(created="2026-01-01T00:00:00Z")),
    ("V06", with_(modified="yesterday")),
    ("V07", with_(created="2026-01-02T00:00:00.000Z")),
    ("V08", with_(valid_from=FEBRUARY, valid_until=FEBRUARY)),
    ("V09", with_(priority=101)),
    ("V09", with_(severity=-1)),
    ("V09", with_(impact="high")),
    ("V10", with_(workflow_start="start--0c65ace6-b7fb-49d5-9a6f-5031886b9a87")),
    ("V10", with_(workflow_start=step_id("A1"))),
    ("V10", with_steps(S2=step("S2", on_completion="A1"))),
    ("V12", with_step("A1", on_completion=step_id("E9"))),
    ("V12", with_(workflow_exception=step_id("A9"))),
    ("V13", with_step("A1", on_failure=step_id("E"))),
    ("V14", with_step("E", on_completion=step_id("A1"))),
    ("V14", with_step("S", on_failure=step_id("E"))),
    ("V19", with_step("A1", agent=TARGET)),
    ("V19", with_(markings=[MARKING])),
    ("V19", with_(playbook_extensions={EXTENSION: {}})),
    ("V19", with_(agent_definitions={AGENT: organization(authentication_info=LOGIN)})),
    ("V20", command(type="manual")),
    ("V20", command(type="bash", command="ls", command_b64=B64)),
    ("V20", command(type="ssh", command_b64="not base64!")),
    ("V20", command(type="sigma")),
    ("V21", command(type="openc2-http", command="GET / HTTP/1.1", content_b64=B64)),
    ("V22", with_(playbook_variables={"__1x__": variable()})),
    ("V22", with_(playbook_variables={"__" + "x" * 247 + "__": variable()})),
    ("V22", with_(playbook_variables={"x": variable()})),
    ("V23", with_step("A1", in_args=["__x__"])),
    ("V23", with_step("A1", out_args=["__x__"])),
    ("V24", command(type="manual", command="block __x__:value")),
    ("V24", with_(target_definitions={TARGET: group(description="__x__:value")})),
    ("V25", several(with_(playbook_variables={"__x__": CONSTANT}), GIVES_X)),
    ("V29", with_(markings=[MARKING], data_marking_definitions=CIRCLE)),
    ("V32", with_(signatures=[SIGNED])),
    ("V32", with_(signatures=[{**SIGNED, **RELATED, "public_key": "AAAA"}])),
    ("V32", with_(signatures="mine")),
    ("V33", with_(labels=deep(DEPTH_MAX + 1))),
]
"""Alterations of a playbook of one action that refuse it, by one rule alone."""

REFUSED_WHOLE: list[tuple[str, Json]] = [
    ("V11", book({"P": {"next_steps": ["E1", "E2"], "on_completion": "E"}, **ENDS})),
    ("V15", book({"P": {"next_steps": ["A1"], "on_completion": "E"}, **ACTION})),
    ("V15", book({"P": {"next_steps": ["A1", "A1"], "on_completion": "E"}, **ACTION})),
    ("V16", altered(branching(), "A2", on_completion=step_id("E1"))),
    ("V16", altered(branching(), "A1", on_completion=step_id("E"))),
    ("V16", book({"A1": {}, "E": {}})),
    ("V17", altered(branching(), "A1", on_completion=step_id("A2"))),
    ("V17", altered(branching(), "A1", on_completion=step_id("A3"))),
    ("V17", altered(branching(), "A3", on_completion=step_id("P"))),
    (
        "V17",
        book(
            {"W": {**LOOP, "on_completion": "E"}, "A1": {"on_completion": "W"}, "E": {}}
        ),
    ),
    ("V24", asking("__y__:value = 'red'", __x__=variable())),
    ("V24", asking("__x__:value = red", __x__=variable())),
    ("V24", asking("[__x__:value = 1] FOLLOWEDBY [__x__:value = 2]", __x__=variable())),
    ("V24", altered(switching(), "X", switch="'red'")),
    ("V33", nested(NESTING_MAX + 1, "I")),
    ("V33", nested(LOOPS_NESTED_MAX + 1, "W")),
]
"""Playbooks that one rule alone refuses."""

WARNED: list[tuple[str, Json]] = [
    ("V01", altered(linear(), "A1", timeout="1000")),
    ("V01", altered(linear(), "A1", delay=-1)),
    ("V06", linear(created="2026-01-01T00:00:00.123456Z", modified=FEBRUARY)),
    ("V16", book({"A1": {"on_failure": "E"}, "E": {}})),
    ("V16", linear(workflow_exception=step_id("E"))),
    (
        "V18",
        book(
            {
                "A1": {"on_completion": "E"},
                "E": {},
                "A2": {"on_completion": "E2"},
                "E2": {},
            }
        ),
    ),
    ("V24", asking("__x__:value < '3'", __x__=variable())),
    (
        "V26",
        altered(
            linear(playbook_variables={"__x__": variable()}),
            "A1",
            step_variables={"__x__": variable()},
        ),
    ),
    ("V27", linear(playbook_types=["mitigation"])),
    ("V30", linear(playbook_processing_summary={"parallel_processing": True})),
    (
        "V30",
        altered(
            linear(playbook_processing_summary={"temporal_logic": False}), "A1", delay=5
        ),
    ),
    ("V31", linear(colour="red")),
    ("V31", altered(linear(), "A1", colour="red")),
    ("V32", linear(id=PLAYBOOK, signatures=[{**SIGNED, **RELATED}])),
]
"""Playbooks that one rule alone warns of."""

NOTED: list[tuple[str, Json]] = [
    ("V01", altered(linear(), "A1", commands=[{"type": "pong"}])),
    (
        "V03",
        linear(
            target_definitions={
                "agent-target--" + SECTOR[-36:]: {"type": "broker", "name": "B"}
            }
        ),
    ),
    (
        "V04",
        json.loads(json.dumps(linear()).replace(step_id("E"), f"end--{VERSION_5}")),
    ),
    (
        "V05",
        json.loads(json.dumps(linear()).replace(step_id("E"), "end--" + AGENT[-36:])),
    ),
    ("V19", altered(linear(), "A1", targets=[TARGET])),
    ("V21", altered(linear(), "A1", commands=[{"type": "openc2-http"}])),
    ("V24", asking("the operator agrees")),
    ("V27", linear(playbook_types=["mitigation"], playbook_activities=["scan-system"])),
    ("V28", altered(linear(), "A1", external_references=[{"name": "a handbook"}])),
    (
        "V28",
        linear(
            target_definitions={
                SECTOR: {"type": "sector", "name": "E", "sector": "energy"}
            }
        ),
    ),
]
"""Playbooks of which a rule notes something that changes no verdict."""

ACCEPTED: list[tuple[str, Json]] = [
    ("V01 V02 V10 V11 V12", linear()),
    ("V03 V04 V05", linear(id=f"playbook--{VERSION_5}")),
    ("V06 V07", linear(modified=FEBRUARY)),
    ("V08", linear(valid_from="2026-01-01T00:00:00Z", valid_until=FEBRUARY)),
    (
        "V08 when revoked",
        linear(valid_from=FEBRUARY, valid_until=FEBRUARY, revoked=True),
    ),
    ("V09", linear(priority=0, severity=100, impact=1)),
    ("V12 V16", with_exception()),
    (
        "V13",
        book(
            {
                "A1": {"on_success": "E", "on_failure": "A2"},
                "A2": {"on_completion": "E2"},
                "E": {},
                "E2": {},
            }
        ),
    ),
    ("V14 V15 V16 V17 V18", branching()),
    (
        "V16 in one frame",
        book(
            {
                "A1": {"on_success": "E", "on_failure": "A2"},
                "A2": {"on_completion": "E"},
                "E": {},
            }
        ),
    ),
    ("V17 by a loop", book({"W": {**LOOP, "on_completion": "E"}, **ACTION})),
    (
        "V19",
        altered(
            linear(markings=[TLP_GREEN], target_definitions={TARGET: group()}),
            "A1",
            targets=[TARGET],
        ),
    ),
    ("V20", altered(linear(), "A1", commands=[{"type": "sigma", "command_b64": B64}])),
    (
        "V21",
        altered(
            linear(),
            "A1",
            commands=[
                {
                    "type": "openc2-http",
                    "command": "POST / HTTP/1.1",
                    "content_b64": B64,
                }
            ],
        ),
    ),
    (
        "V22 V23",
        altered(
            linear(playbook_variables={"__x__": variable()}),
            "A1",
            in_args=["__x__"],
            out_args=["__x__"],
        ),
    ),
    (
        "V22 at its longest",
        linear(playbook_variables={"__" + "x" * 246 + "__": variable()}),
    ),
    (
        "V23 V25 V26",
        altered(
            linear(), "A1", out_args=["__x__"], step_variables={"__x__": variable()}
        ),
    ),
    ("V23 in a branch", in_scope_of_its_opener()),
    (
        "V24",
        asking(
            "__x__:value = 'red' AND NOT (__x__:value IN ('a', 'b'))", __x__=variable()
        ),
    ),
    (
        "V25",
        altered(
            linear(playbook_variables={"__x__": CONSTANT}), "A1", in_args=["__x__"]
        ),
    ),
    (
        "V27",
        altered(
            linear(playbook_types=["mitigation"], playbook_activities=["scan-system"]),
            "A1",
            commands=[
                {
                    "type": "manual",
                    "command": "scan",
                    "playbook_activity": "scan-system",
                }
            ],
        ),
    ),
    (
        "V28",
        altered(
            linear(external_references=[{"name": "a handbook"}]),
            "A1",
            external_references=[{"name": "a handbook"}],
        ),
    ),
    ("V29", linear(markings=[MARKING], data_marking_definitions={MARKING: marking()})),
    ("V30", linear(playbook_processing_summary={"manual_playbook": True})),
    (
        "V31",
        altered(
            linear(extension_definitions={EXTENSION: DEFINITION}),
            "A1",
            step_extensions={EXTENSION: {"x": 1}},
        ),
    ),
    ("V33", nested(NESTING_MAX, "I")),
    ("V33 of loops", nested(LOOPS_NESTED_MAX, "W")),
]
"""Playbooks that are right by the rules named."""
