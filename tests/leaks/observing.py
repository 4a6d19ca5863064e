"""Asking the hub what an account sees, in every way that TAXII has, and its releases.

What is recorded is plain data: a question, the code of the answer, and the records in
it; a page of objects has no dates but its ends.
"""

import msgspec
import orjson

from tests.leaks.driver import Driver
from tests.leaks.pages import Record, read_page, records
from tests.leaks.world import ACCOUNTS, COLLECTIONS, DANGLING, IDS


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What an account was answered.

    Attributes:
        surface: which endpoint was asked.
        detail: the id that was asked for, or the filter of versions.
    """

    surface: str
    account: str
    collection: str = ""
    detail: str = ""
    status: int
    records: list[Record]


async def observe(driver: Driver, *, closely: bool) -> list[Seen]:
    """Ask as everybody; `closely` also asks for every single object."""
    found: list[Seen] = []
    for account in filter(driver.knows, ACCOUNTS):
        found.append(await _collections(driver, account))
        found.append(await _releases(driver, account))
        found.append(await _recalls(driver, account))
        for collection in COLLECTIONS:
            found += await _lists(driver, account, collection.id)
            if closely:
                found += await _singly(driver, account, collection.id)
    return found


async def glance(driver: Driver, account: str) -> list[Seen]:
    """Ask for the whole manifest of each collection, for releases and for recalls."""
    found = [await _releases(driver, account), await _recalls(driver, account)]
    for collection in COLLECTIONS:
        manifest = ("manifest", collection.id, "all")
        found.append(await _walk(driver, account, manifest, limit=1_000))
    return found


async def _collections(driver: Driver, account: str) -> Seen:
    answer = await driver.taxii(account, "GET", "/collections/")
    listed = answer.json().get("collections", [])
    return Seen(
        surface="collections",
        account=account,
        status=answer.status_code,
        records=[
            (each["id"], f"{each['can_read']} {each['can_write']}", 0)
            for each in listed
        ],
    )


async def _releases(driver: Driver, account: str) -> Seen:
    answer = await driver.api(account, "GET", "/releases")
    listed = answer.json()["releases"] if answer.is_success else []
    return Seen(
        surface="releases",
        account=account,
        status=answer.status_code,
        records=sorted(
            (each["release"], f"{each['state']} {sorted(each['consents'])}", 0)
            for each in listed
        ),
    )


async def _recalls(driver: Driver, account: str) -> Seen:
    answer = await driver.api(account, "GET", "/recalls")
    listed = answer.json()["recalls"] if answer.is_success else []
    return Seen(
        surface="recalls",
        account=account,
        status=answer.status_code,
        records=sorted(
            (each["id"], f"{each['nation']} {each['asks']}", 0) for each in listed
        ),
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
    """Go through all pages of a list."""
    surface, collection, match = listing
    url = f"/collections/{collection}/{surface}/"
    query = {"match[version]": match, "limit": str(limit)}
    found: list[Record] = []
    while True:
        answer = await driver.taxii(account, "GET", url, query=query)
        page = read_page(answer, surface, limit)
        found += page.records
        if not page.more:
            break
        query["next"] = page.next or ""
    return Seen(
        surface=surface,
        account=account,
        collection=collection,
        detail=match,
        status=page.status,
        records=found,
    )


async def _singly(driver: Driver, account: str, collection: str) -> list[Seen]:
    found: list[Seen] = []
    for stix_id in (*IDS, DANGLING):
        url = f"/collections/{collection}/objects/{stix_id}/"
        query = {"match[version]": "all"}
        answer = await driver.taxii(account, "GET", url, query=query)
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
                records=records(objects, "objects"),
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
