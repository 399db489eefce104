# SPDX-License-Identifier: EUPL-1.2
"""R048: a supplier delivers a high outlier of kinds of things, by the first digits of their codes.

The fence, and the flag, are of suppliers with a smallest number of processes.
"""

from typing_extensions import override

from tarazy.procurement.cardinal.book import TENDERER, Book, Measure
from tarazy.procurement.cardinal.numbers import fused, quartiles
from tarazy.procurement.cardinal.process import Process
from tarazy.procurement.cardinal.settings import R048Section, Settings


class R048(Measure):
    def __init__(self, settings: Settings) -> None:
        section = settings.r048 or R048Section()
        self.digits = section.digits
        self.threshold = section.threshold
        self.processes_min = section.minimum_contracting_processes
        self.processes: dict[str, int] = {}
        self.kinds: dict[str, set[str]] = {}

    @override
    def fold(self, process: Process, book: Book) -> None:
        seen = set()
        for award in process.awards or ():
            suppliers = award.suppliers
            if award.status != "active" or suppliers is None or len(suppliers) != 1:
                continue
            supplier = suppliers[0].id
            codes = [
                item.classification.id[: self.digits]
                for item in award.items or ()
                if item.classification is not None and item.classification.id is not None
            ]
            if supplier is not None and codes:
                seen.add(supplier)
                self.kinds.setdefault(supplier, set()).update(codes)
        for supplier in seen:
            self.processes[supplier] = self.processes.get(supplier, 0) + 1

    @override
    def finish(self, book: Book) -> None:
        counts = {
            supplier: float(len(kinds))
            for supplier, kinds in self.kinds.items()
            if self.processes[supplier] >= self.processes_min
        }
        if self.threshold is None:
            q1, q3 = quartiles(list(counts.values()))
            book.explain("R048", "q1", q1)
            book.explain("R048", "q3", q3)
            fence = fused(q3 - q1, 1.5, q3)
        else:
            fence = float(self.threshold)
        book.explain("R048", "upper_fence", fence)
        for supplier, count in counts.items():
            if count >= fence:
                book.flag(TENDERER, supplier, "R048", count)
