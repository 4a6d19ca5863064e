"""Publishing and withdrawing: whom it reaches, and what is refused."""

import asyncio
import json
from datetime import UTC, datetime, timedelta

import pytest

from foedus.alliance.statuses import Status
from foedus.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    LabelError,
    NotFoundError,
    UnavailableError,
)
from foedus.intel import commands
from foedus.releasability.viewers import Role
from foedus.stix.markings import TLP_2, make_hub_definition
from tests.intel.world import (
    World,
    definition,
    dump,
    marking,
    moment,
    report,
    statement,
    thing,
    viewer,
)

EVE_OF_SWEDEN = datetime(2024, 3, 6, 12, tzinfo=UTC)
FINNISH, POLISH = "NU // REL TO FIN", "NU // REL TO POL"
SECRET = "NATO SECRET // REL TO NATO+"  # noqa: S105 - a label


def lit(number: int, light: str, **more: object) -> dict[str, object]:
    return thing(number, object_marking_refs=[TLP_2[light]], **more)


# Repetitions


async def test_the_same_again_is_a_duplicate_and_delivers_nothing(
    world: World,
) -> None:
    await world.put("POL0", thing(1))
    before = world.dump()
    spaced = json.dumps(thing(1), indent=2).encode()
    for again in (thing(1), spaced):
        (outcome,) = await world.post("POL0", again)
        assert (outcome.outcome, outcome.position) == ("duplicate", None)
    assert world.dump() == before


async def test_the_same_again_is_a_duplicate_though_views_are_late(
    world: World,
) -> None:
    nation = viewer("POL0").nation
    sent = (world.desk, viewer("POL0"), world.act(nation), "c", [dump(thing(1))])
    await commands.publish(*sent)
    again = asyncio.create_task(commands.publish(*sent))
    await asyncio.sleep(5 * commands.LOOK_EVERY_S)
    world.projector.catch_up()
    assert (await again)[0].outcome == "duplicate"


async def test_the_same_twice_in_one_request_is_a_duplicate(world: World) -> None:
    outcomes = await world.post("POL0", thing(1), thing(1))
    assert [each.outcome for each in outcomes] == ["stored", "duplicate"]


@pytest.mark.parametrize("change", [{"name": "Other"}, {"x_flag": True}])
async def test_other_content_of_the_same_version_is_refused(
    world: World, change: dict[str, object]
) -> None:
    await world.put("POL0", thing(1, x_flag=1))
    assert "another content" in await world.refused("POL0", thing(1, **change))
    assert "twice" in await world.refused(
        "POL0", thing(2, x_flag=1), thing(2, **change)
    )
    kept, _ = world.walk("FIN0")
    assert json.loads(kept.raw)["name"] == "Report 1"


async def test_what_was_withdrawn_may_be_published_again(world: World) -> None:
    await world.put("POL0", thing(1))
    (first,) = world.walk("FIN0")
    await world.withdraw("POL0", report(1))
    assert world.ids("FIN0") == []
    await world.put("POL0", thing(1))
    (again,) = world.walk("FIN0")
    assert again.added_us > first.added_us


# Versions


async def test_a_version_up_to_five_minutes_ahead_is_taken(world: World) -> None:
    world.clock.set(datetime(2026, 1, 1, tzinfo=UTC))
    await world.put("POL0", thing(1, version=300))
    reason = await world.refused("POL0", thing(1, version=301))
    assert "lies in the future" in reason


async def test_only_its_maker_makes_newer_versions_of_what_is_visible(
    world: World,
) -> None:
    await world.put("POL0", thing(1, version=1))
    taken_over = thing(1, version=2, revoked=True)
    assert "only the nation that made" in await world.refused("FIN0", taken_over)
    await world.put("POL0", taken_over)
    await world.put("FIN0", thing(1, version=0))


async def test_who_published_first_goes_on_whoever_copied(world: World) -> None:
    await world.put("POL0", thing(1))
    await world.put("FIN0", thing(1))
    await world.put("POL0", thing(1, version=1))
    assert [each.nation for each in world.walk("SWE0")] == ["POL", "POL"]


# Hidden things answer like absent ones


async def test_a_hidden_id_answers_like_one_that_is_not_there(world: World) -> None:
    await world.put("POL0", thing(1, POLISH), thing(3, POLISH))
    refs = [report(1)], [report(2)]
    (hidden, refers), (absent, dangles) = [
        await world.post("FIN0", thing(number, version=1), thing(number + 20, refs=ref))
        for number, ref in zip((1, 2), refs, strict=True)
    ]
    assert hidden.outcome == absent.outcome == "stored"
    assert hidden.reason == absent.reason
    assert (refers.outcome, refers.reason) == (dangles.outcome, dangles.reason)
    for stix_id in (report(3), report(4)):
        with pytest.raises(NotFoundError, match=r"^no such object of your nation"):
            await world.withdraw("FIN0", stix_id)


async def test_a_hidden_reference_does_not_narrow(world: World) -> None:
    await world.put("POL0", thing(1, POLISH))
    await world.put("FIN0", thing(2, refs=[report(1)]))
    assert world.sees("SWE0", report(2))
    assert world.label("SWE0", report(2)).endswith("PUBLIC")


async def test_the_own_lane_is_judged_as_far_as_the_account_is_cleared(
    world: World,
) -> None:
    await world.put("POL3", thing(1, SECRET))
    (low,) = await world.post("POL0", thing(1, "NU // REL TO NATO+"))
    assert low.outcome == "stored"
    (high,) = await world.post("POL3", thing(1, "NU // REL TO NATO+"))
    assert high.outcome == "refused"
    await world.put("POL0", thing(2, refs=[report(1)]))
    await world.put("POL3", thing(3, refs=[report(1)]))
    assert world.label("FIN3", report(2)).startswith("NATO UNCLASSIFIED")
    assert world.label("FIN3", report(3)).startswith("NATO SECRET")


async def test_of_the_own_lane_only_what_the_account_sees_is_withdrawn(
    world: World,
) -> None:
    await world.put("POL0", thing(1, "NU // REL TO NATO+"))
    await world.put("POL3", thing(1, SECRET, version=1))
    await world.withdraw("POL0", report(1), "all")
    (kept,) = [each for each in world.walk("FIN3") if each.type == "report"]
    assert kept.version == moment(1)
    with pytest.raises(NotFoundError):
        await world.withdraw("POL0", report(1), "all")


# Where labels come from


async def test_without_markings_or_a_default_only_the_originator_sees(
    world: World,
) -> None:
    await world.open("narrow")
    await world.put("POL0", thing(1), to="narrow")
    assert world.ids("POL0", alias="narrow") == [report(1)]
    assert world.ids("FIN0", alias="narrow") == []


async def test_unmarked_input_gets_the_default_in_its_dated_form(world: World) -> None:
    await world.open("members", default_label="NATO RESTRICTED")
    await world.put("POL1", thing(1), to="members")
    stamp, found = world.walk("FIN1", alias="members")
    assert b"REL TO NATO 2024-03-07" in stamp.raw
    assert json.loads(found.raw)["object_marking_refs"] == [stamp.id]
    assert world.ids("FIN0", alias="members") == []
    assert world.ids("MDA1", alias="members") == []


@pytest.mark.parametrize(
    ("light", "seen"),
    [
        ("CLEAR", "POL FIN MDA QAT"),
        ("GREEN", "POL FIN MDA QAT"),
        ("AMBER", "POL FIN"),
        ("AMBER+STRICT", "POL FIN"),
        ("RED", "POL"),
    ],
)
async def test_traffic_lights_reach_whom_they_name(
    world: World, light: str, seen: str
) -> None:
    await world.put("POL0", lit(1, light))
    found = [n for n in ("POL", "FIN", "MDA", "QAT") if world.sees(n + "0", report(1))]
    assert " ".join(found) == seen


async def test_amber_with_a_named_nation_reaches_it_too(world: World) -> None:
    refs = [TLP_2["AMBER"], marking("NU // REL TO NATO+, MDA")]
    await world.put("POL0", thing(1, object_marking_refs=refs))
    assert world.sees("MDA0", report(1))
    assert not world.sees("QAT0", report(1))


async def test_amber_strict_must_not_go_on(world: World) -> None:
    await world.put("POL0", lit(1, "AMBER+STRICT"))
    assert world.label("FIN0", report(1)).endswith("// NO ONWARD RELEASE")


async def test_lights_are_not_stamped(world: World) -> None:
    for number, light in enumerate(TLP_2):
        raw = dump(lit(number, light))
        await world.post("POL0", raw)
        (found,) = [r for r in world.walk("POL0") if r.id == report(number)]
        assert found.raw == raw


async def test_a_copyright_says_nothing_and_a_marking_is_one(world: World) -> None:
    mark = statement(1, "Copyright 2026, Example Corp.")
    await world.put("POL0", mark, thing(1, object_marking_refs=[mark["id"]]))
    assert world.label("SWE0", report(1)).endswith("PUBLIC")
    for number, text in enumerate(("NATO TOP SECRET", "NATO SECRET // REL TO QQQ"), 5):
        mark = statement(number, text)
        marked = thing(number, object_marking_refs=[mark["id"]])
        assert "label: " in await world.refused("POL3", mark, marked)


async def test_a_marking_in_words_is_a_label(world: World) -> None:
    mark = statement(1, "NATO RESTRICTED")
    await world.put("POL1", mark, thing(1, object_marking_refs=[mark["id"]]))
    assert world.sees("FIN1", report(1))
    assert not world.sees("FIN0", report(1))
    assert not world.sees("MDA1", report(1))


@pytest.mark.parametrize(
    "content",
    [
        {"extensions": {
            "extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce": {
                "extension_type": "property-extension",
                "control_set": {"classification": "U"}}}},
        {"definition_type": "x-other", "definition": {"x-other": "1"}},
    ],
)  # fmt: skip
async def test_other_markings_are_refused(
    world: World, content: dict[str, object]
) -> None:
    mark = definition(1, **content)
    marked = thing(1, object_marking_refs=[mark["id"]])
    assert "label: " in await world.refused("POL0", mark, marked)


async def test_a_marking_without_a_definition_is_refused(world: World) -> None:
    marked = thing(1, object_marking_refs=["marking-definition--" + report(7)[8:]])
    assert "not known here" in await world.refused("POL0", marked)


async def test_a_definition_is_known_when_it_was_sent_before(world: World) -> None:
    mark = statement(1, "NATO UNCLASSIFIED // REL TO POL, FIN")
    await world.put("POL0", mark)
    await world.put("POL0", thing(1, object_marking_refs=[mark["id"]]))
    await world.put("FIN0", thing(2, object_marking_refs=[mark["id"]]))
    assert not world.sees("SWE0", report(1))


async def test_a_definition_that_is_known_is_not_told_otherwise(world: World) -> None:
    await world.put("POL0", statement(1, "NATO UNCLASSIFIED // REL TO POL, FIN"))
    other = statement(1, "NATO UNCLASSIFIED // PUBLIC")
    await world.post("FIN0", other, thing(1, object_marking_refs=[other["id"]]))
    assert not world.sees("SWE0", report(1))


async def test_a_hidden_definition_is_not_known(world: World) -> None:
    mark = statement(1, "NATO UNCLASSIFIED // REL TO POL")
    own = {**mark, "object_marking_refs": [marking(POLISH)]}
    await world.put("POL0", own)
    marked = thing(1, object_marking_refs=[mark["id"]])
    assert "not known here" in await world.refused("FIN0", marked)


async def test_a_level_above_the_clearance_is_refused(world: World) -> None:
    assert "above your clearance" in await world.refused("POL2", thing(1, SECRET))
    await world.put("POL3", thing(1, SECRET))


async def test_a_marked_property_is_a_label_for_the_whole(world: World) -> None:
    granular = [{"marking_ref": marking(FINNISH), "selectors": ["name"]}]
    await world.put("POL0", thing(1, granular_markings=granular))
    assert world.sees("FIN0", report(1))
    assert not world.sees("SWE0", report(1))


async def test_a_label_that_no_nation_s_pack_can_resolve_is_refused(
    world: World,
) -> None:
    marked = thing(1, "NATO UNCLASSIFIED // REL TO KFOR")
    assert "not known to this hub" in await world.refused("POL0", marked)


# Stamps


@pytest.mark.parametrize(
    "tree",
    [
        thing(1),
        {"object_marking_refs": [TLP_2["GREEN"]], **thing(1, FINNISH)},
    ],
)
async def test_without_the_stamp_the_bytes_are_those_that_were_sent(
    world: World, tree: dict[str, object]
) -> None:
    await world.open("members", default_label="NATO UNCLASSIFIED // REL TO NATO+")
    raw = json.dumps(tree, indent=1).encode()
    await world.post("POL0", raw, to="members")
    ((key,),) = world.query("SELECT version FROM version WHERE nation = 'POL' "
                            "AND type = 'report'")  # fmt: skip
    with world.reading.snapshot() as seen:
        assert seen.original(key) == raw
    (served,) = [r.raw for r in world.walk("POL0", alias="members") if r.nation
                 and r.type == "report"]  # fmt: skip
    ((place, length),) = world.query(
        "SELECT cut_place, cut_length FROM version WHERE cut_place IS NOT NULL"
    )
    assert served != raw
    assert served[:place] + served[place + length :] == raw


# Days


@pytest.mark.parametrize("opened", ["", "+"])
async def test_sweden_does_not_see_what_came_for_nato_before_it_joined(
    tmp_path, opened: str  # noqa: ANN001 - a path
) -> None:  # fmt: skip
    world = await World.found(tmp_path, at=EVE_OF_SWEDEN)
    await world.open(default_label="NATO UNCLASSIFIED // REL TO NATO" + opened)
    early = {"created": "2024-01-01T00:00:00.000Z",
             "modified": "2024-01-01T00:00:00.000Z"}  # fmt: skip
    await world.put("POL0", thing(1, **early))
    assert world.ids("SWE0") == []
    world.clock.advance(timedelta(days=1))
    await world.begin_day()
    await world.put("POL0", thing(2, **early))
    assert world.sees("SWE0", report(1)) == bool(opened)
    assert world.sees("SWE0", report(2))
    assert world.ids("FIN0") == [report(1), report(2)]
    world.close()


async def test_a_suspended_nation_neither_reads_nor_writes_nor_withdraws(
    world: World,
) -> None:
    await world.put("FIN0", thing(1))
    await world.change("FIN", Status.SUSPENDED)
    for attempt in (
        world.post("FIN0", thing(2)),
        world.withdraw("FIN0", report(1)),
    ):
        with pytest.raises(NotFoundError):
            await attempt
    assert world.ids("POL0") == [report(1)]


async def test_russia_is_suspended_and_finds_nothing(world: World) -> None:
    await world.put("POL0", thing(1))
    with pytest.raises(NotFoundError):
        world.collection("RUS0")


# Requests


async def test_what_cannot_be_read_is_refused_by_name_and_the_rest_stored(
    world: World,
) -> None:
    bad = dump({"id": report(5), "modified": "yesterday"})
    outcomes = await world.post("POL0", b"{", bad, b"\xff", thing(1))
    assert [each.outcome for each in outcomes] == ["refused"] * 3 + ["stored"]
    assert (outcomes[1].id, outcomes[1].version) == (report(5), "yesterday")
    assert all(each.reason for each in outcomes[:3])


async def test_several_versions_may_come_in_one_request(world: World) -> None:
    await world.put("POL0", thing(1, version=1), thing(1), thing(1, version=2))
    assert len(world.walk("FIN0")) == 3
    assert len(world.ids("FIN0", "last")) == 1


async def test_a_definition_of_the_hub_s_own_is_kept_by_the_hub(world: World) -> None:
    text = "NATO UNCLASSIFIED // REL TO NATO+"
    (outcome,) = await world.post("POL0", make_hub_definition(text))
    assert outcome.outcome == "duplicate"
    assert world.ids("POL0", defs=True) == []


async def test_the_definition_of_a_light_is_for_everybody(world: World) -> None:
    await world.open("narrow")
    light = {**definition(1, definition_type="tlp", definition={"tlp": "green"}),
             "id": "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da",
             "created": "2017-01-20T00:00:00.000Z"}  # fmt: skip
    await world.put("POL0", light, to="narrow")
    assert world.ids("MDA0", alias="narrow") == [light["id"]]


# Rights


async def test_who_may_neither_read_nor_write_finds_no_collection(
    world: World,
) -> None:
    await world.open("finnish", read="FIN", write="FIN")
    for name in ("finnish", "nothing"):
        with pytest.raises(NotFoundError, match=r"^no such collection;"):
            await world.post("POL0", thing(1), to=name)


async def test_who_may_only_read_is_told_so(world: World) -> None:
    await world.open("read", read="PUBLIC", write="FIN")
    await world.put("FIN0", thing(1), to="read")
    with pytest.raises(ForbiddenError):
        await world.post("POL0", thing(1), to="read")
    with pytest.raises(ForbiddenError):
        await world.withdraw("POL0", report(1), to="read")


async def test_opening_needs_the_body_and_a_free_name(world: World) -> None:
    with pytest.raises(ConflictError):
        await world.open("c")
    with pytest.raises(InvalidInputError):
        await world.open("C")
    with pytest.raises(LabelError):
        await world.open("d", default_label="NATO TOP SECRET")
    opened = await world.open("d")
    with pytest.raises(ConflictError):
        await world.open("e", id=opened)
    with world.reading.snapshot() as seen:
        assert seen.collection(viewer("POL0"), opened).alias == "d"
    assert viewer("NATO0", Role.OPERATOR).roles == {Role.OPERATOR}


async def test_of_the_same_published_at_the_same_moment_one_is_stored(
    world: World,
) -> None:
    results = await asyncio.gather(
        *[world.post("POL0", thing(1, name=f"By {n}")) for n in range(3)]
    )
    outcomes = [each.outcome for (each,) in results]
    assert outcomes.count("stored") == 1
    assert outcomes.count("refused") == 2
    assert len(world.ids("FIN0")) == 1


async def test_a_request_may_be_empty(world: World) -> None:
    assert await world.post("POL0") == []


async def test_a_log_that_takes_nothing_refuses_the_request(world: World) -> None:
    world.log.close()
    with pytest.raises(UnavailableError):
        await world.post("POL0", thing(1))


async def test_who_brings_in_something_narrower_is_told_who_refers_to_it(
    world: World,
) -> None:
    await world.put("POL0", thing(1, "NU // REL TO NATO, UKR", refs=[report(2)]))
    await world.put("POL0", thing(3, "NU // REL TO POL", refs=[report(2)]))
    (outcome,) = await world.post("POL0", thing(2, "NU // REL TO POL"))
    assert report(1) in outcome.reason
    assert report(3) not in outcome.reason
    assert world.sees("UKR0", report(1)), "nothing happens by itself"


async def test_others_referrers_are_nobody_s_business(world: World) -> None:
    await world.put("FIN0", thing(1, "NU // REL TO NATO, UKR", refs=[report(2)]))
    (outcome,) = await world.post("POL0", thing(2, "NU // REL TO POL"))
    assert outcome.reason == ""
