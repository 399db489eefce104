# SPDX-License-Identifier: EUPL-1.2
"""Ports for the processes that tests start.

Not those that the system gives to whoever calls (from 32,768 on): one of a thousand connections of
the tests themselves may have taken it before the process listens, or while it is started again.
"""

import secrets
import socket

FIRST, LAST = 20_000, 32_700


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on just now."""
    found = set[int]()
    while len(found) < count:
        port = FIRST + secrets.randbelow(LAST - FIRST)
        with socket.socket() as tried:
            try:
                tried.bind(("127.0.0.1", port))
            except OSError:
                continue
        found.add(port)
    return list(found)


def free_port() -> int:
    """One of them."""
    return free_ports(1)[0]
