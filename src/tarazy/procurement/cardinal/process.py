# SPDX-License-Identifier: EUPL-1.2
"""One contracting process, with what several indicators ask of it worked out once."""

from collections.abc import Iterator
from typing import NamedTuple

from tarazy.procurement.cardinal.release import Award, Bid, Reference, Release, Tender
from tarazy.procurement.cardinal.settings import Settings

NOT_SUBMITTED = ("invited", "withdrawn")
ENDED_AWARD = ("cancelled", "unsuccessful")
NO_TENDER = Tender()


class Offer(NamedTuple):
    """A valid bid of one tenderer with a price."""

    tenderer: str
    amount: float
    currency: str


class Process:
    """A release that is not excluded.

    `submitted` has the bids that are neither invited nor withdrawn. `final_awards` has the active
    awards, and is None where some award is not final, or awards or bids are no list. `winner` is
    the one supplier of the one active award, where all awards are final.
    """

    __slots__ = ("awards", "bids", "buyer", "final_awards", "ocid", "submitted", "tender", "winner")

    def __init__(self, ocid: str, release: Release) -> None:
        self.ocid = ocid
        self.buyer: Reference | None = release.buyer
        self.tender = release.tender or NO_TENDER
        self.awards = release.awards
        self.bids: list[Bid] | None = None if release.bids is None else release.bids.details
        self.submitted = [
            bid
            for bid in self.bids or ()
            if bid.status is not None and bid.status not in NOT_SUBMITTED
        ]
        self.final_awards = self._final_awards()
        self.winner = self._winner()

    def compares_prices(self, settings: Settings) -> bool:
        """Whether the prices of its bids may be compared, by the method in its own words."""
        details = self.tender.procurement_method_details
        if settings.price_comparison:
            return details is not None and details in settings.price_comparison
        return details is None or details not in settings.no_price_comparison

    def offers(self) -> Iterator[Offer]:
        for bid in self.bids or ():
            value, tenderers = bid.value, bid.tenderers
            if bid.status != "valid" or value is None or not tenderers or len(tenderers) != 1:
                continue
            tenderer = tenderers[0].id
            if value.amount is not None and value.currency is not None and tenderer is not None:
                yield Offer(tenderer, value.amount, value.currency)

    def _final_awards(self) -> list[Award] | None:
        if self.awards is None or self.bids is None:
            return None
        active = []
        for award in self.awards:
            if award.status == "active":
                active.append(award)
            elif award.status is not None and award.status not in ENDED_AWARD:
                return None
        return active

    def _winner(self) -> str | None:
        if self.final_awards is None or len(self.final_awards) != 1:
            return None
        suppliers = self.final_awards[0].suppliers
        return suppliers[0].id if suppliers is not None and len(suppliers) == 1 else None


def process_of(release: Release, settings: Settings) -> Process | None:
    """None without an ocid, for a cancelled tender, and for a method that is excluded."""
    if release.ocid is None:
        return None
    tender = release.tender
    if tender is not None and (
        tender.status == "cancelled"
        or (
            tender.procurement_method_details is not None
            and tender.procurement_method_details in settings.excluded_method_details
        )
    ):
        return None
    return Process(release.ocid, release)
