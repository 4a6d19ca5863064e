"""Feeds of policy updates, read back by parsers that are not ours."""

from xml.etree import ElementTree as ET

from tests.api.test_updates import PATH, update
from tests.api.world import HOST, Clients

ATOM = "{http://www.w3.org/2005/Atom}"


async def test_atom_holds_what_the_reader_may_see(clients: Clients) -> None:
    sent = update(title="A < B & \x0cC", label="NATO UNCLASSIFIED")
    made = (await clients.pol.post(PATH, sent)).json()
    await clients.pol.post(PATH, update(title="ours"))

    answer = await clients.fin.get(f"{PATH}/feed.atom")
    feed = ET.fromstring(answer.content)  # noqa: S314 - of our own making

    assert answer.headers["content-type"].startswith("application/atom+xml")
    (entry,) = feed.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}title") == "A < B & \ufffdC"
    assert entry.findtext(f"{ATOM}id") == f"urn:uuid:{made['update'][8:]}"
    assert "NATO UNCLASSIFIED" in (entry.findtext(f"{ATOM}rights") or "")
    assert feed.findtext(f"{ATOM}updated") == entry.findtext(f"{ATOM}updated")


async def test_a_feed_of_nothing_is_the_same_for_everybody(clients: Clients) -> None:
    before = await clients.mda.get(f"{PATH}/feed.atom")
    await clients.pol.post(PATH, update())
    after = await clients.mda.get(f"{PATH}/feed.atom")

    assert before.content == after.content
    assert before.headers["etag"] == after.headers["etag"]
    assert b"<updated>1970-01-01T00:00:00.000Z</updated>" in after.content


async def test_json_feed_holds_the_same(clients: Clients) -> None:
    await clients.pol.post(PATH, update(label="NATO UNCLASSIFIED"))

    answer = await clients.fin.get(f"{PATH}/feed.json")
    feed = answer.json()

    assert answer.headers["content-type"] == "application/feed+json"
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["feed_url"] == f"{HOST}{PATH}/feed.json"
    (item,) = feed["items"]
    assert item["content_text"].startswith("Edition 1, effective 2026-12-01.\n\nA day.")
    assert item["tags"] == ["NATO UNCLASSIFIED // REL TO NATO 2024-03-07"]
