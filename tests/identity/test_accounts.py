from foedus.identity.accounts import AccountFacts, Holder, account_of
from foedus.ids import AccountId, NationCode
from foedus.releasability.viewers import Role, Viewer


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
