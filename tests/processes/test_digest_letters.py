"""Letters say how much came, and by name only what everybody may know."""

from datetime import UTC, datetime, timedelta

import pytest

from foedus.hub import Hub
from foedus.processes import digest_letters as module
from foedus.processes.digest_letters import (
    Frame,
    Line,
    Summary,
    summarise,
    write_letter,
)
from tests.api.world import MEMBERS, NOON, clock, founded, hub
from tests.processes.webhook_world import (
    KEPT,
    RESTRICTED,
    open_service,
    put,
    put_many,
)

__all__ = ["clock", "founded", "hub"]

DAY = timedelta(days=1)
LATER = NOON + timedelta(minutes=1)
FRAME = Frame(
    nation="FIN",
    since=datetime(2026, 11, 22, 6, tzinfo=UTC),
    until=datetime(2026, 11, 23, 6, tzinfo=UTC),
    zone="Europe/Brussels",
    url="https://hub.example",
    stop="https://hub.example/digests/token",
)


@pytest.fixture(autouse=True)
async def poland(hub: Hub) -> None:
    await open_service(hub, "pol-tool", "POL", clearance=1)
    await open_service(hub, "siem", "FIN", clearance=1)


def seen_by(hub: Hub, name: str, since: datetime = NOON - DAY) -> Summary:
    viewer = hub.authenticator.named(name).viewer()
    with hub.reading.snapshot() as seen:
        return summarise(seen, viewer, since, LATER)


async def test_what_came_is_counted_in_the_readers_world(hub: Hub) -> None:
    public = await put(hub, 1)
    await put(hub, 2, RESTRICTED)
    await put(hub, 3, to=MEMBERS, text="")
    found = seen_by(hub, "siem")
    assert (found.count, found.public) == (3, 1)
    assert [(line.title, line.count) for line in found.lines] == [
        ("Open", 2),
        ("Members", 1),
    ]
    assert [stix_id for _, stix_id in found.titles] == [public]
    low = seen_by(hub, "mda")
    assert (low.count, low.public) == (1, 1)


async def test_only_what_came_between_is_counted(hub: Hub) -> None:
    await put(hub, 1)
    assert seen_by(hub, "siem", LATER).count == 0


async def test_a_letter_names_nothing_that_not_everybody_may_know(hub: Hub) -> None:
    for number, text in enumerate((RESTRICTED, KEPT)):
        await put(hub, number, text)
    own = await put(hub, 9, to=MEMBERS, text="")
    found = seen_by(hub, "siem")
    letter = write_letter(found, FRAME)
    assert (found.count, found.public, found.titles) == (3, 0, ())
    for secret in ("tool--", "RESTRICTED", "REL TO", own, "POL"):
        assert secret not in letter.subject + letter.text


async def test_a_collection_is_named_only_where_everybody_may_read_it(
    hub: Hub,
) -> None:
    account = await open_service(hub, "fin-tool", "FIN", clearance=1)
    viewer = account.viewer()
    act = hub.act(account, door="taxii", at=NOON - timedelta(minutes=1))
    place = hub.reading.collection(viewer, "finland")
    raw = b'{"type":"tool","spec_version":"2.1","id":"tool--00000000-0000-4000-8000-0000000000aa","created":"2026-11-01T00:00:00Z","modified":"2026-11-01T00:00:00Z","name":"Own"}'  # noqa: E501 - one object
    [outcome] = await hub.publish(account, act, place.id, [raw])
    assert outcome.outcome == "stored"
    letter = write_letter(seen_by(hub, "siem"), FRAME)
    assert "     1  In other collections: https://hub.example/watch" in letter.text
    assert "inland" not in letter.text


async def test_counting_ends_at_a_limit_and_says_so(
    hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "COUNT_MAX", 5)
    monkeypatch.setattr(module, "PAGE", 2)
    await put_many(hub, 9)
    found = seen_by(hub, "siem")
    assert (found.count, found.is_more) == (5, True)
    assert "more than 5 new" in write_letter(found, FRAME).subject


def test_a_letter_is_plain_text_with_links_to_the_hub_alone() -> None:
    summary = Summary(
        lines=(Line(title="Open", path="/collections/open", count=12),),
        count=12,
        public=2,
        titles=(
            ("https://evil.example/\r\nBcc: x", "indicator--1"),
            ("x" * 200, "indicator--2"),
        ),
    )
    letter = write_letter(summary, FRAME)
    assert letter.subject == "Foedus: 12 new for FIN"
    first, *rest = letter.text.splitlines()
    assert first == (
        "What came for FIN from Sun 22 Nov 2026 07:00 to Mon 23 Nov 2026 07:00 "
        "(Europe/Brussels)."
    )
    assert rest == [
        "",
        "12 new: 2 public, 10 not.",
        "",
        "    12  Open: https://hub.example/collections/open",
        "",
        "Public, newest first:",
        "- https[://]evil[.]example/ Bcc: x",
        "  https://hub.example/objects/indicator--1",
        "- " + "x" * 99 + "…",
        "  https://hub.example/objects/indicator--2",
        "",
        "What waits for you, and what arrives now: https://hub.example/watch",
        "To stop these letters: https://hub.example/digests/token",
    ]
