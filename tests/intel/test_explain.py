from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from foedus.alliance.statuses import Status
from foedus.errors import LabelError, NotFoundError
from foedus.intel.explain import Explanation, preview
from tests.intel.world import World, report, thing

NATO = "NATO UNCLASSIFIED // REL TO NATO"


def said(explanation: Explanation) -> dict[str, str]:
    return {each.rule: each.detail for each in explanation.why}


async def test_who_sees_is_told_every_rule(world: World) -> None:
    await world.put("POL1", thing(1, "NATO RESTRICTED // REL TO NATO+"))
    found = world.explain("POL1", report(1), "FIN")
    assert found.sees
    assert said(found) == {
        "standing": "FIN has standing",
        "clearance": "only persons cleared for NATO RESTRICTED or higher",
        "audience": "FIN is in the audience of NATO RESTRICTED // REL TO NATO+",
        "collection": "FIN may read the collection",
    }


async def test_the_originator_sees_as_originator(world: World) -> None:
    await world.put("MDA0", thing(1, "NU // REL TO NATO+"))
    found = world.explain("MDA0", report(1), "MDA")
    assert found.sees
    assert said(found)["originator"] == "MDA published it"


@pytest.mark.parametrize(
    ("label", "nation", "rule", "detail"),
    [
        ("NU // REL TO POL, FIN", "SWE", "audience", "not in the audience of"),
        ("NU // REL TO NATO 2023-04-04", "SWE", "audience", "needs a release"),
        ("NU // REL TO NATO+", "MDA", "audience", "MDA is not in NATO today"),
        ("NU // PUBLIC", "RUS", "standing", "RUS is suspended since"),
        ("NU // PUBLIC", "QQQ", "standing", "QQQ is no nation of"),
    ],
)
async def test_who_does_not_see_is_told_the_rule(
    world: World, label: str, nation: str, rule: str, detail: str
) -> None:
    await world.put("POL0", thing(1, label))
    found = world.explain("POL0", report(1), nation)
    assert not found.sees
    assert detail in said(found)[rule]


async def test_a_nation_that_may_not_read_the_collection_does_not_see(
    world: World,
) -> None:
    await world.open("narrow", read="POL,FIN", default_label="NU // PUBLIC")
    await world.put("POL0", thing(1), to="narrow")
    found = world.explain("POL0", report(1), "SWE")
    assert not found.sees
    assert said(found)["collection"] == "SWE may not read the collection"


async def test_the_newest_version_that_a_nation_sees_explains(world: World) -> None:
    await world.put("POL0", thing(1, "NU // PUBLIC"))
    await world.put("POL0", thing(1, "NU // REL TO FIN", version=1))
    assert world.explain("POL0", report(1), "SWE").sees
    assert "REL TO FIN" in said(world.explain("POL0", report(1), "FIN"))["audience"]


async def test_what_the_asker_may_not_see_is_not_explained(world: World) -> None:
    await world.put("POL0", thing(1, "NU // REL TO POL"))
    for stix_id in (report(1), report(2)):
        with pytest.raises(NotFoundError, match=f"^no object {stix_id}; check the id$"):
            world.explain("FIN0", stix_id, "POL")


async def test_a_preview_parts_all_nations(world: World) -> None:
    access = world.reading.access()
    found = preview("NATO RESTRICTED", access)
    assert found.canonical == "NATO RESTRICTED // REL TO NATO"
    assert len(found.sees) == 32
    assert set(found.sees) | found.others.keys() == set(access.alliance.nations)
    assert not set(found.sees) & found.others.keys()
    assert "not in the audience" in found.others["MDA"]


async def test_a_preview_says_who_is_suspended(world: World) -> None:
    await world.change("FIN", Status.SUSPENDED)
    access = world.reading.access()
    assert "suspended since" in preview("NU // REL TO NATO+", access).others["FIN"]
    assert "suspended since" in preview("NU // PUBLIC", access).others["RUS"]


async def test_a_preview_of_a_dated_community_says_who_joined_later(
    tmp_path: Path,
) -> None:
    world = await World.found(tmp_path, at=datetime(2026, 11, 23, tzinfo=UTC))
    world.later(days=timedelta(days=1).days)
    found = preview("NU // REL TO NATO 2023-04-04", world.reading.access())
    assert "was not in NATO as of 2023-04-04" in found.others["SWE"]
    found = preview("NU // REL TO ORIGINATOR", world.reading.access())
    assert found.sees == ()
    world.close()


async def test_a_preview_of_several_open_terms_names_the_one_that_excludes(
    world: World,
) -> None:
    found = preview("NU // REL TO NATO+ // REL TO PARTNERSHIP+", world.reading.access())
    assert found.others["MDA"] == "MDA is not in NATO today"


async def test_a_text_that_is_no_label_has_no_preview(world: World) -> None:
    with pytest.raises(LabelError):
        preview("NATO TOP SECRET", world.reading.access())


async def test_a_release_is_asked_where_the_label_says_no(world: World) -> None:
    await world.put("POL0", thing(1, NATO))
    given = await world.release("POL0", "MDA", label=NATO)

    found = world.explain("POL0", report(1), "MDA")

    assert found.sees
    assert [each.rule for each in found.why] == [
        "standing", "clearance", "audience", "release", "collection",
    ]  # fmt: skip
    assert said(found)["release"] == f"MDA sees it by a release, {given}"
    assert world.explain("MDA0", report(1), "MDA") == found


async def test_a_release_is_named_to_those_alone_who_may_know_of_it(
    world: World,
) -> None:
    await world.put("POL0", thing(1, NATO))
    await world.release("POL0", "MDA", label=NATO)

    found = world.explain("FIN0", report(1), "MDA")

    assert found.sees
    assert said(found)["release"] == "MDA sees it by a release"


async def test_a_release_that_ended_or_is_another_s_lets_nobody_see(
    world: World,
) -> None:
    await world.put("POL0", thing(1, NATO))
    given = await world.release("POL0", "MDA", label=NATO)
    await world.release("FIN0", "MDA", label=NATO)
    await world.end_release("POL0", given)

    found = world.explain("POL0", report(1), "MDA")

    assert not found.sees
    assert [each.rule for each in found.why] == ["standing", "clearance", "audience"]


async def test_a_release_lifts_neither_standing_nor_a_collection_s_right(
    world: World,
) -> None:
    await world.open("narrow", read="POL,FIN", default_label=NATO)
    await world.put("POL0", thing(1), to="narrow")
    await world.release("POL0", "MDA", "RUS", label=NATO)

    kept, suspended = (
        world.explain("POL0", report(1), nation) for nation in ("MDA", "RUS")
    )

    assert (kept.sees, suspended.sees) == (False, False)
    assert [each.rule for each in suspended.why] == ["standing"]
    assert kept.why[-1].detail == "MDA may not read the collection"


async def test_what_a_release_gave_is_being_delivered_until_its_step(
    world: World,
) -> None:
    await world.put("POL0", thing(1, NATO))
    _, position = await world.begin_release("POL0", "MDA", label=NATO)
    world.fold(position)

    before = world.explain("POL0", report(1), "MDA")
    await world.deliver()

    assert (before.sees, before.why[-1].rule) == (False, "delivery")
    assert world.explain("POL0", report(1), "MDA").why[-1].rule == "collection"


async def test_what_a_community_s_new_nation_gains_is_being_delivered_until_its_step(
    world: World,
) -> None:
    await world.put("POL0", thing(1, "NU // REL TO NATO+"))
    world.fold(await world.begin_change("MDA", Status.MEMBER))

    before = world.explain("POL0", report(1), "MDA")
    others = world.explain("POL0", report(1), "FIN")
    await world.deliver()

    assert (before.sees, before.why[-1].rule) == (False, "delivery")
    assert others.sees
    assert world.explain("POL0", report(1), "MDA").sees


async def test_a_release_that_has_delivered_helps_while_another_waits(
    world: World,
) -> None:
    await world.put("POL0", thing(1, NATO))
    first = await world.release("POL0", "MDA", label=NATO)
    _, position = await world.begin_release("POL0", "MDA", label=NATO)
    world.fold(position)

    found = world.explain("POL0", report(1), "MDA")

    assert found.sees
    assert said(found)["release"].endswith(first)


async def test_who_is_told_of_a_revocation_alone_is_explained_what_it_saw(
    world: World,
) -> None:
    await world.put("POL0", thing(1, "NU // REL TO NATO, UKR"))
    await world.put("POL0", thing(1, "NU // REL TO POL", version=1, revoked=True))

    found = world.explain("UKR0", report(1), "UKR")

    assert found.sees
    assert said(found)["audience"].endswith("REL TO NATO 2024-03-07, UKR")
    assert world.explain("POL0", report(1), "UKR").sees
