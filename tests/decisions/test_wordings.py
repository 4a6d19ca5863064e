"""What a decision is found by, as its text stands."""

import apsw
import msgspec

from foedus.decisions import wordings
from foedus.releasability.wordings import WordingView, candidates
from foedus.stix.wording import Match, match, query_of
from tests.decisions.stories import Story, text


def test_a_decision_is_found_by_title_id_and_every_word() -> None:
    decision = Story(text("to fly the kite", title="Of harbours")).decision
    found_by = wordings.found_by(decision)
    assert match(query_of("of harbours"), found_by) is Match.WHOLE
    assert match(query_of(decision.id), found_by) is Match.WHOLE
    assert match(query_of("kite harbours"), found_by) is Match.WORDS


def test_an_amended_text_is_found_by_its_new_words_alone() -> None:
    db = apsw.Connection(":memory:")
    db.execute(WordingView.schema)
    decision = Story(text("to fly the kite")).decision

    wordings.note(db, decision, 1)
    later = msgspec.structs.replace(decision, text=text("to light the lantern"))
    wordings.note(db, later, 1)

    def found(word: str) -> tuple[str, ...]:
        return candidates(db, b"\x01", wordings.KIND, query_of(word))

    assert (found("kite"), found("lantern")) == ((), (decision.id,))
    wordings.forget(db, decision.id)
    assert found("lantern") == ()
    db.close()
