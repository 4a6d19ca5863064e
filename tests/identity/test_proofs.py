import msgspec
import pytest

from foedus.identity.accounts import Account, Holder
from foedus.identity.proofs import GUARDED, TWO_FACTORS, Proof, proven
from foedus.ids import AccountId, NationCode
from foedus.releasability.viewers import Role

PERSON = Account(
    id=AccountId("account--1"),
    name="ania",
    nation=NationCode("POL"),
    roles=frozenset({Role.READER, Role.PUBLISHER, Role.DELEGATE, Role.DUTY_OFFICER}),
    clearance=1,
    holder=Holder.PERSON,
    open=True,
)


@pytest.mark.parametrize("proof", sorted(set(Proof) - TWO_FACTORS))
def test_one_factor_withholds_what_takes_two(proof: Proof) -> None:
    account = proven(PERSON, proof)

    assert account.roles == {Role.READER, Role.PUBLISHER}
    assert account.withheld == {Role.DELEGATE, Role.DUTY_OFFICER}


@pytest.mark.parametrize("proof", sorted(TWO_FACTORS))
def test_two_factors_open_every_role(proof: Proof) -> None:
    assert proven(PERSON, proof) == PERSON


def test_a_service_needs_no_second_factor() -> None:
    service = msgspec.structs.replace(PERSON, holder=Holder.SERVICE)

    assert proven(service, Proof.PASSWORD) == service


def test_an_account_without_guarded_roles_needs_none() -> None:
    reader = msgspec.structs.replace(PERSON, roles=frozenset(Role) - GUARDED)

    assert proven(reader, Proof.PASSWORD) == reader
