"""Documents as a page."""

from foedus.paper.documents import Chapter, Document, Table, number, row
from foedus.paper.html import as_html

EVIL = "<script>alert(1)</script>"


def document(text: str) -> Document:
    table = Table(
        name="t", title=text, head=("a", text), widths=(1, 1),
        rows=(row(text, number("1")),), caption=text,
    )  # fmt: skip
    chapter = Chapter(
        name="one", title=text, says=(text,), tables=(table,), sources=(text,)
    )
    return Document(
        title=text, label=text, summary=text, facts=((text, text),),
        chapters=(chapter,), foot=(text,),
    )  # fmt: skip


def test_whatever_is_told_is_text_on_the_page() -> None:
    page = as_html(document(EVIL)).decode()

    assert "<script" not in page
    assert page.count("&lt;script&gt;") == 16


def test_numbers_stand_below_a_heading_of_numbers() -> None:
    page = as_html(document("x")).decode()

    assert '<th scope="col" class="number">x</th>' in page
    assert '<td class="number">1</td>' in page


def test_a_page_goes_light_and_dark_and_to_a_printer() -> None:
    page = as_html(document("x")).decode()

    assert "color-scheme:light dark" in page
    assert "@media print" in page
