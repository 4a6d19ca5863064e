"""What becomes of information when a nation's status changes, told end to end.

Accession, suspension and release, each over HTTP against a real server process, seen
by unmodified TAXII clients that keep their cursors and stop and go on as they like.
"""

import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from requests.exceptions import HTTPError

from foedus.stix.markings import hub_marking_id
from foedus.stix.tearing import derived_from_id, tear_line_id
from tests.scenarios.installation import PASSWORD, Installation
from tests.scenarios.moved_clock import MovedClock, MovedClockServer, first_midnight
from tests.scenarios.polling import Poller
from tests.scenarios.storytelling import (
    CLOSED,
    MIX,
    OPEN,
    SECOND,
    Story,
    carried,
    definitions,
    names,
    stix_id,
    thing,
)

TO_MOLDOVA = "NATO RESTRICTED // REL TO MDA"
TO_FINLAND = "NATO RESTRICTED // REL TO FIN"
TO_BOTH = "NATO RESTRICTED // REL TO NATO, MDA"
POLISH = "NATO RESTRICTED // REL TO POL"
PUBLIC = "NATO UNCLASSIFIED // PUBLIC"
LOW = "NATO UNCLASSIFIED // REL TO NATO"
CONTROLLED = f"{CLOSED} // ORIGINATOR CONTROLLED"


@pytest.fixture(scope="session")
def storied(
    installed: Installation, tmp_path_factory: pytest.TempPathFactory
) -> Installation:
    """An installation with the people of the stories, to be copied."""
    hub = installed.copy(tmp_path_factory.mktemp("storied") / "data")
    for name, nation, role in (
        ("desk", "NATO", "secretariat"),
        ("partner", "MDA", "reader"),
        ("other", "UKR", "reader"),
    ):
        hub.run(
            *("account", "add", name, "--nation", nation, "--password-stdin"),
            *("--role", role, "--clearance", "NATO RESTRICTED"),
            stdin=PASSWORD + "\n",
        )
    hub.run(
        *("collection", "add", "mix", "--id", MIX, "--title", "Mix"),
        *("--read", "PUBLIC", "--write", "PUBLIC"),
    )
    return hub


@pytest.fixture
def story(storied: Installation, tmp_path: Path) -> Iterator[Story]:
    clock = MovedClock(tmp_path / "clock", first_midnight())
    hub = storied.copy(tmp_path / "data")
    with MovedClockServer(hub, tmp_path / "clock") as server:
        server.start()
        yield Story(server, clock)


# Accession


def test_a_partner_becomes_a_member_and_is_released_what_the_others_had(
    story: Story,
) -> None:
    story.publish("pol", CLOSED, "old")
    story.clock.next_day()
    since = story.clock.today
    pollers = [story.poller("partner", limit=limit) for limit in (1, 2, 3)]
    finland, other = story.poller("fin", limit=3), story.poller("other", limit=3)
    for number in range(1, 4):
        story.publish("pol", CLOSED, f"pc{number}")
        story.publish("fin", OPEN, f"fo{number}")
        story.publish("fin", CLOSED, f"fc{number}")
        story.publish("pol", OPEN, f"po{number}")
    story.publish("pol", TO_MOLDOVA, "named1", "named2")
    assert [names(each.walk()) for each in pollers] == [["named1", "named2"]] * 3
    had = names(finland.walk())

    story.clock.next_day()
    story.change_status("MDA", "member", story.clock.today)
    opened = ["fo1", "po1", "fo2", "po2", "fo3", "po3"]
    assert [names(each.walk()) for each in pollers] == [opened] * 3

    story.publish("fin", CLOSED, "after")
    assert [names(each.walk()) for each in pollers] == [["after"]] * 3

    made = story.act(
        "pol", "releases", to=["MDA"], label=CLOSED, since=since, reason="accession"
    )
    assert made["objects"] == 3
    assert [names(each.walk()) for each in pollers] == [["pc1", "pc2", "pc3"]] * 3

    assert [names(each.walk()) for each in pollers] == [[]] * 3
    for each in pollers:
        defined = definitions(each.received)
        assert len(defined) == len(set(defined))
        # Only the dated form of a closed term is everybody's; the hub stamped it.
        assert carried(each.received) - {hub_marking_id(CLOSED)} == set(defined)
    assert [*had, *names(finland.walk())] == story.sees("fin")
    assert names(other.walk()) == []


def test_an_accession_of_a_later_day_acts_at_midnight(story: Story) -> None:
    story.publish("pol", CLOSED, "closed")
    story.publish("pol", OPEN, "open1", "open2")
    poller = story.poller("partner", limit=1)
    story.change_status("MDA", "member", story.clock.tomorrow)
    assert names(poller.walk()) == []

    story.clock.next_day()

    assert story.comes(poller, 2) == ["open1", "open2"]
    story.publish("pol", CLOSED, "after")
    assert names(poller.walk()) == ["after"]


# Suspension


def test_a_nation_suspended_between_two_pages_gets_nothing_and_goes_on_later(
    story: Story, request: pytest.FixtureRequest
) -> None:
    story.publish("pol", OPEN, "o1", "o2", "o3", "o4", "o5")
    story.publish("fin", CLOSED, "own")
    walking, resting = story.poller("fin", limit=2), story.poller("fin", limit=100)
    browser = signed_in(story, "fin")
    request.addfinalizer(browser.close)
    assert browser.get("/home").status_code == 200
    walking.tick()
    assert walking.next is not None, "it is in the middle of a walk"
    resting.walk()

    story.change_status("FIN", "suspended", story.clock.today)

    for poller in (walking, resting, story.poller("fin", limit=2)):
        with pytest.raises(HTTPError, match="404"):
            poller.tick()
    assert_api_shows_nothing(story, "fin", "o1", "own")
    assert browser.get("/home").headers["location"].startswith("/sign-in")
    assert story.sees("pol") == ["o1", "o2", "o3", "o4", "o5", "own"]

    story.publish("pol", OPEN, "open")
    story.publish("pol", CLOSED, "closed")
    story.publish("pol", TO_FINLAND, "byname")
    story.publish("pol", PUBLIC, "public")
    story.clock.next_day()
    story.change_status("FIN", "member", story.clock.today)

    walking.walk()
    resting.walk()
    everything = ["o1", "o2", "o3", "o4", "o5", "own", "open", "byname", "public"]
    assert names(walking.received) == names(resting.received) == everything
    assert story.sees("fin") == everything
    assert browser.get("/home").headers["location"].startswith("/sign-in")
    story.publish("pol", CLOSED, "again")
    assert names(walking.walk()) == names(resting.walk()) == ["again"]


def test_a_release_to_a_suspended_nation_waits_for_its_return(story: Story) -> None:
    story.publish("pol", CLOSED, "c1", "c2")
    poller = story.poller("partner", limit=1)
    story.publish("pol", TO_MOLDOVA, "named")
    assert names(poller.walk()) == ["named"]

    story.change_status("MDA", "suspended", story.clock.today)
    story.release("pol", "MDA", CLOSED)
    with pytest.raises(HTTPError, match="404"):
        poller.tick()
    story.clock.next_day()
    story.change_status("MDA", "partner", story.clock.today)

    assert names(poller.walk()) == ["c1", "c2"]


# Release


def test_what_another_release_covers_stays_when_one_ends(story: Story) -> None:
    story.publish("pol", CLOSED, "high1", "high2")
    story.publish("pol", LOW, "low1", "low2")
    pollers = [story.poller("partner", limit=limit) for limit in (1, 2, 3)]
    one, two, three = pollers
    first = story.release("pol", "MDA", CLOSED)
    begin(one)
    three.walk()
    dates = story.dates("partner")

    second = story.release("pol", "MDA", LOW)
    assert names(three.walk()) == []
    assert story.dates("partner") == dates

    story.end_release("pol", first)
    assert story.sees("partner") == ["low1", "low2"]
    assert {**dates, **story.dates("partner")} == dates
    one.walk()
    two.walk()
    assert names(two.received) == ["low1", "low2"]
    assert names(one.received) == ["high1", "low1", "low2"]

    story.end_release("pol", second)
    assert story.sees("partner") == []
    assert [names(each.walk()) for each in pollers] == [[]] * 3

    story.release("pol", "MDA", CLOSED)
    everything = ["high1", "high2", "low1", "low2"]
    assert [names(each.walk()) for each in pollers] == [everything] * 3


def test_from_now_on_means_what_is_to_come_too(story: Story) -> None:
    story.publish("pol", CLOSED, "before")
    poller = story.poller("partner", limit=1)
    release = story.release("pol", "MDA", CLOSED, from_now_on=True)
    assert names(poller.walk()) == ["before"]

    story.publish("pol", CLOSED, "after1", "after2")
    story.publish("fin", CLOSED, "theirs")
    story.publish("pol", CONTROLLED, "held")
    assert names(poller.walk()) == ["after1", "after2"]

    story.end_release("pol", release)
    story.publish("pol", CLOSED, "late")
    assert names(poller.walk()) == []
    assert story.sees("partner") == []


def test_what_others_originated_follows_when_they_consent(story: Story) -> None:
    story.publish("fin", CLOSED, "fin1")
    story.publish("pol", CLOSED, "pol1")
    story.publish("fin", CLOSED, "fin2")
    poller = story.poller("partner", limit=1)
    release = story.release("pol", "MDA", CLOSED, ask=["FIN"])
    assert names(poller.walk()) == ["pol1"]

    story.publish("fin", CLOSED, "fin3")
    story.act("fin", f"releases/{release}/consent")
    assert names(poller.walk()) == ["fin1", "fin2"]

    story.end_release("fin", release)
    assert story.sees("partner") == ["pol1"]
    assert names(poller.walk()) == []


def test_what_is_originator_controlled_stays_unless_the_originator_says(
    story: Story,
) -> None:
    story.publish("pol", CLOSED, "free")
    story.publish("pol", CONTROLLED, "held")
    poller = story.poller("partner", limit=3)
    story.release("pol", "MDA", CLOSED)
    assert names(poller.walk()) == ["free"]

    story.release("pol", "MDA", CLOSED, include_controlled=True)

    assert names(poller.walk()) == ["held"]


def test_whoever_was_released_a_thing_learns_that_it_is_revoked(story: Story) -> None:
    story.publish("pol", CLOSED, "wrong", "right")
    poller, other = story.poller("partner", limit=1), story.poller("other", limit=1)
    story.release("pol", "MDA", CLOSED)
    assert names(poller.walk()) == ["wrong", "right"]

    secret = thing("wrong", POLISH, modified=SECOND, revoked=True, description="why")
    story.post("pol", POLISH, secret)

    (learnt,) = (each for each in poller.walk() if each["type"] == "indicator")
    assert names([learnt]) == ["wrong revoked"]
    assert learnt.keys() <= {
        *("type", "spec_version", "id", "created", "modified", "revoked"),
        "object_marking_refs",
    }
    assert names(other.walk()) == []


def test_a_tear_line_goes_where_the_whole_may_not(story: Story) -> None:
    withheld = {"marking_ref": hub_marking_id(POLISH), "selectors": ["description"]}
    whole = thing("whole", CLOSED, description="how", granular_markings=[withheld])
    story.publish("pol", CLOSED, "c1")
    story.post_marked("pol", [POLISH, CLOSED], whole)
    finland, moldova = story.poller("fin", limit=1), story.poller("partner", limit=1)
    assert names(finland.walk()) == ["c1"]

    story.act("pol", f"objects/{whole['id']}/tear-line", collection="mix")
    story.release("pol", "MDA", CLOSED)

    line = tear_line_id("indicator", "POL", whole["id"])
    assert names(finland.walk()) == [line]
    assert names(moldova.walk()) == ["c1", line]
    assert "description" not in moldova.received[-1]
    assert story.sees("pol") == ["c1", "whole", line, derived_from_id(line)]

    story.act("pol", f"objects/{whole['id']}/withdraw", reason="a mistake")
    assert story.sees("partner") == story.sees("fin") == story.sees("pol") == ["c1"]


def begin(poller: Poller) -> None:
    """Let a poller stop where it has received its first thing."""
    while not names(poller.received):
        poller.tick()


def signed_in(story: Story, account: str) -> httpx.Client:
    """Sign a browser in."""
    browser = httpx.Client(base_url=story.server.url)
    found = re.search(
        r'name="form-token" value="([^"]+)"', browser.get("/sign-in").text
    )
    assert found is not None, "every form carries a token"
    form = {"form-token": found[1], "name": account, "password": PASSWORD}
    assert browser.post("/sign-in", data=form).headers["location"] == "/home"
    return browser


def assert_api_shows_nothing(story: Story, account: str, *things: str) -> None:
    """The lists of the API are empty for an account, and the things are not there."""
    assert story.ask(account, "/api/v1/collections").json() == []
    assert story.ask(account, "/api/v1/releases").json() == {"releases": []}
    for name in things:
        for path in ("explain", "audience"):
            answer = story.ask(account, f"/api/v1/objects/{stix_id(name)}/{path}")
            assert answer.status_code == httpx.codes.NOT_FOUND
