"""The 48-hour test: clocks, lift, reception, and what can be claimed."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.errors import InvalidInputError
from foedus.planning.asks import AskClosure, Lift, Place
from foedus.planning.checking_closure import check_closure
from foedus.planning.clocks import Clock
from foedus.planning.closing import close_in
from foedus.planning.forces import Commitment, Need, Route, Situation, Unit
from foedus.planning.results import Closure
from tests.planning.test_forces import UNIT
from tests.planning.worlds import PERIODS, PLACES, TYPES, WAYS, units

ROUTE = Route(
    base="here",
    location="there",
    travel_h=10,
    loading_h=4,
    reception_h=6,
    km=100,
)
TRAIN = Lift(name="train", tonne_km_per_h=1_000.0)


def force(*notices: float, tonnes: float = 0.0) -> tuple[Unit, ...]:
    return tuple(
        msgspec.structs.replace(UNIT, id=f"u{place}", notice_h=notice, tonnes=tonnes)
        for place, notice in enumerate(notices)
    )


def ask(sent: tuple[Unit, ...], amount: float = 4, **changed: object) -> AskClosure:
    place = Place(location="there", needs=(Need(type="brigade", amount=amount),))
    asked = AskClosure(
        situation=Situation(periods=1, units=sent, commitments=(), routes=(ROUTE,)),
        places=(place,),
    )
    return msgspec.structs.replace(asked, **changed)


def there(found: Closure) -> dict[float, float]:
    return {each.hours: each.there for each in found.curve}


def test_a_notice_of_48_hours_is_nobody_on_station_after_48() -> None:
    found = close_in(ask(force(48, 48, 48, 48)))

    assert found.covered == found.covered_at_most == 0
    assert {each.clock: each.there for each in found.by_clock} == {
        Clock.READY_TO_MOVE: 4,
        Clock.DEPARTED: 0,
        Clock.ARRIVED: 0,
        Clock.ON_STATION: 0,
    }
    assert there(found)[72.0] == 4


def promised(*of: Commitment) -> AskClosure:
    """Ask who closes for some commitments, of all units with no notice."""
    asked = ask(force(0, 0, 0, 0))
    place = msgspec.structs.replace(
        asked.places[0], commitments=tuple(each.id for each in of)
    )
    units = asked.situation.units
    barred = msgspec.structs.replace(units[0], caveats=("c0",))
    other = msgspec.structs.replace(units[1], nation="FIN")
    made = msgspec.structs.replace(
        asked.situation, units=(barred, other, *units[2:]), commitments=of
    )
    return msgspec.structs.replace(asked, situation=made, places=(place,))


def test_only_whom_a_commitment_takes_closes_for_it() -> None:
    closed = commitment("c0", closed_to=("FIN",))

    found = close_in(promised(closed))

    assert {each.unit for each in found.arrivals} == {"u2", "u3"}
    assert found.covered == found.covered_at_most == 0.5
    assert found.curve[-1].unlimited == 2


def test_whom_one_of_two_commitments_takes_closes_there() -> None:
    closed = commitment("c0", closed_to=("FIN",))

    assert close_in(promised(closed, commitment("c1"))).covered == 1


def commitment(name: str, **more: object) -> Commitment:
    made = Commitment(
        id=name,
        location="there",
        first=1,
        last=1,
        needs=(Need(type="brigade", amount=4),),
    )
    return msgspec.structs.replace(made, **more)


def test_a_commitment_that_nobody_knows_is_refused() -> None:
    asked = promised(commitment("c0"))
    unknown = msgspec.structs.replace(
        asked, situation=msgspec.structs.replace(asked.situation, commitments=())
    )

    with pytest.raises(InvalidInputError, match="c0"):
        close_in(unknown)


def test_who_is_there_in_time_by_the_clock_that_is_asked_for_counts() -> None:
    sent = force(28, 29, 34, 35)

    assert close_in(ask(sent)).covered == 0.25
    assert close_in(ask(sent, clock=Clock.ARRIVED)).covered == 0.75
    assert [each.soonest_h for each in close_in(ask(sent)).arrivals][:1] == [48]


def test_lift_carries_so_much_between_departing_and_closing_and_no_more() -> None:
    # 38 hours from departure to the deadline, less 6 of reception: counted from 6 h.
    sent = force(0, 0, 0, 0, tonnes=105.0)
    found = close_in(ask(sent, lifts=(TRAIN,)))
    few = close_in(
        ask(sent, lifts=(msgspec.structs.replace(TRAIN, tonne_km_per_h=250),))
    )

    assert found.covered == 1
    assert few.covered == 0.25
    assert few.covered_at_most == pytest.approx(0.25)
    assert [each.lift for each in few.arrivals if each.hours <= 48] == ["train"]


def test_a_lift_that_is_faster_than_the_way_brings_units_sooner() -> None:
    sent = force(30, tonnes=1.0)
    slow, fast = TRAIN, msgspec.structs.replace(TRAIN, name="ship", speed_kmh=50.0)

    assert close_in(ask(sent, lifts=(slow,))).covered == 0
    found = close_in(ask(sent, lifts=(slow, fast)))
    assert found.covered == 0.25
    assert found.arrivals[0].lift == "ship"


def test_a_place_receives_so_many_and_no_more() -> None:
    place = Place(
        location="there",
        needs=(Need(type="brigade", amount=4),),
        units_per_h=1 / 24,
    )
    found = close_in(ask(force(0, 0, 0, 0), places=(place,)))

    assert found.covered == 0.25  # from 12 h, when they begin to arrive, to 48 h
    assert there(found)[720.0] == 4


def test_a_unit_closes_in_one_of_two_crises_only() -> None:
    needs = (Need(type="brigade", amount=2),)
    places = tuple(Place(location=name, needs=needs) for name in ("there", "yonder"))
    asked = ask(force(0, 0, 0), places=places)
    ways = (ROUTE, msgspec.structs.replace(ROUTE, location="yonder"))
    asked = msgspec.structs.replace(
        asked, situation=msgspec.structs.replace(asked.situation, routes=ways)
    )
    found = close_in(asked)

    assert found.covered == 0.75
    assert len({each.unit for each in found.arrivals}) == 3


def test_who_is_busy_away_or_not_sent_does_not_close() -> None:
    away = msgspec.structs.replace(UNIT, id="away", away=(1,), notice_h=0.0)
    kept = msgspec.structs.replace(UNIT, id="kept", caveats=("there",), notice_h=0.0)
    busy = msgspec.structs.replace(UNIT, id="busy", notice_h=0.0)

    assert close_in(ask((away, kept, busy), busy=("busy",))).arrivals == ()


@pytest.mark.parametrize(
    "changed",
    [
        {"hours": 0.0},
        {"places": ()},
        {"places": (Place(location="there", needs=()),) * 2},
        {"lifts": (Lift(name="train", tonne_km_per_h=-1.0),)},
    ],
)
def test_what_makes_no_sense_is_refused(changed: dict[str, object]) -> None:
    with pytest.raises(InvalidInputError):
        close_in(ask(force(0), **changed))


@st.composite
def asks(draw: st.DrawFn) -> AskClosure:
    limit = st.sampled_from([None, 5.0, 50.0])
    return AskClosure(
        situation=Situation(
            periods=PERIODS, units=draw(units()), commitments=(), routes=WAYS
        ),
        places=tuple(
            Place(
                location=name,
                needs=tuple(
                    Need(type=kind, amount=draw(st.integers(0, 4))) for kind in TYPES
                ),
                tonnes_per_h=draw(limit),
                units_per_h=draw(st.sampled_from([None, 0.05])),
            )
            for name in PLACES[: draw(st.integers(1, 2))]
        ),
        hours=draw(st.sampled_from([48.0, 60.0])),
        clock=draw(st.sampled_from(list(Clock))),
        lifts=tuple(
            Lift(
                name=name,
                tonne_km_per_h=draw(st.sampled_from([500.0, 9e3])),
                speed_kmh=v,
            )
            for name, v in draw(
                st.sampled_from(
                    [(), (("train", None),), (("train", None), ("ship", 90.0))]
                )
            )
        ),
    )


@settings(max_examples=12, deadline=None)
@given(asks())
def test_every_answer_stands_up_to_the_independent_check(asked: AskClosure) -> None:
    found = close_in(asked)

    assert check_closure(asked, found) == ()
    for place in asked.places:
        for need in place.needs:
            own = [
                each.there
                for each in found.curve
                if (each.location, each.type) == (place.location, need.type)
            ]
            assert own == sorted(own)


@settings(max_examples=8, deadline=None)
@given(asks())
def test_more_lift_never_closes_less(asked: AskClosure) -> None:
    more = tuple(
        msgspec.structs.replace(each, tonne_km_per_h=2 * each.tonne_km_per_h)
        for each in asked.lifts
    )
    wider = msgspec.structs.replace(asked, lifts=more)
    before, after = close_in(asked).covered_at_most, close_in(wider).covered_at_most

    assert before is None or (after is not None and after >= before - 1e-9)
