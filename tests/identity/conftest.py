"""A keyring in a folder of its own, a stopped clock, and accounts that are known."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from foedus.alliance.nations import Alliance
from foedus.alliance.records import Level, Nation, Pack
from foedus.alliance.sourced import Basis
from foedus.clock import StoppedClock
from foedus.identity.accounts import AccountFacts, Holder
from foedus.identity.authenticator import Authenticator
from foedus.identity.keyring import Keyring
from foedus.identity.passwords import hash_password
from foedus.identity.secret import Secret
from foedus.identity.store import StateStore
from foedus.ids import AccountId, NationCode
from foedus.releasability.viewers import Role

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
PASSWORD = "correct horse battery"  # noqa: S105 - of a test account
Register = Callable[..., AccountId]


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock(NOON)


@pytest.fixture
def state_path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "state.db"


@pytest.fixture
def store(state_path: Path) -> Iterator[StateStore]:
    store = StateStore(state_path)
    yield store
    store.close()


@pytest.fixture
def keyring(store: StateStore) -> Keyring:
    return Keyring(store)


@pytest.fixture
def facts() -> dict[AccountId, AccountFacts]:
    """What the log tells, as the view would hand it out."""
    return {}


@pytest.fixture(scope="session")
def password_hash() -> str:
    return hash_password(Secret(PASSWORD))


@pytest.fixture
def register(
    keyring: Keyring, facts: dict[AccountId, AccountFacts], password_hash: str
) -> Register:
    """Open an account `NAME` of Poland with the password `PASSWORD`."""

    def register(name: str = "ania") -> AccountId:
        account_id = AccountId(f"account--{name}")
        keyring.admit(name, account_id, password_hash, at=NOON)
        facts[account_id] = AccountFacts(
            nation=NationCode("POL"),
            roles=frozenset({Role.READER, Role.PUBLISHER}),
            clearance=1,
            holder=Holder.PERSON,
            open=True,
        )
        return account_id

    return register


@pytest.fixture
def authenticator(
    keyring: Keyring, facts: dict[AccountId, AccountFacts], clock: StoppedClock
) -> Iterator[Authenticator]:
    authenticator = Authenticator(keyring, facts.get, clock)
    yield authenticator
    authenticator.close()


def _level(name: str, *, classified: bool) -> Level:
    return Level(
        sources=(),
        basis=Basis.RECORDED,
        as_of=NOON.date(),
        name=name,
        abbreviation=name[0],
        classified=classified,
    )


def _nation(code: str, name: str, ceiling: str = "") -> Nation:
    return Nation(
        sources=(),
        basis=Basis.RECORDED,
        as_of=NOON.date(),
        code=NationCode(code),
        code2=code[:2],
        name=name,
        ceiling=ceiling,
    )


@pytest.fixture(scope="session")
def alliance() -> Alliance:
    """The Hanse: Lübeck, and Visby, whose people are cleared up to Discreet."""
    pack = Pack(
        schema=1,
        code="HANSE",
        name="Hanse",
        timezone="UTC",
        sources=(),
        levels=(
            _level("Open", classified=False),
            _level("Discreet", classified=False),
            _level("Secret", classified=True),
        ),
        words=(),
        nations=(
            _nation("LUB", "Lübeck"),
            _nation("VIS", "Visby", ceiling="Open"),
        ),
        communities=(),
    )
    return Alliance.from_pack(pack)
