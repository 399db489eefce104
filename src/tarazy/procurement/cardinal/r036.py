# SPDX-License-Identifier: EUPL-1.2
"""R036: the first of the lowest submitted bids was disqualified; a valid bid has a price too.

What the award goes by is not looked at, only whether the method compares prices.
"""

from typing_extensions import override

from tarazy.procurement.cardinal.book import OCID, Book, Measure
from tarazy.procurement.cardinal.process import Process
from tarazy.procurement.cardinal.settings import Settings


class R036(Measure):
    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @override
    def fold(self, process: Process, book: Book) -> None:
        if not process.submitted or not process.compares_prices(self.settings):
            return
        if not any(award.status == "active" for award in process.awards or ()):
            return
        lowest: float | None = None
        lowest_is_out = some_valid = False
        for bid in process.submitted:
            value = bid.value
            if value is None or value.amount is None or value.currency is None:
                continue
            if not book.is_main_currency(value.currency):
                continue
            if lowest is None or value.amount < lowest:
                lowest = value.amount
                lowest_is_out = bid.status == "disqualified"
            some_valid = some_valid or bid.status == "valid"
        if some_valid and lowest_is_out:
            book.flag(OCID, process.ocid, "R036", 1.0)
