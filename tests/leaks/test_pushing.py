"""What is pushed, by webhook and by letter, tells nothing of what is hidden.

Two worlds: in one Finland hides a thing from the reader and withdraws it again, in the
other only time passes. What leaves for the reader must be the same, byte for byte.
"""

from datetime import timedelta
from pathlib import Path

import msgspec
import pytest

from foedus.clock import to_ms
from foedus.hub import Hub
from foedus.identity.accounts import Account, Holder
from foedus.identity.digests import Digest, Every, Order
from foedus.processes.digests import compose
from foedus.processes.webhook_reading import Batch
from foedus.processes.webhook_registering import Application, register
from tests.leaks.acts import Withdraw
from tests.leaks.attacking import HIDDEN, hide
from tests.leaks.driver import Driver, running
from tests.leaks.founding import Keys
from tests.leaks.proofs import CAMPAIGN, OPEN, PUBLIC, REPORT, TOOL, post, thing

READERS = ("swe", "mda-restricted", "jpn")
RESTRICTED = "NATO RESTRICTED // REL TO FIN, SWE"
KEPT = "NATO UNCLASSIFIED // REL TO FIN, SWE // NO ONWARD RELEASE"


def service(hub: Hub, name: str) -> Account:
    account = hub.authenticator.named(name)
    return msgspec.structs.replace(account, holder=Holder.SERVICE)


async def lived(keys: Keys, folder: Path, name: str, *, is_there: bool) -> list[object]:
    """Let things happen, and give what leaves for a reader after each of them."""
    left: list[object] = []
    async with running(keys, folder) as driver:
        hub, account = driver.hub, service(driver.hub, name)
        asked = Application(url="https://siem.example/in", ceiling="NU")
        webhook, _ = await register(hub.dispatch, account, asked, at=hub.clock())
        order = Order(address="a@b.example", minute=0, zone="UTC", every=Every.DAY)
        hub.keyring.digests.set(account.id, order, at_ms=to_ms(hub.clock()))
        digest = hub.keyring.digests.find(account.id)
        assert digest is not None
        batch: Batch | None = None
        for step in range(4):
            await act(driver, step, is_there=is_there)
            course = batch.course if batch else None
            batch = hub.dispatch.reader.read(webhook, course, hub.clock())
            left += [batch.body, batch.place, batch.passed, letter(hub, digest)]
    return left


async def act(driver: Driver, step: int, *, is_there: bool) -> None:
    if step % 2 == 0:
        found = (REPORT, CAMPAIGN)[step // 2]
        await driver.do(post("fin", thing(found, PUBLIC)))
    elif not is_there:
        driver.pass_by()
    elif step == 1:
        await hide(driver)
    else:
        gone = Withdraw(account="fin", collection=OPEN, id=HIDDEN, match="all")
        await driver.do(gone)


def letter(hub: Hub, digest: Digest) -> object:
    desk = msgspec.structs.replace(
        hub.digest_desk, key=bytes(64)
    )  # each hub has its own
    return compose(desk, digest, hub.clock() + timedelta(minutes=1))


@pytest.mark.parametrize("name", READERS)
async def test_what_leaves_is_the_same_with_and_without_what_is_hidden(
    keys: Keys, folder: Path, name: str
) -> None:
    there = await lived(keys, folder / "1", name, is_there=True)
    absent = await lived(keys, folder / "2", name, is_there=False)
    assert there == absent
    assert any(there), "something leaves"


async def test_a_letter_and_a_webhook_hold_no_word_of_what_may_not_leave(
    hub: Driver,
) -> None:
    account = service(hub.hub, "swe")
    asked = Application(url="https://siem.example/in", ceiling="NU")
    at = hub.hub.clock()
    webhook, _ = await register(hub.hub.dispatch, account, asked, at=at)
    order = Order(address="a@b.example", minute=0, zone="UTC", every=Every.DAY)
    hub.hub.keyring.digests.set(account.id, order, at_ms=to_ms(at))
    digest = hub.hub.keyring.digests.find(account.id)
    assert digest is not None
    await hub.do(post("fin", thing(TOOL, RESTRICTED), thing(REPORT, KEPT)))

    batch = hub.hub.dispatch.reader.read(webhook, None, hub.hub.clock())
    said = str(letter(hub.hub, digest)).encode()

    assert b"0 public, 2 not" in said
    for secret in (TOOL, REPORT, "RESTRICTED", "ONWARD", "REL TO", "FIN"):
        assert secret.encode() not in batch.body + said
