"""Markings: what is understood, what is refused, and that printing reads back."""

import json
import re
import time
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from foedus.alliance.vocabulary import Vocabulary
from foedus.errors import LabelError
from foedus.releasability.markings import (
    LOOK_LENGTH,
    MARKING_LENGTH_MAX,
    Candidate,
    Marking,
    looks_like_marking,
    parse_marking,
    print_marking,
)

ROOT = Path(__file__).parents[2]
PACK = ROOT / "src/foedus/alliance/packs/nato/markings.json"
CORPUS = json.loads((ROOT / "tests/data/label-corpus.json").read_text("utf-8"))
CASES = CORPUS["cases"]
FACTS = ROOT.parent / "shared/facts/labels.yaml"

NATO = msgspec.convert(json.loads(PACK.read_text("utf-8"))["markings"], Vocabulary)


def code_of(text: str, vocabulary: Vocabulary = NATO) -> str:
    with pytest.raises(LabelError) as refusal:
        parse_marking(text, vocabulary)
    return refusal.value.code


# The corpus


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_each_case_of_the_corpus_is_read_or_refused_as_it_says(
    case: dict[str, object],
) -> None:
    try:
        marking = parse_marking(str(case["text"]), NATO)
        outcome = marking.as_expect(), None, marking.legacy
    except LabelError as refusal:
        outcome = None, refusal.code, False
    assert outcome == (case["expect"], case.get("error"), case.get("legacy", False))


@pytest.mark.parametrize("case", CASES, ids=[case["text"] for case in CASES])
def test_each_case_of_the_corpus_looks_like_a_marking(case: dict[str, object]) -> None:
    assert looks_like_marking(str(case["text"]), NATO)


def test_the_corpus_has_seventy_cases_with_sources_and_basis() -> None:
    assert len(CASES) == 70
    assert all(case["basis"] for case in CASES)
    assert {sid for case in CASES for sid in case["source"]} <= set(CORPUS["sources"])


def test_the_corpus_equals_the_facts() -> None:
    yaml = pytest.importorskip("yaml", reason="the facts are YAML")
    if not FACTS.exists():
        pytest.skip("the facts are not beside this checkout")
    facts = yaml.safe_load(FACTS.read_text("utf-8"))["parser_corpus"]
    told = ("text", "valid", "attested", "expect", "note", "error", "legacy", "basis")
    assert [{key: case.get(key) for key in told} for case in CASES] == [
        {key: fact.get(key) for key in told} for fact in facts
    ]


def test_the_pack_has_the_level_words_and_nations_of_the_facts() -> None:
    yaml = pytest.importorskip("yaml", reason="the facts are YAML")
    if not FACTS.exists():
        pytest.skip("the facts are not beside this checkout")
    facts = yaml.safe_load(FACTS.read_text("utf-8"))
    for level in facts["levels"]["items"]:
        for text in (level["name"], level["abbr"], level["fr"]):
            assert parse_marking(text, NATO).classification == level["policy_value"]
    named = facts["release_nation_codes"]["codes"]
    for nation in named:
        by_code = parse_marking(f"NR REL TO {nation['code']}", NATO)
        by_name = parse_marking(f"NR REL TO {nation['phrase']}", NATO)
        assert by_code == by_name
    for tag in facts["machine_tags"]["nato"]:
        by_tag, meant = (parse_marking(tag[key], NATO) for key in ("tag", "means"))
        assert by_tag == meant


def test_every_portion_code_and_machine_tag_reads_as_what_it_stands_for() -> None:
    for portion in NATO.portions:
        meant = parse_marking(portion.means, NATO)
        assert parse_marking(f"(//{portion.text})", NATO) == meant
        assert parse_marking(f"({portion.text.lower()})", NATO) == meant
    for tag in NATO.tags:
        assert parse_marking(tag.text, NATO) == parse_marking(tag.means, NATO)


def test_every_foreign_marking_of_the_pack_reads_as_its_own_or_as_ambiguous() -> None:
    for policy in NATO.foreign:
        for mark in policy.marks:
            for text in mark.spellings:
                said = parse_marking(text, NATO)
                assert said.policy in {
                    policy.policy,
                    "ambiguous",
                    "national (unstated)",
                }


# Reading


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("  nato\tsecret\n", "NATO SECRET"),
        ("OTAN DIFFUSION RESTREINTE", "NATO RESTRICTED"),
        ("COSMIC TRES SECRET", "COSMIC TOP SECRET"),
        ("COSMIC TRE\u0300S SECRET", "COSMIC TOP SECRET"),
        ("NATO RESTRICTED Communicable a SWE", "NATO RESTRICTED REL TO Sweden"),
        ("NATO RESTRICTED REL TO: NATO, SWE", "NATO RESTRICTED REL TO Sweden"),
        ("NR REL TO BLG, FYR", "NR REL TO BGR, MKD"),
        ("NR REL TO Korea, Republic of, Japan", "NR REL TO KOR, JPN"),
        ("NR REL TO Bosnia and Herzegovina and Serbia", "NR REL TO BIH, SRB"),
        ("NR REL TO SWE, ET UKR & FIN", "NR REL TO SWE, UKR, FIN"),
        ("NR REL TO Türkiye", "NR REL TO TUR"),
        ("NR SWE SEULEMENT Communicable à UKR", "NR SWE ONLY REL TO UKR"),
        ("NU - MEDICAL - STAFF", "NATO UNCLASSIFIED \u2013 MEDICAL STAFF"),
        ("//NATO SECRET", "NATO SECRET"),
        ("NATO SECRET - ATOMAL - CRYPTO", "NATO SECRET ATOMAL CRYPTO"),
        ("VS-NUR FUR DEN DIENSTGEBRAUCH", "de-vs:Einstufung=“VS-NfD”"),
    ],
)
def test_spellings_that_mean_the_same_read_the_same(text: str, same: str) -> None:
    assert parse_marking(text, NATO) == parse_marking(same, NATO)


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        ("NATO UNCLASSIFIED STAFF", "administrative_dash_missing"),
        ("TLP: AMBER", "blank_after_colon"),
        ("NR REL TO NATO", "release_to_context_only"),
        ("NR REL TO SWE, Sweden", "repeated_entity"),
        ("NR REL TO ISAF", "legacy_entity"),
        ("SECRET", "nation_unstated"),
        ("RESERVADO", "nation_ambiguous"),
    ],
)
def test_what_is_forgiven_is_warned_of(text: str, warning: str) -> None:
    assert parse_marking(text, NATO).warnings == (warning,)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "empty_marking"),
        (" \n", "empty_marking"),
        ("Copyright 2026", "unknown_marking"),
        ("NATO", "missing_classification"),
        ("NATO/KFOR Releasable to Sweden", "missing_classification"),
        ("NATO ONLY", "missing_classification"),
        ("NATO SECRTE", "unknown_marking"),
        ("NATO TRÈS SECRET", "unknown_marking"),
        ("NATO/MARS SECRET", "unknown_context"),
        ("NATO SECRET.", "trailing_words"),
        ("NATO SECRET Sweden", "trailing_words"),
        ("NATO SECRET // REL TO SWE", "trailing_words"),
        ("//NATO SECRET//REL TO SWE", "trailing_words"),
        ("NATO SECRET SWE UKR ONLY", "trailing_words"),
        ("NR SWE, ONLY", "unknown_entity"),
        ("NR Suède Seulement", "unknown_entity"),
        ("NR ONLY", "empty_only_list"),
        ("NR REL TO SWE ONLY", "ambiguous_only"),
        ("NR REL TO SWE UKR", "trailing_words"),
        ("NR REL TO FVEY", "unknown_entity"),
        ("NR REL TO Korea", "unknown_entity"),
        ("NATO SECRET - HOUSE", "unknown_caveat"),
        ("NATO SECRET -", "unknown_caveat"),
        ("NATO SECRET - PUBLICLY DISCLOSED", "stamp_on_classified"),
        ("NU - PUBLICLY DISCLOSED STAFF", "trailing_words"),
        ("PUBLIC", "not_a_label"),
        ("unmarked", "not_a_label"),
        ("//", "unknown_marking"),
        ("//SECRET//", "unknown_marking"),
        ("()", "unknown_marking"),
        ("(//XX)", "unknown_marking"),
        ("(NATO SECRET)", "unknown_marking"),
        ("N\u200bATO SECRET", "unknown_marking"),
        ("TLP", "malformed_tlp"),
        ("TLP:", "malformed_tlp"),
        ("TLP AMBER", "malformed_tlp"),
        ("TLP :AMBER", "malformed_tlp"),
        ("TLP:AMBER +STRICT", "malformed_tlp"),
        ("TLP:RED and more", "malformed_tlp"),
        ("tlp:ex:chr", "not_a_label"),
        ('nato:classification="NX"', "unknown_marking"),
        ("SECRET (Atlantis)", "unknown_entity"),
        ("SECRET (Romania", "trailing_words"),
        ("SECRET (Iceland)", "unknown_marking"),
        ("SECRET SERVICE", "trailing_words"),
        ("RESERVADO//NOFORN", "trailing_words"),
        ("SECRET//", "unknown_control"),
        ("SECRET//SI//NOFORN", "unknown_control"),
        ("SECRET//NOFORN//REL TO USA, GBR", "conflicting_controls"),
        ("SECRET//REL TO USA//REL TO GBR", "unknown_control"),
        ("SECRET//NOFORN ORCON", "trailing_words"),
    ],
)
def test_what_is_not_wholly_understood_is_refused(text: str, code: str) -> None:
    assert code_of(text) == code


def test_a_publicly_disclosed_marking_may_still_carry_its_release_list() -> None:
    said = parse_marking("NU - PUBLICLY DISCLOSED REL TO SWE", NATO)
    assert said.release_state == "publicly disclosed"
    assert said.releasable_to == ("NATO", "SWE")


def test_a_marking_of_the_greatest_length_is_read_and_a_longer_one_refused() -> None:
    longest = "NATO SECRET".ljust(MARKING_LENGTH_MAX)
    assert parse_marking(longest, NATO).classification == "SECRET"
    assert code_of(longest + " ") == "marking_too_long"


def test_two_lists_of_every_nation_fit_into_a_marking() -> None:
    everybody = tuple(nation.code for nation in NATO.nations)
    marking = Marking(
        policy="NATO",
        context="NATO",
        classification="SECRET",
        only=everybody,
        releasable_to=("NATO", *everybody),
    )
    assert len(print_marking(marking, NATO)) <= MARKING_LENGTH_MAX


def test_a_word_of_several_nations_stays_ambiguous_even_at_one_level() -> None:
    said = parse_marking("TAJNO Releasable to NATO", NATO)
    assert said.policy == "ambiguous"
    assert said.releasable_to == ("NATO",)
    assert said.candidates == tuple(
        Candidate(nation=nation, classification="SECRET")
        for nation in ("HRV", "MNE", "SVN")
    )


def test_false_friends_read_by_their_nation() -> None:
    said = [
        parse_marking(text, NATO).equivalent
        for text in ("RESERVADO (Spain)", "Reservado (Portugal)", "Secret (ROU)")
    ]
    assert said == ["SECRET", "RESTRICTED", "CONFIDENTIAL"]


def test_controls_behind_double_slashes_are_read() -> None:
    said = parse_marking("SECRET//ORCON/PROPIN//REL TO USA, FVEY//RELIDO", NATO)
    assert said.policy == "US"
    assert said.nation == "USA"
    assert said.dissemination == ("ORCON", "PROPIN", "RELIDO")
    assert said.releasable_to == ("USA", "FVEY")


def test_a_marking_that_is_no_classification_has_no_equivalent() -> None:
    assert parse_marking("EU LIMITE", NATO).equivalent is None
    assert parse_marking("OFFICIAL", NATO).equivalent is None
    assert parse_marking("OFFICIAL-SENSITIVE", NATO).equivalent == "RESTRICTED"


def test_an_error_repeats_only_a_printable_beginning() -> None:
    with pytest.raises(LabelError) as refusal:
        parse_marking("\x00" + "x" * 1000, NATO)
    assert refusal.value.detail.isprintable()
    assert len(refusal.value.detail) < 150


def is_read(text: str) -> bool:
    try:
        parse_marking(text, NATO)
    except LabelError:
        return False
    return True


@given(text=st.text(max_size=80))
def test_any_text_is_read_or_refused_with_a_label_error(text: str) -> None:
    assert is_read(text) <= looks_like_marking(text.upper(), NATO)


WORDS = """
NATO COSMIC SECRET RESTRICTED TOP UNCLASSIFIED NS CTS / // - : , ; ( ) = " '
Releasable to REL TO ONLY Only SEULEMENT AND KFOR SWE Sweden Atlantis ATOMAL
STAFF TLP AMBER + STRICT EU UE RESERVADO GEHEIM NOFORN PUBLICLY DISCLOSED
Korea Republic of İ ß
"""
PIECES = st.sampled_from([*WORDS.split(), "\u2013", "\u0301", "\u200d", "\u01c6", ""])


@settings(max_examples=500)
@given(pieces=st.lists(PIECES, max_size=12), glue=st.sampled_from(["", " "]))
def test_any_jumble_of_the_words_is_read_or_refused_with_a_label_error(
    pieces: list[str], glue: str
) -> None:
    text = glue.join(pieces)
    assert is_read(text) <= looks_like_marking(text.upper(), NATO)


@pytest.mark.parametrize(
    "text",
    [
        "SWE, " * 819,
        "NR REL TO " + "SWE, " * 810,
        "NR " + "SWE AND " * 500 + "ONLY",
        "NU - STAFF" * 400,
        "/" * MARKING_LENGTH_MAX,
        "N" + "\u0301" * (MARKING_LENGTH_MAX - 1),
        "Korea, Republic " * 256,
    ],
)
def test_hostile_texts_of_the_greatest_length_are_refused_quickly(text: str) -> None:
    begun = time.process_time()
    assert not is_read(text)
    assert time.process_time() - begun < 0.5


# Beginning like a marking


@pytest.mark.parametrize(
    "text",
    [
        "NATO SECRTE",
        "[NATO SECRET]",
        "“TLP:PURPLE”",
        "Classification: nato something",
        "Security marking - SECRET//SI",
        "Secret recipes",
        "RELEASABLE TO everybody",
        "NS REL TO Atlantis",
        "(//NS-X)",
        "de-vs:Einstufung=whatever",
        "NATO SECRET " + "and so on " * LOOK_LENGTH,
        " " * LOOK_LENGTH + "NATO SECRET",
        "*" * LOOK_LENGTH + "NATO SECRET",
        "Classification:" + " " * LOOK_LENGTH + "NATO SECRET",
        "N\u200bATO SEC\u00adRET",
        "\uff2e\uff21\uff34\uff2f SECRET",
    ],
)
def test_a_text_that_begins_like_a_marking_looks_like_one(text: str) -> None:
    assert looks_like_marking(text, NATO)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "!!!",
        "Copyright 2026 NATO",
        "This work is licensed under CC BY 4.0",
        "Nr 12 of the series",
        "ns records",
        "Classification of malware families",
    ],
)
def test_a_remark_does_not_look_like_a_marking(text: str) -> None:
    assert not looks_like_marking(text, NATO)


# The page


def test_the_page_lists_every_code_and_every_warning() -> None:
    page = (ROOT / "docs/reference/markings.md").read_text("utf-8")
    listed = set(re.findall(r"^\| `([a-z_]+)` \|", page, re.MULTILINE))
    modules = (ROOT / "src/foedus/releasability").glob("markings*.py")
    code = "\n".join(module.read_text("utf-8") for module in modules)
    used = set(re.findall(r'code="([a-z_]+)"', code))
    warned = set(re.findall(r'(?:append\(|warnings = \(|warnings=\()"([a-z_]+)"', code))
    assert listed == used | warned
