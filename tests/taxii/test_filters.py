import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.errors import InvalidInputError
from foedus.intel.pages import Filters
from foedus.taxii.filters import (
    LIMIT_MAX,
    PARAMETERS_MAX,
    QUERY_BYTES_MAX,
    Query,
    parse_deletion,
    parse_query,
)


def test_no_query_asks_for_the_last_version_of_everything() -> None:
    assert parse_query(b"") == Query(filters=Filters(latest_spec=True))
    assert parse_query(b"").filters.versions == ("last",)


def test_only_who_names_a_specification_version_is_given_an_older_one() -> None:
    assert parse_query(b"limit=1").filters.latest_spec
    assert not parse_query(b"match[spec_version]=2.0").filters.latest_spec


def test_every_part_of_a_query_is_read() -> None:
    raw = (
        b"added_after=1970-01-01T00:00:01.5Z&limit=007&next=abc&match[id]=b,a,a"
        b"&match%5Btype%5D=indicator&match[version]=last,1970-01-01T00:00:02Z"
        b"&match[spec_version]=2.1&x=1"
    )

    assert parse_query(raw) == Query(
        filters=Filters(
            added_after_us=1_500_000,
            ids=("a", "b"),
            types=("indicator",),
            versions=(2_000_000, "last"),
            spec_versions=("2.1",),
        ),
        limit=7,
        cursor="abc",
    )


def test_the_order_of_values_and_parameters_does_not_count() -> None:
    one = parse_query(b"match[id]=a,b&match[version]=first,last")
    two = parse_query(b"match[version]=last,first&match[id]=b,a")

    assert one == two


def test_a_limit_is_an_integer_that_json_readers_agree_on() -> None:
    assert parse_query(b"limit=%d" % LIMIT_MAX).limit == LIMIT_MAX
    with pytest.raises(InvalidInputError, match="limit"):
        parse_query(b"limit=%d" % (LIMIT_MAX + 1))


def test_a_query_that_is_too_long_is_refused() -> None:
    assert parse_query(b"x=" + b"x" * (QUERY_BYTES_MAX - 2)) == parse_query(b"")
    with pytest.raises(InvalidInputError, match="longer"):
        parse_query(b"x" * (QUERY_BYTES_MAX + 1))


def test_a_query_has_as_many_parameters_as_the_limit() -> None:
    many = [b"x%d=1" % n for n in range(PARAMETERS_MAX + 1)]

    assert parse_query(b"&".join(many[:-1])) == parse_query(b"")
    with pytest.raises(InvalidInputError, match="URL-encoded"):
        parse_query(b"&".join(many))


def test_a_deletion_means_the_last_version_unless_it_says_otherwise() -> None:
    assert parse_deletion(b"").versions == ("last",)
    assert parse_deletion(b"match[version]=all").versions == ("all",)


@pytest.mark.parametrize("raw", [b"match[id]=a", b"added_after=x", b"match[vers]=all"])
def test_a_deletion_takes_nothing_that_it_does_not_know(raw: bytes) -> None:
    with pytest.raises(InvalidInputError):
        parse_deletion(raw)


_NAMES = st.sampled_from(
    ["limit", "next", "added_after", "match[id]", "match[version]", "match[type]"]
)


@given(st.lists(st.tuples(_NAMES, st.text(max_size=30)), max_size=4))
def test_a_query_is_read_or_refused_and_never_breaks_the_reader(
    pairs: list[tuple[str, str]],
) -> None:
    raw = "&".join(f"{name}={value}" for name, value in pairs)
    try:
        query = parse_query(raw.encode())
    except InvalidInputError:
        return
    assert query.limit is None or query.limit > 0


@given(st.binary(max_size=100))
def test_no_bytes_break_the_reader(raw: bytes) -> None:
    try:
        parse_query(raw)
    except InvalidInputError as error:
        assert error.detail  # noqa: PT017 - either outcome is right
