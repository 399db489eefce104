# SPDX-License-Identifier: EUPL-1.2
"""R025: a tenderer with many valid bids who wins a low outlier of a share of them.

A tenderer counts once for a process, however many bids were handed in.
"""

from typing_extensions import override

from tarazy.procurement.cardinal.book import TENDERER, Book, Measure
from tarazy.procurement.cardinal.numbers import fused, quantile, quartiles
from tarazy.procurement.cardinal.process import Process
from tarazy.procurement.cardinal.settings import R025Section, Settings


class R025(Measure):
    def __init__(self, settings: Settings) -> None:
        section = settings.r025 or R025Section()
        self.percentile = section.percentile
        self.threshold = section.threshold
        self.won: dict[str, int] = {}
        self.valid: dict[str, int] = {}

    @override
    def fold(self, process: Process, book: Book) -> None:
        winner = process.winner
        if winner is None:
            return
        tenderers = {
            bid.tenderers[0].id
            for bid in process.bids or ()
            if bid.status == "valid" and bid.tenderers is not None and len(bid.tenderers) == 1
        }
        for tenderer in tenderers:
            if tenderer is not None:
                self.valid[tenderer] = self.valid.get(tenderer, 0) + 1
        if winner in tenderers:
            self.won[winner] = self.won.get(winner, 0) + 1

    @override
    def finish(self, book: Book) -> None:
        counts = sorted(float(count) for count in self.valid.values())
        upper_fence = quantile(counts, self.percentile / 100.0)
        shares = {name: self.won.get(name, 0) / count for name, count in self.valid.items()}
        q1 = 1.0
        if self.threshold is None:
            q1, q3 = quartiles(list(shares.values()))
            book.explain("R025", "q1", q1)
            book.explain("R025", "q3", q3)
            lower_fence = fused(q3 - q1, -1.5, q1)
        else:
            lower_fence = self.threshold
        book.explain("R025", "upper_fence", upper_fence)
        book.explain("R025", "lower_fence", lower_fence)
        if not (q1 > 0.0 and lower_fence > 0.0):
            return
        for name, share in shares.items():
            if self.valid[name] >= upper_fence and share <= lower_fence:
                book.flag(TENDERER, name, "R025", share)
