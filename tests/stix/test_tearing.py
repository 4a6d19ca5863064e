import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from foedus.errors import InvalidInputError
from foedus.stix.identifiers import STIX_TYPES, compute_id, is_identifier
from foedus.stix.objects import parse_object
from foedus.stix.tearing import (
    COMMON,
    KEPT,
    NEEDS,
    ONE_OF,
    REQUIRED,
    REQUIRED_IN_2_0,
    SELECTORS_MAX,
    derived_from,
    derived_from_id,
    tear,
    tear_line_id,
)

RED = "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed"
AMBER = "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82"
UUID = "00000000-0000-4000-8000-000000000001"
OTHER = f"tool--{UUID}"
AT = "2026-01-01T00:00:00.000Z"

Tree = dict[str, Any]


def new_id(tree: Tree) -> str:
    return tear_line_id(tree["type"], "POL", tree["id"])


def granular(*selectors: str, marking: str = RED) -> Tree:
    return {"marking_ref": marking, "selectors": list(selectors)}


def thing(stix_type: str = "x-thing", **more: object) -> Tree:
    head = {"type": stix_type, "id": f"{stix_type}--{UUID}", "spec_version": "2.1"}
    return {**head, "created": AT, "modified": AT, **more}


def torn(tree: Tree, *selectors: str) -> Tree:
    """Tear off what is marked, or what the selectors name, and read what is left."""
    if selectors:
        tree = {**tree, "granular_markings": [granular(*selectors)]}
    found: Tree = json.loads(cut(json.dumps(tree)))
    return found


def cut(text: str) -> str:
    made = new_id(json.loads(text))
    withheld: Callable[[str], bool] = RED.__eq__
    return tear(text.encode(), withheld=withheld, new_id=made).decode()


def refused(tree: Tree, *selectors: str, match: str) -> None:
    with pytest.raises(InvalidInputError, match=match):
        torn(tree, *selectors)


# What goes


@pytest.mark.parametrize(
    ("selector", "left"),
    [
        ("x_a", {"x_b": [1, {"c": 2, "d": 3}, [4, 5]], "x_e": {"f": 6}}),
        ("x_b", {"x_a": 0, "x_e": {"f": 6}}),
        ("x_b.[0]", {"x_a": 0, "x_b": [{"c": 2, "d": 3}, [4, 5]], "x_e": {"f": 6}}),
        ("x_b.[1].c", {"x_a": 0, "x_b": [1, {"d": 3}, [4, 5]], "x_e": {"f": 6}}),
        ("x_b.[2].[1]", {"x_a": 0, "x_b": [1, {"c": 2, "d": 3}, [4]], "x_e": {"f": 6}}),
    ],
)
def test_a_selector_takes_a_property_an_item_or_an_entry(
    selector: str, left: Tree
) -> None:
    tree = thing(x_a=0, x_b=[1, {"c": 2, "d": 3}, [4, 5]], x_e={"f": 6})

    found = torn(tree, selector)

    assert {name: found[name] for name in found if name not in KEPT} == left


def test_items_go_without_moving_other_selectors() -> None:
    tree = thing(x_list=[0, 1, 2, 3, {"a": 4, "b": 5}])

    found = torn(tree, "x_list.[0]", "x_list.[4].a", "x_list.[2]", "x_list.[0]")

    assert found["x_list"] == [1, 3, {"b": 5}]


def test_what_lies_below_another_selector_goes_with_it() -> None:
    tree = thing(x_a={"b": {"c": 1}, "d": 2}, x_e=3)

    assert torn(tree, "x_a.b.c", "x_a.b", "x_a.d") == torn(tree, "x_a")


def test_what_is_left_empty_goes_too() -> None:
    tree = thing(x_a=[{"b": 1}], x_c={"d": [1]}, x_e=2, x_f=[])

    found = torn(tree, "x_a.[0].b", "x_c.d.[0]")

    assert found.keys() - COMMON == {"x_e", "x_f"}


def test_only_what_the_withheld_markings_select_goes() -> None:
    tree = thing(
        x_a=1,
        x_b=2,
        x_c=3,
        granular_markings=[
            granular("x_a"),
            granular("x_b", marking=AMBER),
            {"lang": "fr", "selectors": ["x_c"]},
        ],
    )

    assert torn(tree).keys() - COMMON == {"x_b", "x_c"}


def test_a_marking_in_upper_case_is_the_same_marking() -> None:
    upper = RED[:-36] + RED[-36:].upper()
    tree = thing(x_a=1, x_b=2, granular_markings=[granular("x_a", marking=upper)])

    assert "x_a" not in torn(tree)


def test_the_creator_may_be_withheld() -> None:
    tree = thing(x_a=1, created_by_ref=f"identity--{UUID}")

    assert "created_by_ref" not in torn(tree, "created_by_ref")


# What stays


def test_a_tear_line_has_its_own_id_and_no_granular_markings() -> None:
    tree = thing(x_a=1, x_b=2)

    found = torn(tree, "x_a")

    assert found == {**thing(x_b=2), "id": new_id(tree)}
    assert list(found) == list(thing(x_b=2))


def test_numbers_and_strings_stay_as_they_were_spelt() -> None:
    head = f'"type": "x-thing", "id": "x-thing--{UUID}", "spec_version": "2.1"'
    kept = r'"x_a":{"n": [1.50, 1e5,  12345678901234567890] , "t": "\u00e9\/"}'
    marks = json.dumps([granular("x_b")])
    text = f'{{ {head}, "x_b": 1 ,{kept}, "granular_markings": {marks} }}'

    assert kept in cut(text)


def test_the_same_object_has_the_same_tear_line_everywhere() -> None:
    tree = thing(x_a=1, x_b=2, granular_markings=[granular("x_a")])

    assert cut(json.dumps(tree)) == cut(json.dumps(tree, indent=1))


# What is refused


@pytest.mark.parametrize("marking", [AMBER, None])
def test_where_nothing_is_withheld_there_is_no_tear_line(marking: str | None) -> None:
    tree = thing(x_a=1, x_b=2)
    if marking:
        tree["granular_markings"] = [granular("x_a", marking=marking)]

    refused(tree, match="nothing to tear off")


@pytest.mark.parametrize(
    "selector",
    ["x_c", "x_a.b", "x_b.[2]", "x_b.[01]", "x_b.0", "x_b.[-1]", "x_a.", ".", "x_b.[]"],
)
def test_a_selector_of_what_is_not_there_is_refused(selector: str) -> None:
    refused(thing(x_a=1, x_b=[1, 2]), selector, match="is not there")


@pytest.mark.parametrize("name", sorted(KEPT))
def test_what_says_what_an_object_is_is_not_withheld(name: str) -> None:
    tree = thing(x_a=1, revoked=False, object_marking_refs=[RED])

    refused(tree, name, match=f"^{name}: ")


def test_an_item_of_the_objects_markings_is_not_withheld() -> None:
    tree = thing(x_a=1, object_marking_refs=[RED, AMBER])

    refused(tree, "object_marking_refs.[0]", match="object_marking_refs: ")


def test_a_name_with_a_dot_is_refused_where_it_could_mislead() -> None:
    tree = thing(**{"x_a": {"b": 1}, "x_a.b": 2})

    refused(tree, "x_a.b", match="holds a dot")


def test_too_many_selectors_are_refused() -> None:
    size = SELECTORS_MAX + 1
    tree = thing(x_a=list(range(size)), x_b=1)
    selectors = [f"x_a.[{place}]" for place in range(size)]

    refused(tree, *selectors, match="select whole lists")
    assert torn(tree, *selectors[1:])["x_a"] == [0]


def test_a_marking_definition_has_no_tear_line() -> None:
    tree = {"type": "marking-definition", "id": RED, "spec_version": "2.1"}

    refused({**tree, "name": "x"}, "name", match="mark it whole")


def test_an_id_of_another_type_is_refused() -> None:
    tree = thing(x_a=1, granular_markings=[granular("x_a")])
    raw = json.dumps(tree).encode()

    for made in (OTHER, "x-thing--1", ""):
        with pytest.raises(InvalidInputError, match="x-thing--UUID"):
            tear(raw, withheld=lambda _: True, new_id=made)


def test_where_nothing_would_be_left_there_is_no_tear_line() -> None:
    tree = thing("process", pid=1, command_line="x", labels=["a"])

    refused(tree, "pid", "command_line", match="nothing is left")
    assert torn(tree, "pid")["command_line"] == "x"


# What STIX requires


def _required() -> Iterator[tuple[str, str]]:
    for stix_type, names in REQUIRED.items():
        yield from ((stix_type, name) for name in names)


@pytest.mark.parametrize(("stix_type", "name"), list(_required()))
def test_what_a_type_requires_is_not_withheld(stix_type: str, name: str) -> None:
    value = OTHER if name.endswith("_ref") else [OTHER]
    tree = thing(stix_type, **{name: value}, x_more=1)

    refused(tree, name, match=f"^{name}: .*requires")


@pytest.mark.parametrize("stix_type", sorted(REQUIRED_IN_2_0))
def test_what_stix_2_0_requires_is_not_withheld_from_its_objects(
    stix_type: str,
) -> None:
    name = REQUIRED_IN_2_0[stix_type][0]
    tree = thing(stix_type, **{name: ["a"]}, x_more=1)

    refused({**tree, "spec_version": "2.0"}, name, match=f"^{name}: ")


@pytest.mark.parametrize("stix_type", sorted(ONE_OF))
def test_of_what_a_type_requires_one_of_not_all_is_withheld(stix_type: str) -> None:
    names = ONE_OF[stix_type]
    values = {name: [OTHER] if name.endswith("s") else OTHER for name in names}
    tree = thing(stix_type, **values, x_more=1)

    refused(tree, *names, match="requires")
    for name in set(names[:-1]) - {"latitude"}:
        assert name not in torn(tree, name)


@pytest.mark.parametrize(
    ("stix_type", "having", "needed"),
    [(each, *pair) for each, pairs in NEEDS.items() for pair in pairs],
)
def test_what_another_property_needs_is_not_withheld(
    stix_type: str, having: str, needed: str
) -> None:
    rest = {"country": "PL", "payload_bin": "YQ=="}
    tree = thing(stix_type, **{**rest, having: True, needed: 1})

    refused(tree, needed, match=f"^{needed}: ")


def test_a_family_of_malware_alone_needs_its_name() -> None:
    tree = thing("malware", is_family=False, name="x")

    assert "name" not in torn(tree, "name")
    refused({**tree, "is_family": True}, "name", match="^name: ")


def test_what_was_never_there_is_not_asked_for() -> None:
    assert torn(thing("campaign", x_a=1, x_b=2), "x_a") == {
        **thing("campaign", x_b=2),
        "id": new_id(thing("campaign")),
    }


def test_the_table_knows_no_type_that_stix_does_not() -> None:
    tables = (REQUIRED, REQUIRED_IN_2_0, ONE_OF, NEEDS)

    assert {name for table in tables for name in table} <= STIX_TYPES


@pytest.mark.parametrize(
    ("name", "item", "select"),
    [
        ("external_references", {"source_name": "a", "url": "b"}, "source_name"),
        ("external_references", {"source_name": "a", "url": "b"}, "url"),
        ("kill_chain_phases", {"kill_chain_name": "", "phase_name": ""}, "phase_name"),
    ],
)
def test_an_item_keeps_what_it_requires_or_goes_whole(
    name: str, item: Tree, select: str
) -> None:
    tree = thing(x_a=1, **{name: [item, item]})

    refused(tree, f"{name}.[1].{select}", match=f"^{name}.*requires")
    assert torn(tree, f"{name}.[1]")[name] == [item]


@pytest.mark.parametrize("kind", ["new-sdo", "toplevel-property-extension"])
@pytest.mark.parametrize("depth", [1, 2])
def test_the_extension_that_defines_an_object_is_not_withheld(
    kind: str, depth: int
) -> None:
    extension = f"extension-definition--{UUID}"
    tree = thing(x_a=1, extensions={extension: {"extension_type": kind}})
    selector = ".".join(("extensions", extension)[:depth])

    refused(tree, selector, match="^extensions.*what the object is")


def test_a_property_extension_may_be_withheld_but_not_its_kind() -> None:
    extension = f"extension-definition--{UUID}"
    content = {"extension_type": "property-extension", "rank": 1, "toxic": 2}
    tree = thing(x_a=1, extensions={extension: content, "plain-ext": {"a": 1}})

    path = f"extensions.{extension}"
    refused(tree, f"{path}.extension_type", match="of every extension")
    assert "toxic" not in torn(tree, f"{path}.toxic")["extensions"][extension]
    assert list(torn(tree, path)["extensions"]) == ["plain-ext"]


# Computed ids


def _file(**more: object) -> Tree:
    tree: Tree = {"type": "file", "name": "a.exe", **more}
    return {**tree, "id": compute_id(tree)}


def test_what_an_id_is_computed_from_is_not_withheld() -> None:
    tree = _file(hashes={"MD5": "a", "SHA-256": "b"}, size=1)

    refused(tree, "hashes.MD5", match="computed from")
    refused(tree, "hashes", match="computed from")
    assert torn(tree, "size", "hashes.SHA-256")["hashes"] == {"MD5": "a"}


def test_what_a_random_id_was_not_computed_from_may_be_withheld() -> None:
    tree = {**_file(hashes={"MD5": "a"}), "id": f"file--{UUID}"}

    assert "hashes" not in torn(tree, "hashes")


# Ids


def test_a_tear_line_has_an_id_for_each_object_and_nation() -> None:
    ids = {
        tear_line_id("tool", nation, f"tool--{UUID[:-1]}{number}")
        for nation in ("POL", "FIN")
        for number in (1, 2)
    }

    assert len(ids) == 4
    assert all(is_identifier(each) and each.startswith("tool--") for each in ids)
    assert OTHER not in ids


def test_ids_never_change() -> None:
    assert tear_line_id("tool", "POL", OTHER) == (
        "tool--cac9f944-28a2-5f27-a153-da47d0b69d51"
    )
    assert (
        derived_from_id(OTHER) == "relationship--6d9af4bb-ce77-5307-baca-d05039d02240"
    )


def test_the_relationship_says_of_what_it_is_a_part_and_nothing_else() -> None:
    line = tear_line_id("tool", "POL", OTHER)
    later = "2026-01-02T00:00:00.000Z"

    raw = derived_from(line, OTHER, created=AT, modified=later)

    assert parse_object(raw).warnings == ()
    assert json.loads(raw) == {
        "type": "relationship",
        "spec_version": "2.1",
        "id": derived_from_id(line),
        "created": AT,
        "modified": later,
        "relationship_type": "derived-from",
        "source_ref": line,
        "target_ref": OTHER,
    }


@pytest.mark.parametrize(
    ("created", "modified", "version"),
    [(None, None, "1970-01-01T00:00:00.000Z"), (AT, None, AT), (None, AT, AT)],
)
def test_the_relationship_of_an_observable_has_a_version_too(
    created: str | None, modified: str | None, version: str
) -> None:
    raw = derived_from(OTHER, OTHER, created=created, modified=modified)

    parsed = parse_object(raw)
    assert (parsed.created, parsed.modified) == (version, version)
