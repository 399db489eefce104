# SPDX-License-Identifier: EUPL-1.2
"""Reads behind the door: a purpose is needed, and each leaves its line."""

import pytest

from tarazy.core.access import Actor, Purpose, Role
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal
from tarazy.procurement import looks
from tarazy.procurement.queries import Wanted

pytestmark = pytest.mark.django_db
ROLES = frozenset({Role.ANALYST})


def test_without_a_purpose_nothing_is_shown() -> None:
    aimless = Actor(id="usr_analyst", roles=ROLES)
    for attempt in (lambda: looks.flags(aimless, Wanted()), lambda: looks.process(aimless, "a")):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.name is Refusal.PURPOSE_MISSING


def test_an_unknown_process_is_refused_by_name() -> None:
    analyst = Actor(id="usr_analyst", roles=ROLES, purpose=Purpose.ANALYSIS)
    with pytest.raises(Refused) as refused:
        looks.process(analyst, "ocds-of-nobody")
    assert refused.value.name is Refusal.NOT_FOUND
