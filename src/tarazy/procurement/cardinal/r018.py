# SPDX-License-Identifier: EUPL-1.2
"""R018: the published number of tenderers is the integer 1. Bids are not counted instead."""

from typing_extensions import override

from tarazy.procurement.cardinal.book import OCID, Book, Measure
from tarazy.procurement.cardinal.process import Process
from tarazy.procurement.cardinal.settings import R018Section, Settings, methods


class R018(Measure):
    def __init__(self, settings: Settings) -> None:
        section = settings.r018 or R018Section()
        self.methods = methods(section.procurement_methods)

    @override
    def fold(self, process: Process, book: Book) -> None:
        tender = process.tender
        number = tender.number_of_tenderers
        if (
            number == 1
            and isinstance(number, int)  # 1.0 is no count
            and (not self.methods or tender.procurement_method in self.methods)
        ):
            book.flag(OCID, process.ocid, "R018", 1.0)
