import re
from datetime import UTC, datetime

import orjson
import pytest

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import load_pack
from foedus.ids import NationCode
from foedus.processes.demo_data import (
    Item,
    Teller,
    book,
    identity_id,
    introduce,
)
from foedus.releasability.sources import read_label
from foedus.stix.objects import parse_object

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
STORIES = len(book().stories)
INVENTED_ADDRESS = re.compile(r"(192\.0\.2|198\.51\.100|203\.0\.113)\.\d+")


def _tell(count: int) -> list[Item]:
    teller = Teller()
    return [teller.tell(NOON) for _ in range(count)]


def _bodies(items: list[Item]) -> list[dict[str, object]]:
    return [orjson.loads(raw) for item in items for raw in item.objects]


def test_there_are_more_than_sixty_stories_and_no_two_are_alike() -> None:
    texts = [sketch.text for story in book().stories for sketch in story.objects]
    written = [text for text in texts if text]

    assert STORIES >= 60
    assert len(set(written)) == len(written)


def test_three_nations_tell_in_turn_under_many_labels() -> None:
    stories = book().stories

    assert {story.by for story in stories} == {"NOR", "SWE", "MDA"}
    assert {story.label for story in stories} == set(book().labels)
    assert {story.to for story in stories} == {"indicators", "warnings", "open"}


def test_every_label_can_be_enforced_by_the_shipped_pack() -> None:
    alliance = Alliance.from_pack(load_pack("nato"))
    texts = [marking.text for marking in book().labels.values() if marking.text]

    assert all(read_label(text, alliance) for text in texts)


def test_the_same_number_tells_the_same_story() -> None:
    assert _tell(3 * STORIES) == _tell(3 * STORIES)


def test_a_teller_goes_on_where_another_stopped() -> None:
    later = Teller(STORIES)

    assert later.tell(NOON) == _tell(STORIES + 1)[-1]


def test_no_object_is_told_twice_in_thousands() -> None:
    bodies = [
        body
        for body in _bodies(_tell(3_000))
        if body["type"] not in ("marking-definition", "ipv4-addr")
    ]

    identifiers = [body["id"] for body in bodies]
    assert len(identifiers) - len(set(identifiers)) < 30


@pytest.mark.parametrize("stories", [3 * STORIES])
def test_every_object_is_stix_without_anything_odd(stories: int) -> None:
    for item in _tell(stories):
        for raw in item.objects:
            assert parse_object(raw).warnings == ()


def test_everything_is_invented() -> None:
    text = orjson.dumps(_bodies(_tell(3 * STORIES))).decode()

    hosts = re.findall(r"[a-z0-9-]+\.(?:com|org|net|eu|int|gov)\b", text)
    addresses = re.findall(r"\b\d+\.\d+\.\d+\.\d+\b", text)
    assert hosts == []
    assert all(INVENTED_ADDRESS.fullmatch(each) for each in addresses)


def test_a_story_refers_only_to_what_was_told_before_or_to_its_teller() -> None:
    known = {identity_id(NationCode(code)) for code in ("NOR", "SWE", "MDA")}
    for item in _tell(3 * STORIES):
        objects = [parse_object(raw) for raw in item.objects]
        known |= {each.id for each in objects}
        for each in objects:
            assert set(each.references) <= known


def test_a_sighting_is_of_an_indicator() -> None:
    sightings = [
        body for body in _bodies(_tell(3 * STORIES)) if body["type"] == "sighting"
    ]

    assert sightings
    assert all(
        str(body["sighting_of_ref"]).startswith("indicator--") for body in sightings
    )


def test_a_team_introduces_itself_openly() -> None:
    item = introduce(NationCode("SWE"), "Sweden", NOON)

    [team] = _bodies([item])
    assert (item.by, item.to) == ("SWE", "open")
    assert team["name"] == "Cyber defence team of Sweden (demo)"
