"""Protocols that are ready to be imported, each also as an exercise.

- What is in the catalogue is accepted without a finding.
- The exercise is made from the same playbook by one pure function: the same steps,
  clocks and gates under ids of its own, and marked wherever somebody reads.

Source: reference/response.md, sections 2.3, 5.1 and 6.
"""

import re
import uuid
from collections.abc import Callable, Mapping
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import Final

import orjson

from foedus.errors import NotFoundError
from foedus.response.assignments import OF_PLAYBOOKS, OF_STEPS
from foedus.response.vocabulary import STEP_KINDS
from foedus.stix.strict_json import read_object

NAMES: Final = (
    "cyber-incident",
    "malware-outbreak",
    "rapid-reaction-48h",
    "air-policing-hand-over",
    "border-surveillance-surge",
    "election-vigilance",
)
"""The protocols, each a file; with `-exercise` behind it, its exercise."""

EXERCISE: Final = "-exercise"

MARK: Final = "EXERCISE: "
"""What stands before every text of an exercise that a person reads."""

_NAMESPACE: Final = uuid.UUID("7d1d1f0e-5a3c-5c55-9f0b-0c6f2b8f1a43")
_STATEMENT: Final = "marking-statement--5f3f1f6a-0e0b-4c5e-8d43-3f1f0a7f6b52"
_find_ids: Final = re.compile(
    rf"(?:playbook|{'|'.join(sorted(STEP_KINDS))})--"
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
).sub

Json = Mapping[str, object]


def names() -> tuple[str, ...]:
    """Give every name, an exercise behind its protocol."""
    return tuple(name for one in NAMES for name in (one, one + EXERCISE))


@cache
def raw(name: str) -> bytes:
    """Give a playbook of the catalogue, as it is imported.

    Raises:
        NotFoundError: there is none of that name.
    """
    base = name.removesuffix(EXERCISE)
    if base not in NAMES:
        raise NotFoundError(
            f"no protocol {name!a} in the catalogue; see `foedus protocol catalogue`"
        )
    written = files("foedus.response").joinpath("catalogue", f"{base}.json")
    if name == base:
        return written.read_bytes()
    exercise = exercise_of(read_object(written.read_bytes()))
    return orjson.dumps(exercise, option=orjson.OPT_INDENT_2)


def with_children(name: str) -> tuple[bytes, ...]:
    """Give a playbook and those of the catalogue that it calls, the called ones first.

    Raises:
        NotFoundError: there is none of that name.
    """
    by_id = {str(read_object(raw(one))["id"]): one for one in names()}
    workflow = read_object(raw(name))["workflow"]
    assert isinstance(workflow, dict), "what ships is checked"
    called = dict.fromkeys(
        by_id[step["playbook_id"]]
        for step in workflow.values()
        if step.get("playbook_id") in by_id
    )
    return (*(each for one in called for each in with_children(one)), raw(name))


def exercise_of(document: Json) -> dict[str, object]:
    """Make the exercise of a playbook.

    Its impact stays: an exercise asks the same people for approval.

    Args:
        document: the playbook; it is not changed.
    """
    made = _renamed(document)
    assert isinstance(made, dict), "an object stays one"
    made["name"] = MARK + str(document["name"])
    made["description"] = MARK + str(document.get("description", ""))
    made["derived_from"] = [document["id"]]
    made["labels"] = [*_listed(document.get("labels")), "exercise"]
    made["markings"] = [*_listed(document.get("markings")), _STATEMENT]
    made["data_marking_definitions"] = {
        **_object(made.get("data_marking_definitions")),
        _STATEMENT: {
            "type": "marking-statement",
            "id": _STATEMENT,
            "created_by": document["created_by"],
            "created": document["created"],
            "statement": "EXERCISE EXERCISE EXERCISE",
        },
    }
    summary = _object(made.get("playbook_processing_summary"))
    made["playbook_processing_summary"] = {**summary, "data_markings": True}
    _mark_run(made)
    for step in _object(made["workflow"]).values():
        _mark_step(_object(step))
    return made


def _mark_run(made: dict[str, object]) -> None:
    terms = _object(_object(made.get("playbook_extensions")).get(OF_PLAYBOOKS))
    terms["exercise"] = True
    for clock in _listed(terms.get("named_clocks")):
        _mark(_object(clock), "name")


def _mark_step(step: dict[str, object]) -> None:
    _mark(step, "name")
    _mark(step, "description")
    for command in _listed(step.get("commands")):
        _mark(_object(command), "command")
        _mark(_object(command), "description")
    given = _object(_object(step.get("step_extensions")).get(OF_STEPS))
    _mark(given, "reply")
    for clock in _object(given.get("clocks")).values():
        _mark(_object(clock), "name")


def _mark(entry: dict[str, object], name: str) -> None:
    if entry.get(name):
        entry[name] = MARK + str(entry[name])


def _renamed(value: object) -> object:
    """Copy a JSON value, with other ids of playbooks and steps, wherever they stand."""
    rename: Callable[[str], str] = lambda text: _find_ids(  # noqa: E731 - one use
        lambda found: _other_id(found[0]), text
    )
    if isinstance(value, str):
        return rename(value)
    if isinstance(value, list | tuple):
        return [_renamed(item) for item in value]
    if isinstance(value, Mapping):
        return {rename(key): _renamed(item) for key, item in value.items()}
    return value


def _other_id(identifier: str) -> str:
    """Give the id in the exercise: by name for a playbook, of version 4 for a step."""
    kind, _, _ = identifier.rpartition("--")
    if kind == "playbook":
        return f"{kind}--{uuid.uuid5(_NAMESPACE, identifier)}"
    digest = sha256(_NAMESPACE.bytes + identifier.encode()).digest()
    return f"{kind}--{uuid.UUID(bytes=digest[:16], version=4)}"


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else []
