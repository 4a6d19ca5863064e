"""A task as its history makes it: marks, declines, offers, returns."""

import re

import msgspec

from foedus.ids import NationCode
from foedus.releasability.join import FixedLabel, encode_label
from foedus.response.assignments import Assignment, Clocks, TimeLimit
from foedus.response.events import (
    OfferAnswered,
    TaskAccepted,
    TaskAcknowledged,
    TaskBegun,
    TaskConfirmed,
    TaskDeclined,
    TaskDelegated,
    TaskDelivered,
    TaskDone,
    TaskEvent,
    TaskNoted,
    TaskReturned,
)
from foedus.response.tasks import (
    NOTES_MAX,
    Asked,
    Ending,
    Instants,
    Standing,
    Task,
    end,
    fold,
    label_of,
    task_id,
)

EST, LVA, LTU = (NationCode(each) for each in ("EST", "LVA", "LTU"))
CONFIRMED = Assignment(clocks=Clocks(confirm=TimeLimit()))


def asked(**more: object) -> Task:
    """Ask Latvia something, Estonia coordinating."""
    fields: dict[str, object] = {
        "task": "task--1",
        "run": "run--1",
        "number": 2,
        "nation": LVA,
        "coordinator": EST,
        "version": "playbook--1@x",
        "step": "action--1",
        "name": "A1",
        "outputs": ("__x__",),
        "asked_ms": 10,
        "due_ms": 1_000,
        "label": msgspec.Raw(encode_label(FixedLabel(level=0))),
    }
    return Task(asked=Asked(**{**fields, **more}))  # type: ignore[arg-type]


def said(
    kind: type[TaskEvent], at_ms: int, nation: str = LVA, **words: object
) -> TaskEvent:
    return kind(nation=NationCode(nation), at_ms=at_ms, **words)


def told(*events: TaskEvent, task: Task | None = None) -> Task:
    return fold(task or asked(), events)  # type: ignore[arg-type]


def test_each_mark_is_passed_at_its_instant() -> None:
    task = told(
        said(TaskDelivered, 11),
        said(TaskAcknowledged, 12),
        said(TaskAccepted, 13, note="with two teams"),
        said(TaskBegun, 14),
        said(
            TaskDone, 15, reply="two", evidence=("report--1",), outputs={"__x__": "2"}
        ),
        said(TaskConfirmed, 16, EST),
    )
    assert task.passed == Instants(
        delivered=11, acknowledged=12, answered=13, begun=14, done=15, confirmed=16
    )
    assert (task.standing, task.reply, task.outputs) == (
        "confirmed",
        "two",
        {"__x__": "2"},
    )
    assert [each.text for each in task.notes] == ["with two teams"]


def test_who_does_it_at_once_has_passed_all_before() -> None:
    passed = told(said(TaskDone, 15)).passed
    assert passed == Instants(
        delivered=15, acknowledged=15, answered=15, begun=15, done=15
    )


def test_to_be_shown_it_later_takes_nothing_back() -> None:
    task = told(
        said(TaskBegun, 14), said(TaskDelivered, 20), said(TaskAcknowledged, 21)
    )
    assert (task.standing, task.passed.delivered) == (Standing.BEGUN, 14)


def test_a_decline_is_counted_until_it_is_taken_back() -> None:
    declined = told(said(TaskDeclined, 12, caveat="our law"))
    assert (declined.standing, declined.counted_ms) == (Standing.DECLINED, 12)
    accepted = told(said(TaskAccepted, 20), task=declined)
    assert (accepted.standing, accepted.passed.answered) == (Standing.ACCEPTED, 20)
    assert accepted.counted_ms is None
    assert accepted.caveat == "our law"


def test_what_has_to_be_confirmed_counts_when_it_is() -> None:
    task = told(said(TaskDone, 15), task=asked(plan=CONFIRMED))
    assert task.counted_ms is None
    assert told(said(TaskConfirmed, 18, EST), task=task).counted_ms == 18
    assert told(said(TaskDone, 15)).counted_ms == 15


def test_what_is_given_back_is_not_done() -> None:
    task = told(
        said(TaskDone, 15),
        said(TaskReturned, 16, EST, reason="more"),
        said(TaskDone, 19),
    )
    assert (task.returns, task.returned, task.passed.done) == (1, "more", 19)
    back = told(said(TaskDone, 15), said(TaskReturned, 16, EST, reason="more"))
    assert (back.standing, back.passed.done) == (Standing.BEGUN, None)


def test_an_offer_is_taken_or_not_and_may_be_handed_back() -> None:
    offered = told(said(TaskDelegated, 12, offered=LTU))
    assert offered.offered == LTU
    taken = told(said(OfferAnswered, 13, LTU, taken=True), task=offered)
    assert (taken.offered, taken.doer) == (None, LTU)
    back = told(said(OfferAnswered, 14, LTU, taken=False, reason="busy"), task=taken)
    assert (back.doer, back.notes[-1].text) == (None, "busy")


def test_only_those_who_have_to_do_with_it_may_see_it() -> None:
    assert label_of(asked()).closed == {EST, LVA}
    assert label_of(told(said(TaskDelegated, 12, offered=LTU))).closed == {
        EST,
        LVA,
        LTU,
    }
    assert label_of(told(said(TaskDelegated, 12, team="CERT"))).closed == {EST, LVA}


def test_notes_are_kept_up_to_a_limit() -> None:
    task = told(*(said(TaskNoted, n, text=str(n)) for n in range(NOTES_MAX + 5)))
    assert len(task.notes) == NOTES_MAX
    assert task.notes[-1].text == str(NOTES_MAX + 4)


def test_a_task_that_ended_is_open_no_more() -> None:
    task = end(told(said(TaskDelegated, 12, offered=LTU)), Ending.TIMED_OUT, 1_000)
    assert (task.is_open, task.ended_ms, task.offered) == (False, 1_000, None)


def test_ids_follow_from_the_seed_and_look_drawn_by_lot() -> None:
    ids = {
        task_id(seed, n, nation)
        for seed in "ab"
        for n in (1, 2)
        for nation in (EST, LVA)
    }
    assert len(ids) == 8
    form = r"task--[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"
    assert all(re.fullmatch(form, each) for each in ids)
    assert task_id("a", 1, EST) == task_id("a", 1, EST)
