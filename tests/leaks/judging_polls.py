"""Clients that go on where they left off: every page, and every interval.

- A page is the first so many of what stands behind the client's place, as the oracle
  has it at that moment.
- A delivery that stands is given exactly once to every client that has come to the
  end; one that is gone, at most once. This counts what the hub gave, and asks the
  oracle only what stood.

Source: DESIGN §6, "Deliveries"; releasability reference, 7.1, I6.
"""

from collections import Counter

from tests.leaks.acts import Poll
from tests.leaks.oracle import Oracle
from tests.leaks.oracle_views import Delivery
from tests.leaks.pages import Page
from tests.leaks.world import ACCOUNTS

Client = tuple[str, ...]


class Clients:
    """All clients of a history.

    Attributes:
        intervals: how many deliveries were given to clients that take all versions.
    """

    def __init__(self, oracle: Oracle) -> None:
        self._oracle = oracle
        self._places: dict[Client, int] = {}
        self._given: dict[Client, Counter[int]] = {}
        self._known: dict[int, Delivery] = {}
        self._drained: dict[Client, Poll] = {}

    @property
    def intervals(self) -> int:
        return sum(given.total() for given in self._given.values())

    def judge(self, act: Poll, pages: list[Page]) -> list[str]:
        """Judge the pages that a client was given."""
        found: list[str] = []
        for page in pages:
            self._count(act, page)
            status, records, more = self._expected(act)
            told = (page.status, page.records, page.more)
            if act.surface != "manifest":
                records_told = [(*each[:2], 0) for each in records]
            else:
                records_told = records
            if told != (status, records_told, more):
                found.append(
                    f"{act}\n    hub    {told}\n"
                    f"    oracle {(status, records_told, more)}"
                )
            ends = (records[0][2], records[-1][2]) if records else None
            if page.ends != ends:
                found.append(f"{act}: ends {page.ends}, should be {ends}")
            if page.ends is not None:
                self._places[act.client] = page.ends[1]
        self._drained.pop(act.client, None)
        if pages and pages[-1].status == 200 and not pages[-1].more:
            self._drained[act.client] = act
        return found

    def _expected(self, act: Poll) -> tuple[int, list[tuple[str, str, int]], bool]:
        account = ACCOUNTS[act.account]
        if not self._oracle.may_read(account, act.collection):
            writes = self._oracle.may_write(account, act.collection)
            return (403 if writes else 404), [], False
        place = self._places.get(act.client, 0)
        behind = [
            (each.id, each.version, each.added_us)
            for each in self._oracle.seen(account, act.collection, act.match)
            if each.added_us > place
        ]
        return 200, behind[: act.limit], len(behind) > act.limit

    def _count(self, act: Poll, page: Page) -> None:
        """Note which deliveries a page gave, as far as they stand."""
        if act.match != "all":
            return
        given = self._given.setdefault(act.client, Counter())
        standing = self._standing(act)
        for stix_id, version, _ in page.records:
            delivery = standing.get((stix_id, version))
            if delivery is not None:
                self._known[id(delivery)] = delivery
                given[id(delivery)] += 1

    def _standing(self, act: Poll) -> dict[tuple[str, str], Delivery]:
        account = ACCOUNTS[act.account]
        found = self._oracle.seen(account, act.collection)
        return {(each.id, each.version): each for each in found}

    def judge_intervals(self) -> list[str]:
        """Judge, at the end, how often each delivery was given to each client."""
        found = [
            f"{client} was given {self._known[key].id} {times} times"
            for client, given in self._given.items()
            for key, times in given.items()
            if times > 1
        ]
        for client, act in self._drained.items():
            if act.match == "all":
                found += [
                    f"{client} was never given {each.id} {each.version}"
                    for each in self._standing(act).values()
                    if not self._given[client][id(each)]
                ]
        return found
