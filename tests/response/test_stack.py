"""The records of a run."""

from foedus.response.budget import Budget
from foedus.response.frames import Activation, Phase, RunState
from foedus.response.stack import Stack, active_of
from foedus.response.variables import Scope, declare

WHOLE = "playbook--1@2026"


def opened() -> Stack:
    stack = Stack(RunState(), Budget(1_000))
    root = stack.open(None, WHOLE, (), declare({}))
    root.active = Activation(
        number=1, step="p", phase=Phase.OPEN, began_ms=0, due_ms=1, scope=Scope()
    )
    return stack


def test_a_frame_stands_behind_what_its_parent_did_before() -> None:
    stack = opened()
    root = stack.state.frames[0]
    stack.trace(root, "first")
    branch = stack.open(root, WHOLE, (1, 0), Scope(layer=True))
    root.count += 1
    stack.trace(root, "third")
    stack.trace(branch, "second")

    assert stack.state.printed() == ["first", "second", "third"]
    assert stack.parent_of(branch) is root
    assert (root.whole, branch.whole) == (True, False)
    assert stack.depth(branch) == 1


def test_dropping_a_frame_drops_what_it_opened() -> None:
    stack = opened()
    root = stack.state.frames[0]
    inner = stack.open(root, WHOLE, (0, 0))
    assert active_of(root).frames == [inner.number]

    stack.drop(root.number)

    assert stack.state.frames == {}
