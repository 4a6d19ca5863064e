"""Who may record what, and what is not there for whom."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from uuid import UUID

import apsw
import pytest

from foedus.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    LabelError,
    NotFoundError,
    RuleViolationError,
)
from foedus.ids import START, NationCode
from foedus.readiness.commands import (
    Mandate,
    Recording,
    Register,
    declare_decided,
    record,
    record_again,
    record_all,
    withdraw,
)
from foedus.readiness.reading import find_held
from foedus.readiness.records import (
    Evaluation,
    Exercise,
    Measure,
    Objective,
    PairTest,
    Participation,
    Unit,
)
from foedus.readiness.rules import NOT_COUNTED
from foedus.releasability.labelled import LABELS_MAX, LABELS_OF_NATION_MAX
from foedus.releasability.viewers import Role
from tests.readiness.world import (
    DAY,
    FIN,
    FOR_MEMBERS,
    MDA,
    POL,
    STAFF,
    Seen,
    World,
    report,
    unit,
    viewer,
)

EXERCISE = Exercise(
    name="Northern lights",
    since=date(2026, 10, 1),
    until=date(2026, 10, 5),
    objectives=(Objective(id="o1", text="Share one picture"),),
)


async def test_nobody_records_for_another_nation(world: World) -> None:
    with pytest.raises(ForbiddenError, match="records what is its own"):
        await world.record(FIN, unit("POL"))
    with pytest.raises(ForbiddenError, match="by the staff of NATO"):
        await world.record(POL, Measure(name="Watch"))
    with pytest.raises(ForbiddenError, match="takes one of the roles"):
        await world.record(viewer("POL", Role.READER), unit())

    await world.record(STAFF, unit("POL"))


async def test_only_a_units_nation_or_the_staff_reports_on_it(world: World) -> None:
    name = await world.record(POL, unit())

    with pytest.raises(ForbiddenError, match="only POL or the staff"):
        await world.record(FIN, report(name))
    await world.record(STAFF, report(name))


async def test_what_is_hidden_is_answered_like_what_is_not(world: World) -> None:
    hidden = await world.record(POL, unit(), "")
    exercise = await world.record(POL, EXERCISE, "")
    secret = await world.record(STAFF, Measure(name="Quiet watch"), "")

    for name, none in (
        (report(hidden), report("unit--none")),
        (
            Participation(exercise=exercise, nation=FIN.nation),
            Participation(exercise="exercise--none", nation=FIN.nation),
        ),
        (unit("FIN", measures=[secret]), unit("FIN", measures=["measure--none"])),
    ):
        said = []
        for content in (name, none):
            with pytest.raises(NotFoundError) as refusal:
                await world.record(FIN, content)
            said.append(refusal.value.detail)
        assert said[0] == said[1]


async def test_only_the_organiser_evaluates_and_only_its_objectives(
    world: World,
) -> None:
    exercise = await world.record(POL, EXERCISE)

    def graded(objective: str) -> Evaluation:
        return Evaluation(
            exercise=exercise, objective=objective, grade="achieved", on=DAY
        )

    with pytest.raises(ForbiddenError):
        await world.record(FIN, graded("o1"))
    with pytest.raises(NotFoundError, match="it has o1"):
        await world.record(POL, graded("o2"))
    await world.record(POL, graded("o1"))


async def test_of_many_all_are_recorded_or_none_and_the_row_is_named(
    world: World,
) -> None:
    rows = [Recording(content=unit(name=name)) for name in "abc"]
    rows[1] = Recording(content=unit(until="2025-01-01"), row=4)
    late = report("#9", valid_until="2026-11-01")
    wrong = [*rows, Recording(content=late, row=9), Recording(content=late, row=9)]

    with pytest.raises(InvalidInputError) as refusal:
        await record_all(world.register, POL, world.act(POL), wrong)
    said = refusal.value.detail.split("; row ")
    assert said[0].startswith("row 4: 2025-01-01 is not after")
    assert [each[:2] for each in said[1:]] == ["9:"]
    assert world.held(POL, Unit) == []
    made = await record_all(world.register, POL, world.act(POL), [rows[0], rows[2]])
    assert [each.remark for each in made] == [NOT_COUNTED] * 2


async def test_a_further_edition_keeps_label_and_author(world: World) -> None:
    name = await world.record(POL, unit())

    with pytest.raises(ForbiddenError):
        await record_again(world.register, FIN, world.act(FIN), name, unit())
    with pytest.raises(NotFoundError):
        await record_again(world.register, MDA, world.act(MDA), name, unit())
    await record_again(
        world.register, STAFF, world.act(STAFF), name, unit(name="Renamed")
    )

    (found,) = world.held(FIN, Unit)
    assert (found.content.name, found.author) == ("Renamed", "POL")
    assert found.label == "NATO RESTRICTED // REL TO NATO 2024-03-07"


async def test_an_edition_that_somebody_was_faster_with_is_refused(
    world: World,
) -> None:
    name = await world.record(POL, unit())
    faster = record_again(world.register, POL, world.act(POL), name, unit(name="a"))

    @contextmanager
    def meanwhile() -> Iterator[Seen]:
        """Let somebody be faster, after the history was read and before the views."""
        asyncio.run(faster)
        with world.sight() as seen:
            yield seen

    slow = Register(log=world.log, sight=meanwhile, ceiling=3)
    with pytest.raises(ConflictError):
        await record_again(slow, POL, world.act(POL), name, unit(name="b"))

    assert [each.content.name for each in world.held(FIN, Unit)] == ["a"]


async def test_only_the_author_or_the_staff_withdraws(world: World) -> None:
    name = await world.record(POL, unit())

    with pytest.raises(ForbiddenError):
        await withdraw(world.register, FIN, world.act(FIN), Unit, name)
    await withdraw(world.register, STAFF, world.act(STAFF), Unit, name)
    with pytest.raises(NotFoundError):
        await withdraw(world.register, POL, world.act(POL), Unit, name)


async def test_the_ceiling_of_the_hub_holds(world: World) -> None:
    low = Register(log=world.log, sight=world.sight, ceiling=0)
    sent = Recording(content=unit(), label=FOR_MEMBERS)

    with pytest.raises(LabelError):
        await record(low, POL, world.act(POL), sent)


async def test_nations_are_named_in_any_way_and_kept_by_code(world: World) -> None:
    await world.record(STAFF, unit("Poland"))
    with pytest.raises(InvalidInputError, match="no nation 'Atlantis'"):
        await world.record(STAFF, unit("Atlantis"))
    test = PairTest(
        first=NationCode("Finland"),
        second=NationCode("fin"),
        subject="Link",
        result="success",
        on=DAY,
    )
    with pytest.raises(InvalidInputError, match="between two nations"):
        await world.record(STAFF, test)

    assert world.held(FIN, Unit)[0].content.nation == "POL"


async def test_a_decided_measure_is_declared_once_under_its_decisions_label(
    world: World,
) -> None:
    name = await world.record(POL, unit())
    with world.sight() as seen:
        fixed = find_held(seen.db, seen.access, POL, Unit, name).fixed
    mandate = Mandate(
        record="measure--5b0c1f5e-2d0a-4d54-9a0e-000000000001",
        event_id=UUID("01a20848-0000-7120-8a5f-0c6e2d4c0120"),
        author=NationCode("POL"),
        label=fixed,
    )
    content = Measure(name="Rapid Reaction Force", of="rapid_reaction")

    first, second = [
        await declare_decided(world.register, world.act(STAFF), content, mandate)
        for _ in range(2)
    ]

    assert first == second
    assert [each.author for each in world.held(FIN, Measure)] == ["POL"]
    assert world.held(MDA, Measure) == []


async def test_the_log_tells_the_label_and_the_nation(world: World) -> None:
    await world.record(POL, unit())

    last = [
        each
        for each in world.log.read_after(START, 100)
        if each.kind.startswith("readiness.")
    ]

    assert [(each.label, each.who.nation) for each in last] == [
        ("NATO RESTRICTED // REL TO NATO 2024-03-07", "POL")
    ]


def give_away(world: World, originator: str, up_to: int) -> None:
    """Give away numbers of labels, as a nation's."""
    with world.sight():
        pass  # the views follow the log first
    db = apsw.Connection(str(world.path))
    db.execute(
        """
        WITH RECURSIVE given (n) AS (
            SELECT coalesce(max(label), 0) + 1 FROM label
             UNION ALL
            SELECT n + 1 FROM given WHERE n < :up_to
        )
        INSERT INTO label (label, originator, fixed, own)
        SELECT n, :originator, CAST('{"level":' || n || '}' AS BLOB), 1 FROM given
        """,
        {"up_to": up_to, "originator": originator},
    )
    db.close()


async def test_an_import_with_more_labels_than_a_nation_may_use_is_refused(
    world: World,
) -> None:
    give_away(world, "POL", LABELS_OF_NATION_MAX - 1)
    sent = [
        Recording(
            content=unit(name=name), label=f"NATO UNCLASSIFIED // REL TO {nation}"
        )
        for name, nation in (("A", "FIN"), ("B", "FIN"), ("C", "SWE"))
    ]

    with pytest.raises(RuleViolationError, match="row 3: a nation may use 1024"):
        await record_all(world.register, POL, world.act(POL), sent)
    await record_all(world.register, POL, world.act(POL), sent[:2])
    await world.record(FIN, unit("FIN"))
    assert {each.author for each in world.held(FIN, Unit)} == {"POL", "FIN"}


async def test_the_hub_goes_on_when_every_number_of_a_label_is_given_away(
    world: World,
) -> None:
    give_away(world, "ZZZ", LABELS_MAX - 1)
    await world.record(POL, unit())
    await world.record(FIN, unit("FIN"))

    with world.sight() as seen:
        given = list(seen.db.execute("SELECT author, label FROM readiness_record"))
    assert given == [("POL", LABELS_MAX), ("FIN", LABELS_MAX)]
