"""Every type of STIX 2.1 has its order, and no property is lost by it."""

from foedus.stix.identifiers import STIX_TYPES
from foedus.web.fields import FIRST, in_order

OF_THE_FORMAT = {
    *("bundle", "marking-definition", "language-content", "extension-definition"),
}


def test_every_type_of_the_specification_has_an_order() -> None:
    assert set(STIX_TYPES) - OF_THE_FORMAT == set(FIRST)


def test_properties_are_put_in_order_and_none_is_lost() -> None:
    names = ["modified", "x_odd", "last_seen", "first_seen", "created"]
    assert in_order("campaign", names) == [
        *("first_seen", "last_seen", "created", "modified", "x_odd"),
    ]
    assert in_order("x-odd", ["b", "a"]) == ["b", "a"]
