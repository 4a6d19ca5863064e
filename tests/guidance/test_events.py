import msgspec

from foedus.guidance.events import (
    GuidanceEvent,
    UpdatePublished,
    acknowledgement_stream,
    engagement_stream,
    report_stream,
    update_stream,
)


def test_an_edition_keeps_its_label_as_it_was_written() -> None:
    text = (
        b'{"kind":"guidance.update-published","update":"update--1","author":"POL",'
        b'"edition":1,"title":"t","text":"x","effective":"2026-01-01",'
        b'"label":{"level":0}}'
    )

    event = msgspec.json.decode(text, type=GuidanceEvent)

    assert isinstance(event, UpdatePublished)
    assert bytes(event.label) == b'{"level":0}'
    assert msgspec.json.encode(event) == text


def test_every_history_is_called_otherwise() -> None:
    streams = {
        report_stream("x"),
        engagement_stream("x"),
        update_stream("x"),
        acknowledgement_stream("x", "POL"),
        acknowledgement_stream("x", "FIN"),
    }

    assert len(streams) == 5
