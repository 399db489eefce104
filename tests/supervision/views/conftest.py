# SPDX-License-Identifier: EUPL-1.2
"""An officer at the desk, and somebody under their supervision."""

import pytest
from django.test import Client
from supervision.factory import Supervised, supervised, user
from supervision.officer import signed_in

from tarazy.core.access import Role
from tarazy.core.models import User


@pytest.fixture
def author() -> User:
    return user("author", Role.OFFICER)


@pytest.fixture
def officer(author: User) -> Client:
    return signed_in(author)


@pytest.fixture
def one(author: User) -> Supervised:
    return supervised(officer=author)
