# SPDX-License-Identifier: EUPL-1.2
"""For tests of what is read: English words, and who investigates the case of the test's person."""

from collections.abc import Iterator

import pytest
from django.utils import translation
from supervision.factory import Supervised, user
from supervision.raised import actor

from tarazy.core.access import Actor, Role


@pytest.fixture
def english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def investigator(one: Supervised) -> Actor:
    who = user("investigator", Role.INVESTIGATOR)
    one.order.investigator = who
    one.order.save()
    return actor(who)
