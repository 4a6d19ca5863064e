import msgspec
import pytest

from foedus.identity.accounts import (
    Account,
    AccountFacts,
    Holder,
    account_of,
    proven,
    takes_two_factors,
)
from foedus.identity.proofs import GUARDED, TWO_FACTORS, Proof
from foedus.ids import AccountId, NationCode
from foedus.releasability.viewers import Role, Viewer

PERSON = Account(
    id=AccountId("account--1"),
    name="ania",
    nation=NationCode("POL"),
    roles=frozenset({Role.READER, Role.PUBLISHER, Role.DELEGATE, Role.DUTY_OFFICER}),
    clearance=1,
    holder=Holder.PERSON,
    open=True,
)


def test_an_account_looks_at_the_hub_with_its_nation_clearance_and_roles() -> None:
    facts = AccountFacts(
        nation=NationCode("POL"),
        roles=frozenset({Role.READER}),
        clearance=2,
        holder=Holder.SERVICE,
        open=True,
    )

    account = account_of(AccountId("account--1"), "sensor", facts)

    assert account.name == "sensor"
    assert account.viewer() == Viewer(
        nation=NationCode("POL"),
        clearance=2,
        roles=frozenset({Role.READER}),
        account=AccountId("account--1"),
    )


@pytest.mark.parametrize("proof", sorted(set(Proof) - TWO_FACTORS))
def test_one_factor_withholds_what_takes_two(proof: Proof) -> None:
    account = proven(msgspec.structs.replace(PERSON, proof=proof))

    assert account.roles == {Role.READER, Role.PUBLISHER}
    assert account.withheld == {Role.DELEGATE, Role.DUTY_OFFICER}


@pytest.mark.parametrize("proof", sorted(TWO_FACTORS))
def test_two_factors_open_every_role(proof: Proof) -> None:
    shown = msgspec.structs.replace(PERSON, proof=proof)

    assert proven(shown) == shown


def test_a_service_needs_no_second_factor() -> None:
    service = msgspec.structs.replace(PERSON, holder=Holder.SERVICE)

    assert not takes_two_factors(service)
    assert proven(service) == service


def test_an_account_without_guarded_roles_needs_none() -> None:
    reader = msgspec.structs.replace(PERSON, roles=frozenset(Role) - GUARDED)

    assert not takes_two_factors(reader)
    assert proven(reader) == reader
