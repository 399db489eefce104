# SPDX-License-Identifier: EUPL-1.2
"""R003: the tender period has fewer whole days than the threshold of its method."""

from typing_extensions import override

from tarazy.procurement.cardinal.book import OCID, Book, Measure
from tarazy.procurement.cardinal.dates import whole_days
from tarazy.procurement.cardinal.process import Process
from tarazy.procurement.cardinal.settings import R003Section, Settings, methods


class R003(Measure):
    def __init__(self, settings: Settings) -> None:
        section = settings.r003 or R003Section()
        self.days_min = section.threshold
        self.days_min_by_details = section.procurement_method_details
        self.methods = methods(section.procurement_methods)

    @override
    def fold(self, process: Process, book: Book) -> None:
        tender = process.tender
        period = tender.tender_period
        if period is None or period.start_date is None or period.end_date is None:
            return
        if self.methods and tender.procurement_method not in self.methods:
            return
        days = whole_days(period.start_date, period.end_date)
        details = tender.procurement_method_details
        days_min = self.days_min_by_details.get(details or "", self.days_min)
        if details is None:
            days_min = self.days_min
        if days is not None and days < days_min:
            book.flag(OCID, process.ocid, "R003", 1.0)
