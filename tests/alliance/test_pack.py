import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.alliance.nations import Alliance
from foedus.alliance.pack import (
    GUIDE_KEYS,
    PACK_BYTES_MAX,
    is_pack,
    load_pack,
    parse_pack,
    print_pack,
    shipped_packs,
    with_guide,
)
from foedus.alliance.records import Pack
from foedus.errors import FoedusError, InvalidInputError, TooLargeError

HARBOUR = Path(__file__).parent / "data" / "harbour.json"
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "data-pack.md"


def test_the_shipped_pack_is_loaded_by_its_name() -> None:
    assert shipped_packs() == ("nato",)
    assert load_pack("nato").code == "NATO"


def test_any_pack_is_loaded_by_its_path() -> None:
    assert load_pack(str(HARBOUR)).code == "HARBOUR"


def test_a_pack_that_is_nowhere_is_refused_with_the_names_there_are() -> None:
    with pytest.raises(InvalidInputError, match=r"no pack 'otan'.*nato"):
        load_pack("otan")


def test_a_folder_is_no_pack(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="name a file of JSON"):
        load_pack(str(tmp_path))


@pytest.mark.parametrize("name", ["nato", str(HARBOUR)])
def test_a_pack_written_and_read_again_is_the_same(name: str) -> None:
    pack = load_pack(name)

    assert parse_pack(print_pack(pack)) == pack
    assert print_pack(parse_pack(print_pack(pack))) == print_pack(pack)


def test_the_example_of_the_reference_page_loads() -> None:
    example = re.search(
        r"```json\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL
    )
    assert example is not None

    pack = parse_pack(example[1].encode())

    assert Alliance.from_pack(pack).name == "Orchard Pact"


def test_the_reference_page_names_every_key_of_a_pack() -> None:
    page = PAGE.read_text(encoding="utf-8")

    assert [key for key in Pack.__struct_fields__ if f"`{key}`" not in page] == []


@pytest.mark.parametrize(
    ("document", "why"),
    [
        (b"", "is not JSON"),
        (b"{", "is not JSON"),
        (b'"nato"', "one JSON object"),
        (b"\xff{}", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"code": "A", "code": "B"}', "'code' stands twice"),
        (b'{"schema": NaN}', "NaN is no number"),
        (b"{}", "missing required field `schema`"),
    ],
)
def test_what_is_no_pack_at_all_is_refused(document: bytes, why: str) -> None:
    with pytest.raises(InvalidInputError, match=why):
        parse_pack(document)


def test_a_pack_above_the_limit_of_bytes_is_refused() -> None:
    with pytest.raises(TooLargeError, match="limit"):
        parse_pack(b" " * (PACK_BYTES_MAX + 1))


def test_an_unknown_key_is_refused_with_its_path(document: dict[str, Any]) -> None:
    document["nations"][1]["colour"] = "blue"

    with pytest.raises(InvalidInputError, match=r"`colour`.*\$\.nations\[1\]"):
        parse_pack(json.dumps(document).encode())


def test_a_value_of_the_wrong_type_is_refused_with_its_path(
    document: dict[str, Any],
) -> None:
    document["nations"][0]["history"][0]["since"] = "yesterday"

    with pytest.raises(InvalidInputError, match=r"\$\.nations\[0\]\.history\[0\]"):
        parse_pack(json.dumps(document).encode())


def test_another_version_of_the_format_is_refused(document: dict[str, Any]) -> None:
    document["schema"] = 2

    with pytest.raises(InvalidInputError, match=r"\$\.schema"):
        parse_pack(json.dumps(document).encode())


def test_of_many_faults_a_refusal_lists_the_first_and_counts_the_others(
    document: dict[str, Any],
) -> None:
    for nation in document["nations"] * 3:
        nation["sources"] = [f"missing-{n}" for n in range(4)]

    with pytest.raises(InvalidInputError, match="and 10 more"):
        parse_pack(json.dumps(document).encode())


@pytest.mark.parametrize("name", ["x" * 300, "\0", "", "no/such/file"])
def test_what_no_file_can_be_called_is_no_pack(name: str) -> None:
    assert not is_pack(name)
    with pytest.raises(InvalidInputError, match="there is no pack"):
        load_pack(name)


@given(document=st.binary(max_size=200))
def test_no_bytes_make_anything_but_a_pack_or_an_explained_refusal(
    document: bytes,
) -> None:
    with pytest.raises(FoedusError):
        parse_pack(document)


def test_every_record_of_the_shipped_pack_says_where_it_is_from() -> None:
    pack = load_pack("nato")

    silent = [
        record
        for records in (
            pack.levels,
            pack.words,
            pack.nations,
            pack.communities,
            pack.tlp,
            pack.frameworks,
            pack.accession,
            pack.principles,
        )
        for record in records
        if not record.sources
    ]

    assert silent == []


def from_before(pack: Pack) -> Pack:
    """Take the guide out of a pack, and the sources that only the guide cites."""
    cited = msgspec.json.encode(
        {
            key: getattr(pack, key)
            for key in pack.__struct_fields__
            if key not in {*GUIDE_KEYS, "sources"}
        }
    )
    return msgspec.structs.replace(
        pack,
        sources=tuple(
            each for each in pack.sources if f'"{each.sid}"'.encode() in cited
        ),
        **dict.fromkeys(GUIDE_KEYS, ()),
    )


def test_a_hub_from_before_the_guide_is_guided_by_the_shipped_pack() -> None:
    shipped = load_pack("nato")
    old = from_before(shipped)

    guided = with_guide(old)

    assert len(old.sources) < len(shipped.sources)
    for key in GUIDE_KEYS:
        assert getattr(guided, key) == getattr(shipped, key)
    for key in ("nations", "communities", "frameworks", "levels", "words"):
        assert getattr(guided, key) is getattr(old, key)
    assert {each.sid for each in guided.sources} == {
        each.sid for each in shipped.sources
    }


def test_a_pack_that_the_shipped_guide_does_not_fit_is_left_alone() -> None:
    old = from_before(load_pack("nato"))
    fewer = msgspec.structs.replace(
        old, nations=tuple(each for each in old.nations if each.code != "SWE")
    )

    assert with_guide(fewer) is fewer


def test_a_pack_with_a_guide_or_of_another_alliance_is_left_alone() -> None:
    shipped, harbour = load_pack("nato"), load_pack(str(HARBOUR))
    own = msgspec.structs.replace(from_before(shipped), duties=shipped.duties)

    assert with_guide(own) is own
    assert with_guide(harbour) is harbour
