"""`foedus decision`: draft, circulate, break, and follow what the nations decide.

A record is verified without the hub; so that it takes a moment, no more than the rules
is imported for that.
"""

import asyncio
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from foedus.cli.acting import acting_as, reading_as
from foedus.cli.output import give, table, tell
from foedus.cli.station import Station, on_station, operator
from foedus.clock import to_ms
from foedus.decisions import commands, reading, records
from foedus.decisions.events import Duty, Stance
from foedus.decisions.moves import (
    Activate,
    Amend,
    AnyMove,
    Break,
    Circulate,
    Comment,
    Extend,
    Move,
    StateDuty,
    TakePosition,
    Withdraw,
)
from foedus.decisions.sheets import DecisionSheet, Inside, line_of, sheet_of
from foedus.decisions.texts import parse_draft
from foedus.decisions.versions import Piece, TextDiff, compare_last, versions_of
from foedus.decisions.writing import write_effects
from foedus.errors import InvalidInputError
from foedus.releasability.viewers import Viewer

if TYPE_CHECKING:
    from foedus.hub import Hub
    from foedus.processes.decisions_preview import EffectPreview

_until = click.option(
    "--until",
    metavar="TEXT",
    required=True,
    help="When silence ends: 2026-11-24 16:00 Europe/Brussels.",
)
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("decision")
def command() -> None:
    """Draft, circulate, break, and follow what the nations decide."""


@command.command("draft")
@click.argument("file", type=_file)
@acting_as
@on_station
def draft(station: Station, file: Path, name: str) -> None:
    """Draft the text in FILE, for one's own nation and the chair alone."""
    sent = parse_draft(file.read_bytes())

    async def work(hub: "Hub") -> str:
        account = hub.authenticator.named(name)
        decision, position = await commands.draft(
            hub.floor(), account.viewer(), station.act_for(account), sent
        )
        await hub.seen([position])
        return decision

    with station.hub() as hub:
        decision = asyncio.run(work(hub))
        _show(station, hub, hub.authenticator.named(name).viewer(), decision)


@command.command("circulate")
@click.argument("decision", metavar="ID")
@_until
@acting_as
@on_station
def circulate(station: Station, decision: str, until: str, name: str) -> None:
    """Open silence on the decision ID: whoever says nothing before the end agrees."""
    _act(station, name, decision, Circulate(until=until))


@command.command("break")
@click.argument("decision", metavar="ID")
@click.option("--reason", metavar="TEXT", required=True, help="Why; the others see it.")
@acting_as
@on_station
def break_silence(station: Station, decision: str, reason: str, name: str) -> None:
    """Break silence on the decision ID."""
    _act(station, name, decision, Break(reason=reason))


@command.command("extend")
@click.argument("decision", metavar="ID")
@_until
@click.option("--reason", metavar="TEXT", default="", help="Why.")
@acting_as
@on_station
def extend(station: Station, decision: str, until: str, reason: str, name: str) -> None:
    """Give more time on the decision ID, as its chair."""
    _act(station, name, decision, Extend(until=until, reason=reason))


@command.command("amend")
@click.argument("decision", metavar="ID")
@click.argument("file", type=_file)
@acting_as
@on_station
def amend(station: Station, decision: str, file: Path, name: str) -> None:
    """Put the text in FILE in place; by anybody but the proposer that is a break."""
    text = parse_draft(file.read_bytes()).text
    _act(station, name, decision, Amend(text=text))


@command.command("withdraw")
@click.argument("decision", metavar="ID")
@click.option("--reason", metavar="TEXT", default="", help="Why.")
@acting_as
@on_station
def withdraw(station: Station, decision: str, reason: str, name: str) -> None:
    """Take the decision ID back, as its proposer."""
    _act(station, name, decision, Withdraw(reason=reason))


@command.command("comment")
@click.argument("decision", metavar="ID")
@click.argument("text")
@click.option("--open", "is_open", is_flag=True, help="Observers may read it, too.")
@acting_as
@on_station
def comment(
    station: Station, decision: str, text: str, *, is_open: bool, name: str
) -> None:
    """Comment on the decision ID."""
    _act(station, name, decision, Comment(text=text, open=is_open))


@command.command("position")
@click.argument("decision", metavar="ID")
@click.argument("stance", type=click.Choice([each.value for each in Stance]))
@click.option("--text", metavar="TEXT", default="", help="In words; the others see it.")
@click.option(
    "--until", metavar="TEXT", help="When the capital decides; of ad-referendum."
)
@acting_as
@on_station
def position(
    station: Station, /, decision: str, stance: str, name: str, **words: str
) -> None:
    """Take a position on the decision ID, in place of the one before.

    To reserve or to abstain constructively breaks nothing; silent takes back what was
    said.
    """
    _act(station, name, decision, TakePosition(stance=Stance(stance), **words))


@command.command("duty")
@click.argument("decision", metavar="ID")
@click.argument("duty", type=click.Choice(("accepted", "fulfilled", "not-applying")))
@click.option("--text", metavar="TEXT", default="", help="Why; the others see it.")
@acting_as
@on_station
def duty(station: Station, decision: str, duty: str, text: str, name: str) -> None:
    """Say how one's nation applies the decision ID, which was adopted."""
    _act(station, name, decision, StateDuty(duty=Duty(duty), text=text))


@command.command("activate")
@click.argument("decision", metavar="ID")
@click.option("--reason", metavar="TEXT", required=True, help="How it was met.")
@acting_as
@on_station
def activate(station: Station, decision: str, reason: str, name: str) -> None:
    """Record that the condition of the decision ID is met, as its chair."""
    _act(station, name, decision, Activate(reason=reason))


@command.command("act")
@click.argument("decision", metavar="ID")
@click.argument("move", metavar="JSON")
@acting_as
@on_station
def act(station: Station, decision: str, move: str, name: str) -> None:
    """Do to the decision ID what JSON says, such as '{"act": "read"}'."""
    try:
        found = msgspec.json.decode(move.encode(), type=AnyMove)
    except (msgspec.MsgspecError, UnicodeError) as error:
        raise InvalidInputError(f"the act is wrong: {error}") from error
    _act(station, name, decision, found)


@command.command("list")
@reading_as
@on_station
def listing(station: Station, name: str | None) -> None:
    """List the decisions, the next deadline first."""
    with station.hub() as hub, hub.reading.snapshot() as seen:
        viewer = _viewer(hub, name)
        found = [
            line_of(each, viewer, seen.access)
            for each in reading.list_decisions(seen.db, seen.access, viewer)
        ]
    if station.as_json:
        give(found)
    else:
        tell(
            table(
                (
                    each.decision,
                    each.phase.value,
                    "" if each.deadline is None else each.deadline.reads[0],
                    each.title,
                )
                for each in found
            )
        )


@command.command("show")
@click.argument("decision", metavar="ID")
@reading_as
@on_station
def show(station: Station, decision: str, name: str | None) -> None:
    """Show the decision ID, its clock in one's own zone, Brussels' and UTC."""
    with station.hub() as hub:
        _show(station, hub, _viewer(hub, name), decision)


@command.command("diff")
@click.argument("decision", metavar="ID")
@click.option("--from", "older", metavar="N", type=int, help="The earlier version.")
@click.option("--to", "newer", metavar="N", type=int, help="The later one.")
@reading_as
@on_station
def diff(
    station: Station,
    decision: str,
    older: int | None,
    newer: int | None,
    name: str | None,
) -> None:
    """Show what changed between two versions of the decision ID; else the last two."""
    with station.hub() as hub, hub.reading.snapshot() as seen:
        dossier = reading.read_dossier(
            seen.db, seen.access, _viewer(hub, name), decision
        )
    found = compare_last(versions_of(dossier.moments), older=older, newer=newer)
    if station.as_json:
        give(found)
    else:
        tell(_changes(found))


@command.command("preview")
@click.argument("decision", metavar="ID")
@reading_as
@on_station
def preview(station: Station, decision: str, name: str | None) -> None:
    """Tell what the decision ID would do if it were adopted now, of what NAME sees."""
    from foedus.processes.decisions_preview import (  # noqa: PLC0415 - as said above
        Question,
        preview_effects,
    )

    with station.hub() as hub, hub.reading.snapshot() as seen:
        viewer = _viewer(hub, name)
        dossier = reading.read_dossier(seen.db, seen.access, viewer, decision)
        question = Question(viewer=viewer, now=station.clock())
        found = preview_effects(seen, question, dossier.decision)
    if station.as_json:
        give(found)
    else:
        rows = zip(
            write_effects(each.effect for each in found).splitlines(),
            found,
            strict=True,
        )
        tell(f"{text}  {_counted(each)}".rstrip() for text, each in rows)


@command.command("record")
@click.argument("decision", metavar="ID")
@click.option(
    "-o",
    "file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="Where to write it.",
)
@acting_as
@on_station
def record(station: Station, decision: str, file: Path, name: str) -> None:
    """Write the signed record of the decision ID, for those who decide on it."""
    with station.hub() as hub:
        viewer = _viewer(hub, name)
        with hub.reading.snapshot() as seen:
            found, entries = reading.read_record(seen.db, seen.access, viewer, decision)
        secret = hub.store.key(records.KEY)
        lines = records.lines_of(entries)
        file.write_bytes(records.record_of(found, lines, hub.alliance.code, secret))
    tell([f"key  {records.public_key(secret)}"])


@command.command("verify")
@click.argument("file", type=_file)
@click.option("--key", metavar="HEX", help="The hub's public key, as you know it.")
@on_station
def verify(station: Station, file: Path, key: str | None) -> None:
    """Check the record in FILE, without the hub."""
    found = records.verify(file.read_bytes(), key)
    outcome = {
        "decision": found.decision,
        "outcome": found.outcome.value,
        "text_hash": found.text_hash,
        "key": found.key,
    }
    if station.as_json:
        give(outcome)
    else:
        tell(table(outcome.items()))


def _act(station: Station, name: str, decision: str, move: Move) -> None:
    async def work(hub: "Hub") -> None:
        account = hub.authenticator.named(name)
        position = await commands.act(
            hub.floor(), account.viewer(), station.act_for(account), decision, move
        )
        await hub.seen([position])
        await hub.decided()

    with station.hub() as hub:
        asyncio.run(work(hub))
        _show(station, hub, hub.authenticator.named(name).viewer(), decision)


def _viewer(hub: "Hub", name: str | None) -> Viewer:
    if name is None:
        return operator(hub.alliance)
    return hub.authenticator.named(name).viewer()


def _show(station: Station, hub: "Hub", viewer: Viewer, name: str) -> None:
    with hub.reading.snapshot() as seen:
        dossier = reading.read_dossier(seen.db, seen.access, viewer, name)
        now_ms = to_ms(station.clock())
        sheet = sheet_of(dossier, viewer, seen.access, now_ms)
    if station.as_json:
        give(sheet)
    else:
        tell(_lines(sheet))


def _lines(sheet: DecisionSheet) -> list[str]:
    lines = [
        f"decision  {sheet.decision}",
        f"{sheet.kind.value:<8}  {sheet.title}",
        f"phase     {sheet.phase}, version {sheet.version}",
        f"forum     {sheet.forum}, proposed by {sheet.proposer}",
        f"label     {sheet.label}",
        f"text      {sheet.text_hash}",
    ]
    if sheet.deadline is not None:
        lines += [f"ends      {each}" for each in sheet.deadline.reads]
        lines.append(sheet.silence_means)
    lines += [f"  {each.verb} {each.text}" for each in sheet.text.paragraphs]
    if sheet.text.condition:
        since = sheet.in_force_since
        met = f"since {since:%Y-%m-%d %H:%M} UTC" if since else "only when it is met"
        lines.append(f"in force  {met}: {sheet.text.condition}")
    lines += [
        f"effect {each.ordinal}  {each.state}  {each.reference or each.reason}".rstrip()
        for each in sheet.effects
    ]
    if sheet.inside is not None:
        lines += _inside(sheet.inside)
    lines += [
        f"{each.at:%Y-%m-%d %H:%M} UTC  {each.what}"
        + (f"  {each.nation}" if each.nation else "")
        for each in sheet.history
    ]
    return lines


def _inside(found: Inside) -> list[str]:
    """Tell what those who decide are told of each other."""
    lines = [f"held      {found.hold}"] if found.hold else []
    if found.read:
        lines.append(f"read by   {', '.join(found.read)}")
    for letter in found.letters:
        verb = "joins" if letter.associated else "breaks"
        back = ", taken back" if letter.lifted else ""
        why = f"  {letter.reason}" if letter.reason else ""
        lines.append(f"{letter.nation}  {verb} silence{back}{why}")
    for said in found.positions:
        overdue = ", overdue" if said.overdue else ""
        lines.append(
            f"{said.nation}  {said.stance.value}{overdue}  {said.text}".rstrip()
        )
    lines += [
        f"{each.nation}  {each.duty.value}  {each.text}".rstrip()
        for each in found.applications
    ]
    return lines


def _changes(found: TextDiff) -> list[str]:
    lines = [f"from version {found.older} to version {found.newer}"]
    for clause in found.clauses:
        was = f"[-{clause.was}-] " if clause.was else ""
        lines.append(f"  {was}{clause.verb} {_marked(clause.pieces)}")
    lines += [f"{each.name}: {_marked(each.pieces)}" for each in found.sections]
    return lines


def _marked(pieces: Iterable[Piece]) -> str:
    marks = {"same": "{}", "added": "{{+{}+}}", "removed": "[-{}-]"}
    return "".join(marks[each.change].format(each.text) for each in pieces)


def _counted(found: "EffectPreview") -> str:
    if found.refused:
        return f"would be refused: {found.refused}"
    if found.objects is None:
        return ""
    labels = ", ".join(f"{count} {label}" for label, count in found.by_label.items())
    return f"{found.objects} objects that you see" + (f": {labels}" if labels else "")
