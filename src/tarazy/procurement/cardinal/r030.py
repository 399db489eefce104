# SPDX-License-Identifier: EUPL-1.2
"""R030: a supplier of an active award has a valid bid from after the end of the tender period.

The two dates are compared as texts, character by character, as Cardinal does it: with several time
zones in one process this gives other answers than a clock.
"""

from typing_extensions import override

from tarazy.procurement.cardinal.book import OCID, TENDERER, Book, Measure
from tarazy.procurement.cardinal.process import Process
from tarazy.procurement.cardinal.settings import Settings


class R030(Measure):
    def __init__(self, settings: Settings) -> None: ...

    @override
    def fold(self, process: Process, book: Book) -> None:
        period = process.tender.tender_period
        end = None if period is None else period.end_date
        if end is None or process.awards is None or process.bids is None:
            return
        late = [
            bid
            for bid in process.bids
            if bid.status == "valid" and bid.date is not None and bid.date > end
        ]
        if not late:
            return
        suppliers = {
            supplier.id
            for award in process.awards
            if award.status == "active"
            for supplier in award.suppliers or ()
        }
        for bid in late:
            for tenderer in bid.tenderers or ():
                if tenderer.id is not None and tenderer.id in suppliers:
                    book.flag(OCID, process.ocid, "R030", 1.0)
                    book.flag(TENDERER, tenderer.id, "R030", 1.0)
                    book.map("ocid_tenderer_r030", process.ocid, tenderer.id)
