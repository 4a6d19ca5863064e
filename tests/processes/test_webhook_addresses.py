"""Nothing is sent where somebody outside could not be."""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from foedus.errors import InvalidInputError, RuleViolationError
from foedus.processes.webhook_addresses import (
    ADDRESSES_MAX,
    Policy,
    Resolve,
    Target,
    is_public,
    judged_addresses,
    policy_of,
    read_url,
)

PLAIN = Policy()
LOCAL = policy_of(["127.0.0.0/8", "10.1.0.0/16"], allow_http=True)

REFUSED = (
    "127.0.0.1", "127.8.8.8", "0.0.0.1", "10.0.0.1", "172.16.0.1", "192.168.1.1",
    "100.64.0.1", "100.100.100.200", "169.254.169.254", "169.254.1.1", "192.0.0.192",
    "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.1", "224.0.0.1",
    "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16", "192.88.99.1",
    "::", "::1", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "fec0::1",
    "ff02::1", "2001:db8::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "::ffff:a00:1",
    "64:ff9b::808:808", "64:ff9b::7f00:1", "64:ff9b:1::a00:1", "2002:7f00:1::",
    "2002:808:808::1", "2001:0:a00:1::1", "3fff::1", "::8.8.8.8", "::7f00:1", "100::1",
    "::ffff:0:7f00:1", "2606:4700::1%1", "nonsense",
)  # fmt: skip
"""Addresses of somebody's inside, by every name that they have."""

PUBLIC = ("8.8.8.8", "93.184.215.14", "2606:4700:4700::1111", "2a00:1450:4001::5")


def answering(*addresses: str) -> Resolve:
    async def resolve(_host: str, _port: int) -> Iterable[str]:
        return addresses

    return resolve


def target(text: str = "https://siem.example/in", policy: Policy = PLAIN) -> Target:
    return read_url(text, policy)


@pytest.mark.parametrize("address", REFUSED)
async def test_an_address_of_the_inside_is_refused(address: str) -> None:
    with pytest.raises(RuleViolationError, match="not one that this hub sends to"):
        await judged_addresses(target(), PLAIN, answering(address))


@pytest.mark.parametrize("address", PUBLIC)
async def test_an_address_of_the_public_internet_is_taken(address: str) -> None:
    found = await judged_addresses(target(), PLAIN, answering(address))
    assert found == [ip_address(address)]


async def test_one_address_of_the_inside_among_public_ones_is_enough() -> None:
    with pytest.raises(RuleViolationError):
        await judged_addresses(target(), PLAIN, answering("8.8.8.8", "10.0.0.1"))


async def test_a_name_without_addresses_or_with_too_many_is_refused() -> None:
    for addresses in ([], ["8.8.8.8"] * (ADDRESSES_MAX + 1)):
        with pytest.raises(RuleViolationError, match="no address, or more"):
            await judged_addresses(target(), PLAIN, answering(*addresses))


async def test_a_setting_allows_networks_by_name_and_nothing_beside_them() -> None:
    inside = target("https://10.1.2.3/", LOCAL)
    assert await judged_addresses(inside, LOCAL, answering("10.1.2.3"))
    for address in ("10.2.0.1", "::ffff:10.1.2.3", "64:ff9b::a01:203"):
        with pytest.raises(RuleViolationError):
            await judged_addresses(inside, LOCAL, answering(address))


async def test_http_goes_to_named_networks_alone() -> None:
    plain = target("http://siem.example/in", LOCAL)
    assert await judged_addresses(plain, LOCAL, answering("127.0.0.1"))
    with pytest.raises(RuleViolationError):
        await judged_addresses(plain, LOCAL, answering("8.8.8.8"))


@given(st.integers(0, 2**32 - 1))
def test_no_ipv4_address_passes_in_the_clothes_of_an_ipv6_one(number: int) -> None:
    inner = IPv4Address(number)
    for prefix in ("::ffff:0:0", "64:ff9b::", "::"):
        assert not is_public(IPv6Address(int(IPv6Address(prefix)) + number)), inner
    assert not is_public(IPv6Address(int(IPv6Address("2002::")) + (number << 80)))


@given(st.ip_addresses())
def test_whatever_is_public_is_no_special_network(
    address: IPv4Address | IPv6Address,
) -> None:
    if is_public(address):
        for network in ("10.0.0.0/8", "169.254.0.0/16", "224.0.0.0/4", "fc00::/7"):
            held = ip_network(network)
            assert address.version != held.version or address not in held


@pytest.mark.parametrize(
    "text",
    [
        "http://siem.example/",
        "ftp://siem.example/",
        "//siem.example/",
        "siem.example",
        "",
        "https://",
        "https:///path",
        "https://user:secret@siem.example/",
        "https://siem.example@127.0.0.1/",
        "https://siem.example/#part",
        "https://siem.example:port/",
        "https://siem.example:99999/",
        "https://siem .example/",
        "https://siem.example\\@127.0.0.1/",
        "https://siem.example/\n",
        "https://[::1",
        "https://[fe80::1%25eth0]/",
        "https://bücher.example/",
        "https://siem.example/" + "a" * 2_048,
    ],
)
def test_what_is_no_https_url_is_refused(text: str) -> None:
    with pytest.raises(InvalidInputError):
        read_url(text, PLAIN)


def test_a_url_is_taken_apart_and_put_together_with_an_address() -> None:
    plain = target("https://SIEM.example./in?key=1")
    assert (plain.authority, plain.path) == ("siem.example", "/in?key=1")
    assert plain.at(ip_address("8.8.8.8")) == "https://8.8.8.8:443/in?key=1"
    odd = target("https://[2606:4700::1]:8443")
    assert odd.authority == "[2606:4700::1]:8443"
    assert odd.at(ip_address(odd.host)) == "https://[2606:4700::1]:8443/"


def test_a_network_that_is_none_is_refused_with_the_name_of_the_setting() -> None:
    with pytest.raises(InvalidInputError, match=r"webhooks\.networks"):
        policy_of(["10.0.0.1/8"], allow_http=False)
