"""Attacks by publishing: whoever posts learns nothing, hides nothing, takes nothing.

Source: releasability reference, sections 3 and 4.
"""

from pathlib import Path

from tests.leaks import oracle_labels as labels
from tests.leaks.acts import Change, MakeRelease, Tear, Withdraw
from tests.leaks.attacking import (
    ABSENT,
    HIDDEN,
    HOLDING,
    hide,
    ids,
    label,
    manifest,
    names,
    open_holding,
    published,
    told,
)
from tests.leaks.driver import Driver, running
from tests.leaks.founding import Keys
from tests.leaks.oracle_items import address_id
from tests.leaks.proofs import (
    CAMPAIGN,
    INDICATOR,
    MALWARE,
    OPEN,
    PUBLIC,
    REPORT,
    RESTRICTED,
    TOOL,
    TWO,
    post,
    release,
    thing,
)
from tests.leaks.world import ADDRESSES, VERSIONS

ADDRESS = address_id(ADDRESSES[0])


def address(account_of: str, text: str = "") -> list[dict[str, object]]:
    """Make an observable that anybody can compute the id of."""
    *definitions, item = thing(ADDRESS, text, name=account_of, value=ADDRESSES[0])
    plain = {k: v for k, v in item.items() if k not in {"created", "modified"}}
    return [*definitions, plain]


# Hiding what others have said


async def test_a_report_is_not_hidden_by_posting_the_observable_it_mentions(
    hub: Driver,
) -> None:
    await hub.do(post("fin", thing(REPORT, PUBLIC, x_about_refs=[ADDRESS])))
    before = await manifest(hub, "mda")
    await hub.do(post("pol", address("pol", TWO)))
    assert await manifest(hub, "mda") == before
    assert await ids(hub, "mda") == [REPORT]


async def test_a_report_is_not_hidden_by_its_own_publisher_bringing_it_in_late(
    hub: Driver,
) -> None:
    await hub.do(post("fin", thing(REPORT, PUBLIC, x_about_refs=[TOOL])))
    before = await manifest(hub, "mda")
    done = await hub.do(post("fin", thing(TOOL, TWO)))
    assert await manifest(hub, "mda") == before
    (remark,) = [each for each in done.body["successes"] if each["id"] == TOOL]
    assert REPORT in remark["message"], "its publisher is told what went out wider"


async def test_the_audience_of_a_report_is_no_oracle_of_what_it_mentions(
    hub: Driver,
) -> None:
    await hide(hub)
    await hub.do(post("swe", thing(CAMPAIGN, x_about_refs=[HIDDEN])))
    await hub.do(post("swe", thing(MALWARE, x_about_refs=[ABSENT])))
    for account in ("swe", "fin", "pol"):
        found = [await label(hub, account, each) for each in (CAMPAIGN, MALWARE)]
        assert found[0] == found[1]


# Probing by id


async def test_a_hidden_id_is_posted_like_one_that_does_not_exist(hub: Driver) -> None:
    await hide(hub)
    answers = [await published(hub, "swe", thing(each)) for each in (HIDDEN, ABSENT)]
    assert answers[0] == answers[1]
    again = [await published(hub, "swe", thing(each)) for each in (HIDDEN, ABSENT)]
    assert again[0] == again[1]


async def test_a_newer_version_of_a_hidden_id_is_taken_like_that_of_none(
    hub: Driver,
) -> None:
    await hide(hub)
    newer = {"modified": VERSIONS[2]}
    answers = [
        await published(hub, "swe", thing(each, **newer)) for each in (HIDDEN, ABSENT)
    ]
    assert answers[0] == answers[1]
    assert await names(hub, "pol", HIDDEN) == [f"tool {TWO}"]


async def test_a_low_clearance_does_not_probe_its_nations_high_one(
    hub: Driver,
) -> None:
    await hub.do(post("pol-secret", thing(HIDDEN, RESTRICTED)))
    answers = [await published(hub, "pol", thing(each)) for each in (HIDDEN, ABSENT)]
    assert answers[0] == answers[1]
    for stix_id in (HIDDEN, ABSENT):
        withdrawn = await hub.do(
            Withdraw(account="pol", collection=OPEN, id=stix_id, match="all")
        )
        assert withdrawn.status == 200
    assert await names(hub, "pol-secret", HIDDEN) == [f"tool {RESTRICTED}"]


async def test_a_reference_to_a_hidden_id_reads_like_one_to_none(
    keys: Keys, folder: Path
) -> None:
    pages = []
    for number, is_there in enumerate((True, False)):
        async with running(keys, folder / str(number)) as hub:
            if is_there:
                await hide(hub)
            else:
                hub.pass_by()
            await hub.do(post("swe", thing(CAMPAIGN, PUBLIC, x_about_refs=[HIDDEN])))
            urls = (
                f"/objects/{CAMPAIGN}",
                f"/api/v1/objects/{CAMPAIGN}/audience",
                f"/api/v1/objects/{CAMPAIGN}/explain?nation=GEO",
                f"/taxii2/nato/collections/{OPEN}/objects/",
            )
            pages.append([told(await hub.get("mda", url)) for url in urls])
    assert pages[0] == pages[1]


# Taking over what is another's


async def test_a_newer_version_of_anothers_visible_object_is_refused(
    hub: Driver,
) -> None:
    await hub.do(post("fin", thing(REPORT)))
    before = await manifest(hub, "pol")
    for more in ({}, {"revoked": True}):
        newer = thing(REPORT, modified=VERSIONS[2], **more)
        done = await hub.do(post("swe", newer))
        assert done.outcomes == [(REPORT, VERSIONS[2], False)]
    assert await manifest(hub, "pol") == before


async def test_a_hidden_object_is_not_hijacked_by_a_newer_version_of_its_id(
    hub: Driver,
) -> None:
    await hide(hub)
    before = await manifest(hub, "pol")
    for more in ({}, {"revoked": True}):
        newer = thing(HIDDEN, PUBLIC, modified=VERSIONS[1 + len(more)], **more)
        done = await hub.do(post("swe", newer))
        assert (HIDDEN, VERSIONS[1 + len(more)], True) in done.outcomes
        assert await manifest(hub, "pol") == before
    assert await names(hub, "mda", HIDDEN) != [], "it stands in a lane of its own"


async def test_a_label_is_not_laundered_by_posting_a_copy(hub: Driver) -> None:
    await hide(hub, modified=VERSIONS[1])
    for version in (VERSIONS[1], VERSIONS[0]):
        await hub.do(post("pol", thing(HIDDEN, PUBLIC, modified=version, name="copy")))
        assert await ids(hub, "mda") == []
    assert await ids(hub, "swe") == []


async def test_an_observable_is_closed_to_nobody_by_whoever_posts_it_first(
    hub: Driver,
) -> None:
    await hub.do(post("fin", address("fin", TWO)))
    await hub.do(post("pol", address("pol", PUBLIC)))
    assert await ids(hub, "mda") == [ADDRESS]
    assert await label(hub, "mda", ADDRESS) == PUBLIC


async def test_what_is_published_twice_reaches_nobody_twice(hub: Driver) -> None:
    await hub.do(post("fin", thing(REPORT)))
    before = await manifest(hub, "pol")
    done = await hub.do(post("fin", thing(REPORT)))
    assert done.outcomes == [(REPORT, VERSIONS[0], True)]
    assert await manifest(hub, "pol") == before


async def test_of_two_contents_under_one_version_the_first_stays(hub: Driver) -> None:
    await hub.do(post("fin", thing(REPORT)))
    before = await names(hub, "pol", REPORT)
    done = await hub.do(post("fin", thing(REPORT, name="another")))
    assert done.outcomes == [(REPORT, VERSIONS[0], False)]
    assert await names(hub, "pol", REPORT) == before


# Counting


async def test_dates_tell_nothing_of_hidden_siblings(hub: Driver) -> None:
    gaps = []
    for hidden in ([], [INDICATOR, MALWARE, TOOL]):
        ends = thing(REPORT, PUBLIC, modified=VERSIONS[len(hidden) // 3])
        last = thing(CAMPAIGN, PUBLIC, modified=VERSIONS[len(hidden) // 3])
        between = [thing(each, TWO) for each in hidden]
        await hub.do(post("fin", ends, *between, last))
        dates = [date for *_, date in (await manifest(hub, "mda"))[-2:]]
        assert dates[1].endswith("000Z"), "its last stands on the millisecond"
        gaps.append(dates)
    assert [int(b[20:26]) - int(a[20:26]) for a, b in gaps] == [-999_999, -999_999]


async def test_a_release_gives_in_the_order_of_arrival_not_of_ids(
    hub: Driver,
) -> None:
    for stix_id in (TOOL, CAMPAIGN, INDICATOR):
        await hub.do(post("fin", thing(stix_id)))
    await hub.do(release(0))
    assert await ids(hub, "jpn") == [TOOL, CAMPAIGN, INDICATOR]


# Lanes, lines and labels


async def test_a_later_release_does_not_swap_what_a_consumer_holds(
    hub: Driver,
) -> None:
    await hub.do(post("fin", thing(HIDDEN, TWO, name="of Finland")))
    await hub.do(post("swe", thing(HIDDEN, PUBLIC, name="of Sweden")))
    assert await names(hub, "jpn", HIDDEN) == ["of Sweden"]
    before = await manifest(hub, "jpn")
    await hub.do(release(0, TWO))
    assert await manifest(hub, "jpn") == before
    await hub.do(Withdraw(account="swe", collection=OPEN, id=HIDDEN, match="all"))
    assert await names(hub, "jpn", HIDDEN) == ["of Finland"]


async def test_a_tear_line_names_its_original_nowhere(hub: Driver) -> None:
    marked = {"selectors": ["description"], "marking_ref": labels.marking_id(TWO)}
    torn = thing(TOOL, description="a secret", granular_markings=[marked])
    await hub.do(post("fin", [labels.definition(TWO)], torn))
    await hub.do(Tear(account="fin", collection=OPEN, id=TOOL))
    (line,) = await ids(hub, "swe")
    url = f"/collections/{OPEN}/objects/"
    shown = (await hub.taxii("swe", "GET", url, query={"limit": "1000"})).text
    assert line != TOOL
    for secret in (TOOL, "a secret", "granular", "relationship"):
        assert secret not in shown


async def test_what_waits_is_seen_by_nobody_and_let_go_by_nothing_hidden(
    keys: Keys, folder: Path
) -> None:
    traces = []
    for number, is_there in enumerate((True, False)):
        async with running(keys, folder / str(number)) as hub:
            await open_holding(hub)
            waiting = thing(CAMPAIGN, PUBLIC, x_about_refs=[HIDDEN])
            done = await hub.do(post("swe", waiting, to=HOLDING))
            assert "waits" in done.body["successes"][-1]["message"]
            assert await ids(hub, "mda", HOLDING) == []
            if is_there:
                await hide(hub)
            else:
                hub.pass_by()
            await hub.do(post("swe", thing(REPORT, PUBLIC), to=HOLDING))
            traces.append([await manifest(hub, n, HOLDING) for n in ("swe", "mda")])
    assert traces[0] == traces[1]


async def test_originator_controlled_leaves_no_release_of_anothers(
    hub: Driver,
) -> None:
    controlled = "NATO UNCLASSIFIED // REL TO NATO+ // ORIGINATOR CONTROLLED"
    await hub.do(post("fin", thing(TOOL, controlled)))
    await hub.do(post("pol", thing(REPORT, x_about_refs=[TOOL])))
    of_poland = release(0, account="pol", controlled=True)
    await hub.do(of_poland)
    assert await ids(hub, "jpn") == [], "Finland controls what is joined in it"
    await hub.do(MakeRelease(
        key=1, account="fin", to=("JPN",), text="NATO UNCLASSIFIED // REL TO NATO",
        since=0, ongoing=False, controlled=True, asks=(),
    ))  # fmt: skip
    assert await ids(hub, "jpn") == [TOOL]


async def test_nobody_publishes_in_the_name_of_another_nations_identity(
    hub: Driver,
) -> None:
    identity = "identity--00000000-0000-4000-8000-0000000000aa"
    body = {"identity": identity, "nation": "FIN"}
    assert (await hub.api("fin", "POST", "/identities", body)).is_success
    forged = await hub.do(post("pol", thing(REPORT, created_by_ref=identity)))
    assert forged.outcomes == [(REPORT, VERSIONS[0], False)]
    assert await ids(hub, "fin") == []


async def test_an_accession_opens_nothing_that_was_closed_before(hub: Driver) -> None:
    await hub.do(post("fin", thing(TOOL, "NATO UNCLASSIFIED // REL TO NATO")))
    await hub.do(Change(nation="MDA", status="member"))
    assert await ids(hub, "mda") == []
    await hub.do(post("fin", thing(REPORT, "NATO UNCLASSIFIED // REL TO NATO")))
    assert await ids(hub, "mda") == [REPORT]


async def test_the_body_of_a_forged_stamp_is_one_more_marking(hub: Driver) -> None:
    forged = labels.definition(PUBLIC) | {"id": labels.marking_id(TWO)}
    tool = thing(TOOL, object_marking_refs=[labels.marking_id(TWO)])
    await hub.do(post("fin", [forged], tool))
    assert await ids(hub, "mda") == [], "an id that does not fit its text is no label"
