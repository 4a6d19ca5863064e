"""Asking the hub what an account sees, in every way that TAXII has.

What is recorded is plain data: a question, the code of the answer, and the records in
it as (id, version, date added in µs); a page of objects has no dates but its ends.
"""

from datetime import datetime
from typing import Any

import httpx
import msgspec
import orjson

from foedus.clock import EPOCH
from tests.leaks.driver import Driver
from tests.leaks.oracle_items import version_of
from tests.leaks.world import ACCOUNTS, COLLECTIONS, DANGLING, IDS

Record = tuple[str, str, int]
"""(id, version, date added in µs; 0 where it is not told)."""


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What an account was answered.

    Attributes:
        surface: which endpoint was asked.
        detail: the id that was asked for, or the filter of versions.
    """

    surface: str
    account: str
    collection: str
    detail: str
    status: int
    records: list[Record]


def microseconds(text: str) -> int:
    return (datetime.fromisoformat(text) - EPOCH) // datetime.resolution


async def observe(driver: Driver, *, closely: bool) -> list[Seen]:
    """Ask as everybody; `closely` also asks for every single object."""
    found: list[Seen] = []
    for account in ACCOUNTS:
        found.append(await _collections(driver, account))
        for collection in COLLECTIONS:
            found += await _lists(driver, account, collection.id)
            if closely:
                found += await _singly(driver, account, collection.id)
    return found


async def _collections(driver: Driver, account: str) -> Seen:
    answer = await driver.taxii(account, "GET", "/collections/")
    listed = answer.json().get("collections", [])
    records = [
        (each["id"], f"{each['can_read']} {each['can_write']}", 0) for each in listed
    ]
    return Seen(
        surface="collections",
        account=account,
        collection="",
        detail="",
        status=answer.status_code,
        records=records,
    )


async def _lists(driver: Driver, account: str, collection: str) -> list[Seen]:
    return [
        await _walk(driver, account, ("manifest", collection, "all"), limit=1_000),
        await _walk(driver, account, ("manifest", collection, "last"), limit=5),
        await _walk(driver, account, ("objects", collection, "all"), limit=7),
        await _walk(driver, account, ("objects", collection, "first"), limit=1_000),
    ]


async def _walk(
    driver: Driver, account: str, listing: tuple[str, str, str], *, limit: int
) -> Seen:
    """Go through all pages of a list, checking that they fit together."""
    surface, collection, match = listing
    url = f"/collections/{collection}/{surface}/"
    query = {"match[version]": match, "limit": str(limit)}
    records: list[Record] = []
    while True:
        answer = await driver.taxii(account, "GET", url, params=query)
        if answer.status_code != httpx.codes.OK:
            break
        page = answer.json()
        found = _records(page.get("objects", []), surface)
        if found and surface == "manifest":
            ends = [
                answer.headers[f"X-TAXII-Date-Added-{e}"] for e in ("First", "Last")
            ]
            assert [found[0][2], found[-1][2]] == [*map(microseconds, ends)], ends
        assert len(found) <= limit, "a page is never longer than asked for"
        records += found
        if not page.get("more"):
            break
        assert found, "a page with more is never empty"
        query["next"] = page["next"]
    return Seen(
        surface=surface,
        account=account,
        collection=collection,
        detail=match,
        status=answer.status_code,
        records=records,
    )


def _records(found: list[dict[str, Any]], surface: str) -> list[Record]:
    if surface == "manifest":
        return [
            (each["id"], each["version"], microseconds(each["date_added"]))
            for each in found
        ]
    return [(each["id"], version_of(each), 0) for each in found]


async def _singly(driver: Driver, account: str, collection: str) -> list[Seen]:
    found: list[Seen] = []
    for stix_id in (*IDS, DANGLING):
        url = f"/collections/{collection}/objects/{stix_id}/"
        query = {"match[version]": "all"}
        answer = await driver.taxii(account, "GET", url, params=query)
        objects = orjson.loads(answer.content).get("objects", [])
        versions = await driver.taxii(account, "GET", f"{url}versions/")
        listed = versions.json().get("versions", [])
        found += [
            Seen(
                surface="object",
                account=account,
                collection=collection,
                detail=stix_id,
                status=answer.status_code,
                records=_records(objects, "objects"),
            ),
            Seen(
                surface="versions",
                account=account,
                collection=collection,
                detail=stix_id,
                status=versions.status_code,
                records=[(stix_id, each, 0) for each in listed],
            ),
        ]
    return found
