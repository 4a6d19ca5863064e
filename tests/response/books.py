"""Playbooks for tests, written short: steps by name, ids made from the names."""

import json
import uuid
from collections.abc import Mapping
from pathlib import Path

from foedus.response.cacao import Playbook
from foedus.response.validation import Judgement, validate

AGENT = "organization--2d3f59bd-659b-496b-815c-fdc9b76000ed"
TARGET = "group--9c7a1d0e-7a55-4d38-9d6c-2f4e0f7c1a11"
CREATED = "2026-01-01T00:00:00.000Z"

_PREFIX = {
    "S": "start",
    "E": "end",
    "A": "action",
    "C": "playbook-action",
    "P": "parallel",
    "I": "if-condition",
    "W": "while-condition",
    "X": "switch-condition",
}
_REFERENCES = (
    "on_completion",
    "on_success",
    "on_failure",
    "on_true",
    "on_false",
)

Json = dict[str, object]


def step_id(name: str) -> str:
    """Give the id of a step; the first letter of its name is its kind."""
    drawn = uuid.uuid5(uuid.NAMESPACE_URL, name)
    return f"{_PREFIX[name[0]]}--{uuid.UUID(bytes=drawn.bytes, version=4)}"


def step(name: str, **properties: object) -> Json:
    """Write a step; other steps are named, not by id."""
    kind = _PREFIX[name[0]]
    written: Json = {"type": kind, "name": name}
    if kind == "action":
        written["commands"] = [{"type": "manual", "command": f"do {name}"}]
        written["agent"] = AGENT
    for key, value in properties.items():
        if key in _REFERENCES:
            written[key] = step_id(str(value))
        elif key == "next_steps":
            assert isinstance(value, list)
            written[key] = [step_id(one) for one in value]
        elif key == "cases":
            assert isinstance(value, dict)
            written[key] = {case: step_id(one) for case, one in value.items()}
        else:
            written[key] = value
    return written


def book(steps: Mapping[str, Mapping[str, object]], **properties: object) -> Json:
    """Write a playbook of steps by name; a start that leads to the first is added."""
    first = next(iter(steps))
    workflow = {step_id("S"): step("S", on_completion=first)}
    workflow |= {step_id(name): step(name, **own) for name, own in steps.items()}
    identity = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps([*steps, str(properties)]))
    return {
        "type": "playbook",
        "spec_version": "cacao-2.0",
        "id": f"playbook--{identity}",
        "name": "a playbook",
        "created_by": "identity--0f1b651d-3f95-43d7-81a5-1b150b71c92d",
        "created": CREATED,
        "modified": CREATED,
        "workflow_start": step_id("S"),
        "workflow": workflow,
        "agent_definitions": {AGENT: {"type": "organization", "name": "Member A"}},
        **properties,
    }


def linear(**properties: object) -> Json:
    """Write a playbook of one action."""
    return book({"A1": {"on_completion": "E"}, "E": {}}, **properties)


def branching(**properties: object) -> Json:
    """Write a playbook of a parallel step with two branches, and what follows."""
    return book(
        {
            "P": {"next_steps": ["A1", "A2"], "on_completion": "A3"},
            "A1": {"on_completion": "E1"},
            "A2": {"on_completion": "E2"},
            "A3": {"on_completion": "E"},
            "E1": {},
            "E2": {},
            "E": {},
        },
        **properties,
    )


def asking(condition: str, **variables: object) -> Json:
    """Write a playbook of an if: A1 if it holds, A2 if not, then A3."""
    return book(
        {
            "I": {
                "condition": condition,
                "on_true": "A1",
                "on_false": "A2",
                "on_completion": "A3",
            },
            "A1": {"on_completion": "E1"},
            "A2": {"on_completion": "E2"},
            "A3": {"on_completion": "E"},
            "E1": {},
            "E2": {},
            "E": {},
        },
        playbook_variables=variables,
    )


def variable(value: str | None = "", kind: str = "string", **more: object) -> Json:
    """Write a variable."""
    return {"type": kind, "value": value, **more}


def at_step(document: Json, name: str) -> Json:
    """Give a step of a written playbook, to be altered."""
    workflow = document["workflow"]
    assert isinstance(workflow, dict)
    found = workflow[step_id(name)]
    assert isinstance(found, dict)
    return found


def judge(document: object, **how: bool) -> Judgement:
    """Validate a written playbook."""
    return validate(json.dumps(document).encode(), **how)


def rules_of(document: object, **how: bool) -> list[str]:
    """Give the rules that say anything of a playbook, but for what notes say."""
    return sorted({finding.rule for finding in judge(document, **how).findings})


def read(document: object, **how: bool) -> Playbook:
    """Give a written playbook as it is run."""
    judgement = judge(document, **how)
    assert judgement.playbook is not None, judgement.findings
    return judgement.playbook


def files(folder: Path, *parts: str) -> list[Path]:
    """Give the files of a folder of real data, in their order."""
    return sorted(path for part in parts for path in folder.glob(part))
