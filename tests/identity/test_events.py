import msgspec

from foedus.identity.accounts import Holder
from foedus.identity.events import AccountClosed, AccountOpened, stream
from foedus.ids import AccountId, NationCode
from foedus.releasability.viewers import Role

ANIA = AccountId("account--ania")


def test_an_opening_is_written_as_it_has_always_been() -> None:
    event = AccountOpened(
        account=ANIA,
        nation=NationCode("POL"),
        roles=(Role.DUTY_OFFICER, Role.READER),
        clearance=1,
        holder=Holder.PERSON,
    )

    assert msgspec.json.encode(event) == (
        b'{"kind":"identity.account-opened","account":"account--ania","nation":"POL",'
        b'"roles":["duty-officer","reader"],"clearance":1,"holder":"person"}'
    )


def test_a_closing_is_written_as_it_has_always_been() -> None:
    assert msgspec.json.encode(AccountClosed(account=ANIA)) == (
        b'{"kind":"identity.account-closed","account":"account--ania"}'
    )


def test_every_account_has_a_stream_of_its_own() -> None:
    assert stream(ANIA) == "identity/account--ania"
