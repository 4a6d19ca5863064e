"""The main task of each user of the hub, from the sign-in to done, by keyboard alone.

Nobody has a mouse, and no script of the test puts the keyboard anywhere: each goes from
stop to stop, and every stop on the way is in sight with a line around it. What is done
stands on the page that follows, and is true in the hub.
"""

import re
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import pytest
import pytest_asyncio
from playwright.async_api import expect

from foedus.decisions import reading
from foedus.decisions.states import Phase
from foedus.folder.examining import last_examined
from foedus.folder.witnessing import last_witnessed
from foedus.guidance.events import Progress
from foedus.guidance.obligations import checklist
from foedus.guidance.updates import find_update
from foedus.planning.views import find_plan
from foedus.releasability.labels import print_label
from foedus.releasability.viewers import Viewer
from foedus.response import commands
from foedus.response.moves import Acknowledge
from foedus.response.queries import find_run, tasks_of_run
from tests.scenarios.keyboard import Keyboard, signed_in_by_keyboard
from tests.scenarios.stage import CAREFUL, Stage, staged

pytestmark = pytest.mark.asyncio(loop_scope="module")

MARK = "keyboard-only.example"
RELEASE = "^ILLUSTRATIVE: Release of the week"
PROTOCOL = "EXERCISE: Malware outbreak with indicator distribution"
REASON = "The release would reach those who were not asked."


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def stage(
    chromium: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Stage]:
    async with staged(chromium, tmp_path_factory.mktemp("keyboard")) as stage:
        yield stage


def viewer_of(stage: Stage, who: str) -> Viewer:
    return stage.hub.authenticator.named(who).viewer()


def last_part(keyboard: Keyboard) -> str:
    """Give the id of what the page shows, from its address."""
    return urlsplit(keyboard.page.url).path.rpartition("/")[2]


async def test_an_analyst_publishes_to_the_members_alone_in_six_acts_from_home(
    stage: Stage,
) -> None:
    keyboard = await signed_in_by_keyboard(stage, "norway")

    await keyboard.choose("^Publish intelligence#")
    await keyboard.skip()
    await keyboard.write("what", MARK)
    await keyboard.pick("^NATO RESTRICTED#", instead="^NATO UNCLASSIFIED#")
    await keyboard.pick("^Members#", instead="^My nation#")
    await keyboard.choose("^See who will receive it#")
    await keyboard.skip()
    await keyboard.choose("^Publish to 32 nations#")

    assert keyboard.acts == 6
    await expect(keyboard.told).to_contain_text("Published")
    await expect(keyboard.main).to_contain_text(MARK.replace(".", "[.]"))
    with stage.hub.reading.snapshot() as seen:
        [found] = seen.stored(viewer_of(stage, "sweden"), [last_part(keyboard)])
        assert found.held
        [hidden] = seen.stored(viewer_of(stage, "moldova"), [last_part(keyboard)])
        assert not hidden.held
        written = print_label(found.label.label, stage.hub.alliance)
    assert written.startswith("NATO RESTRICTED // REL TO NATO")
    await keyboard.close()


async def test_a_duty_officer_starts_a_protocol_and_follows_its_tasks_live(
    stage: Stage,
) -> None:
    keyboard = await signed_in_by_keyboard(stage, "duty")
    await keyboard.choose("^Protocols#")
    await keyboard.skip()
    await keyboard.choose("^Start…")
    await keyboard.skip()
    await keyboard.write("launch-__nations__", "FIN NOR")
    await keyboard.write("reason", "Seen in two nations.")
    await keyboard.choose("^Show whom it asks#")
    await expect(keyboard.main).to_contain_text("Who will see that it runs")
    await keyboard.skip()
    await keyboard.choose("^Start it now#")
    await expect(keyboard.told).to_be_visible()
    await expect(keyboard.page.locator("#live")).to_have_text("Live")

    run, duty = last_part(keyboard), viewer_of(stage, "duty")
    with stage.hub.reading.snapshot() as seen:
        found = find_run(seen.db, seen.access, duty, run)
        assert found is not None
        assert found.run.name == PROTOCOL
        [task] = tasks_of_run(seen.db, seen.access, duty, run)

    await keyboard.to("^EXERCISE: Look at")
    await acknowledge(stage, task.asked.task)

    await expect(keyboard.page.locator("#steps")).to_contain_text("acknowledged")
    kept = keyboard.page.locator("#workflow a[href='#step-1']")
    await expect(kept).to_be_focused()
    await keyboard.close()


async def acknowledge(stage: Stage, task: str) -> None:
    """Let another officer of the same watch say that it knows of a task."""
    hub, duty = stage.hub, stage.hub.authenticator.named("duty")
    act = hub.act(duty, door="test", at=hub.clock())
    await commands.act_on_task(hub.desk, duty.viewer(), act, task, Acknowledge())


async def test_a_delegate_reserves_and_then_breaks_silence(stage: Stage) -> None:
    keyboard = await signed_in_by_keyboard(stage, "finland")
    await keyboard.choose("^Open the inbox#")
    await keyboard.skip()
    await keyboard.choose(RELEASE)
    await expect(keyboard.main).to_contain_text("stays silent, Finland agrees.")
    decision = last_part(keyboard)

    await keyboard.skip()
    await keyboard.jump("^Take a position#")
    await keyboard.to("#stance$")
    await keyboard.page.keyboard.type("Reserve")
    await keyboard.write("position-text", "Only what is not ours.")
    await keyboard.choose("^Take this position#")
    await expect(keyboard.told).to_have_text("The position of your nation is there.")
    await expect(keyboard.main).to_contain_text("Only what is not ours.")

    await keyboard.choose("^Break silence…#")
    await keyboard.skip()
    await keyboard.write("reason", REASON)
    await keyboard.choose("^Break silence for Finland#")
    await expect(keyboard.told).to_contain_text("Silence is broken.")
    await expect(keyboard.main).to_contain_text(REASON)

    with stage.hub.reading.snapshot() as seen:
        viewer = viewer_of(stage, "sweden")
        found = reading.find_decision(seen.db, seen.access, viewer, decision)
    assert found is not None
    assert found.phase is Phase.BROKEN
    assert [each.nation for each in found.letters] == ["FIN"]
    await keyboard.close()


async def test_a_delegate_with_a_second_factor_acknowledges_a_policy_update(
    stage: Stage,
) -> None:
    keyboard = await signed_in_by_keyboard(stage, CAREFUL)
    await keyboard.choose("^Open the inbox#")
    await keyboard.skip()
    await keyboard.choose("^ILLUSTRATIVE: How incidents are told")
    await keyboard.skip()
    await keyboard.choose("^Acknowledge for Poland#")
    await expect(keyboard.told).to_have_text("Acknowledged for your nation.")

    with stage.hub.reading.snapshot() as seen:
        viewer = viewer_of(stage, CAREFUL)
        sheet = find_update(seen.db, seen.access, viewer, last_part(keyboard))
    assert "POL" in {each.nation for each in sheet.acknowledged}
    await keyboard.close()


async def test_a_planner_makes_a_coverage_plan_and_reads_what_nobody_can_fill(
    stage: Stage,
) -> None:
    keyboard = await signed_in_by_keyboard(stage, "poland-planner")
    await keyboard.choose("^Run coverage#")
    await keyboard.skip()
    await keyboard.write("periods", "6")
    await keyboard.choose("^Make the plan#")
    await keyboard.page.wait_for_url("**/plans/plan--*")
    await expect(keyboard.main).to_contain_text("What nobody can fill")
    await keyboard.skip()
    await keyboard.jump("^What nobody can fill#")

    with stage.hub.reading.snapshot() as seen:
        viewer = viewer_of(stage, "poland-planner")
        sheet = find_plan(seen.db, seen.access, viewer, last_part(keyboard))
    covered = sheet.made.found.coverage
    assert covered is not None
    assert covered.periods == 6
    assert covered.fill is not None
    said = re.compile(rf"{covered.fill * 100:.0f}\s?% of what is wanted is filled")
    await expect(keyboard.main).to_contain_text(said)
    gaps = f"of {len(covered.gaps)} gaps nobody can fill"
    await expect(keyboard.main).to_contain_text(gaps)
    await keyboard.close()


async def test_a_newcomer_reports_on_an_obligation_and_finds_what_to_join_and_follow(
    stage: Stage,
) -> None:
    keyboard = await signed_in_by_keyboard(stage, "moldova")
    await keyboard.skip()
    await keyboard.choose("obligations#$")
    await expect(keyboard.main).to_contain_text("What Republic of Moldova owes")
    assert keyboard.acts <= 2

    await keyboard.skip()
    await keyboard.choose("^Report on .*transparency")
    await keyboard.pick("^Met#", instead="^In progress#")
    await keyboard.write("owner", "Ministry of Defence")
    await keyboard.write("label", "for everybody")
    await keyboard.choose("^Report#$")
    await expect(keyboard.refused).to_contain_text("is no marking")
    await keyboard.write("label", "NATO UNCLASSIFIED // PUBLIC")
    await keyboard.choose("^Report#$")
    await expect(keyboard.told).to_be_visible()
    await expect(keyboard.main).to_contain_text("Ministry of Defence")
    viewer = viewer_of(stage, "moldova")
    with stage.hub.reading.snapshot() as seen:
        today = stage.hub.clock().date()
        owed = checklist(seen.db, seen.access, viewer, viewer.nation, today)
    reports = [each.report for each in owed.obligations if each.report]
    assert [each.status for each in reports] == [Progress.MET]

    await keyboard.choose("^Start here#", "Shift+Tab")
    for said in ("Partnership for Peace", "Locked Shields", "curl -N -u moldova"):
        await expect(keyboard.main).to_contain_text(said)
    await keyboard.skip()
    await keyboard.choose("^Warnings#")
    await expect(keyboard.main).to_contain_text("TLP:GREEN")
    await keyboard.close()


async def test_an_auditor_verifies_the_log(stage: Stage) -> None:
    keyboard = await signed_in_by_keyboard(stage, "norway-auditor")
    await keyboard.choose("^Open the audit#")
    await keyboard.skip()
    await keyboard.choose("^Verify the log#")

    await expect(keyboard.told).to_be_visible()
    said = "Every entry of the log is what was written."
    await expect(keyboard.main).to_contain_text(said)
    assert last_witnessed(stage.hub.store) is not None
    await keyboard.close()


async def test_single_keys_lead_along_and_can_be_turned_off(stage: Stage) -> None:
    keyboard = await signed_in_by_keyboard(stage, "finland")
    page, press = keyboard.page, keyboard.page.keyboard.press

    await press("g")
    await press("i")
    await page.wait_for_url("**/inbox")
    await press("j")
    await press("j")
    await press("k")
    first = page.locator("main li").first.locator("a, button").first
    await expect(first).to_be_focused()

    await press("/")
    await expect(page.locator("#search")).to_be_focused()
    await page.keyboard.type("g h?")
    await expect(page.locator("#search")).to_have_value("g h?")
    await keyboard.page.locator("#search").evaluate("each => each.blur()")

    await press("?")
    dialog = page.locator("dialog")
    await expect(dialog).to_contain_text("who sees this")
    await press("Escape")
    await expect(dialog).to_be_hidden()

    await press("?")
    await press("Space")
    await press("Escape")
    await press("?")
    await expect(dialog).to_be_hidden()
    await keyboard.close()


async def test_an_operator_looks_at_everything(stage: Stage) -> None:
    keyboard = await signed_in_by_keyboard(stage, "operator")
    await keyboard.choose("^Open the health#")
    await keyboard.skip()
    await keyboard.choose("^Look at everything#")

    await expect(keyboard.told).to_contain_text("Everything was looked at")
    examined = last_examined(stage.hub.store)
    assert examined is not None
    for each in examined.findings:
        await expect(keyboard.main).to_contain_text(each.what[1:])
    await keyboard.close()
