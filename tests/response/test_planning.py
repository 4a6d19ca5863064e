"""What a start is refused for, and what is fixed by it."""

import json

import pytest

from foedus.errors import (
    InvalidInputError,
    LabelError,
    NotFoundError,
    RuleViolationError,
)
from foedus.intel import commands as intel
from foedus.intel.rules import Opening
from foedus.releasability.join import decode_label
from foedus.response.queries import find_run
from foedus.response.shelf import find_edition
from tests.response.books import Json, book, linear, step_id, variable
from tests.response.theatre import EXTENSIONS, OF_PLAYBOOKS, Theatre, asking

CHILD = "playbook--6a1f0c2e-3b4d-4c5e-8f60-718293a4b5c6"
BALTIC = "NATO UNCLASSIFIED // REL TO EST, LVA, LTU"
CONTROLLED = "NATO UNCLASSIFIED // REL TO EST // ORIGINATOR CONTROLLED"
MEMBERS = "NATO UNCLASSIFIED // REL TO NATO"
INDICATOR = "indicator--8e2e2d2b-17d4-4cbf-938f-98ee46b3cd3f"


def calling(**more: object) -> Json:
    return book(
        {
            "C1": {"playbook_id": CHILD, "on_completion": "E", **more},
            "A1": {"on_completion": "E"},
            "E": {},
        },
        workflow_exception=step_id("A1"),
    )


async def test_a_start_is_refused_with_the_list_of_those_who_could_not_see_it(
    stage: Theatre,
) -> None:
    playbook = await stage.bring(asking(nations=["EST", "DEU", "UKR"]))
    with pytest.raises(RuleViolationError, match=r"A1: DEU\)"):
        await stage.start(playbook)
    with pytest.raises(RuleViolationError, match=r"A1: DEU, UKR\)"):
        await stage.start(playbook, label="NATO UNCLASSIFIED // REL TO NATO")


async def test_the_role_that_is_asked_for_has_to_be_there(stage: Theatre) -> None:
    playbook = await stage.bring(asking(nations=["EST"], role="delegate"))
    assert await stage.start(playbook)
    other = await stage.bring(
        asking(nations=["LVA"], role="delegate", reply="?"), "lva"
    )
    with pytest.raises(RuleViolationError, match="LVA"):
        await stage.start(other, "lva")


async def test_a_run_is_labelled_as_high_as_its_evidence(stage: Theatre) -> None:
    await publish(stage)
    playbook = await stage.bring(asking())
    run = await stage.start(playbook, evidence=[INDICATOR])

    with stage.hub.reading.snapshot() as seen:
        for name, sees in (
            ("est", True),
            ("lva", True),
            ("pol", False),
            ("ukr", False),
        ):
            viewer = stage.account(name).viewer()
            assert (find_run(seen.db, seen.access, viewer, run) is not None) is sees
    with pytest.raises(RuleViolationError, match="POL"):
        await stage.start(
            await stage.bring(asking(nations=["POL"])), evidence=[INDICATOR]
        )


async def test_evidence_is_what_the_one_who_starts_can_see(stage: Theatre) -> None:
    await publish(stage)
    playbook = await stage.bring(linear(), "pol")
    for name in (INDICATOR, "indicator--00000000-0000-4000-8000-000000000009"):
        with pytest.raises(NotFoundError, match=name):
            await stage.start(playbook, "pol", evidence=[name])


async def publish(stage: Theatre) -> None:
    """Publish an indicator for the Baltic nations alone."""
    chief, act = stage.account("est").viewer(), stage.act("est")
    opening = Opening(
        alias="baltic",
        title="Baltic",
        default_label=BALTIC,
        read="PUBLIC",
        write="PUBLIC",
    )
    operator = stage.operator()
    name, position = await intel.open_collection(stage.hub.desk, operator, act, opening)
    await stage.hub.seen([position])
    raw = json.dumps(
        {
            "type": "indicator",
            "spec_version": "2.1",
            "id": INDICATOR,
            "created": "2026-01-01T00:00:00.000Z",
            "modified": "2026-01-01T00:00:00.000Z",
            "pattern": "[ipv4-addr:value = '198.51.100.1']",
            "pattern_type": "stix",
            "valid_from": "2026-01-01T00:00:00Z",
        }
    )
    publisher = stage.with_roles(chief, "publisher")
    [outcome] = await intel.publish(
        stage.hub.desk, publisher, act, name, [raw.encode()]
    )
    assert outcome.outcome == "stored", outcome
    await stage.hub.seen([outcome.position])


async def test_what_is_revoked_or_out_of_its_time_is_not_started(
    stage: Theatre,
) -> None:
    for properties, says in (
        ({"revoked": True}, "revoked"),
        ({"valid_until": "2026-06-01T00:00:00.000Z"}, "valid until"),
        ({"valid_from": "2027-06-01T00:00:00.000Z"}, "valid from"),
    ):
        playbook = await stage.bring(linear(**properties))
        with pytest.raises(RuleViolationError, match=says):
            await stage.start(playbook)


async def test_an_older_version_of_what_was_revoked_is_not_started(
    stage: Theatre,
) -> None:
    first = linear(id=CHILD)
    await stage.bring(first)
    await stage.bring(
        {**first, "revoked": True, "modified": "2026-02-01T00:00:00.000Z"}
    )
    with pytest.raises(RuleViolationError, match="revoked"):
        await stage.start(CHILD, modified=str(first["modified"]))


async def test_what_is_called_is_settled_before_the_run_begins(stage: Theatre) -> None:
    playbook = await stage.bring(calling())
    with pytest.raises(RuleViolationError, match=CHILD):
        await stage.start(playbook)
    await stage.bring(linear(id=CHILD))
    run = await stage.start(playbook)
    await stage.bring(linear(id=CHILD, name="new", modified="2026-02-01T00:00:00.000Z"))
    with stage.hub.reading.snapshot() as seen:
        found = find_run(seen.db, seen.access, stage.account("est").viewer(), run)
    assert found is not None
    assert [each.modified for each in found.started.editions][1:] == [
        "2026-01-01T00:00:00.000Z"
    ]
    assert [each.asked.name for each in stage.inbox("est")] == ["A1"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"nations": ["ATLANTIS"]}, "neither a nation nor a community"),
        (
            {"nations": ["EST"], "completion": {"rule": "quorum", "quorum": 2}},
            "quorum of 2",
        ),
        (
            {"nations": ["EST"], "completion": {"rule": "named", "named": ["LVA"]}},
            "does not ask them",
        ),
    ],
)
async def test_what_cannot_be_met_is_refused(
    stage: Theatre, given: Json, says: str
) -> None:
    playbook = await stage.bring(asking(**given))
    with pytest.raises(InvalidInputError, match=says):
        await stage.start(playbook)


async def test_names_mean_the_nations_of_the_moment(stage: Theatre) -> None:
    completion = {"rule": "named", "named": ["Latvia"]}
    run = await stage.play(asking(nations=["Latvia", "EST"], completion=completion))
    [task] = stage.inbox("lva")
    assert task.asked.plan.completion.named == ("LVA",)
    assert {each.asked.nation for each in stage.tasks(run, "est")} == {"EST", "LVA"}


async def test_labels_that_are_none_are_refused(stage: Theatre) -> None:
    playbook = await stage.bring(linear())
    with pytest.raises(LabelError):
        await stage.start(playbook, label="SECRET SAUCE")
    other = await stage.bring(asking(label="NONSENSE"))
    with pytest.raises(LabelError):
        await stage.start(other)


async def test_only_external_values_of_their_type_are_set(stage: Theatre) -> None:
    document = linear(
        playbook_variables={"__n__": variable("0", "integer", external=True)}
    )
    playbook = await stage.bring(document)
    with pytest.raises(InvalidInputError):
        await stage.start(playbook, launch={"__n__": "many"})
    with pytest.raises(InvalidInputError):
        await stage.start(playbook, launch={"__m__": "1"})
    with pytest.raises(NotFoundError):
        await stage.start(CHILD)


async def test_a_step_is_released_by_its_author_beyond_the_run(stage: Theatre) -> None:
    wide = "NATO UNCLASSIFIED // REL TO NATO, UKR"
    document = asking(nations=["UKR"], label=wide)
    run = await stage.play(document, label="NATO UNCLASSIFIED // REL TO NATO")

    [task] = stage.inbox("ukr")
    assert task.asked.released
    assert {"UKR", "EST"} == decode_label(bytes(task.asked.label)).closed & {
        "UKR",
        "EST",
    }
    with stage.hub.reading.snapshot() as seen:
        assert (
            find_run(seen.db, seen.access, stage.account("ukr").viewer(), run) is None
        )


async def test_a_playbook_says_whether_runs_are_exercises_and_how_they_are_labelled(
    stage: Theatre,
) -> None:
    terms = {"type": "foedus-run", "exercise": True, "label": BALTIC}
    document = linear(
        playbook_extensions={OF_PLAYBOOKS: terms}, extension_definitions=EXTENSIONS
    )
    run = await stage.play(document)
    assert stage.run(run, "lva").exercise
    with pytest.raises(AssertionError):
        stage.run(run, "pol")
    real = await stage.start(str(document["id"]), exercise=False)
    assert not stage.run(real).exercise


async def test_a_nation_runs_its_own_playbook_for_more_than_see_all_of_it(
    stage: Theatre,
) -> None:
    playbook = await stage.bring(asking(nations=["LVA"]), label=CONTROLLED)
    with pytest.raises(RuleViolationError, match="LVA"):
        await stage.start(playbook)
    run = await stage.start(playbook, label=MEMBERS)

    assert [each.asked.name for each in stage.inbox("lva")] == ["A1"]
    assert stage.run(run, "pol").name == "a playbook"
    with stage.hub.reading.snapshot() as seen:
        viewer = stage.account("lva").viewer()
        assert find_edition(seen.db, seen.access, viewer, playbook) is None
        found = find_run(seen.db, seen.access, viewer, run)
    assert found is not None
    assert found.label.controllers == ("EST",)


async def test_the_playbook_of_another_nation_binds_whoever_runs_it(
    stage: Theatre,
) -> None:
    playbook = await stage.bring(asking(nations=["LVA"]), label=BALTIC)
    run = await stage.start(playbook, "lva", label=MEMBERS)
    with pytest.raises(AssertionError):
        stage.run(run, "pol")
    assert stage.run(run, "ltu").coordinator == "LVA"


async def test_a_community_means_its_nations(stage: Theatre) -> None:
    playbook = await stage.bring(asking(nations=["NATO"]), label=MEMBERS)
    with pytest.raises(RuleViolationError, match="ALB, BEL, BGR"):
        await stage.start(playbook)
