"""Playbooks are taken in once, as they are, by those who may."""

import json
from contextlib import suppress
from pathlib import Path

import msgspec
import pytest
import rfc8785

from foedus.errors import (
    ForbiddenError,
    LabelError,
    NotFoundError,
    RuleViolationError,
)
from foedus.response.importing import Importing, export, import_playbook
from foedus.response.shelf import editions, find_edition, list_playbooks
from foedus.response.validation import validate
from tests.response.books import Json, files, linear
from tests.response.theatre import Theatre

LATER = "2026-02-01T00:00:00.000Z"
MEMBERS = "NATO UNCLASSIFIED // REL TO NATO"
GREEN = "marking-tlp--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"


def shelf(stage: Theatre, name: str) -> list[str]:
    with stage.hub.reading.snapshot() as seen:
        viewer = stage.account(name).viewer()
        return [
            f"{each.edition.nation} {each.edition.modified}"
            for each in list_playbooks(seen.db, seen.access, viewer)
        ]


def given(stage: Theatre, name: str, playbook: str) -> bytes:
    with stage.hub.reading.snapshot() as seen:
        return export(seen, stage.account(name).viewer(), playbook, None)


def same(**properties: object) -> Json:
    return linear(id="playbook--5d2c8f10-4a7b-4e1d-9c3f-7b6a5e4d3c21", **properties)


async def test_only_a_duty_officer_or_the_secretariat_imports(stage: Theatre) -> None:
    for name in ("est-delegate", "pol-reader", "fin-audit"):
        with pytest.raises(ForbiddenError):
            await stage.bring(linear(), name)
    await stage.bring(linear(), "nato")


async def test_without_a_label_it_is_for_the_own_nation(stage: Theatre) -> None:
    await stage.bring(linear(), label="")
    assert shelf(stage, "est-delegate") == ["EST 2026-01-01T00:00:00.000Z"]
    assert shelf(stage, "lva") == []
    with pytest.raises(LabelError):
        await stage.bring(same(), label="SECRET SAUCE")


async def test_its_own_traffic_light_is_joined_in(stage: Theatre) -> None:
    marked = same(
        markings=[GREEN],
        data_marking_definitions={
            GREEN: {
                "type": "marking-tlp",
                "id": GREEN,
                "created_by": "identity--5abe695c-7bd5-4c31-8824-2528696cdbf1",
                "created": "2023-02-19T08:00:24.918Z",
                "tlpv2_level": "TLP:GREEN",
            }
        },
    )
    await stage.bring(marked, label="")
    assert len(shelf(stage, "ukr")) == 1
    await stage.bring(linear(**{**marked, "id": linear()["id"]}), label=MEMBERS)
    assert len(shelf(stage, "ukr")) == 1
    assert len(shelf(stage, "lva")) == 2


async def test_a_version_never_changes_and_newer_ones_replace_it(
    stage: Theatre,
) -> None:
    playbook = await stage.bring(same())
    head = stage.hub.log.head()
    await stage.bring(same())
    assert stage.hub.log.head() == head
    with pytest.raises(RuleViolationError, match="cannot be taken in"):
        await stage.bring(same(name="another"))
    await stage.bring(same(modified=LATER))
    with pytest.raises(RuleViolationError, match="newer version"):
        await stage.bring(same(modified="2026-01-15T00:00:00.000Z"))

    assert shelf(stage, "lva") == [f"EST {LATER}"]
    assert json.loads(given(stage, "lva", playbook))["modified"] == LATER
    with stage.hub.reading.snapshot() as seen:
        viewer = stage.account("lva").viewer()
        first = "2026-01-01T00:00:00.000Z"
        found = find_edition(seen.db, seen.access, viewer, playbook, first)
        assert found is not None
        assert found.edition.modified == first
        assert find_edition(seen.db, seen.access, viewer, playbook, "never") is None


async def test_a_version_that_is_hidden_from_its_importer_is_refused_alike(
    stage: Theatre,
) -> None:
    desk, act, barely = stage.hub.desk, stage.act("est"), stage.account("est").viewer()
    cleared = msgspec.structs.replace(barely, clearance=1)
    raw, label = json.dumps(same()).encode(), "NATO RESTRICTED // REL TO NATO"
    first = Importing(raw=raw, label=label)
    _, head = await import_playbook(desk, cleared, act, first)
    await stage.hub.seen([head])
    said = []
    for viewer, name in ((cleared, "x"), (barely, "x"), (barely, "a playbook")):
        sent = Importing(raw=json.dumps(same(name=name)).encode(), label=MEMBERS)
        with pytest.raises(RuleViolationError) as refused:
            await import_playbook(desk, viewer, act, sent)
        said.append(refused.value.detail)

    assert len(set(said)) == 1
    assert "RESTRICTED" not in said[0]
    assert stage.hub.log.head() == head


async def test_another_nations_is_not_replaced_but_what_is_hidden_is_in_no_ones_way(
    stage: Theatre,
) -> None:
    await stage.bring(same(), label="")
    await stage.bring(same(modified=LATER), "lva")  # Estonia's is hidden from it
    with pytest.raises(ForbiddenError, match="LVA"):
        await stage.bring(same(modified="2026-03-01T00:00:00.000Z"), "ltu")

    assert sorted(shelf(stage, "est")) == [
        "EST 2026-01-01T00:00:00.000Z",
        f"LVA {LATER}",
    ]
    with stage.hub.reading.snapshot() as seen:
        viewer = stage.account("est").viewer()
        lane = editions(seen.db, seen.access, viewer, str(same()["id"]))
        assert [each.edition.nation for each in lane] == ["EST", "LVA"]


async def test_what_the_rules_refuse_is_not_taken(stage: Theatre) -> None:
    with pytest.raises(RuleViolationError, match="V02"):
        await stage.bring(linear(spec_version="1.0"))


async def test_what_one_may_not_see_is_not_given(stage: Theatre) -> None:
    playbook = await stage.bring(linear(), label=MEMBERS)
    assert given(stage, "lva", playbook)
    with pytest.raises(NotFoundError):
        given(stage, "ukr", playbook)


async def test_the_public_playbooks_come_back_equal_under_jcs(
    stage: Theatre, shared_data: Path
) -> None:
    taken = 0
    for path in files(
        shared_data / "cacao", "oasis-examples/*.json", "soarca-*/*.json"
    ):
        raw = path.read_bytes()
        judgement = validate(raw, lenient=True)
        if judgement.playbook is None:
            continue
        name = judgement.playbook.id
        sent = Importing(raw=raw, label="", lenient=True)
        viewer, act = stage.account("est").viewer(), stage.act("est")
        with suppress(RuleViolationError):  # of one id there are several
            _, position = await import_playbook(stage.hub.desk, viewer, act, sent)
            await stage.hub.seen([position])
            back = given(stage, "est", name)
            assert rfc8785.dumps(json.loads(back)) == rfc8785.dumps(json.loads(raw))
            taken += 1
    assert taken > 7
