"""A demo hub in which nations have reported, engaged and laid down."""

from datetime import date, timedelta

from foedus.eventlog.envelope import Act
from foedus.guidance.commands import (
    Engaging,
    Publishing,
    Reporting,
    engage,
    publish,
    publish_edition,
    report,
)
from foedus.guidance.events import Course, Progress
from foedus.hub import Hub
from foedus.identity.accounts import Account
from foedus.ids import Position

MEMBERS = "NATO UNCLASSIFIED // REL TO NATO"
EVERYBODY = "NATO UNCLASSIFIED // PUBLIC"
OWN = ""

FIRST = (
    "Nations report incidents within 72 hours.\n"
    "Reports name the service that was affected.\n"
    "Reports are made to the coordination centre by the national contact point.\n"
    "The centre confirms each report.\n"
    "The centre keeps reports for five years.\n"
    "Reports are shared with all members."
)
SECOND = FIRST.replace("72 hours", "24 hours").replace(
    "Reports are shared with all members.",
    "Reports are shared with all members, and with partners concerned.",
)


class Told:
    """What was told, by name."""

    def __init__(self) -> None:
        self.updates: dict[str, str] = {}
        self.engagements: dict[str, str] = {}


async def tell(hub: Hub) -> Told:
    """Report, engage and publish on a demo hub."""
    told = Told()
    norway, duty = (hub.authenticator.named(name) for name in ("norway", "duty"))
    today = hub.clock().date()
    await _update(hub, duty, told, today)
    await _engagements(hub, norway, told, today)
    last: Position | None = None
    for obligation, status, label in (
        ("article/3", Progress.IN_PROGRESS, MEMBERS),
        ("article/5", Progress.MET, OWN),
    ):
        sent = Reporting(
            nation="NOR",
            obligation=obligation,
            status=status,
            due=today - timedelta(days=1),
            owner="Directorate of plans",
            evidence=f"Report on {obligation}",
            label=label,
        )
        _, last = await report(hub.bureau, norway.viewer(), _act(hub, norway), sent)
    await hub.seen([last])
    return told


async def _update(hub: Hub, duty: Account, told: Told, today: date) -> None:
    for title, label in (
        ("Reporting of incidents", MEMBERS),
        ("Words we use", EVERYBODY),
    ):
        sent = Publishing(title=title, text=FIRST, effective=today, label=label)
        name, _ = await publish(hub.bureau, duty.viewer(), _act(hub, duty), sent)
        told.updates[title] = name
        await hub.seen([hub.log.head()])
    newer = Publishing(title="Reporting of incidents", text=SECOND, effective=today)
    name = told.updates["Reporting of incidents"]
    await publish_edition(hub.bureau, duty.viewer(), _act(hub, duty), name, newer)
    await hub.seen([hub.log.head()])


async def _engagements(hub: Hub, norway: Account, told: Told, today: date) -> None:
    for title, status, label in (
        ("Cyber range in the High North", Course.RUNNING, EVERYBODY),
        ("Exchange of watch officers", Course.PLANNED, MEMBERS),
        ("Lessons of our own", Course.DONE, OWN),
    ):
        sent = Engaging(
            kind="exercise",
            title=title,
            purpose="To practise what is agreed.",
            since=today,
            until=today + timedelta(days=5),
            participants=("NOR", "SWE", "FIN"),
            regions=("high_north", "baltic_sea"),
            status=status,
            outcome="We learned much." if status is Course.DONE else "",
            label=label,
        )
        name, _ = await engage(hub.bureau, norway.viewer(), _act(hub, norway), sent)
        told.engagements[title] = name
    await hub.seen([hub.log.head()])


def _act(hub: Hub, account: Account) -> Act:
    return hub.act(account, door="test", at=hub.clock())
