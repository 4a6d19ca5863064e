"""The independent check of closures: whatever breaks one is found, and named."""

import msgspec
import pytest

from foedus.planning.asks import AskClosure, Place
from foedus.planning.checking_closure import check_closure
from foedus.planning.closing import close_in
from foedus.planning.forces import Need
from foedus.planning.results import Arrival
from tests.planning.test_closing import TRAIN, ask, force

ASKED = ask(force(0, 0, tonnes=100.0), lifts=(TRAIN,))
FOUND = close_in(ASKED)


def broken(asked: AskClosure = ASKED, **fault: object) -> set[str]:
    first = msgspec.structs.replace(FOUND.arrivals[0], **fault)
    arrivals = (first, *FOUND.arrivals[1:])
    spoilt = msgspec.structs.replace(FOUND, arrivals=arrivals)
    return {each.rule for each in check_closure(asked, spoilt)}


def test_an_answer_without_fault_is_let_through() -> None:
    assert len(FOUND.arrivals) == 2
    assert broken() == set()


@pytest.mark.parametrize(
    ("fault", "rule"),
    [
        ({"unit": "u9"}, "unknown"),
        ({"unit": "u1"}, "twice"),
        ({"location": "moon"}, "unknown"),
        ({"nation": "FIN"}, "identity"),
        ({"lift": ""}, "lift"),
        ({"soonest_h": 1.0}, "clock"),
        ({"hours": 12.0}, "clock"),
        ({"hours": 720.0}, "figures"),
    ],
)
def test_what_is_wrong_with_an_arrival_is_named(
    fault: dict[str, object], rule: str
) -> None:
    assert rule in broken(**fault)


@pytest.mark.parametrize(
    ("changed", "rule"),
    [
        ({"busy": ("u0",)}, "away"),
        (
            {
                "places": (
                    Place(
                        location="there",
                        needs=(Need(type="brigade", amount=4),),
                        commitments=("c0",),
                    ),
                )
            },
            "closed",
        ),
        ({"lifts": (msgspec.structs.replace(TRAIN, tonne_km_per_h=1.0),)}, "capacity"),
        (
            {
                "places": (
                    Place(
                        location="there",
                        needs=(Need(type="brigade", amount=4),),
                        tonnes_per_h=1.0,
                    ),
                )
            },
            "capacity",
        ),
        ({"places": (Place(location="there", needs=()),)}, "type"),
    ],
)
def test_what_was_asked_and_is_not_kept_is_named(
    changed: dict[str, object], rule: str
) -> None:
    assert rule in broken(msgspec.structs.replace(ASKED, **changed))


def test_more_than_there_can_be_is_named() -> None:
    spoilt = msgspec.structs.replace(FOUND, covered=1.0, covered_at_most=0.5)

    assert {each.rule for each in check_closure(ASKED, spoilt)} == {"figures"}


def test_what_has_no_way_or_is_not_sent_is_named() -> None:
    situation = msgspec.structs.replace(ASKED.situation, routes=())
    kept = tuple(
        msgspec.structs.replace(each, caveats=("there",))
        for each in ASKED.situation.units
    )
    sent = msgspec.structs.replace(ASKED.situation, units=kept)

    assert "way" in broken(msgspec.structs.replace(ASKED, situation=situation))
    assert "caveat" in broken(msgspec.structs.replace(ASKED, situation=sent))


def test_an_arrival_reads_back_as_written() -> None:
    one = FOUND.arrivals[0]

    assert msgspec.json.decode(msgspec.json.encode(one), type=Arrival) == one
