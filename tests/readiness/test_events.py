import msgspec

from foedus.ids import NationCode
from foedus.readiness.events import (
    ReadinessEvent,
    UnitRecorded,
    record_stream,
    recording,
)
from foedus.releasability.join import FixedLabel
from tests.readiness.world import unit


def test_a_record_keeps_its_label_as_it_was_written() -> None:
    made = recording(
        unit(), FixedLabel(level=0), record="unit--1", author=NationCode("POL")
    )
    text = msgspec.json.encode(made)

    event = msgspec.json.decode(text, type=ReadinessEvent)

    assert isinstance(event, UnitRecorded)
    assert text.endswith(b'"label":{"level":0}}')
    assert msgspec.json.encode(event) == text


def test_every_record_has_a_history_of_its_own() -> None:
    assert record_stream("unit--1") != record_stream("unit--2")
