from datetime import UTC, datetime, timedelta

import orjson

from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.processes.demo_play import PLAY
from foedus.processes.demo_told import Line, say
from foedus.stix.markings import hub_marking_id, make_hub_definition
from foedus.web.worlds import COLUMN_MAX, LEDGER_MAX, Board, read_board, row_of

NAMES = ("norway", "sweden", "moldova", "illustria")
NOTE = "note--00000000-0000-4000-8000-000000000001"


def _seats(hub: Hub) -> list[Account]:
    return [hub.authenticator.named(name) for name in NAMES]


async def _publish(hub: Hub, name: str, label: str) -> Board:
    account = hub.authenticator.named(name)
    collection = hub.reading.collection(account.viewer(), "indicators")
    instant = f"{hub.clock() - timedelta(minutes=1):%Y-%m-%dT%H:%M:%S}.000Z"
    note = {
        "type": "note",
        "spec_version": "2.1",
        "id": NOTE,
        "created": instant,
        "modified": instant,
        "content": "for the test",
        "object_refs": [NOTE],
        "object_marking_refs": [hub_marking_id(label)],
    }
    objects = [make_hub_definition(label), orjson.dumps(note)]
    act = hub.act(account, door="test", at=hub.clock())
    outcomes = await hub.publish(account, act, collection.id, objects)
    assert outcomes[-1].outcome == "stored"
    return read_board(hub, _seats(hub))


def _because(board: Board) -> str:
    row = row_of(board, NOTE)
    assert row is not None
    return row.because


def test_each_world_is_what_its_nation_sees(hub: Hub) -> None:
    norway, sweden, moldova, _ = read_board(hub, _seats(hub)).worlds

    assert [len(world.items) > 0 for world in (norway, sweden, moldova)] == [True] * 3
    assert norway.total != sweden.total != moldova.total
    assert sweden.sentence.startswith("Member since 7 March 2024.")
    titles = {item.thing.title for item in moldova.items}
    assert not any("Nordic" in title for title in titles)


def test_the_table_holds_what_a_column_holds_and_nothing_else(hub: Hub) -> None:
    board = read_board(hub, _seats(hub))

    for row in board.ledger:
        columns = {
            world.nation.code
            for world in board.worlds
            if row.item.key in {item.key for item in world.items}
        }
        assert columns == {each.code for each in row.received}
    assert len(board.ledger) == LEDGER_MAX
    assert LEDGER_MAX <= COLUMN_MAX


async def test_who_joined_later_is_said_to_need_a_release(hub: Hub) -> None:
    board = await _publish(hub, "norway", "NATO RESTRICTED // REL TO NATO 2023-04-04")

    assert "SWE was not in NATO as of 2023-04-04" in _because(board)


async def test_who_is_not_cleared_is_said_to_be_so(hub: Hub) -> None:
    board = await _publish(hub, "norway", "NATO SECRET // REL TO NOR, SWE, MDA")

    reason = _because(board)
    assert "the analyst of SWE is cleared only to NATO CONFIDENTIAL" in reason
    assert "the analyst of MDA is cleared only to NATO RESTRICTED" in reason


async def test_what_all_receive_needs_no_reason(hub: Hub) -> None:
    board = await _publish(hub, "norway", "NATO UNCLASSIFIED // REL TO NATO, MDA, XIL")

    assert _because(board) == "Its audience holds everybody here"


async def test_the_page_is_marked_as_high_as_its_highest_thing(hub: Hub) -> None:
    board = await _publish(hub, "norway", "NATO SECRET // REL TO NOR")

    assert board.marking is not None
    assert board.marking.level == "NATO SECRET"
    assert board.marking.audience == ("DEMO PRESENTER ONLY",)


def test_a_hub_where_nobody_sees_anything_has_no_marking(hub: Hub) -> None:
    assert read_board(hub, []).marking is None


def test_an_invented_nation_is_said_to_be_shown_for_illustration(hub: Hub) -> None:
    norway, _, _, illustria = read_board(hub, _seats(hub)).worlds

    assert "Demonstration: illustrative status." in illustria.sentence
    assert "illustrative" not in norway.sentence


async def test_what_came_since_the_last_line_is_new_and_what_was_there_is_not(
    hub: Hub,
) -> None:
    say(hub.store, Line(at=hub.clock(), act="Act 1", text="now"))
    board = await _publish(hub, "norway", "NATO UNCLASSIFIED // REL TO NATO, MDA")

    norway, _, moldova, illustria = board.worlds
    [fresh] = norway.fresh
    assert fresh.startswith(NOTE)
    assert moldova.fresh == norway.fresh
    assert illustria.fresh == frozenset()


def test_before_anything_was_said_nothing_is_new(hub: Hub) -> None:
    assert not any(world.fresh for world in read_board(hub, _seats(hub)).worlds)


async def test_the_table_knows_who_had_a_thing_before_a_release_brought_it_to_others(
    hub: Hub,
) -> None:
    await PLAY[1].scene(hub, 0)

    board = read_board(hub, _seats(hub))

    released = {item.key for item in board.worlds[2].items if item.by_release}
    rows = [row for row in board.ledger if row.item.key in released]
    assert rows
    assert all({"NOR", "MDA"} <= {each.code for each in row.received} for row in rows)


def test_lines_are_shown_with_their_time(hub: Hub) -> None:
    at = datetime(2026, 11, 23, 12, 0, 5, 250_000, tzinfo=UTC)
    say(hub.store, Line(at=at, act="Act 1", text="now"))

    [line] = read_board(hub, _seats(hub)).lines

    assert (line.clock, line.instant) == ("12:00:05", "2026-11-23T12:00:05Z")
