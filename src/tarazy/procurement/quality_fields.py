# SPDX-License-Identifier: EUPL-1.2
"""Fields as the page of data quality names them, and what each missing one silences."""

from collections.abc import Mapping
from dataclasses import dataclass

from tarazy.core.catalogue import said
from tarazy.procurement.counting import PROCESS, column, counted
from tarazy.procurement.fields import FIELD_TITLES
from tarazy.procurement.sources.tables import SHAPES

TOPS = {
    PROCESS: "",
    "lot": "tender.lots",
    "item": "items",
    "bid": "bids.details",
    "award": "awards",
    "contract": "contracts",
    "party": "parties",
    "document": "documents",
    "amendment": "amendments",
    "milestone": "milestones",
    "transaction": "contracts.implementation.transactions",
    "enquiry": "tender.enquiries",
    "complaint": "complaints",
    "fee": "tender.participationFees",
    "criterion": "tender.selectionCriteria.criteria",
    "beneficial_owner": "parties.beneficialOwners",
    "shareholder": "parties.shareholders",
    "related_process": "relatedProcesses",
}
SECTIONS: Mapping[str, str] = {
    PROCESS: said("The tender"),
    "lot": said("Lots"),
    "item": said("Items"),
    "bid": said("Bids"),
    "award": said("Awards"),
    "contract": said("Contracts"),
    "party": said("Parties"),
    "document": said("Documents"),
    "amendment": said("Modifications"),
    "milestone": said("Milestones"),
    "transaction": said("Payments"),
    "enquiry": said("Questions of bidders"),
    "complaint": said("Complaints"),
    "fee": said("Fees for taking part"),
    "criterion": said("Selection criteria"),
    "beneficial_owner": said("Beneficial owners"),
    "shareholder": said("Shareholders"),
    "related_process": said("Related processes"),
}
OWN_PATHS = {
    "buyer_id": "buyer.id",
    "buyer_name": "buyer.name",
    "procuring_entity_id": "tender.procuringEntity.id",
    "procuring_entity_name": "tender.procuringEntity.name",
    "tags": "tag",
    "tenderer_ids": "tenderers",
    "supplier_ids": "suppliers",
    "bid_ids": "relatedBids",
    "lot_ids": "relatedLots",
    "item_ids": "items",
    "party_id": "id",
    "name": "name",
    "roles": "roles",
    "amendments": "amendments",
}


@dataclass(frozen=True, slots=True)
class Field:
    """One line of the page. Of a table itself, `of` is the processes; of its column, its rows."""

    key: str
    section: str
    path: str
    title: str
    """Nothing where the path says it all."""
    of: str
    with_zone: bool = False


def _fields() -> list[Field]:
    found = []
    for table in SHAPES:
        top = TOPS[table]
        if table != PROCESS:
            found.append(Field(table, table, top, SECTIONS[table], "processes"))
        paths: dict[str, str] = dict(OWN_PATHS)
        for one in SHAPES[table].columns:
            paths |= dict.fromkeys((one.name, f"{one.name}_published", f"{one.name}_at"), one.path)
        moments = {one.name for one in counted(table) if one.name.endswith("_at")}
        for one in counted(table):
            path = f"{top}.{paths[one.name]}".strip(".")
            title = FIELD_TITLES.get(path) or FIELD_TITLES.get(path.removesuffix(".amount"), "")
            of = "processes" if table == PROCESS else column(table, "rows")
            key = column(table, one.name)
            found.append(Field(key, table, path, title, of, one.name in moments))
    return found


FIELDS = _fields()
BY_KEY = {field.key: field for field in FIELDS}

_STATUS, _METHOD = f"{PROCESS}.status", f"{PROCESS}.method"
_START, _END = f"{PROCESS}.tender_start_at", f"{PROCESS}.tender_end_at"
_VALUE, _BUYER = f"{PROCESS}.value_amount", f"{PROCESS}.buyer_id"
_CLASS, _PRICE = "item.classification_id", "item.unit_price"
_BIDS = ("bid", "bid.tenderer_ids", "bid.status", "bid.value_amount")
REASONS: Mapping[str, tuple[str, ...]] = {
    "a bid does not name its bidder": ("bid.tenderer_ids",),
    "a bid names no lot, or several lots with one price": ("bid.lot_ids",),
    "a contract cannot be told to which award it belongs": ("contract.award_id",),
    "a date has no time zone, or cannot be read": (_START, _END, "award.awarded_at"),
    "a date is missing, has no time zone, or cannot be read": (
        _START,
        _END,
        "bid.submitted_at",
        "award.awarded_at",
    ),
    "a fee has no value or no currency": ("fee.value_amount", "fee.value_currency"),
    "no award is active": ("award", "award.status"),
    "no award says whether there are subcontracts": ("award.subcontracted",),
    "no bid was found valid": ("bid.status",),
    "no bidder or supplier is named": ("bid.tenderer_ids", "award.supplier_ids"),
    "no bidder or supplier is named with an identifier": ("party.identifier",),
    "no bids are published": ("bid",),
    "no condition for bidders is published as a text": (f"{PROCESS}.eligibility",),
    "no contact of a bidder is published": ("party.telephone", "party.email"),
    "no contact of the buyer is published": ("party.telephone", "party.email"),
    "no contact of the supplier is published": ("party.telephone", "party.street"),
    "no contract of this publisher has a modification": ("amendment",),
    "no fee for taking part is published": ("fee",),
    "no item has both a code and a unit": (_CLASS, "item.unit"),
    "no milestone of a contract is published with its date": ("milestone", "milestone.due_at"),
    "no payment is published": ("transaction", "contract.final_amount"),
    "the plan does not say what is paid in advance": (f"{PROCESS}.prepayment",),
    "no planning document with a date is published": ("document", "document.published_at"),
    "no priced item has a code and a unit": (_CLASS, "item.unit", _PRICE),
    "no process of this publisher gives a reason for its method": (f"{PROCESS}.method_rationale",),
    "no question about the tender is published": ("enquiry",),
    "no signed contract is published": ("contract", "contract.signed_at"),
    "no unit price is published": (_PRICE,),
    "no valid bid of the winner is published": _BIDS,
    "the buyer is not published": (_BUYER,),
    "the contacts of the bidders are not published": ("party.telephone", "party.email"),
    "the date of a signature or award is not published": ("contract.signed_at", "award.awarded_at"),
    "the date of an award is not published": ("award.awarded_at",),
    "the end of the tender period is not published": (_END,),
    "the end of the tender period or the date of an award is not published": (
        _END,
        "award.awarded_at",
    ),
    "the estimated value is not published, or is no positive amount": (_VALUE,),
    "the method invites no open submission, or is not known": (_METHOD,),
    "the method is not known": (_METHOD,),
    "the method promises no competition, or is not known": (_METHOD,),
    "the number of bidders is not published": (f"{PROCESS}.bidders",),
    "the opening of bids or the start of their evaluation is not published": (
        f"{PROCESS}.bid_opening_at",
        f"{PROCESS}.award_start_at",
    ),
    "the owners of the bidders are not published": ("beneficial_owner",),
    "the planned amount is not published": (f"{PROCESS}.budget_amount",),
    "the price of a bid is not published": ("bid.value_amount",),
    "the procedure is competitive, or its method is not known": (_METHOD,),
    "the share of the subcontracts is not published": ("award.subcontracted_min",),
    "the shareholders of the bidders are not published": ("shareholder",),
    "the start of the tender or the opening of bids is not published": (
        _START,
        f"{PROCESS}.bid_opening_at",
    ),
    "the status of a bid is not known": ("bid.status",),
    "the supplier or the value of an award is not published": (
        "award.supplier_ids",
        "award.value_amount",
    ),
    "the supplier, the value or the date of an award is not published": (
        "award.supplier_ids",
        "award.value_amount",
        "award.awarded_at",
    ),
    "the tender has lots, and the bids do not name theirs": ("bid.lot_ids",),
    "the tender is not complete, or its status is not known": (_STATUS,),
    "the tender period is not published": (_START, _END),
    "the tender was not held, or its status is not known": (_STATUS,),
    "the time of registration of the supplier is not known": ("party.identifier",),
    "the value of a contract or award is not published": (
        "contract.value_amount",
        "award.value_amount",
    ),
    "the value of a contract or of a payment is not published": (
        "contract.value_amount",
        "transaction.value_amount",
    ),
    "the value of an award is not published": ("award.value_amount",),
    "the value or the date of an award is not published": (
        "award.value_amount",
        "award.awarded_at",
    ),
    "what is bought is not classified": (_CLASS,),
}
"""Which fields a reason not to assess speaks of, where it speaks of fields."""
