"""Telling: what a connection remembers, and the order of steps.

What is told of what is in test_reading.py, over whole streams.
"""

import pytest

from foedus.compat import telling as module
from foedus.compat.telling import FIRST_STEP, LAST_STEP, MAIN_STEP, Memory
from foedus.intel.ordinals import STEP_BITS


def test_dependencies_come_before_what_refers_to_them_and_what_is_left_behind() -> None:
    last = FIRST_STEP + module.DEPENDENCIES_MAX - 1
    assert 1 < FIRST_STEP < last < MAIN_STEP < LAST_STEP < 1 << STEP_BITS


def test_a_connection_remembers_what_it_told_and_what_went(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    memory = Memory()
    memory.note("a", 5)
    assert (memory.version("a"), memory.is_gone("a")) == (5, False)
    memory.note_gone("a")
    assert (memory.version("a"), memory.is_gone("a")) == (None, True)
    assert not memory.is_gone("b")
    monkeypatch.setattr(module, "REMEMBERED_MAX", 1)
    memory.note("b", 6)
    assert (memory.is_gone("a"), memory.version("b")) == (False, 6)
