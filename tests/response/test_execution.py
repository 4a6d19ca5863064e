"""The export of a run validates against the schema that other engines use."""

import base64
import json
from pathlib import Path

import msgspec
import pytest
from jsonschema_rs import Draft7, Draft7Validator, Registry

from foedus.errors import NotFoundError
from foedus.response.execution import Execution, execution_of
from foedus.response.moves import Acknowledge, Begin, Finish
from tests.response.theatre import Theatre, asking

BASE = "https://raw.githubusercontent.com/cyentific-rni/cacao-json-schemas/cacao-v2.0-csd01/schemas/"


def exported(stage: Theatre, name: str, run: str) -> list[Execution]:
    with stage.hub.reading.snapshot() as seen:
        return execution_of(seen.db, seen.access, stage.account(name).viewer(), run)


def validator(shared_data: Path) -> Draft7Validator:
    """Read the schema; `integer` is a type there, written as a reference."""
    folder = shared_data / "cacao"
    schema = json.loads(
        (folder / "execution-status/execution-status.json").read_bytes()
    )
    assert schema["properties"]["duration"].pop("$ref") == "integer"
    schema["properties"]["duration"]["type"] = "integer"
    schema["additionalProperties"] = False
    parts = [
        (
            f"{BASE}data-types/{each}.json",
            json.loads((folder / f"schemas/data-types/{each}.json").read_bytes()),
        )
        for each in ("identifier", "timestamp")
    ]
    return Draft7Validator(schema, registry=Registry(parts, draft=Draft7))


async def test_what_became_of_a_run_validates(
    stage: Theatre, shared_data: Path
) -> None:
    run = await stage.play(asking(nations=["LVA", "LTU"]))
    check = validator(shared_data)
    for name, move, status in (
        ("lva", None, "await_user_input"),
        ("lva", Acknowledge(), "ongoing"),
        ("lva", Finish(), "ongoing"),
        ("ltu", Finish(), "successfully_completed"),
    ):
        if move is not None:
            await stage.do(name, stage.task(name), move)
        written = exported(stage, "est", run)
        for each in written:
            check.validate(json.loads(msgspec.json.encode(each)))
        assert written[0].status == status

    first = written[0]
    assert first.notes == "LTU: done; LVA: done"
    assert base64.b64decode(first.command_b64[0]) == b"do A1"
    assert first.duration == 0
    await stage.cancel("est", run)
    last = exported(stage, "est", run)[-1]
    assert last.status == "exception_condition_invoked"
    assert "false alarm" in last.status_text


async def test_each_is_told_of_his_own_steps_alone(stage: Theatre) -> None:
    run = await stage.play(asking(nations=["LVA", "LTU"]))
    await stage.do("lva", stage.task("lva"), Begin())
    assert [each.notes for each in exported(stage, "lva", run)] == ["LVA: begun"]
    assert exported(stage, "pol", run) == []
    with pytest.raises(NotFoundError):
        exported(stage, "est", "run--00000000-0000-4000-8000-000000000009")
