# SPDX-License-Identifier: EUPL-1.2
"""Applications of suppliers (`TrdApp`) -> OCDS bids: one for each lot that an application is for.

The status is that of the lot in the application (`AppLots`), by its words. A bid that was neither
chosen nor rejected stands at "Подано" even where its lot has a winner: it is pending until the
portal names one, and valid from then on. Who took a bid back is no bidder.
"""

from tarazy.procurement.sources.goszakup_codes import BID_WORDS
from tarazy.procurement.sources.goszakup_items import Item, moment, word
from tarazy.procurement.sources.goszakup_reading import Reading, money

WINNER = "победител"  # and the second one


def bids(read: Reading, applications: list[Item], gone: set[str]) -> list[Item]:
    """The bids of a process, but for lots that are `gone`; what names no lot is told."""
    for one in applications:
        if not read.objects(one, "AppLots"):
            read.lose(one, "AppLots")
    parts = [
        (one, part)
        for one in applications
        for part in read.objects(one, "AppLots")
        if word(part.get("lotId")) not in gone
    ]
    decided = {
        word(part.get("lotId"))
        for _, part in parts
        if WINNER in read.name_of(part, "RefAppStatus").lower()
    }
    return [_bid(read, one, part, decided) for one, part in parts]


def bidders(read: Reading, applications: list[Item], found: list[Item]) -> int | None:
    """How many bid; None where no application is known, or one does not say who, or for what."""
    handed_in = [one for one in found if one["status"] != "withdrawn"]
    unclear = any(not read.objects(one, "AppLots") for one in applications)
    if not applications or unclear or not all(one["tenderers"] for one in handed_in):
        return None
    return len({one["id"] for bid in handed_in for one in bid["tenderers"]})


def _bid(read: Reading, application: Item, part: Item, decided: set[str]) -> Item:
    lot = read.code(part, "lotId")
    status = read.understood(part, "RefAppStatus", BID_WORDS)
    bidder = read.party(
        read.code(application, "supplierBinIin"), read.name_of(application, "Supplier"), "tenderer"
    )
    return {
        "id": word(part.get("id")),
        "date": moment(application.get("dateApply")),
        "status": "valid" if status == "pending" and lot in decided else status,
        "tenderers": [bidder] if bidder else [],
        "value": money(part.get("amount")),
        "relatedLots": [lot],
    }
