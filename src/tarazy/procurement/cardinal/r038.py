# SPDX-License-Identifier: EUPL-1.2
"""R038: of a buyer, a procuring entity or a tenderer, a high outlier of bids is disqualified.

The smallest number of contracting processes is held against the number of submitted bids, which is
what Cardinal's code does and its documentation does not.
"""

from typing_extensions import override

from tarazy.procurement.cardinal.book import BUYER, PROCURING_ENTITY, TENDERER, Book, Measure
from tarazy.procurement.cardinal.numbers import fused, quartiles
from tarazy.procurement.cardinal.process import Process
from tarazy.procurement.cardinal.settings import R038Section, Settings


class Shares:
    """Disqualified and submitted bids of each organisation of one kind."""

    def __init__(self, group: str, submitted_min: int) -> None:
        self.group = group
        self.submitted_min = submitted_min
        self.out: dict[str, int] = {}
        self.submitted: dict[str, int] = {}

    def add(self, organisation: str, out: int, submitted: int) -> None:
        self.submitted[organisation] = self.submitted.get(organisation, 0) + submitted
        if out:
            self.out[organisation] = self.out.get(organisation, 0) + out

    def finish(self, book: Book, threshold: float | None) -> None:
        shares = {
            name: self.out.get(name, 0) / count
            for name, count in self.submitted.items()
            if count >= self.submitted_min
        }
        if not shares:
            return
        if threshold is None:
            q1, q3 = quartiles(list(shares.values()))
            book.explain("R038", f"{self.group}_q1", q1)
            book.explain("R038", f"{self.group}_q3", q3)
            fence = fused(q3 - q1, 1.5, q3)
        else:
            fence = threshold
        book.explain("R038", f"{self.group}_upper_fence", fence)
        if not fence > 0.0:
            return
        for name, share in shares.items():
            if share >= fence:
                book.flag(self.group, name, "R038", share)


class R038(Measure):
    def __init__(self, settings: Settings) -> None:
        section = settings.r038 or R038Section()
        self.threshold = section.threshold
        self.buyers = Shares(BUYER, section.minimum_contracting_processes)
        self.entities = Shares(PROCURING_ENTITY, section.minimum_contracting_processes)
        self.tenderers = Shares(TENDERER, section.minimum_submitted_bids)

    @override
    def fold(self, process: Process, book: Book) -> None:
        if not process.submitted:
            return
        out_of_all = 0
        for bid in process.submitted:
            out = 1 if bid.status == "disqualified" else 0
            out_of_all += out
            for tenderer in bid.tenderers or ():
                if tenderer.id is not None:
                    self.tenderers.add(tenderer.id, out, 1)
        buyer, entity = process.buyer, process.tender.procuring_entity
        for shares, organisation, map_name in (
            (self.buyers, buyer, "ocid_buyer_r038"),
            (self.entities, entity, "ocid_procuringentity_r038"),
        ):
            if organisation is not None and organisation.id is not None:
                shares.add(organisation.id, out_of_all, len(process.submitted))
                if out_of_all:
                    book.map(map_name, process.ocid, organisation.id)

    @override
    def finish(self, book: Book) -> None:
        for shares in (self.buyers, self.entities, self.tenderers):
            shares.finish(book, self.threshold)
