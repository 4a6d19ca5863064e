import time
from datetime import date
from pathlib import Path

import pytest

from foedus.errors import InvalidInputError
from foedus.guidance.foreign import (
    ENTRIES_MAX,
    ENTRY_LINES_MAX,
    FEED_BYTES_MAX,
    plain,
    read_feed,
)
from foedus.guidance.rules import LINES_MAX, TEXT_MAX, TITLE_MAX

RSS = """<?xml version="1.0"?>
<rss version="2.0"><channel><title>Advisories &amp; more</title>
{items}
</channel></rss>"""

ITEM = """<item><title>{title}</title><guid>{key}</guid><link>{link}</link>
<pubDate>Mon, 05 Oct 2026 23:30:00 -0200</pubDate>
<description>{text}</description></item>"""

ATOM = b"""<?xml version="1.0"?>
<feed xmlns="http://www.w3.org/2005/Atom"><title>Notices</title>
<entry><title>Second</title><id>tag:x,2026:2</id><updated>2026-11-02T00:00:00Z</updated>
<content type="html">
&lt;p&gt;New &lt;b&gt;rule&lt;/b&gt;.&lt;/p&gt;&lt;p&gt;Read it.&lt;/p&gt;</content>
<link href="https://x.example/2"/></entry>
<entry><title>First</title><id>tag:x,2026:1</id><updated>2026-11-01T00:00:00Z</updated>
<summary>Old rule.</summary></entry></feed>"""


def rss(*items: dict[str, str]) -> bytes:
    filled = (
        ITEM.format(**{"title": "A", "key": "1", "link": "", "text": "t"} | each)
        for each in items
    )
    return RSS.format(items="".join(filled)).encode()


def test_atom_is_read_as_plain_text_with_its_source() -> None:
    feed = read_feed(ATOM)

    assert feed.title == "Notices"
    assert [each.key for each in feed.entries] == ["tag:x,2026:2", "tag:x,2026:1"]
    assert feed.entries[0].published == date(2026, 11, 2)
    assert feed.entries[0].text == (
        "New rule.\nRead it.\n\nFrom Notices, 2026-11-02.\nhttps://x.example/2"
    )


def test_rss_is_read_with_the_day_in_utc() -> None:
    (entry,) = read_feed(rss({"link": "https://x.example/1"})).entries

    assert (entry.title, entry.published) == ("A", date(2026, 10, 6))
    assert entry.text.endswith(
        "From Advisories & more, 2026-10-06.\nhttps://x.example/1"
    )


def test_an_entry_without_an_id_is_known_by_its_link() -> None:
    item = "<item><title>A</title><link>https://x.example/1</link></item>"

    (entry,) = read_feed(RSS.format(items=item).encode()).entries

    assert entry.key == "https://x.example/1"


def test_what_cannot_be_known_again_is_left_out() -> None:
    feed = read_feed(RSS.format(items="<item><title>A</title></item>").encode())

    assert (feed.entries, feed.left_out) == ((), 1)


@pytest.mark.parametrize(
    ("marked", "words"),
    [
        ("<script>alert(1)</script>Read.", "Read."),
        ("<style>p {}</style><p>One<p>Two", "One\nTwo"),
        ("<p>One</p><ul><li>Two</li><li>Three</li></ul>", "One\nTwo\nThree"),
        ("a<br/>b&lt;script&gt;", "a\nb<script>"),
        ('<a href="javascript:alert(1)">Here</a>', "Here"),
        ("<img src=x onerror=alert(1)>&nbsp;x", "x"),
        ("a\u202eb\x00c\x07", "abc"),
        ("R&D &copy; &a &amp;lt; 1 &lt; 2\ue000", "R&D © &a &lt; 1 < 2"),
    ],
)
def test_of_mark_up_the_words_stay(marked: str, words: str) -> None:
    assert plain(marked) == words


def test_only_addresses_of_the_web_are_written_out() -> None:
    (entry,) = read_feed(rss({"link": "javascript:alert(1)"})).entries

    assert "javascript" not in entry.text


def test_too_much_is_cut_with_a_note_and_stays_within_the_rules() -> None:
    lines = "&lt;br&gt;".join(map(str, range(ENTRY_LINES_MAX + 1)))
    long = "x" * (TEXT_MAX + 1)

    many, huge = read_feed(
        rss({"text": lines}, {"key": "2", "text": long, "title": long})
    ).entries

    assert "(1 further lines are left out.)" in many.text
    assert len(many.text.splitlines()) <= LINES_MAX
    assert (len(huge.text), len(huge.title)) == (TEXT_MAX, TITLE_MAX)


def test_a_feed_has_so_many_entries_and_no_more() -> None:
    feed = read_feed(rss(*({"key": str(n)} for n in range(ENTRIES_MAX + 1))))

    assert len(feed.entries) == ENTRIES_MAX
    assert feed.left_out == 1


@pytest.mark.parametrize("raw", [b"", b"<html><p>No.</p></html>", b"{}", b"\xff\xfe"])
def test_what_is_no_feed_is_refused(raw: bytes) -> None:
    with pytest.raises(InvalidInputError, match="no RSS or Atom feed"):
        read_feed(raw)


def test_a_feed_has_so_many_bytes_and_no_more() -> None:
    with pytest.raises(InvalidInputError, match="at most"):
        read_feed(b" " * (FEED_BYTES_MAX + 1))


def test_entities_that_multiply_are_not_followed() -> None:
    defined = "".join(
        f'<!ENTITY {one} "{f"&{other};" * 10}">'
        for one, other in zip("bcdefghi", "abcdefgh", strict=True)
    )
    head = f'<!DOCTYPE rss [<!ENTITY a "{"x" * 100}">{defined}]>'
    bomb = rss({"text": "&i;"}).replace(b"<rss", head.encode() + b"<rss", 1)

    try:
        feed = read_feed(bomb)
    except InvalidInputError:
        return
    assert all(len(each.text) <= TEXT_MAX for each in feed.entries)


def test_bytes_that_name_a_file_are_no_feed(tmp_path: Path) -> None:
    file = tmp_path / "feed.xml"
    file.write_bytes(rss({"title": "On disk"}))
    with pytest.raises(InvalidInputError, match="no RSS or Atom"):
        read_feed(str(file).encode())


def test_mark_up_that_never_ends_is_read_in_one_pass() -> None:
    began = time.process_time()
    plain("<p " * 200_000)
    plain("&#" * 100_000)
    assert time.process_time() - began < 1  # looking again from each takes minutes
