"""Documents on paper."""

from foedus.paper import pdf
from foedus.paper.documents import Chapter, Document, Plot, Table, row
from foedus.paper.drawings import svg, words


def test_whatever_is_told_is_text_and_never_a_command() -> None:
    text = '#panic("no") $x$ *a* _b_ @c `d` [e]'
    table = Table(
        name="t", title=text, head=(text,), widths=(1,), rows=(row(text),), caption=text
    )
    drawn = svg("t", (10, 900), [words((1, 1), text)])
    plot = Plot(title=text, caption=text, svg=drawn, width=10, height=900)
    chapter = Chapter(
        name="one",
        title=text,
        says=(text,),
        plots=(plot,),
        tables=(table,),
        sources=(text,),
    )
    document = Document(
        title=text,
        label=text,
        summary=text,
        facts=((text, text),),
        chapters=(chapter,),
        foot=(text,),
    )

    assert pdf.as_pdf(document).startswith(b"%PDF")
