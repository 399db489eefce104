# SPDX-License-Identifier: EUPL-1.2
"""R028: two sets of tenderers handed in the same price in the same currency.

A price is compared with the last earlier bid of the same price, whatever its status, as long as it
was submitted.
"""

from typing_extensions import override

from tarazy.procurement.cardinal.book import OCID, TENDERER, Book, Measure
from tarazy.procurement.cardinal.process import Process
from tarazy.procurement.cardinal.settings import Settings


class R028(Measure):
    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @override
    def fold(self, process: Process, book: Book) -> None:
        if len(process.submitted) <= 1 or not process.compares_prices(self.settings):
            return
        last: dict[tuple[float, str], dict[str, None]] = {}
        for bid in process.submitted:
            value, tenderers = bid.value, bid.tenderers
            if not tenderers or value is None or value.amount is None or value.currency is None:
                continue
            names = dict.fromkeys(one.id for one in tenderers if one.id is not None)
            if not names:
                continue
            price = (value.amount, value.currency)
            others = last.get(price)
            if others is not None and others.keys() != names.keys():
                book.flag(OCID, process.ocid, "R028", 1.0)
                for name in (*names, *others):
                    book.flag(TENDERER, name, "R028", 1.0)
                    book.map("ocid_tenderer_r028", process.ocid, name)
            last[price] = names
