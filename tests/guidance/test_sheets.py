from foedus.alliance.nations import Alliance
from foedus.guidance.sheets import from_hub, from_record, hub_citation
from tests.guidance.conftest import TODAY


def test_what_a_record_says_is_told_with_its_sources_basis_and_day(
    nato: Alliance,
) -> None:
    term = next(each for each in nato.pack.glossary if each.term == "Ally")

    item = from_record(nato, term, term.definition)

    assert [each.sid for each in item.source] == ["nato_treaty"]
    assert (item.basis, str(item.as_of)) == ("known", "2024-03-07")


def test_what_the_hub_works_out_is_told_as_its_own(nato: Alliance) -> None:
    item = from_hub(nato, TODAY, "said")

    assert item.source == (hub_citation(nato),)
    assert (item.basis, item.as_of) == ("derived", TODAY)


def test_no_source_of_the_pack_is_called_like_the_hub(nato: Alliance) -> None:
    assert hub_citation(nato).sid not in nato.sources
