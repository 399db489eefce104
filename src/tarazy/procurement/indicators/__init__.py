# SPDX-License-Identifier: EUPL-1.2
"""The indicators, in reading order. A new one is one file and one line here."""

from tarazy.procurement.indicators import (
    r003_short_submission_period,
    r018_single_bid,
    r036_lowest_bid_disqualified,
)
from tarazy.procurement.indicators.interface import Indicator

INDICATORS: tuple[Indicator, ...] = (
    r003_short_submission_period,
    r018_single_bid,
    r036_lowest_bid_disqualified,
)
