# SPDX-License-Identifier: EUPL-1.2
import pytest

from tarazy.core.tables import harmless


@pytest.mark.parametrize(
    ("cell", "given"),
    [
        ("=1+1", "'=1+1"),
        ("-1", "'-1"),
        ("+7 701", "'+7 701"),
        ("@a", "'@a"),
        ("\tx", "'\tx"),
        ("a=b", "a=b"),
        ("", ""),
    ],
)
def test_no_cell_is_a_formula(cell: str, given: str) -> None:
    assert harmless(cell) == given
