import asyncio
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from foedus.alliance.nations import Alliance
from foedus.clock import StoppedClock
from foedus.errors import (
    ConflictError,
    InvalidInputError,
    NotFoundError,
    RuleViolationError,
)
from foedus.eventlog.codec import Codec
from foedus.eventlog.envelope import Act, Append, Who
from foedus.eventlog.log import EventLog
from foedus.eventlog.sqlite import open_sqlite_log
from foedus.identity import commands, events
from foedus.identity.accounts import AccountFacts
from foedus.identity.authenticator import Authenticator
from foedus.identity.commands import Opened, Registry
from foedus.identity.events import AccountClosed, IdentityEvent
from foedus.identity.keyring import Keyring
from foedus.identity.names import RESERVATION_MS
from foedus.identity.rules import Opening, fold
from foedus.identity.secret import Secret, generate_password
from foedus.identity.tokens import TokenTerms
from foedus.ids import START, AccountId, new_event_id
from foedus.releasability.viewers import Role
from tests.identity.conftest import NOON

OPENING = Opening(name="ania", nation="LUB", roles=frozenset({Role.READER}))
ACT = Act(who=Who(account="account--ops", nation="HANSE", door="cli"), at=NOON)
LATER = msgspec.structs.replace(ACT, at=NOON + timedelta(milliseconds=RESERVATION_MS))
GONE = AccountId("account--gone")
CODEC = Codec(IdentityEvent)


@pytest.fixture
def log(state_path: Path, clock: StoppedClock) -> Iterator[EventLog]:
    state_path.parent.mkdir(mode=0o700)
    log = open_sqlite_log(state_path.parent, CODEC, clock)
    yield log
    log.close()


@pytest.fixture
def registry(log: EventLog, keyring: Keyring) -> Registry:
    return Registry(log=log, keyring=keyring)


@pytest.fixture
def told(registry: Registry, clock: StoppedClock) -> Iterator[Authenticator]:
    """An authenticator that asks the log itself what an account is."""

    def facts(account_id: AccountId) -> AccountFacts | None:
        history = _history(registry, account_id)
        return fold(history)

    authenticator = Authenticator(registry.keyring, facts, clock)
    yield authenticator
    authenticator.close()


def _history(registry: Registry, account_id: AccountId) -> list[IdentityEvent]:
    recorded = registry.log.read(events.stream(account_id))
    decoded = [CODEC.decode(one) for one in recorded]
    return [event for event in decoded if isinstance(event, IdentityEvent)]


async def _open(
    registry: Registry,
    alliance: Alliance,
    first: Secret | TokenTerms | None = None,
    act: Act = ACT,
) -> Opened:
    return await commands.open_account(
        registry, OPENING, first, alliance=alliance, act=act
    )


async def test_a_new_account_gets_a_password_that_works(
    registry: Registry, alliance: Alliance, told: Authenticator
) -> None:
    opened = await _open(registry, alliance)
    assert opened.password is not None

    account = await told.basic("ania", opened.password.reveal())

    assert (account.id, account.nation) == (opened.account, "LUB")
    assert opened.token is None


async def test_a_new_account_may_choose_its_password(
    registry: Registry, alliance: Alliance, told: Authenticator
) -> None:
    opened = await _open(registry, alliance, Secret("correct horse battery"))

    account = await told.basic("ania", "correct horse battery")

    assert account.id == opened.account
    assert (opened.password, opened.token) == (None, None)


async def test_a_new_account_may_have_a_token_and_no_password(
    registry: Registry, alliance: Alliance, told: Authenticator
) -> None:
    opened = await _open(registry, alliance, TokenTerms())
    assert opened.token is not None

    assert told.bearer(opened.token.reveal()).id == opened.account
    assert opened.password is None
    assert registry.keyring.passwords.find("ania") is None


async def test_what_is_refused_reserves_no_name(
    registry: Registry, alliance: Alliance
) -> None:
    terms = TokenTerms(scopes=frozenset({Role.OPERATOR}))

    with pytest.raises(InvalidInputError):
        await _open(registry, alliance, Secret("short"))
    with pytest.raises(RuleViolationError):
        await _open(registry, alliance, terms)

    assert registry.keyring.names.find("ania") is None


async def test_a_taken_name_is_refused_for_ever(
    registry: Registry, alliance: Alliance
) -> None:
    opened = await _open(registry, alliance)
    await commands.close_account(registry, opened.account, act=ACT)

    with pytest.raises(ConflictError, match="taken"):
        await _open(registry, alliance, act=LATER)


async def test_of_two_who_want_one_name_at_once_one_gets_it(
    registry: Registry, alliance: Alliance
) -> None:
    outcomes = await asyncio.gather(
        _open(registry, alliance), _open(registry, alliance), return_exceptions=True
    )

    assert sorted(isinstance(one, ConflictError) for one in outcomes) == [False, True]
    assert registry.log.head() == 1


async def test_a_credential_whose_account_never_came_into_the_log_opens_nothing(
    registry: Registry, told: Authenticator, password_hash: str
) -> None:
    registry.keyring.admit("ania", GONE, password_hash, at=NOON)

    with pytest.raises(NotFoundError):
        told.named("ania")


async def test_a_name_is_free_again_soon_after_a_crash(
    registry: Registry, alliance: Alliance, password_hash: str
) -> None:
    registry.keyring.admit("ania", GONE, password_hash, at=NOON)

    with pytest.raises(ConflictError, match="5 seconds"):
        await _open(registry, alliance)
    opened = await _open(registry, alliance, act=LATER)

    assert registry.keyring.names.of(opened.account) == "ania"
    assert registry.keyring.passwords.version(GONE) is None


class _SlowLog:
    """A log before which somebody else takes the name."""

    def __init__(self, log: EventLog, keyring: Keyring) -> None:
        self.read = log.read
        self._log = log
        self._keyring = keyring

    async def append(self, request: Append) -> int:
        found = self._keyring.names.find("ania")
        if found is not None and found.account_id != GONE:
            self._keyring.names.reserve(
                "ania", GONE, at_ms=0, instead_of=found.account_id
            )
        return await self._log.append(request)


async def test_who_is_too_slow_for_the_name_closes_the_nameless_account(
    registry: Registry, alliance: Alliance
) -> None:
    slow = _SlowLog(registry.log, registry.keyring)
    late = msgspec.structs.replace(registry, log=slow)

    with pytest.raises(ConflictError, match="faster"):
        await _open(late, alliance)

    kinds = [one.kind for one in registry.log.read_after(START, 10)]
    assert kinds == ["identity.account-opened", "identity.account-closed"]


async def test_closing_ends_password_tokens_and_sessions_at_once(
    registry: Registry, alliance: Alliance
) -> None:
    opened = await _open(registry, alliance)
    token = commands.issue_token(registry, opened.account, TokenTerms(), at=NOON)
    cookie = registry.keyring.sessions.start(opened.account, NOON)

    await commands.close_account(registry, opened.account, act=ACT)

    assert registry.keyring.passwords.find("ania") is None
    assert registry.keyring.tokens.find(token, NOON) is None
    assert registry.keyring.sessions.find(cookie, NOON) is None
    assert isinstance(_history(registry, opened.account)[-1], AccountClosed)


async def test_after_a_crash_closing_again_erases_what_is_left(
    registry: Registry, alliance: Alliance
) -> None:
    opened = await _open(registry, alliance)
    request = Append(
        event_id=new_event_id(0),
        stream=events.stream(opened.account),
        event=AccountClosed(account=opened.account),
        who=ACT.who,
    )
    closed_at = await registry.log.append(request)

    position = await commands.close_account(registry, opened.account, act=ACT)

    assert position == closed_at == registry.log.head()
    assert registry.keyring.passwords.find("ania") is None


async def test_an_account_that_is_not_there_cannot_be_closed(
    registry: Registry,
) -> None:
    with pytest.raises(NotFoundError):
        await commands.close_account(registry, GONE, act=ACT)


async def test_another_password_takes_the_place_of_the_first(
    registry: Registry, alliance: Alliance, told: Authenticator
) -> None:
    opened = await _open(registry, alliance)
    await commands.change_password(registry, opened.account, Secret("battery staple"))

    assert (await told.basic("ania", "battery staple")).id == opened.account


async def test_a_closed_account_gets_no_credential(
    registry: Registry, alliance: Alliance
) -> None:
    opened = await _open(registry, alliance)
    await commands.close_account(registry, opened.account, act=ACT)

    with pytest.raises(NotFoundError):
        await commands.change_password(registry, opened.account, generate_password())
    with pytest.raises(NotFoundError):
        commands.issue_token(registry, opened.account, TokenTerms(), at=NOON)


async def test_a_token_for_more_than_the_account_may_do_is_refused(
    registry: Registry, alliance: Alliance
) -> None:
    opened = await _open(registry, alliance)
    terms = TokenTerms(scopes=frozenset({Role.PUBLISHER}))

    with pytest.raises(RuleViolationError):
        commands.issue_token(registry, opened.account, terms, at=NOON)


async def test_no_credential_is_in_any_file_in_any_output_or_in_a_repr(
    registry: Registry,
    alliance: Alliance,
    state_path: Path,
    capfd: pytest.CaptureFixture[str],
) -> None:
    opened = await _open(registry, alliance)
    terms = TokenTerms(label="sensor")
    token = commands.issue_token(registry, opened.account, terms, at=NOON)
    cookie = registry.keyring.sessions.start(opened.account, NOON)
    assert opened.password is not None
    hidden = [opened.password.reveal(), token.reveal()[7:], cookie.reveal()]

    told = capfd.readouterr()
    public = repr((opened, token, cookie)) + told.out + told.err
    files = {path.name: path.read_bytes() for path in state_path.parent.iterdir()}

    assert not [one for one in hidden if one in public]
    assert not [one for one in hidden if one.encode() in b"".join(files.values())]
    assert b"ania" not in files["log.db"] + files.get("log.db-wal", b"")
    assert b"argon2" not in files["log.db"] + files.get("log.db-wal", b"")
