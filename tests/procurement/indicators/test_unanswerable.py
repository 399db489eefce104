# SPDX-License-Identifier: EUPL-1.2
"""A flag is either computed or listed with the reason why not, never both."""

from tarazy.procurement.indicators import INDICATORS
from tarazy.procurement.indicators.unanswerable import UNANSWERABLE


def test_no_flag_is_both_computed_and_unanswerable() -> None:
    codes = [flag.code for flag in UNANSWERABLE]
    assert codes == sorted(set(codes))
    assert not set(codes) & {indicator.CARD.code for indicator in INDICATORS}
    assert all(flag.reason.endswith(".") for flag in UNANSWERABLE)
