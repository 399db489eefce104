# SPDX-License-Identifier: EUPL-1.2
"""R024 and R058: by how much the second-lowest bid is dearer than the winning one.

Only processes whose awards are all final, with one active award to one supplier. The winner's
lowest bid counts as the winning one; where another bid is lower, the price did not decide, and the
process has no gap.
"""

from typing_extensions import override

from tarazy.procurement.cardinal.book import OCID, TENDERER, Book, Gap, Measure
from tarazy.procurement.cardinal.numbers import fused, quartiles, ratio
from tarazy.procurement.cardinal.process import Process
from tarazy.procurement.cardinal.settings import Settings


class Gaps(Measure):
    """The gap of each process; R024 and R058 read it at the end."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    @override
    def fold(self, process: Process, book: Book) -> None:
        winner = process.winner
        if winner is None or not process.compares_prices(self.settings):
            return
        won: float | None = None
        lost: float | None = None
        runner_up = ""
        for offer in process.offers():
            if not book.is_main_currency(offer.currency):
                continue
            if offer.tenderer == winner:
                if won is None or offer.amount < won:
                    won = offer.amount
            elif lost is None or offer.amount < lost:
                lost, runner_up = offer.amount, offer.tenderer
        if won is not None and lost is not None and lost >= won:
            book.gaps[process.ocid] = Gap(ratio(lost - won, won), winner, runner_up)


class R024(Measure):
    """The gap is a low outlier: the winner and the runner-up may have agreed."""

    def __init__(self, settings: Settings) -> None:
        self.threshold = None if settings.r024 is None else settings.r024.threshold

    @override
    def finish(self, book: Book) -> None:
        q1 = 1.0
        if self.threshold is None:
            q1, q3 = quartiles([gap.share for gap in book.gaps.values()])
            book.explain("R024", "q1", q1)
            book.explain("R024", "q3", q3)
            fence = fused(q3 - q1, -1.5, q1)
        else:
            fence = self.threshold
        book.explain("R024", "lower_fence", fence)
        if not (q1 > 0.0 and fence > 0.0):
            return
        for ocid, gap in book.gaps.items():
            if gap.share <= fence:
                book.flag(OCID, ocid, "R024", gap.share)
                for tenderer in (gap.winner, gap.runner_up):
                    book.flag(TENDERER, tenderer, "R024", 0.0)
                    book.map("ocid_tenderer_r024", ocid, tenderer)


class R058(Measure):
    """The gap is a high outlier: the winner is cheaper than the rest can explain."""

    def __init__(self, settings: Settings) -> None:
        self.threshold = None if settings.r058 is None else settings.r058.threshold

    @override
    def finish(self, book: Book) -> None:
        if self.threshold is None:
            q1, q3 = quartiles([gap.share for gap in book.gaps.values()])
            book.explain("R058", "q1", q1)
            book.explain("R058", "q3", q3)
            fence = fused(q3 - q1, 1.5, q3)
        else:
            fence = self.threshold
        book.explain("R058", "upper_fence", fence)
        if not fence > 0.0:
            return
        for ocid, gap in book.gaps.items():
            if gap.share >= fence:
                book.flag(OCID, ocid, "R058", gap.share)
                book.flag(TENDERER, gap.winner, "R058", 0.0)
                book.map("ocid_tenderer_r058", ocid, gap.winner)
