import hashlib
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from foedus.errors import InvalidInputError, NotFoundError
from foedus.identity.keyring import Keyring
from foedus.identity.proofs import Proof
from foedus.identity.secret import Secret
from foedus.identity.store import StateStore
from foedus.identity.tokens import SCHEMA, TOKENS_MAX, TokenTerms
from foedus.ids import AccountId
from foedus.releasability.viewers import Role
from tests.identity.conftest import NOON

ANIA = AccountId("account--ania")
BOTH = frozenset({Role.READER, Role.PUBLISHER})
WEST, EAST = timezone(-timedelta(hours=14)), timezone(timedelta(hours=14))


@pytest.fixture(autouse=True)
def _ania(keyring: Keyring) -> None:
    keyring.names.reserve("ania", ANIA, at_ms=0)


def test_a_token_has_its_prefix_and_256_bits(keyring: Keyring) -> None:
    token = keyring.tokens.issue(ANIA, TokenTerms(), NOON).reveal()

    assert token.startswith("foedus_")
    assert len(token) == len("foedus_") + 43


def test_a_token_tells_whose_it_is(keyring: Keyring) -> None:
    token = keyring.tokens.issue(ANIA, TokenTerms(), NOON)

    holder = keyring.tokens.find(token, NOON)

    assert holder is not None
    assert (holder.account_id, holder.name) == (ANIA, "ania")
    assert holder.allowed(BOTH) == BOTH


def test_a_scoped_token_may_do_no_more_than_its_scopes_and_its_account(
    keyring: Keyring,
) -> None:
    terms = TokenTerms(scopes=frozenset({Role.READER, Role.OPERATOR}))
    holder = keyring.tokens.find(keyring.tokens.issue(ANIA, terms, NOON), NOON)

    assert holder is not None
    assert holder.allowed(BOTH) == {Role.READER}


def test_a_token_is_limited_that_has_scopes_or_ends(keyring: Keyring) -> None:
    limited = {}
    for terms in (
        TokenTerms(),
        TokenTerms(scopes=frozenset({Role.READER})),
        TokenTerms(expires=NOON + timedelta(hours=1)),
    ):
        holder = keyring.tokens.find(keyring.tokens.issue(ANIA, terms, NOON), NOON)
        assert holder is not None
        limited[terms] = holder.limited

    assert list(limited.values()) == [False, True, True]


def test_an_expired_token_is_nobodys(keyring: Keyring) -> None:
    terms = TokenTerms(expires=NOON + timedelta(hours=1))
    token = keyring.tokens.issue(ANIA, terms, NOON)

    assert keyring.tokens.find(token, NOON + timedelta(minutes=59)) is not None
    assert keyring.tokens.find(token, NOON + timedelta(hours=1)) is None


def test_a_list_shows_the_ending_and_never_the_token(keyring: Keyring) -> None:
    token = keyring.tokens.issue(ANIA, TokenTerms(label="sensor"), NOON).reveal()

    [listed] = keyring.tokens.list_of(ANIA)

    assert (listed.label, listed.ending) == ("sensor", token[-4:])
    assert token[7:-4] not in repr(listed)


def test_a_revoked_token_is_nobodys_at_once(keyring: Keyring) -> None:
    token = keyring.tokens.issue(ANIA, TokenTerms(), NOON)
    [listed] = keyring.tokens.list_of(ANIA)

    keyring.tokens.revoke(ANIA, listed.token_id)

    assert keyring.tokens.find(token, NOON) is None


def test_nobody_revokes_the_token_of_another_account(keyring: Keyring) -> None:
    keyring.tokens.issue(ANIA, TokenTerms(), NOON)
    [listed] = keyring.tokens.list_of(ANIA)

    with pytest.raises(NotFoundError):
        keyring.tokens.revoke(AccountId("account--ben"), listed.token_id)

    assert keyring.tokens.list_of(ANIA) == [listed]


@pytest.mark.parametrize(
    "terms",
    [
        TokenTerms(label=""),
        TokenTerms(label="x" * 201),
        TokenTerms(label="two\nlines"),
        TokenTerms(expires=NOON),
        TokenTerms(expires=datetime.max.replace(tzinfo=WEST)),
        TokenTerms(expires=datetime.min.replace(tzinfo=EAST)),
    ],
)
def test_terms_that_cannot_be_kept_are_refused(
    keyring: Keyring, terms: TokenTerms
) -> None:
    with pytest.raises(InvalidInputError):
        keyring.tokens.issue(ANIA, terms, NOON)


def test_an_account_has_a_limited_number_of_tokens(keyring: Keyring) -> None:
    with keyring.store.transaction():
        for _ in range(TOKENS_MAX):
            keyring.tokens.issue(ANIA, TokenTerms(), NOON)

    with pytest.raises(InvalidInputError, match="revoke one first"):
        keyring.tokens.issue(ANIA, TokenTerms(), NOON)


def test_no_token_is_ever_in_the_file(keyring: Keyring, state_path: Path) -> None:
    token = keyring.tokens.issue(ANIA, TokenTerms(), NOON).reveal()

    files = b"".join(path.read_bytes() for path in state_path.parent.iterdir())

    assert token[7:].encode() not in files


@pytest.mark.parametrize("text", ["", "foedus_", "foedus_\udce9", "x" * 100_000])
def test_what_is_no_token_is_nobodys(keyring: Keyring, text: str) -> None:
    assert keyring.tokens.find(Secret(text), NOON) is None


def test_tokens_of_a_file_from_before_proofs_were_kept_prove_a_password(
    tmp_path: Path,
) -> None:
    before = StateStore(tmp_path / "before" / "state.db")
    column = ",\n    proof      TEXT    NOT NULL DEFAULT 'password'"
    assert column in SCHEMA
    before.ensure(SCHEMA.replace(column, ""))
    insert = (
        "INSERT INTO token (token_id, digest, account_id, label, ending, made_ms) "
        "VALUES ('1', :digest, :account, 'old', '_old', 0)"
    )
    digest = hashlib.sha256(b"foedus_old").digest()
    before.write(insert, {"digest": digest, "account": ANIA})

    upgraded = Keyring(before)
    upgraded.names.reserve("ania", ANIA, at_ms=0)
    holder = upgraded.tokens.find(Secret("foedus_old"), NOON)

    assert holder is not None
    assert holder.proof is Proof.PASSWORD
    before.close()
