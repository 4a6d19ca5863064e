"""Connections, cut by who is at the other end."""

import socket

from foedus.traffic.connections import cut_off


def test_the_named_client_alone_is_cut_off() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        with (
            socket.create_connection(address) as named,
            socket.create_connection(address) as other,
            server.accept()[0],
            server.accept()[0] as theirs,
        ):
            assert cut_off({named.getsockname()}) == 1
            assert named.recv(1) == b""
            theirs.sendall(b"still there")
            assert other.recv(100) == b"still there"


def test_where_nobody_is_named_nobody_is_cut_off() -> None:
    assert cut_off(set()) == 0
    assert cut_off({("192.0.2.1", 1)}) == 0
