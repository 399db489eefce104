# SPDX-License-Identifier: EUPL-1.2
"""Compile before the clock of any test runs."""

import pytest

from tarazy.supervision.presence.kernel import prepare


@pytest.fixture(scope="session", autouse=True)
def compiled() -> None:
    """Seconds where no machine code of this source is kept yet."""
    prepare()
