"""`foedus import`."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from foedus.__main__ import load_app
from foedus.cli.medallion import MedallionFile
from foedus.cli.station import Station, operator
from foedus.eventlog.envelope import Act, Who
from foedus.hub import Hub
from foedus.ids import WHOEVER_RUNS_THE_HUB, CollectionId
from foedus.intel import importing
from foedus.intel.events import ImportTerms
from tests.cli.conftest import Run

DATA = Path(__file__).parent.parent / "data" / "medallion.json"
FIRST = "91a7b528-80eb-42ed-a74d-c6fbd5a26116"
FIRST_ID = CollectionId(FIRST)
WORDS = ("import", "medallion", str(DATA), "--as", "pol")


def taken_over(run: Run, *more: str) -> dict[str, Any]:
    result = run(*WORDS, *more, "--json")
    assert result.exit_code == 1, result.stderr  # Two of its objects are refused.
    answer: dict[str, Any] = json.loads(result.stdout)
    return answer


def test_it_is_told_what_was_taken_over(run: Run) -> None:
    answer = taken_over(run)

    assert answer["api_roots"] == ["http://127.0.0.1:8440/trustgroup1/"]
    assert answer["empty_api_roots"] == ["api1"]
    assert answer["statuses"] == 1
    assert len(answer["collections"]) == 5
    assert answer["collections"][0] == {
        "id": FIRST,
        "api_root": "trustgroup1",
        "stored": 9,
        "duplicate": 0,
        "refused": 2,
    }
    refused = {each["id"]: each["reason"] for each in answer["refused"]}
    assert list(refused) == [
        "indicator--0f1c7f5e-6f0c-4d8e-8a0f-000000000004",
        "indicator--no-uuid",
    ]
    assert all(refused.values())


def test_a_person_is_told_too(run: Run) -> None:
    result = run(*WORDS)

    assert result.exit_code == 1
    assert f"/trustgroup1/  {FIRST}  9 stored, 0 duplicate, 2 refused" in result.stdout
    assert "refused  indicator--no-uuid" in result.stdout
    assert "/api1/ has no collections" in result.stderr


def objects(run: Run, name: str) -> set[str]:
    result = run("intel", "export", "--collection", FIRST, "--as", name)
    if result.exit_code:
        return set()
    return {each["id"] for each in json.loads(result.stdout)["objects"]}


def test_rights_are_of_the_own_nation_unless_somebody_is_named(run: Run) -> None:
    taken_over(run)

    assert objects(run, "pol")
    assert objects(run, "fin") == set()


def test_who_is_named_reads_what_could_be_read(run: Run) -> None:
    taken_over(run, "--read", "MEMBERS")

    # What has no marking is for its originator alone.
    assert len(objects(run, "fin")) < len(objects(run, "pol"))
    assert objects(run, "mda") == set()


def test_unmarked_objects_get_the_default_label(run: Run) -> None:
    taken_over(run, "--read", "MEMBERS", "--default-label", "TLP:GREEN")

    assert objects(run, "fin") == objects(run, "pol")


def test_what_was_taken_over_is_not_taken_over_again(run: Run) -> None:
    taken_over(run)

    result = run(*WORDS, "--json")

    assert (result.exit_code, result.stdout) == (1, "")
    assert json.loads(result.stderr)["status"] == 409


@pytest.mark.parametrize(
    ("words", "status"),
    [
        (("--as", "nobody"), 404),
        (("--read", "NOBODY"), 400),
        (("--default-label", "SOMETHING"), 422),
    ],
)
def test_wrong_terms_take_nothing_over(
    run: Run, words: tuple[str, ...], status: int
) -> None:
    result = run(*WORDS, *words, "--json")

    assert result.exit_code == 1
    assert json.loads(result.stderr)["status"] == status
    assert run("intel", "export", "--collection", FIRST, "--as", "pol").exit_code == 1


def begin(folder: Path, *, objects: int) -> None:
    """Begin an import as the command does, and break off after some objects."""
    with Station(load=load_app, data=folder).hub() as hub:
        asyncio.run(_begin(hub, objects))


async def _begin(hub: Hub, objects: int) -> None:
    account = hub.authenticator.named("pol")
    terms = ImportTerms(account=account.id, read="POL", write="POL")
    body = Act(
        who=Who(account=WHOEVER_RUNS_THE_HUB, nation="NATO", door="cli"), at=hub.clock()
    )
    who = Who(account=account.id, nation="POL", door="cli")
    staff = operator(hub.alliance)
    with MedallionFile(str(DATA), lambda _: None) as file:
        plan = file.plan(terms)
        await hub.seen([await importing.begin(hub.desk, staff, body, plan)])
        await hub.seen(await importing.open_collections(hub.desk, staff, body, plan))
        given = list(file.objects(0, now_us=1 << 60))[:objects]
        outcomes = await importing.take_in(
            hub.desk, account.viewer(), Act(who=who, at=hub.clock()), FIRST_ID, given
        )
    assert len(outcomes) == objects


def test_an_import_that_broke_off_is_finished_by_the_same_again(
    run: Run, folder: Path
) -> None:
    begin(folder, objects=4)
    assert objects(run, "pol") == set()

    changed = run(*WORDS, "--read", "FIN", "--json")
    answer = taken_over(run)

    assert json.loads(changed.stderr)["status"] == 409
    assert answer["collections"][0]["duplicate"] == 4
    assert answer["collections"][0]["stored"] == 5
    assert objects(run, "pol")


def test_it_is_published_as_the_accounts_by_the_operator(
    run: Run, folder: Path
) -> None:
    taken_over(run)

    with Station(load=load_app, data=folder).hub() as hub:
        entries = [
            each
            for each in hub.log.read_after(0, 10_000)  # type: ignore[arg-type]
            if each.kind == "intel.published"
        ]
    assert {(each.who.nation, each.who.by) for each in entries} == {("POL", "operator")}
