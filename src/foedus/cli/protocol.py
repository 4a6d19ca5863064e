"""`foedus protocol`: check, rehearse and sign playbooks of CACAO 2.0.

What is here runs without a data folder; `protocol_runs` has what needs a hub. What is
data is always JSON here, with and without `--json`: it is meant for programs.
"""

from datetime import UTC, datetime
from pathlib import Path

import click

from foedus.cli import (
    calendars,
    clocks,
    protocol_catalogue,
    protocol_report,
    protocol_rules,
    protocol_runs,
)
from foedus.cli.output import REFUSED, give, say
from foedus.cli.station import Station, on_station
from foedus.clock import system_clock
from foedus.errors import InvalidInputError
from foedus.response.simulation import simulate as run_cases
from foedus.response.validation import validate as judge
from foedus.stix.strict_json import read_object

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.group("protocol")
def command() -> None:
    """Check, rehearse, sign and run playbooks of CACAO 2.0."""


command.add_command(protocol_catalogue.command)
for _each in protocol_runs.COMMANDS:
    command.add_command(_each)
command.add_command(clocks.of_all)
command.add_command(calendars.command)
command.add_command(protocol_report.command)
command.add_command(protocol_rules.rule)
command.add_command(protocol_rules.proposals)
command.add_command(protocol_rules.approve)
command.add_command(protocol_rules.dismiss)


@command.command("validate")
@click.argument("files", metavar="FILE…", nargs=-1, required=True, type=_FILE)
@click.option("--lenient", is_flag=True, help="Take what other engines write.")
@on_station
def validate(_: Station, files: tuple[Path, ...], lenient: bool) -> None:  # noqa: FBT001
    """Say of each FILE whether it can be imported, and what is wrong with it.

    Prints a list of {"file", "verdict", "findings"}; the verdict is accept, warn or
    refuse, a finding has rule, path and text. Exits with 1 if any is refused.
    """
    refused = False
    found = []
    for file in files:
        judgement = judge(file.read_bytes(), lenient=lenient)
        refused = refused or bool(judgement.rules)
        found.append(
            {
                "file": str(file),
                "verdict": judgement.verdict,
                "findings": judgement.findings,
            }
        )
    give(found)
    if refused:
        raise click.exceptions.Exit(REFUSED)


@command.command("simulate")
@click.argument("cases", metavar="CASES.json", type=_FILE)
@on_station
def simulate(_: Station, cases: Path) -> None:
    """Run each case of CASES.json with its scripted answers, and print what happens.

    Prints a list of {"name", "trace", "final", "variables"} in the order of the
    file; what is refused has "rules" too. What was strange goes to stderr.
    """
    simulation = run_cases(cases.read_bytes())
    give(simulation.results)
    for name, text in simulation.warnings:
        say(f"{name}: {text}")


@command.command("verify")
@click.argument("file", type=_FILE)
@click.option("--trust", multiple=True, type=_FILE, help="A key or certificate, PEM.")
@click.option("--at", "at_text", help="The instant to judge at; now without it.")
@on_station
def verify(
    _: Station, file: Path, trust: tuple[Path, ...], at_text: str | None
) -> None:
    """Check the signatures of FILE.

    Prints a list of {"id", "signee", "algorithm", "status", "reason", "counter"}.
    `valid` is only what a trusted key signed. Exits with 1 unless at least one is
    valid and none is invalid.
    """
    from foedus.response.signatures import (  # noqa: PLC0415 - takes its time
        Status,
        TrustStore,
    )
    from foedus.response.signatures import verify as check  # noqa: PLC0415

    store = TrustStore(key.read_bytes() for key in trust)
    found = check(read_object(file.read_bytes()), store, _instant(at_text))
    give(found)
    statuses = {one.status for one in found}
    if Status.VALID not in statuses or Status.INVALID in statuses:
        raise click.exceptions.Exit(REFUSED)


@command.command("sign")
@click.argument("file", type=_FILE)
@click.option("--key", required=True, type=_FILE, help="A private key, PEM.")
@click.option("--signee", required=True, help="Who signs, as it should be shown.")
@click.option("--until", help="The instant until which it holds; for ever without it.")
@on_station
def sign(_: Station, file: Path, key: Path, signee: str, until: str | None) -> None:
    """Print FILE with one signature more: RS256, ES256 or Ed25519, as the key is."""
    from foedus.response.signing import Terms, read_private_key  # noqa: PLC0415
    from foedus.response.signing import sign as make  # noqa: PLC0415

    raw = file.read_bytes()
    if judge(raw).rules:
        raise InvalidInputError(
            f"{file.name} is refused; see `foedus protocol validate {file.name}`"
        )
    terms = Terms(
        signee=signee,
        created=system_clock(),
        valid_until=_instant(until) if until is not None else None,
    )
    give(make(read_object(raw), read_private_key(key.read_bytes()), terms))


def _instant(text: str | None) -> datetime:
    if text is None:
        return system_clock()
    try:
        when = datetime.fromisoformat(text)
    except ValueError as error:
        raise InvalidInputError("write an instant as 2026-01-31T12:00:00Z") from error
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
