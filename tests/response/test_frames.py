"""The state of a run, as records."""

import msgspec

from foedus.response.frames import RunState, Traced


def test_a_trace_is_printed_in_the_order_of_the_workflow() -> None:
    state = RunState(
        trace=[Traced((1, 1, 0), "b"), Traced((2,), "c"), Traced((1, 0, 0), "a")]
    )

    assert state.printed() == ["a", "b", "c"]


def test_a_state_is_read_as_it_was_written() -> None:
    state = RunState(trace=[Traced((0,), "a")], warnings=["strange"])

    assert msgspec.json.decode(msgspec.json.encode(state), type=RunState) == state
