"""What the shipped pack tells newcomers, held against the facts it was made from."""

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import parse_pack, print_pack
from foedus.alliance.sourced import Sourced
from tests.alliance.conftest import HARBOUR

FACTS = Path(__file__).parents[3] / "shared/facts"
TOLD = (
    *("articles", "duties", "joiners", "glossary", "mistakes", "questions"),
    *("exercises", "training", "standards", "accession", "frameworks"),
)

Fact = dict[str, Any]


@cache
def facts(name: str) -> Fact:
    if not FACTS.is_dir():
        pytest.skip("the folder ../shared/facts of gathered facts is absent")
    found: Fact = yaml.safe_load((FACTS / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


def reworded(text: str) -> str:
    """Say of a file what the pack, which has no files, says of it."""
    return text.replace("Look up nations.yaml:", "Look up the nation:").replace(
        ": the open status", ": its open status"
    )


def said(fact: Fact) -> tuple[set[str], str, str]:
    sources = fact["source"] if isinstance(fact["source"], list) else [fact["source"]]
    return {each["sid"] for each in sources}, fact["basis"], str(fact["as_of"])


def told(record: Sourced) -> tuple[set[str], str, str]:
    return set(record.sources), record.basis.value, record.as_of.isoformat()


@pytest.mark.parametrize(
    ("file", "key", "part", "by"),
    [
        ("frameworks", "frameworks", "frameworks", "id"),
        ("glossary", "terms", "glossary", "term"),
        ("pitfalls", "pitfalls", "mistakes", "id"),
        ("faq", "faq", "questions", "id"),
        ("measures", "exercises", "exercises", "name"),
        ("measures", "training", "training", "id"),
        ("measures", "standards", "standards", "id"),
        ("measures", "fmn", "standards", "id"),
    ],
)
def test_every_fact_is_shipped_with_its_sources_basis_and_day(
    nato: Alliance, file: str, key: str, part: str, by: str
) -> None:
    shipped = {getattr(each, by): told(each) for each in getattr(nato.pack, part)}

    for fact in facts(file)[key]:
        assert shipped[fact[by]] == said(fact), fact[by]


@pytest.mark.parametrize(
    ("file", "key", "part", "words"),
    [
        ("glossary", "terms", "glossary", "term definition"),
        ("pitfalls", "pitfalls", "mistakes", "id mistake"),
        ("faq", "faq", "questions", "id question answer"),
        ("frameworks", "frameworks", "frameworks", "id name purpose eligible scope"),
        ("measures", "standards", "standards", "id designation title use"),
    ],
)
def test_what_is_shipped_says_what_the_facts_say(
    nato: Alliance, file: str, key: str, part: str, words: str
) -> None:
    by, *rest = words.split()
    shipped = {getattr(each, by): each for each in getattr(nato.pack, part)}

    for fact in facts(file)[key]:
        for word in rest:
            says = reworded(fact[word])
            assert getattr(shipped[fact[by]], word) == says, fact[by]


def test_the_treaty_is_shipped_article_by_article(nato: Alliance) -> None:
    membership = facts("frameworks")["membership"]

    assert [
        (each.article, each.gist, each.trigger, each.obligation)
        for each in nato.pack.articles
    ] == [
        (each["article"], each["gist"], each["trigger"], each["obligation_on_member"])
        for each in membership["articles"]
    ]
    assert len(nato.pack.duties) == len(membership["other_obligations"])


def test_each_assurance_is_shipped_as_it_is_not_given(nato: Alliance) -> None:
    for fact in facts("frameworks")["frameworks"]:
        shipped = nato.frameworks[fact["id"]].assurance
        promised = fact["security_assurance"]
        assert shipped.collective_defence is promised["article5"] is False
        assert shipped.mutual_defence is promised["mutual_defence"] is False
        assert shipped.consultation_on_threat is promised["consultation_on_threat"]
        assert shipped.text == promised["text"]


def test_the_last_four_joiners_have_the_dates_of_the_facts(nato: Alliance) -> None:
    joiners = facts("frameworks")["accession"]["last_four_joiners"]

    assert [each.nation for each in nato.pack.joiners] == ["MNE", "MKD", "FIN", "SWE"]
    for joiner, fact in zip(nato.pack.joiners, joiners, strict=True):
        days = {each.name: each.day for each in joiner.stages if not each.said}
        for name, value in fact.items():
            if isinstance(value, date) and name != "as_of":
                assert days[name.replace("_", " ")] == value
        assert told(joiner) == said(fact)


def test_a_joiner_is_a_member_from_the_day_of_its_deposit_and_not_before(
    nato: Alliance,
) -> None:
    for joiner in nato.pack.joiners:
        deposit = next(each.day for each in joiner.stages if each.step == "deposit")
        assert deposit is not None
        eve = date.fromordinal(deposit.toordinal() - 1)
        assert nato.status(joiner.nation, deposit) == "member"
        assert nato.status(joiner.nation, eve) != "member"


def test_every_record_says_where_it_is_from(nato: Alliance) -> None:
    for part in TOLD:
        records = getattr(nato.pack, part)
        assert records, part
        for record in records:
            assert record.sources, record
            assert set(record.sources) <= set(nato.sources), record


def test_what_was_read_has_a_source_that_was_opened(nato: Alliance) -> None:
    for part in TOLD:
        for record in getattr(nato.pack, part):
            if record.basis == "read":
                assert any(nato.sources[sid].opened for sid in record.sources), record


def test_no_text_points_into_a_file_that_is_not_shipped(nato: Alliance) -> None:
    text = print_pack(nato.pack).decode()

    for file in ("frameworks", "resources", "labels", "nations", "measures"):
        assert f"{file}.yaml" not in text


def test_a_pack_from_before_has_none_of_it_and_loads() -> None:
    document = json.loads(HARBOUR.read_bytes())

    pack = parse_pack(json.dumps(document).encode())

    assert not set(document) & {"articles", "glossary", "mistakes", "exercises"}
    assert (pack.articles, pack.glossary, pack.mistakes) == ((), (), ())
