"""`foedus account proofs|reset|certificate|link|unlink`: how an account signs in."""

from pathlib import Path

import click
import msgspec

from foedus.cli import spelling
from foedus.cli.output import give, say, tell
from foedus.cli.station import Station, on_station
from foedus.errors import InvalidInputError, RuleViolationError
from foedus.hub import Hub
from foedus.identity.certificates import span
from foedus.identity.commands import give_enrolment_code
from foedus.identity.secret import Secret
from foedus.ids import AccountId

OF_THE_CODE = (
    "With the code a second factor is added after signing in. Give it to the person by "
    "another way than the password; it is good for 30 days."
)
"""What is said beside an enrolment code."""

PEM_BYTES_MAX = 65_536
"""Bytes of a certificate's file: one takes two thousand, a chain a few more."""


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A certificate as it is listed."""

    fingerprint: str
    subject: str
    good: str


class Proofs(msgspec.Struct, frozen=True, kw_only=True):
    """How an account can sign in.

    Attributes:
        app: whether it has an authenticator app.
        recovery_codes: how many are left.
        passkeys: what their owner calls them.
        linked_to: its subject at the OIDC provider.
    """

    name: str
    password: bool
    app: bool
    recovery_codes: int
    passkeys: tuple[str, ...]
    certificates: tuple[Card, ...]
    linked_to: str | None


@click.command("proofs")
@click.argument("name", type=spelling.name)
@on_station
def proofs(station: Station, name: str) -> None:
    """Tell how the account NAME can sign in."""
    with station.hub() as hub:
        found = _proofs(hub, name)
    if station.as_json:
        give(found)
        return
    tell([f"password        {'yes' if found.password else 'no'}"])
    tell([f"app             {'yes' if found.app else 'no'}"])
    tell([f"recovery codes  {found.recovery_codes}"])
    tell([f"passkeys        {', '.join(found.passkeys) or 'none'}"])
    for card in found.certificates or ():
        tell([f"certificate     {card.subject}, {card.good}, {card.fingerprint}"])
    tell([f"OIDC subject    {found.linked_to or 'none'}"])


@click.command("reset")
@click.argument("name", type=spelling.name)
@on_station
def reset(station: Station, name: str) -> None:
    """Forget the second factors of the account NAME, whose holder has lost them.

    Its sessions end; its password stays. Where two factors are required, a code is
    printed with which the holder adds a new one. Make sure who asks.
    """
    with station.hub() as hub:
        account_id = _account(hub, name)
        hub.keyring.forget_factors(account_id)
        code = enrolment_code(station, hub, account_id)
    if station.as_json:
        give({"name": name, "enrolment_code": code.reveal() if code else None})
    elif code:
        tell([f"code      {code.reveal()}"])
    say(
        f"{name} has no second factor any more and is signed out. The next sign-in is "
        "by password, and adds a new one."
    )
    if code:
        say(OF_THE_CODE)


@click.command("certificate")
@click.argument("name", type=spelling.name)
@click.argument(
    "file",
    required=False,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@click.option("--remove", metavar="FINGERPRINT", help="Let one sign in no more.")
@on_station
def certificate(
    station: Station, name: str, file: Path | None, remove: str | None
) -> None:
    """Let the client certificate in FILE (PEM) sign in the account NAME.

    The certificate comes by a trusted proxy: see the setting
    sign_in.certificate_header.
    """
    if (file is None) == (remove is None):
        raise click.UsageError("give the FILE of a certificate, or --remove")
    with station.hub() as hub:
        account_id = _account(hub, name)
        if remove is not None:
            with hub.keyring.removing(account_id):
                hub.keyring.certificates.remove(account_id, remove)
            say(
                "That certificate signs in nobody any more, and the account is signed "
                "out."
            )
            return
        assert file is not None, "one of the two was given"
        enrolled = hub.keyring.certificates.enrol(account_id, _pem(file), hub.clock())
        has_header = hub.settings.sign_in.certificate_header is not None
    card = Card(
        fingerprint=enrolled.fingerprint.hex(),
        subject=enrolled.subject,
        good=span(enrolled),
    )
    if station.as_json:
        give(card)
    else:
        tell([f"{card.subject}, {card.good}, {card.fingerprint}"])
    if not has_header:
        say(
            "No certificate is looked at before sign_in.certificate_header and "
            "trusted_proxies are set."
        )


@click.command("link")
@click.argument("name", type=spelling.name)
@click.argument("subject")
@on_station
def link(station: Station, name: str, subject: str) -> None:
    """Let SUBJECT of the OIDC provider sign in to the account NAME."""
    with station.hub() as hub:
        hub.keyring.links.make(_account(hub, name), _issuer(hub), subject)
    say(f"{subject} signs in as {name}.")


@click.command("unlink")
@click.argument("name", type=spelling.name)
@on_station
def unlink(station: Station, name: str) -> None:
    """Let nobody of the OIDC provider sign in to the account NAME."""
    with station.hub() as hub:
        account_id = _account(hub, name)
        with hub.keyring.removing(account_id):
            hub.keyring.links.cut(account_id, _issuer(hub))
    say(f"Nobody signs in as {name} by the provider any more; {name} is signed out.")


COMMANDS = (proofs, reset, certificate, link, unlink)
"""What `foedus account` has beside its own."""


def enrolment_code(station: Station, hub: Hub, account_id: AccountId) -> Secret | None:
    """Make the code with which a person adds a factor, where two are required."""
    if not hub.settings.sign_in.requires_two_factors:
        return None
    return give_enrolment_code(hub.registry, account_id, at=station.clock())


def _proofs(hub: Hub, name: str) -> Proofs:
    account_id, keyring = _account(hub, name), hub.keyring
    issuer = hub.settings.oidc.issuer
    return Proofs(
        name=name,
        password=keyring.passwords.version(account_id) is not None,
        app=keyring.factors.has_app(account_id),
        recovery_codes=keyring.factors.recovery_codes_left(account_id),
        passkeys=tuple(each.name for each in keyring.passkeys.list_of(account_id)),
        certificates=tuple(
            Card(
                fingerprint=each.fingerprint.hex(),
                subject=each.subject,
                good=span(each),
            )
            for each in keyring.certificates.list_of(account_id)
        ),
        linked_to=issuer and keyring.links.subject_of(account_id, issuer),
    )


def _account(hub: Hub, name: str) -> AccountId:
    return hub.authenticator.named(name).id


def _issuer(hub: Hub) -> str:
    issuer = hub.settings.oidc.issuer
    if issuer is None:
        raise RuleViolationError(
            "no OIDC provider is set; set oidc.issuer and oidc.client_id first"
        )
    return issuer


def _pem(file: Path) -> bytes:
    with file.open("rb") as opened:
        pem = opened.read(PEM_BYTES_MAX + 1)
    if len(pem) > PEM_BYTES_MAX:
        raise InvalidInputError(
            f"the file of a certificate has at most {PEM_BYTES_MAX} bytes"
        )
    return pem
