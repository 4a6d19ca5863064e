"""What changed between two texts, put into words."""

from hypothesis import given
from hypothesis import strategies as st

from foedus.guidance.updates import Change
from foedus.web.differences import KEPT, WORDS_MAX, Paragraph, readable


def change(kind: str, *texts: str) -> list[Change]:
    return [Change(change=kind, text=each) for each in texts]  # type: ignore[arg-type] # a test's own words


def paragraphs(changes: list[Change]) -> list[Paragraph]:
    return [each for stretch in readable(changes) for each in stretch.paragraphs]


def test_a_paragraph_that_was_changed_is_shown_once_by_word() -> None:
    changes = change("removed", "within 72 hours of it") + change(
        "added", "within 24 hours of it"
    )
    (one,) = paragraphs(changes)
    assert [(each.change, each.text) for each in one.pieces] == [
        ("same", "within "),
        ("removed", "72 "),
        ("added", "24 "),
        ("same", "hours of it"),
    ]


def test_what_has_little_in_common_is_gone_and_come() -> None:
    changes = change("removed", "all of this") + change("added", "something else now")
    kinds = [[piece.change for piece in each.pieces] for each in paragraphs(changes)]
    assert kinds == [["removed"], ["added"]]


def test_a_very_long_paragraph_is_not_compared_by_word() -> None:
    words = "word " * WORDS_MAX
    changes = change("removed", words + "x") + change("added", words + "y")
    assert len(paragraphs(changes)) == 2


def test_what_is_far_from_a_change_is_folded() -> None:
    changes = change("same", *"abcdefgh") + change("added", "new") + change("same", "z")
    stretches = readable(changes)
    assert [each.folded for each in stretches] == [True, False]
    assert len(stretches[0].paragraphs) == 8 - KEPT


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["same", "added", "removed"]), st.text("ab c", max_size=9)
        ),
        max_size=9,
    )
)
def test_nothing_is_lost_and_nothing_is_invented(told: list[tuple[str, str]]) -> None:
    changes = [change(kind, text)[0] for kind, text in told]

    def said(*kinds: str) -> str:
        return "".join(
            piece.text.strip()
            for each in paragraphs(changes)
            for piece in each.pieces
            if piece.change in kinds
        ).replace(" ", "")

    def sent(kind: str) -> str:
        texts = (each.text for each in changes if each.change in {"same", kind})
        return "".join(texts).replace(" ", "")

    assert sorted(said("same", "added")) == sorted(sent("added"))
    assert sorted(said("same", "removed")) == sorted(sent("removed"))
