"""The play of the demo: what happens to intelligence when an alliance grows.

- Scenes come one after the other between the stories, and begin anew at the end.
- Each scene leads from wherever it finds the hub to where it ends, so that one that
  was lost by a crash is not missed by the next.
- Whatever status is changed is that of the invented nation.
- A scene returns what just happened in plain words; nothing where nothing did.
"""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, timedelta
from typing import Final

import msgspec
import orjson

from foedus.alliance.commands import change_status
from foedus.alliance.statuses import Status
from foedus.ids import NationCode
from foedus.intel import releasing
from foedus.intel.pages import Filters
from foedus.intel.recalling import Recalling, acknowledge, recall
from foedus.intel.recalls import ledger, named
from foedus.intel.releases import Draft, Release
from foedus.intel.tearing import tear_line
from foedus.intel.withdrawing import Withdrawal, withdraw_object
from foedus.processes import demo_data
from foedus.processes.demo_pack import INVENTED
from foedus.processes.demo_stage import (
    MOLDOVA,
    NORWAY,
    STAFF,
    SWEDEN,
    Stage,
    count,
    desk,
    player,
    publish,
    settle,
)
from foedus.stix.markings import TLP_2, hub_marking_id, make_hub_definition

REASON: Final = "demonstration"
"""The reason of every release of the play: what it ends are its own alone."""

MEMBERS_OF_2024: Final = "NATO RESTRICTED // REL TO NATO 2024-03-07"
"""What the play releases. Dated, so that a member of this afternoon selects nothing."""

REACHES_BACK: Final = timedelta(days=7)
"""How far back a release of the play reaches."""

REPORTS: Final = "indicators"
WARNINGS: Final = "warnings"

_FOR_MOLDOVA: Final = "NATO RESTRICTED // REL TO NATO, MDA"
_FOR_MEMBERS: Final = "NATO RESTRICTED // REL TO NATO"
_FOR_TWO: Final = "NATO CONFIDENTIAL // REL TO NOR, SWE"

Scene = Callable[[Stage, int], Awaitable[str]]
"""Plays in a hub, the so many-th time; returns what happened, in words."""


class Cue(msgspec.Struct, frozen=True, kw_only=True):
    """A scene, and the act that it belongs to.

    Attributes:
        objects: that it publishes at most.
    """

    act: str
    scene: Scene
    objects: int = 0


# Act 1: intelligence arrives


async def _open(stage: Stage, _: int) -> str:
    await _clear(stage)
    return (
        "Three nations publish under many labels. Each column is what one nation "
        "sees; Illustria is invented and begins as a partner."
    )


# Act 2: a release


async def _release_to_moldova(stage: Stage, _: int) -> str:
    before = count(stage, MOLDOVA)
    await _release(stage, MOLDOVA)
    gained = count(stage, MOLDOVA) - before
    return (
        "Norway releases to Moldova what the members could see this week, up to NATO "
        f"RESTRICTED: {_things(gained)} newly visible there, each once."
    )


async def _end_release(stage: Stage, _: int) -> str:
    before = count(stage, MOLDOVA)
    await _withdraw_releases(stage)
    gone = before - count(stage, MOLDOVA)
    return (
        f"Norway withdraws the release: {_things(gone)} gone from Moldova's column at "
        "once, without a gap. What another label allows stays."
    )


# Act 3: a narrower version


async def _first_version(stage: Stage, run: int) -> str:
    body = _report(stage, "plan", run, SWEDEN, "Joint watch on rented servers")
    body["description"] = "Which ranges we watch together, and who calls whom."
    await publish(stage, SWEDEN, REPORTS, _marked(body, _FOR_MOLDOVA))
    return "Sweden publishes a report, “Joint watch”, for the members and Moldova."


async def _narrower_version(stage: Stage, run: int) -> str:
    body = _report(stage, "plan", run, SWEDEN, "Joint watch on rented servers")
    body["description"] = "As before, with the name of the company that helps us."
    await publish(stage, SWEDEN, REPORTS, _marked(body, _FOR_MEMBERS))
    return (
        "Sweden publishes a new version of “Joint watch” for members only. Moldova "
        "keeps the version it had: a label is fixed when something arrives."
    )


async def _revocation(stage: Stage, run: int) -> str:
    body = _report(stage, "plan", run, SWEDEN, "Joint watch on rented servers")
    body["revoked"] = True
    await publish(stage, SWEDEN, REPORTS, _marked(body, _FOR_MEMBERS))
    return (
        "Sweden revokes “Joint watch”. Whoever saw any version learns that: Moldova "
        "receives its id and “revoked”, and not a word of what it never saw."
    )


# Act 4: a part for partners


async def _marked_report(stage: Stage, run: int) -> str:
    body = _report(stage, "case", run, NORWAY, "Help desk calls that are none")
    body["description"] = "How we know: a source that we share with Sweden alone."
    body["object_marking_refs"] = [TLP_2["GREEN"]]
    body["granular_markings"] = [
        {"marking_ref": hub_marking_id(_FOR_TWO), "selectors": ["description"]}
    ]
    objects = [make_hub_definition(_FOR_TWO), orjson.dumps(body)]
    await publish(stage, NORWAY, WARNINGS, objects)
    return (
        "Norway publishes “Help desk calls”. One paragraph is for Norway and Sweden: "
        "who may not see all of a thing does not see it."
    )


async def _part_for_partners(stage: Stage, run: int) -> str:
    account, act = player(stage, NORWAY)
    report = demo_data.scene_id("report", "case", run)
    outcomes = await tear_line(
        desk(stage), account.viewer(), act, report, collection=WARNINGS
    )
    await settle(stage, *(each.position for each in outcomes))
    return (
        "Norway lets a part for partners go out: “Help desk calls” without that "
        "paragraph. For Moldova and Illustria it is simply a report."
    )


async def _end_of_report(stage: Stage, run: int) -> str:
    account, act = player(stage, NORWAY)
    wanted = Withdrawal(
        id=demo_data.scene_id("report", "case", run),
        collection=WARNINGS,
        reason=REASON,
    )
    _, position = await withdraw_object(desk(stage), account.viewer(), act, wanted)
    await settle(stage, position)
    return "Norway withdraws “Help desk calls”. Its part for partners goes with it."


# Act 5: a nation joins


async def _invite(stage: Stage, _: int) -> str:
    if not await _become(stage, Status.INVITEE):
        return ""
    return (
        "Illustria, which is invented, is invited. Nothing opens yet: an invitation "
        "is not membership."
    )


async def _admit(stage: Stage, _: int) -> str:
    before = _count_invented(stage)
    if not await _become(stage, Status.MEMBER):
        return ""
    gained = _count_invented(stage) - before
    return (
        "Illustria becomes a member. What is open to the members of today opens to it "
        f"({_things(gained)}); what is closed to those of an earlier day does not."
    )


async def _release_to_illustria(stage: Stage, _: int) -> str:
    if not _has_invented(stage):
        return ""
    before = count(stage, INVENTED)
    await _release(stage, INVENTED, ask=SWEDEN)
    gained = count(stage, INVENTED) - before
    return (
        "Norway releases to Illustria what the members of 2024 could see this week "
        f"({_things(gained)}), and asks Sweden to let it cover Sweden's as well."
    )


async def _consent(stage: Stage, _: int) -> str:
    account, act = player(stage, SWEDEN)
    asked = [
        each
        for each in _releases(stage)
        if SWEDEN in each.event.asks and SWEDEN not in each.consents
    ]
    if not asked:
        return ""
    before = _count_invented(stage)
    for each in asked:
        release = each.event.release
        position = await releasing.consent(desk(stage), account.viewer(), act, release)
        await settle(stage, position)
    gained = _count_invented(stage) - before
    return (
        f"Sweden consents: {_things(gained)} of Sweden's become visible to Illustria. "
        "Nobody releases what another nation published."
    )


async def _suspend(stage: Stage, _: int) -> str:
    if not await _become(stage, Status.SUSPENDED):
        return ""
    return (
        "Illustria is suspended. From the next request on it sees nothing: not on "
        "this page, not by TAXII, not in a stream that was open."
    )


async def _return(stage: Stage, _: int) -> str:
    if not await _become(stage, Status.MEMBER):
        return ""
    return (
        "Illustria is back. Its world is as it was and nothing is delivered twice; "
        "what came meanwhile for the members of that hour stays closed to it."
    )


async def _close(stage: Stage, _: int) -> str:
    if not _has_invented(stage):
        return ""
    await _clear(stage)
    return (
        "The release ends and Illustria is a partner again. What reached it while it "
        "was a member stays: a closed label means the nations of its day."
    )


# Act 7: a recall


async def _mistake(stage: Stage, run: int) -> str:
    body = _report(stage, "block", run, SWEDEN, "Addresses to block tonight")
    body["description"] = "One of these addresses is a hospital's; nobody noticed."
    await publish(stage, SWEDEN, REPORTS, _marked(body, _FOR_MOLDOVA))
    return (
        "Sweden publishes “Addresses to block tonight” for the members and Moldova. "
        "One of the addresses is a hospital's."
    )


async def _recall(stage: Stage, run: int) -> str:
    account, act = player(stage, SWEDEN)
    wanted = Recalling(
        id=demo_data.scene_id("report", "block", run),
        reason="It names a hospital. Take it off every list.",
    )
    made = await recall(desk(stage), account.viewer(), act, wanted)
    await settle(stage, made.position)
    return (
        "Sweden recalls it. It is gone everywhere at once; everybody who had it is "
        "told before anything else, reads why, and is asked to confirm."
    )


async def _acknowledge(stage: Stage, run: int) -> str:
    thing = demo_data.scene_id("report", "block", run)
    for nation in (NORWAY, MOLDOVA):
        account, act = player(stage, nation)
        _, position = await acknowledge(desk(stage), account.viewer(), act, thing)
        await settle(stage, position)
    account, _ = player(stage, SWEDEN)
    viewer = account.viewer()
    with stage.reading.snapshot() as seen:
        (found,) = named(seen, viewer, thing)
        lines = ledger(seen, viewer, found)
    done = sum(each.acknowledged is not None for each in lines)
    return (
        f"Norway and Moldova confirm that they have removed it: {done} of "
        f"{len(lines)} have. Sweden sees which; each other nation sees its own line."
    )


PLAY: Final = (
    Cue(act="Act 1: Intelligence arrives", scene=_open),
    Cue(act="Act 2: A release", scene=_release_to_moldova),
    Cue(act="Act 2: A release", scene=_end_release),
    Cue(act="Act 3: A narrower version", scene=_first_version, objects=1),
    Cue(act="Act 3: A narrower version", scene=_narrower_version, objects=1),
    Cue(act="Act 3: A narrower version", scene=_revocation, objects=1),
    Cue(act="Act 4: A part for partners", scene=_marked_report, objects=1),
    Cue(act="Act 4: A part for partners", scene=_part_for_partners, objects=2),
    Cue(act="Act 4: A part for partners", scene=_end_of_report),
    Cue(act="Act 5: A nation joins", scene=_invite),
    Cue(act="Act 5: A nation joins", scene=_admit),
    Cue(act="Act 5: A nation joins", scene=_release_to_illustria),
    Cue(act="Act 5: A nation joins", scene=_consent),
    Cue(act="Act 6: Suspension and return", scene=_suspend),
    Cue(act="Act 6: Suspension and return", scene=_return),
    Cue(act="Act 6: Suspension and return", scene=_close),
    Cue(act="Act 7: A recall", scene=_mistake, objects=1),
    Cue(act="Act 7: A recall", scene=_recall),
    Cue(act="Act 7: A recall", scene=_acknowledge),
)
"""All scenes in their order."""


# What scenes are made of


async def _clear(stage: Stage) -> None:
    """Bring the hub to where the play begins."""
    await _withdraw_releases(stage)
    await _become(stage, Status.PARTNER)


async def _release(stage: Stage, to: NationCode, ask: NationCode | None = None) -> None:
    account, act = player(stage, NORWAY)
    draft = Draft(
        to=(to,),
        label=MEMBERS_OF_2024,
        since=act.at.astimezone(UTC).date() - REACHES_BACK,
        ask=(ask,) if ask else (),
        reason=REASON,
    )
    _, _, position = await releasing.add(desk(stage), account.viewer(), act, draft)
    await settle(stage, position)


async def _withdraw_releases(stage: Stage) -> None:
    account, act = player(stage, NORWAY)
    for each in _releases(stage):
        position = await releasing.withdraw(
            desk(stage), account.viewer(), act, each.event.release, REASON
        )
        await settle(stage, position)


def _releases(stage: Stage) -> Sequence[Release]:
    """List the play's own releases that are in force."""
    account, _ = player(stage, NORWAY)
    with stage.reading.snapshot() as seen:
        return [
            each
            for each in releasing.shown(seen, account.viewer())
            if each.event.nation == NORWAY
            and each.event.reason == REASON
            and not each.withdrawn
        ]


async def _become(stage: Stage, status: Status) -> bool:
    """Give the invented nation a status; False where there is nothing to do."""
    access = stage.reading.access()
    if (
        not _has_invented(stage)
        or access.alliance.status(INVENTED, access.on) is status
    ):
        return False
    _, act = player(stage, STAFF)
    position = await change_status(
        stage.log, INVENTED, status=status, since=act.at.astimezone(UTC).date(), act=act
    )
    await settle(stage, position)
    return True


def _has_invented(stage: Stage) -> bool:
    return INVENTED in stage.reading.access().alliance.nations


def _count_invented(stage: Stage) -> int:
    return count(stage, INVENTED) if _has_invented(stage) else 0


def _report(
    stage: Stage, name: str, run: int, nation: NationCode, title: str
) -> dict[str, object]:
    """Draw a report as of now; a further version keeps the instant it was made."""
    stix_id = demo_data.scene_id("report", name, run)
    now = demo_data.instant(stage.clock())
    return {
        "type": "report",
        "spec_version": "2.1",
        "id": stix_id,
        "created_by_ref": demo_data.identity_id(nation),
        "created": _made(stage, nation, stix_id) or now,
        "modified": now,
        "published": now,
        "name": title,
        "report_types": ["threat"],
        "object_refs": [demo_data.identity_id(nation)],
    }


def _made(stage: Stage, nation: NationCode, stix_id: str) -> str:
    account, _ = player(stage, nation)
    viewer = account.viewer()
    with stage.reading.snapshot() as seen:
        collection = seen.collection(viewer, REPORTS)
        page = seen.page(viewer, collection, Filters(ids=(stix_id,)), limit=1)
    if not page.records:
        return ""
    return str(orjson.loads(page.records[0].raw)["created"])


def _marked(body: dict[str, object], text: str) -> list[bytes]:
    marked = body | {"object_marking_refs": [hub_marking_id(text)]}
    return [make_hub_definition(text), orjson.dumps(marked)]


def _things(number: int) -> str:
    return "1 object" if number == 1 else f"{number} objects"
