# SPDX-License-Identifier: EUPL-1.2
"""A leave that is handed over twice in the same moment."""

from datetime import timedelta

import pytest
from supervision.actions.test_drafts_at_once import apart as apart
from supervision.actions.test_drafts_at_once import at_once, somebody
from supervision.factory import user
from supervision.officer import now

from tarazy.core.access import Role
from tarazy.supervision.actions.covers import cover_caseload
from tarazy.supervision.models import Cover

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("apart")]


def test_of_two_that_are_sent_at_once_one_is_kept() -> None:
    supervisor = somebody(Role.SUPERVISOR)
    away, other = user("away", Role.OFFICER), user("other", Role.OFFICER)
    since, until = now(), now() + timedelta(days=3)

    def hand_over() -> None:
        cover_caseload(supervisor, away.public_id, other.public_id, since, until)

    assert at_once(hand_over, hand_over) == ["cover_overlaps", "done"]
    assert Cover.objects.count() == 1
