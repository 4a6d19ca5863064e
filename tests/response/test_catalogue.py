"""The protocols that ship: accepted, run to their ends, and marked as exercises."""

from collections.abc import Iterator
from functools import cache

import orjson
import pytest

from foedus.errors import InvalidInputError, NotFoundError
from foedus.response import catalogue
from foedus.response.assignments import terms_of
from foedus.response.cacao import Playbook
from foedus.response.simulation import Simulated, simulate
from foedus.response.validation import validate
from foedus.response.vocabulary import StepKind
from foedus.stix.strict_json import read_object
from tests.response.catalogue_cases import LAUNCH, WAYS
from tests.response.theatre import Theatre

_TELLING = (StepKind.ACTION, StepKind.PARALLEL)
"""Steps whose own failure a trace tells of; that of a switch is its branch's."""

PROTOCOLS = pytest.mark.parametrize("name", catalogue.NAMES)
ALL = pytest.mark.parametrize("name", catalogue.names())
EACH_WAY = pytest.mark.parametrize(
    ("name", "way"), [(name, way) for name, ways in WAYS.items() for way in ways]
)


def playbook(name: str) -> Playbook:
    judged = validate(catalogue.raw(name)).playbook
    assert judged is not None
    return judged


@cache
def rehearse(name: str, way: str, *, exercise: bool = False) -> Simulated:
    """Run one way through a protocol, or through its exercise."""
    mark = catalogue.MARK if exercise else ""
    *children, own = catalogue.with_children(
        name + (catalogue.EXERCISE if exercise else "")
    )
    case = {
        "name": way,
        "playbook": orjson.loads(own),
        "children": [orjson.loads(child) for child in children],
        "launch": LAUNCH[name],
        "script": {
            mark + step: answer for step, answer in WAYS[name][way].script.items()
        },
    }
    (result,) = simulate(orjson.dumps([case])).results
    return result


@ALL
def test_what_ships_is_accepted_without_a_finding(name: str) -> None:
    judgement = validate(catalogue.raw(name))

    assert (judgement.verdict, judgement.findings) == ("accept", ())


@EACH_WAY
def test_each_way_leads_to_its_end(name: str, way: str) -> None:
    result = rehearse(name, way)

    remaining = iter(result.trace)
    assert [one for one in WAYS[name][way].passes if one not in remaining] == []
    assert result.final == WAYS[name][way].final


@PROTOCOLS
def test_together_the_ways_take_every_step(name: str) -> None:
    taken = {
        said.rpartition(":")[0] or said.removesuffix(">")
        for way in WAYS[name]
        for said in rehearse(name, way).trace
    }

    steps = {
        step.label
        for step in playbook(name).workflow.values()
        if step.kind not in (StepKind.START, StepKind.END)
    }
    assert steps - taken == set()


@PROTOCOLS
def test_together_the_ways_fail_wherever_a_failure_is_provided_for(name: str) -> None:
    failed = {
        said.rpartition(":")[0]
        for way in WAYS[name]
        for said in rehearse(name, way).trace
        if said.endswith(("fail", ":timeout"))
    }

    provided = {
        step.label
        for step in playbook(name).workflow.values()
        if step.on_failure is not None and step.kind in _TELLING
    }
    assert provided - failed == set()


@PROTOCOLS
def test_an_exercise_runs_like_its_protocol(name: str) -> None:
    way = next(iter(WAYS[name]))

    rehearsed = rehearse(name, way, exercise=True)

    unmarked = [said.replace(catalogue.MARK, "") for said in rehearsed.trace]
    assert unmarked == rehearse(name, way).trace


@PROTOCOLS
def test_an_exercise_says_so_wherever_a_person_reads(name: str) -> None:
    document = read_object(catalogue.raw(name + catalogue.EXERCISE))

    unmarked = [
        text for text in _read_by_people(document) if not text.startswith("EXERCISE")
    ]
    assert unmarked == []
    assert "exercise" in orjson.dumps(document["labels"]).decode()
    assert terms_of(playbook(name + catalogue.EXERCISE)).exercise


def _read_by_people(document: dict[str, object]) -> Iterator[str]:
    yield str(document["name"])
    yield str(document["description"])
    for step in orjson.loads(orjson.dumps(document["workflow"])).values():
        yield step["name"]
        yield from (command["command"] for command in step.get("commands", ()))
        for given in step.get("step_extensions", {}).values():
            yield from (given[key] for key in ("reply",) if key in given)
            clocks = given.get("clocks", {}).values()
            yield from (clock["name"] for clock in clocks if "name" in clock)
    for terms in orjson.loads(orjson.dumps(document["playbook_extensions"])).values():
        yield from (clock["name"] for clock in terms.get("named_clocks", ()))
    yield "".join(
        marking.get("statement", "")
        for marking in orjson.loads(
            orjson.dumps(document["data_marking_definitions"])
        ).values()
    )


def test_no_id_of_a_step_or_playbook_is_used_twice() -> None:
    ids = [
        identifier
        for name in catalogue.names()
        for identifier in (playbook(name).id, *playbook(name).workflow)
    ]

    assert len(ids) == len(set(ids))


@PROTOCOLS
def test_an_exercise_is_made_alike_each_time(name: str) -> None:
    document = read_object(catalogue.raw(name))

    assert catalogue.exercise_of(document) == catalogue.exercise_of(document)
    assert document == read_object(catalogue.raw(name))


def test_an_exercise_calls_exercises_only() -> None:
    called, own = catalogue.with_children("election-vigilance-exercise")

    assert read_object(called)["name"] == playbook("cyber-incident-exercise").name
    assert orjson.dumps(read_object(called)["id"]) in own


@PROTOCOLS
def test_every_figure_has_a_source_with_its_basis(name: str) -> None:
    references = orjson.loads(catalogue.raw(name))["external_references"]

    ends = ("Basis: read.", "Basis: known.", "Basis: mixed.", "Basis: derived.")
    assert [one for one in references if not one["description"].endswith(ends)] == []
    assert {"Times of this playbook"} <= {one["name"] for one in references}


def test_the_48_hours_run_from_the_order_to_the_unit_that_is_ready() -> None:
    protocol = playbook("rapid-reaction-48h")

    clock = terms_of(protocol).named_clocks[0]
    before = next(
        step
        for step in protocol.workflow.values()
        if step.on_completion is not None
        and clock.since in protocol.workflow[step.on_completion].next_steps
    )
    assert before.label == "Give the order"
    assert protocol.workflow[clock.until].label == "Unit ready to move at home base"
    assert clock.within == "PT48H"


def test_a_name_that_is_not_there_is_refused_with_the_way_to_the_list() -> None:
    with pytest.raises(NotFoundError, match="foedus protocol catalogue"):
        catalogue.raw("moon-landing")


async def started(stage: Theatre, name: str) -> str:
    """Import a protocol with those that it calls, and start it."""
    for raw in catalogue.with_children(name):
        await stage.bring(read_object(raw), label="")
    launch = LAUNCH[name.removesuffix(catalogue.EXERCISE)]
    return await stage.start(
        playbook(name).id, launch={**launch, "__nations__": "EST LTU"}
    )


async def test_each_can_be_imported_and_started(stage: Theatre) -> None:
    runs = [await started(stage, name) for name in catalogue.names()]

    assert [stage.run(run).exercise for run in runs] == [False, True] * 6
    assert all(stage.tasks(run, "est") for run in runs)


async def test_a_run_asks_the_nations_that_it_is_started_with(stage: Theatre) -> None:
    playbook_id = await stage.bring(
        read_object(catalogue.raw("rapid-reaction-48h")), label=""
    )
    nobody = {"__mission__": "reinforce", "__host_nation__": "FIN"}

    run = await stage.start(
        playbook_id,
        launch={
            "__mission__": "reinforce",
            "__host_nation__": "FIN",
            "__transit_nations__": "EST",
            "__nations__": "LTU, lva",
        },
    )

    assert {task.asked.nation for task in stage.tasks(run, "est")} == {"LTU", "LVA"}
    with pytest.raises(InvalidInputError, match="__transit_nations__ names no nation"):
        await stage.start(playbook_id, launch=nobody)
