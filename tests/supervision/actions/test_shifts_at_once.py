# SPDX-License-Identifier: EUPL-1.2
"""The button that begins a shift, pressed twice in the same moment."""

import pytest
from supervision.actions.test_drafts_at_once import apart as apart
from supervision.actions.test_drafts_at_once import at_once, somebody

from tarazy.core.access import Role
from tarazy.supervision.actions.shifts import begin_shift
from tarazy.supervision.models import Shift

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("apart")]


def test_a_shift_that_begins_twice_is_one() -> None:
    operator = somebody(Role.OPERATOR)
    begun = at_once(lambda: begin_shift(operator), lambda: begin_shift(operator))
    assert begun == ["done", "done"]
    assert Shift.objects.count() == 1
