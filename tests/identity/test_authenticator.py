import asyncio
import base64
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from foedus.clock import StoppedClock
from foedus.errors import (
    FoedusError,
    ForbiddenError,
    NotFoundError,
    RateLimitedError,
    UnauthorizedError,
)
from foedus.identity import totp
from foedus.identity.accounts import AccountFacts, Holder
from foedus.identity.authenticator import (
    ASK_AGAIN,
    HEADER_BYTES_MAX,
    REMEMBER,
    Authenticator,
)
from foedus.identity.backoff import FREE_FAILURES
from foedus.identity.keyring import Keyring
from foedus.identity.passwords import hash_password
from foedus.identity.proofs import Proof
from foedus.identity.secret import Secret
from foedus.identity.store import StateStore
from foedus.identity.tokens import TokenTerms
from foedus.ids import AccountId
from foedus.releasability.viewers import Role
from tests.identity.conftest import NOON, PASSWORD

Facts = dict[AccountId, AccountFacts]
Register = Callable[..., AccountId]
HOME = "192.0.2.1"


def header(name: str, password: str) -> bytes:
    return b"Basic " + base64.b64encode(f"{name}:{password}".encode())


RIGHT = header("ania", PASSWORD)


def _close(facts: Facts, account_id: AccountId) -> None:
    facts[account_id] = msgspec.structs.replace(facts[account_id], open=False)


async def test_name_and_password_tell_whose_they_are(
    authenticator: Authenticator, register: Register
) -> None:
    account_id = register()

    account = await authenticator.basic("ania", PASSWORD)

    assert (account.id, account.name, account.nation) == (account_id, "ania", "POL")


async def test_a_verified_header_is_remembered(
    authenticator: Authenticator, register: Register
) -> None:
    register()
    before = authenticator.basic_cached(RIGHT)
    account = await authenticator.authorize(RIGHT, address=HOME)

    assert before is None
    assert authenticator.basic_cached(RIGHT) == account
    assert authenticator.basic_cached(header("ania", PASSWORD + "x")) is None


async def test_a_remembered_header_gets_in_again_and_again(
    authenticator: Authenticator, register: Register
) -> None:
    register()

    accounts = [await authenticator.authorize(RIGHT, address=HOME) for _ in range(5)]

    assert [account.name for account in accounts] == ["ania"] * 5
    assert authenticator.basic_cached(RIGHT) is authenticator.basic_cached(RIGHT)


async def test_a_password_longer_than_any_is_refused_unhashed(
    authenticator: Authenticator, register: Register
) -> None:
    register()

    with pytest.raises(UnauthorizedError):
        await authenticator.basic("ania", "x" * 1_000_000)


async def test_a_password_is_hashed_once_within_five_minutes(
    authenticator: Authenticator, register: Register, clock: StoppedClock
) -> None:
    register()
    await authenticator.basic("ania", PASSWORD)
    clock.advance(REMEMBER - timedelta(milliseconds=1))
    almost = authenticator.basic_cached(RIGHT)
    clock.advance(timedelta(milliseconds=1))

    assert almost is not None
    assert authenticator.basic_cached(RIGHT) is None
    assert await authenticator.basic("ania", PASSWORD) == almost


async def test_a_new_password_in_another_process_counts_at_once(
    authenticator: Authenticator, register: Register, state_path: Path
) -> None:
    account_id = register()
    await authenticator.basic("ania", PASSWORD)
    elsewhere = StateStore(state_path)
    Keyring(elsewhere).change_password(account_id, hash_password(Secret("battery")))
    elsewhere.close()

    assert authenticator.basic_cached(RIGHT) is None
    with pytest.raises(UnauthorizedError):
        await authenticator.basic("ania", PASSWORD)


async def test_a_new_password_in_this_process_counts_at_once(
    authenticator: Authenticator, register: Register, keyring: Keyring
) -> None:
    account_id = register()
    await authenticator.basic("ania", PASSWORD)
    assert authenticator.basic_cached(RIGHT) is not None
    keyring.change_password(account_id, hash_password(Secret("battery")))

    assert authenticator.basic_cached(RIGHT) is None


async def test_what_others_change_makes_nobody_forget(
    authenticator: Authenticator, register: Register, store: StateStore
) -> None:
    register()
    account = await authenticator.basic("ania", PASSWORD)
    store.set_setting("something", "else")

    assert authenticator.basic_cached(RIGHT) == account


async def test_erased_credentials_count_at_once(
    authenticator: Authenticator, register: Register, keyring: Keyring
) -> None:
    account_id = register()
    await authenticator.basic("ania", PASSWORD)
    assert authenticator.basic_cached(RIGHT) is not None
    keyring.erase(account_id)

    assert authenticator.basic_cached(RIGHT) is None


async def test_a_closed_account_is_out_even_while_its_credentials_are_left(
    authenticator: Authenticator,
    register: Register,
    facts: Facts,
    clock: StoppedClock,
) -> None:
    account_id = register()
    await authenticator.basic("ania", PASSWORD)
    token = authenticator.start_session(authenticator.named("ania")).reveal()
    _close(facts, account_id)
    clock.advance(ASK_AGAIN)

    assert authenticator.basic_cached(RIGHT) is None
    with pytest.raises(UnauthorizedError):
        await authenticator.basic("ania", PASSWORD)
    with pytest.raises(UnauthorizedError):
        authenticator.session(token)
    with pytest.raises(NotFoundError):
        authenticator.named("ania")


async def test_other_roles_count_soon(
    authenticator: Authenticator,
    register: Register,
    facts: Facts,
    clock: StoppedClock,
) -> None:
    account_id = register()
    await authenticator.basic("ania", PASSWORD)
    roles = frozenset({Role.READER})
    facts[account_id] = msgspec.structs.replace(facts[account_id], roles=roles)
    clock.advance(ASK_AGAIN)

    account = authenticator.basic_cached(RIGHT)

    assert account is not None
    assert account.roles == roles


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"Basic",
        b"Basic !!!",
        b"Basic " + base64.b64encode(b"no colon"),
        b"Basic " + base64.b64encode(b"\xff:\xff"),
        b"Basic " + base64.b64encode(b"x" * 3_000),
        b"Digest x",
        b"Bearer",
        b"Bearer foedus_none",
        b"Bearer \xff\xfe",
        header("ania", "wrong"),
        header("nobody", PASSWORD),
        header("NOT A NAME", PASSWORD),
        header("ania", "x" * 1_400),
        header("ania", "x" * 2_000),
    ],
)
async def test_every_failure_is_the_same(
    authenticator: Authenticator, register: Register, wrong: bytes
) -> None:
    register()
    with pytest.raises(UnauthorizedError) as reference:
        await authenticator.authorize(header("ania", "reference"), address=HOME)

    with pytest.raises(UnauthorizedError) as refusal:
        await authenticator.authorize(wrong, address=HOME)

    assert str(refusal.value) == str(reference.value)


async def test_a_name_that_cannot_be_text_is_refused_like_any_other(
    authenticator: Authenticator,
) -> None:
    with pytest.raises(UnauthorizedError):
        await authenticator.basic("\udce9", "\udce9")


async def test_a_scheme_may_be_written_in_any_case(
    authenticator: Authenticator, register: Register
) -> None:
    register()

    account = await authenticator.authorize(b"bAsIc " + RIGHT[6:], address=None)

    assert account.name == "ania"


async def _fail(authenticator: Authenticator, name: str, address: str | None) -> None:
    with pytest.raises(FoedusError):
        await authenticator.basic(name, "wrong password", address=address)


@pytest.mark.parametrize("name", ["ania", "nobody"])
async def test_who_guesses_has_to_wait_whether_the_name_exists_or_not(
    authenticator: Authenticator, register: Register, name: str
) -> None:
    register()
    for _ in range(FREE_FAILURES):
        await _fail(authenticator, name, HOME)

    with pytest.raises(RateLimitedError) as refusal:
        await authenticator.basic(name, PASSWORD, address=HOME)

    assert refusal.value.retry_after_s == 1


async def test_a_guesser_locks_nobody_out_elsewhere(
    authenticator: Authenticator, register: Register
) -> None:
    register()
    for _ in range(FREE_FAILURES + 3):
        await _fail(authenticator, "ania", HOME)

    assert (await authenticator.basic("ania", PASSWORD, address="192.0.2.2")).open


async def test_a_credential_that_was_right_before_is_not_held_up(
    authenticator: Authenticator, register: Register, clock: StoppedClock
) -> None:
    register()
    await authenticator.basic("ania", PASSWORD, address=HOME)
    for _ in range(FREE_FAILURES + 3):
        await _fail(authenticator, "ania", HOME)

    within = await authenticator.basic("ania", PASSWORD, address=HOME)
    clock.advance(REMEMBER)

    assert await authenticator.basic("ania", PASSWORD, address=HOME) == within


async def test_after_the_wait_the_right_password_is_right(
    authenticator: Authenticator, register: Register, clock: StoppedClock
) -> None:
    register()
    for _ in range(FREE_FAILURES):
        await _fail(authenticator, "ania", HOME)
    clock.advance(timedelta(seconds=1))

    assert (await authenticator.basic("ania", PASSWORD, address=HOME)).name == "ania"


async def test_a_hundred_first_requests_of_a_client_all_get_in(
    authenticator: Authenticator, register: Register
) -> None:
    register()

    accounts = await asyncio.gather(
        *(authenticator.authorize(RIGHT, address=HOME) for _ in range(100))
    )

    assert {account.name for account in accounts} == {"ania"}


async def test_a_token_gets_in_with_no_more_than_its_scopes(
    authenticator: Authenticator, register: Register, keyring: Keyring
) -> None:
    account_id = register()
    terms = TokenTerms(scopes=frozenset({Role.READER}))
    token = keyring.tokens.issue(account_id, terms, NOON).reveal()

    account = await authenticator.authorize(f"Bearer {token}".encode(), address=None)

    assert (account.name, account.roles) == ("ania", {Role.READER})


async def test_a_session_goes_from_sign_in_to_sign_out(
    authenticator: Authenticator, register: Register
) -> None:
    register()
    account = await authenticator.basic("ania", PASSWORD)
    cookie = authenticator.start_session(account).reveal()
    session = authenticator.session(cookie)
    authenticator.check_csrf(session, authenticator.csrf_token(session))

    authenticator.end_session(cookie)

    assert session.account == account
    with pytest.raises(ForbiddenError):
        authenticator.check_csrf(session, "made up")
    with pytest.raises(UnauthorizedError):
        authenticator.session(cookie)


def test_an_operator_finds_the_account_to_act_for(
    authenticator: Authenticator, register: Register
) -> None:
    account_id = register()

    assert authenticator.named("ania").id == account_id


@pytest.mark.parametrize("name", ["nobody", "NOT A NAME"])
def test_nobody_can_be_acted_for_who_is_not_there(
    authenticator: Authenticator, name: str
) -> None:
    with pytest.raises(NotFoundError):
        authenticator.named(name)


@pytest.mark.parametrize(
    ("terms", "limited"),
    [
        (TokenTerms(), False),
        (TokenTerms(scopes=frozenset({Role.READER})), True),
        (TokenTerms(expires=NOON + timedelta(hours=1)), True),
    ],
)
async def test_an_account_is_limited_as_its_token_is(
    authenticator: Authenticator,
    register: Register,
    keyring: Keyring,
    terms: TokenTerms,
    *,
    limited: bool,
) -> None:
    token = keyring.tokens.issue(register(), terms, NOON).reveal()

    account = await authenticator.authorize(b"Bearer " + token.encode(), address=None)

    assert account.limited is limited


async def test_a_header_longer_than_any_credential_is_refused(
    authenticator: Authenticator, register: Register, keyring: Keyring
) -> None:
    token = keyring.tokens.issue(register(), TokenTerms(), NOON).reveal()
    header = b"Bearer " + token.encode()

    await authenticator.authorize(header.ljust(HEADER_BYTES_MAX), address=None)
    with pytest.raises(UnauthorizedError):
        await authenticator.authorize(header.ljust(HEADER_BYTES_MAX + 1), address=None)


async def test_nothing_of_a_credential_is_in_a_repr(
    authenticator: Authenticator, register: Register
) -> None:
    register()
    account = await authenticator.basic("ania", PASSWORD)
    session = authenticator.session(authenticator.start_session(account).reveal())

    printed = repr([authenticator, vars(authenticator), account, session])

    assert PASSWORD not in printed
    assert repr(session.stored.csrf_secret) not in printed
    assert RIGHT.decode() not in printed


DECIDES = frozenset({Role.READER, Role.DELEGATE})


def _deciding(register: Register, facts: Facts) -> AccountId:
    account_id = register()
    facts[account_id] = msgspec.structs.replace(facts[account_id], roles=DECIDES)
    return account_id


def _add_app(keyring: Keyring, account_id: AccountId) -> None:
    secret = keyring.factors.propose_app(account_id, NOON)
    code = totp.code_at(secret, NOON)
    assert keyring.factors.confirm_app(account_id, code, NOON)


async def test_a_stolen_password_decides_no_more_once_there_is_a_second_factor(
    authenticator: Authenticator, register: Register, keyring: Keyring, facts: Facts
) -> None:
    account_id = _deciding(register, facts)
    token = keyring.tokens.issue(account_id, TokenTerms(), NOON).reveal()
    before = await authenticator.basic("ania", PASSWORD)
    cookie = authenticator.start_session(before).reveal()

    _add_app(keyring, account_id)

    assert before.roles == DECIDES
    assert (await authenticator.basic("ania", PASSWORD)).roles == {Role.READER}
    assert authenticator.session(cookie).account.roles == {Role.READER}
    assert authenticator.bearer(token).withheld == {Role.DELEGATE}


def test_a_token_is_worth_what_it_was_made_with_wherever_two_are_required(
    keyring: Keyring, register: Register, facts: Facts, clock: StoppedClock
) -> None:
    account_id = _deciding(register, facts)
    weak, strong = (
        keyring.tokens.issue(account_id, TokenTerms(proof=proof), NOON).reveal()
        for proof in (Proof.PASSWORD, Proof.CERTIFICATE)
    )
    strict = Authenticator(keyring, facts.get, clock, strict=True)

    assert strict.bearer(weak).roles == {Role.READER}
    assert strict.bearer(weak).proof is Proof.PASSWORD
    assert strict.bearer(strong).roles == DECIDES
    strict.close()


def test_a_service_keeps_its_roles_whatever_its_token_was_made_with(
    keyring: Keyring, register: Register, facts: Facts, clock: StoppedClock
) -> None:
    account_id = _deciding(register, facts)
    facts[account_id] = msgspec.structs.replace(
        facts[account_id], holder=Holder.SERVICE
    )
    token = keyring.tokens.issue(account_id, TokenTerms(), NOON).reveal()
    strict = Authenticator(keyring, facts.get, clock, strict=True)

    assert strict.bearer(token).roles == DECIDES
    strict.close()
