# SPDX-License-Identifier: EUPL-1.2
"""R035: everybody but the one tenderer who won was disqualified. The value is how many were."""

from typing_extensions import override

from tarazy.procurement.cardinal.book import OCID, TENDERER, Book, Measure
from tarazy.procurement.cardinal.process import Process
from tarazy.procurement.cardinal.release import Bid
from tarazy.procurement.cardinal.settings import R035Section, Settings


class R035(Measure):
    def __init__(self, settings: Settings) -> None:
        section = settings.r035 or R035Section()
        self.others_min = max(section.threshold, 1)

    @override
    def fold(self, process: Process, book: Book) -> None:
        awards = process.final_awards
        if not awards or process.bids is None:
            return
        valid = _tenderers(process.bids, "valid")
        if len(valid) != 1:
            return
        suppliers = {
            supplier.id
            for award in awards
            for supplier in award.suppliers or ()
            if supplier.id is not None
        }
        others = len(_tenderers(process.bids, "disqualified") - valid)
        if valid == suppliers and others >= self.others_min:
            (winner,) = valid
            book.flag(OCID, process.ocid, "R035", float(others))
            book.flag(TENDERER, winner, "R035", 0.0)
            book.map("ocid_tenderer_r035", process.ocid, winner)


def _tenderers(bids: list[Bid], status: str) -> set[str]:
    return {
        tenderer.id
        for bid in bids
        if bid.status == status
        for tenderer in bid.tenderers or ()
        if tenderer.id is not None
    }
