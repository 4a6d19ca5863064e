"""`foedus protocol rule` and what rules propose: list, approve, dismiss."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable, Iterator
from pathlib import Path
from typing import TypedDict, Unpack

import click
import msgspec

from foedus.cli.acting import acting_as
from foedus.cli.output import give, table, tell
from foedus.cli.station import Station, on_station
from foedus.errors import InvalidInputError
from foedus.hub import Hub
from foedus.ids import Position
from foedus.releasability.ceilings import resolve_ceiling
from foedus.response import proposals_commands as commands
from foedus.response.proposals_commands import Approving
from foedus.response.proposals_sheets import (
    ProposalSheet,
    RuleSheet,
    proposal_sheet,
    rule_sheet,
)
from foedus.response.proposals_views import (
    PAGE_MAX,
    Wanted,
    find_proposal,
    find_rule,
    list_proposals,
    list_rules,
)
from foedus.response.triggers import Trigger

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class _Words(TypedDict):
    """What an approval says, as options."""

    values: tuple[str, ...]
    decision: str
    label: str


@click.group("rule")
def rule() -> None:
    """Set the rules by which intelligence proposes to start a protocol."""


@rule.command("add")
@click.argument("file", metavar="FILE", type=_FILE)
@click.option(
    "--reads", metavar="LEVEL", help="Up to which level it reads; NAME's by default."
)
@acting_as
@on_station
def add(station: Station, file: Path, reads: str | None, name: str) -> None:
    """Set the activation rule in FILE for the nation of NAME."""
    try:
        trigger = msgspec.json.decode(file.read_bytes(), type=Trigger)
    except msgspec.MsgspecError as error:
        raise InvalidInputError(f"{file.name}: {error}") from error

    async def work(hub: Hub) -> RuleSheet:
        account = hub.authenticator.named(name)
        ceiling = None if reads is None else resolve_ceiling(reads, hub.alliance)
        made, position = await commands.set_rule(
            hub.desk, account.viewer(), station.act_for(account), trigger, ceiling
        )
        await hub.seen([position])
        with hub.reading.snapshot() as seen:
            found = find_rule(seen.db, seen.access, account.viewer(), made)
            return rule_sheet(found, seen.access)

    with station.hub() as hub:
        made = asyncio.run(work(hub))
    if station.as_json:
        give(made)
    else:
        tell(_rule_lines([made]))


@rule.command("list")
@acting_as
@on_station
def listing(station: Station, name: str) -> None:
    """List the activation rules of the nation of NAME."""
    with station.hub() as hub, hub.reading.snapshot() as seen:
        found = [
            rule_sheet(each, seen.access)
            for each in list_rules(
                seen.db, seen.access, hub.authenticator.named(name).viewer()
            )
        ]
    if station.as_json:
        give(found)
    else:
        tell(_rule_lines(found))


@rule.command("remove")
@click.argument("made", metavar="ID")
@acting_as
@on_station
def remove(station: Station, made: str, name: str) -> None:
    """Remove the rule ID; what it has proposed stays."""

    async def work(hub: Hub) -> None:
        account = hub.authenticator.named(name)
        position = await commands.remove_rule(
            hub.desk, account.viewer(), station.act_for(account), made
        )
        await hub.seen([position])

    with station.hub() as hub:
        asyncio.run(work(hub))
    if station.as_json:
        give({"removed": made})


@click.command("proposals")
@click.option("--all", "every", is_flag=True, help="Those that are decided, too.")
@acting_as
@on_station
def proposals(station: Station, every: bool, name: str) -> None:  # noqa: FBT001
    """List what NAME's rules have proposed to start, the newest first."""
    found: list[ProposalSheet] = []
    with station.hub() as hub, hub.reading.snapshot() as seen:
        viewer, after = hub.authenticator.named(name).viewer(), ""
        while page := list_proposals(
            seen.db, seen.access, viewer, Wanted(every=every, after=after)
        ):
            found += [proposal_sheet(seen, viewer, each) for each in page]
            after = page[-1].proposal
            if len(page) < PAGE_MAX:
                break
    if station.as_json:
        give(found)
    else:
        tell(_proposal_lines(found))


@click.command("approve")
@click.argument("proposal", metavar="ID")
@click.option(
    "--set",
    "values",
    metavar="__NAME__=VALUE",
    multiple=True,
    help="A value of an external variable, over the rule's.",
)
@click.option(
    "--decision",
    metavar="DECISION",
    default="",
    help="An adopted decision, in the place of a second person.",
)
@click.option("--label", metavar="TEXT", default="", help="Who may know of the run.")
@acting_as
@on_station
def approve(
    station: Station, proposal: str, name: str, **words: Unpack[_Words]
) -> None:
    """Agree to start what ID proposes; above a set impact a second person must, too."""
    approving = Approving(
        launch=dict(map(_value, words["values"])),
        decision=words["decision"],
        label=words["label"],
    )

    async def work(hub: Hub) -> list[Position]:
        account = hub.authenticator.named(name)
        return await commands.approve(
            hub.desk, account.viewer(), station.act_for(account), proposal, approving
        )

    _carry(station, name, proposal, work)


@click.command("dismiss")
@click.argument("proposal", metavar="ID")
@click.option("--reason", metavar="TEXT", required=True, help="Why it is false.")
@acting_as
@on_station
def dismiss(station: Station, proposal: str, reason: str, name: str) -> None:
    """Dismiss ID as a false trigger, and cancel the run that it started."""

    async def work(hub: Hub) -> list[Position]:
        account = hub.authenticator.named(name)
        return await commands.dismiss(
            hub.desk, account.viewer(), station.act_for(account), proposal, reason
        )

    _carry(station, name, proposal, work)


def _carry(
    station: Station,
    name: str,
    proposal: str,
    work: Callable[[Hub], Coroutine[None, None, list[Position]]],
) -> None:
    """Act on a proposal, and show it as it stands then."""

    async def whole(hub: Hub) -> None:
        await hub.seen(await work(hub))

    with station.hub() as hub:
        asyncio.run(whole(hub))
        viewer = hub.authenticator.named(name).viewer()
        with hub.reading.snapshot() as seen:
            found = find_proposal(seen.db, seen.access, viewer, proposal)
            sheet = proposal_sheet(seen, viewer, found)
    if station.as_json:
        give(sheet)
    else:
        tell(_proposal_lines([sheet]))


def _value(text: str) -> tuple[str, str]:
    name, found, value = text.partition("=")
    if not found:
        raise click.BadParameter(f"{text!r} is no value: write __name__=value")
    return name, value


def _rule_lines(found: Iterable[RuleSheet]) -> Iterator[str]:
    return table(
        (each.rule, each.nation, each.reads, f"{each.needed} to agree", each.terms.name)
        for each in found
    )


def _proposal_lines(found: Iterable[ProposalSheet]) -> Iterator[str]:
    return table(
        (
            each.proposal,
            each.phase.value,
            f"score {each.score}",
            f"{len(each.evidence)} pieces",
            f"{each.approvals} of {each.needed}",
            each.run or "",
            each.name,
        )
        for each in found
    )
