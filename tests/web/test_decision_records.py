"""The record on the page: taken, verified, and one that was kept is checked."""

from tests.web.conftest import form_token
from tests.web.deciding import Seats, lay

EVERYBODY = "NATO UNCLASSIFIED // REL TO NATO, MDA"


async def test_a_delegate_verifies_the_record_on_the_page_and_one_that_was_kept(
    seats: Seats,
) -> None:
    path = await lay(seats.hub, label=EVERYBODY, until=seats.in_hours(48))

    async with seats.of("fin") as fin:
        now = await fin.get(f"{path}/verify")
        kept = (await fin.get(f"{path}/record")).text
        token = {"form-token": form_token(now.text)}
        whole = await fin.post(f"{path}/verify", data={**token, "record": kept})
        altered = kept.replace("to release", "to refuse")
        wrong = await fin.post(f"{path}/verify", data={**token, "record": altered})
        empty = await fin.post(f"{path}/verify", data=token)

    assert "The record holds" in now.text
    assert "Under silence" in now.text
    assert "holds, by this hub" in whole.text
    assert wrong.status_code == 422
    assert "The record was altered since it was signed" in wrong.text
    assert empty.status_code == 422


async def test_observers_have_no_record_to_verify(seats: Seats) -> None:
    path = await lay(seats.hub, label=EVERYBODY, until=seats.in_hours(48))

    async with seats.of("mda") as mda:
        assert (await mda.get(f"{path}/verify")).status_code == 403
        assert f"{path}/verify" not in (await mda.get(path)).text
