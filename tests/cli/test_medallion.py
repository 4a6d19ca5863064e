"""A data file of medallion's memory backend, indexed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from foedus.cli.medallion import ROOTS_MAX, MedallionFile
from foedus.errors import InvalidInputError, TooLargeError
from foedus.intel.events import ApiRoot, ImportTerms
from foedus.intel.importing import Dated

DATA = Path(__file__).parent.parent / "data" / "medallion.json"
NOW_US = 1_800_000_000_000_000
TERMS = ImportTerms(account="a")
ADDED = "2026-02-01T10:00:00.123456Z"

Write = Callable[..., MedallionFile]


def note(number: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - of JSON
    made = {"created": f"2026-01-01T00:00:{number:02}Z"}
    return {"type": "note", "id": f"note--{number}", **made, **more}


def record(of: dict[str, Any], added: str = ADDED) -> dict[str, Any]:
    version = of.get("modified") or of.get("created") or of.get("_date_added")
    return {"id": of["id"], "date_added": added, "version": version}


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file with one collection, and index it."""

    def made(*objects: Any, manifest: list[Any] | None = None) -> MedallionFile:  # noqa: ANN401 - of JSON
        listed = [record(each) for each in objects] if manifest is None else manifest
        collection = {
            "id": "91a7b528-80eb-42ed-a74d-c6fbd5a26116",
            "title": "T",
            "objects": objects,
            "manifest": listed,
        }
        path = tmp_path / "data.json"
        document = {"root": {"information": {}, "collections": [collection]}}
        path.write_text(json.dumps(document), encoding="utf-8")
        return MedallionFile(str(path), lambda _: None)

    return made


def dated(file: MedallionFile) -> list[Dated]:
    return list(file.objects(0, now_us=NOW_US))


def reasons(file: MedallionFile) -> dict[str, str]:
    return {each.id: each.reason for each in file.left_out(0, now_us=NOW_US)}


def test_roots_and_collections_are_what_they_say() -> None:
    moved: list[int] = []
    with MedallionFile(str(DATA), moved.append) as file:
        plan = file.plan(TERMS)
        assert file.empty_roots == ["api1"]
        assert len(list(file.statuses())) == 2
        assert file.size == 11
    assert sum(moved) == DATA.stat().st_size
    assert plan.roots == (
        ApiRoot(
            path="trustgroup1",
            title="Malware research group",
            description="A trust group of researchers",
        ),
    )
    rights = [(each.can_read, each.can_write) for each in plan.collections]
    assert rights == [
        (True, True),
        (True, False),
        (False, True),
        (False, False),
        (True, True),
    ]
    first = plan.collections[0]
    assert (first.title, first.alias) == ("High value indicators", "High Value")
    assert first.description == "Collected for years"


def test_objects_come_by_date_and_know_how_many_share_theirs(write: Write) -> None:
    early, *late = (note(n) for n in range(4))
    listed = [*(record(each) for each in late), record(early, "2025-01-01T00:00:00Z")]
    with write(early, *late, manifest=listed) as file:
        found = dated(file)
    assert [each.id for each in found] == ["note--0", "note--1", "note--2", "note--3"]
    assert [each.following for each in found] == [0, 2, 1, 0]
    assert len({each.added_us for each in found}) == 2


def test_objects_are_given_byte_for_byte(write: Write) -> None:
    with write(note(1, x_number=1.50, text="\u00e9")) as file:
        [found] = dated(file)
    assert json.loads(found.raw) == note(1, x_number=1.50, text="\u00e9")
    assert b"\\u00e9" in found.raw


def test_each_version_has_its_own_date(write: Write) -> None:
    second = note(1, modified="2026-02-01T00:00:00.000Z")
    listed = [record(note(1), "2026-01-05T00:00:00Z"), record(second)]
    with write(second, note(1), manifest=listed) as file:
        found = dated(file)
    assert [b"modified" in each.raw for each in found] == [False, True]


def test_medallions_own_property_is_taken_out(write: Write) -> None:
    address = {"type": "ipv4-addr", "id": "ipv4-addr--1", "_date_added": ADDED}
    with write({**address, "value": "198.51.100.7"}) as file:
        [found] = dated(file)
    assert json.loads(found.raw) == {
        "type": "ipv4-addr",
        "id": "ipv4-addr--1",
        "value": "198.51.100.7",
    }


def test_only_its_own_place_is_looked_at_for_it(write: Write) -> None:
    with write(note(1, inner={"_date_added": "kept"})) as file:
        [found] = dated(file)
    assert json.loads(found.raw)["inner"] == {"_date_added": "kept"}


def test_what_was_never_served_is_left_out_with_the_reason(write: Write) -> None:
    future, ancient = record(note(2), "2100-01-01T00:00:00Z"), record(note(3))
    ancient["date_added"] = "1960-01-01T00:00:00Z"
    listed = [record(note(1)), future, ancient, record(note(7))]
    with write(note(1), note(2), note(3), note(4), 5, manifest=listed) as file:
        assert [each.id for each in dated(file)] == ["note--1"]
        told = reasons(file)
    assert "future" in told["note--2"]
    assert "before 1970" in told["note--3"]
    assert "manifest has no date" in told["note--4"]
    assert "no object" in told["objects[4]"]
    assert "not among the objects" in told["note--7"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nonsense", "not an object"),
        ("[]", "not an object"),
        ("{}", "no API root"),
        ('{"root": {"information": {}, "collections": []}}', "no API root"),
        ('{"root": {"collections": [5]}}', "not an object"),
        ('{"root": {"collections": [{"objects": [1 2]}]}}', "not a comma"),
        ('{"root": {"collections": [{"id": 5}]}}', "collection 0"),
        ('{"root": {"collections": [{"id": "1", "id": "2"}]}}', "given twice"),
        ('{"root": {"collections": [{"manifest": [{"id": 5}]}]}}', r"manifest\[0\]"),
        ('{"root": {"information": {"title": 5}}}', "information"),
        ('{"root": {}, "root": {}}', "given twice"),
    ],
)
def test_what_is_no_such_file_is_refused_with_the_place(
    tmp_path: Path, text: str, told: str
) -> None:
    path = tmp_path / "data.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(InvalidInputError, match=rf"data\.json: .*{told}"):
        MedallionFile(str(path), lambda _: None)


def test_a_packed_file_is_to_be_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    path.write_bytes(b"\x1f\x8b")

    with pytest.raises(InvalidInputError, match="unpack it"):
        MedallionFile(str(path), lambda _: None)


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="No such file"):
        MedallionFile(str(tmp_path / "absent"), lambda _: None)


def test_a_file_has_a_bounded_number_of_roots(tmp_path: Path) -> None:
    path = tmp_path / "data.json"
    root = {"collections": [{"id": "1", "title": "T"}]}
    document = {str(number): root for number in range(ROOTS_MAX + 1)}
    path.write_text(json.dumps(document), encoding="utf-8")

    with pytest.raises(TooLargeError):
        MedallionFile(str(path), lambda _: None)
