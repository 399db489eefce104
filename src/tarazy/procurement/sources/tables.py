# SPDX-License-Identifier: EUPL-1.2
"""The seven tables, and where in a release each column comes from. One line a column.

The names of the tables are those of Cardinal's roadmap. Every table also has `ocid`.
"""

import pyarrow as pa

from tarazy.procurement.sources.columns import Column, Shape
from tarazy.procurement.sources.interface import TEXT, TEXTS
from tarazy.procurement.sources.values import amount, count, moment

PROCESS = Shape(
    Column("release_id", "id"),
    Column("released", "date", moment),
    Column("language", "language"),
    Column("initiation_type", "initiationType"),
    Column("tender_id", "tender.id"),
    Column("title", "tender.title"),
    Column("description", "tender.description"),
    Column("status", "tender.status"),
    Column("method", "tender.procurementMethod"),
    Column("method_details", "tender.procurementMethodDetails"),
    Column("method_rationale", "tender.procurementMethodRationale"),
    Column("category", "tender.mainProcurementCategory"),
    Column("award_criteria", "tender.awardCriteria"),
    Column("award_criteria_details", "tender.awardCriteriaDetails"),
    Column("bidders", "tender.numberOfTenderers", count),
    Column("value_amount", "tender.value.amount", amount),
    Column("value_currency", "tender.value.currency"),
    Column("min_value_amount", "tender.minValue.amount", amount),
    Column("min_value_currency", "tender.minValue.currency"),
    Column("tender_start", "tender.tenderPeriod.startDate", moment),
    Column("tender_end", "tender.tenderPeriod.endDate", moment),
    Column("enquiry_start", "tender.enquiryPeriod.startDate", moment),
    Column("enquiry_end", "tender.enquiryPeriod.endDate", moment),
    Column("award_start", "tender.awardPeriod.startDate", moment),
    Column("award_end", "tender.awardPeriod.endDate", moment),
    Column("bid_opening", "tender.bidOpening.date", moment),
    tags=TEXTS,
    buyer_id=TEXT,
    buyer_name=TEXT,
    procuring_entity_id=TEXT,
    procuring_entity_name=TEXT,
    source=TEXT,  # the id of the import
    position=pa.int64(),  # the line, or the number in a package
    fingerprint=TEXT,
)
LOT = Shape(
    Column("lot_id", "id"),
    Column("title", "title"),
    Column("description", "description"),
    Column("status", "status"),
    Column("award_criteria", "awardCriteria"),
    Column("value_amount", "value.amount", amount),
    Column("value_currency", "value.currency"),
    item_ids=TEXTS,
)
ITEM = Shape(
    Column("item_id", "id"),
    Column("description", "description"),
    Column("scheme", "classification.scheme"),
    Column("classification_id", "classification.id"),
    Column("classification", "classification.description"),
    Column("quantity", "quantity", amount),
    Column("unit_id", "unit.id"),
    Column("unit", "unit.name"),
    Column("unit_price", "unit.value.amount", amount),
    Column("unit_price_currency", "unit.value.currency"),
    Column("lot_id", "relatedLot"),
    part=TEXT,  # tender, award or contract
    part_id=TEXT,  # of the award or contract
)
BID = Shape(
    Column("bid_id", "id"),
    Column("submitted", "date", moment),
    Column("status", "status"),
    Column("value_amount", "value.amount", amount),
    Column("value_currency", "value.currency"),
    tenderer_ids=TEXTS,
    tenderer_names=TEXTS,
    lot_ids=TEXTS,
)
AWARD = Shape(
    Column("award_id", "id"),
    Column("title", "title"),
    Column("status", "status"),
    Column("awarded", "date", moment),
    Column("value_amount", "value.amount", amount),
    Column("value_currency", "value.currency"),
    supplier_ids=TEXTS,
    supplier_names=TEXTS,
    bid_ids=TEXTS,
    lot_ids=TEXTS,
)
CONTRACT = Shape(
    Column("contract_id", "id"),
    Column("award_id", "awardID"),
    Column("title", "title"),
    Column("status", "status"),
    Column("signed", "dateSigned", moment),
    Column("start", "period.startDate", moment),
    Column("end", "period.endDate", moment),
    Column("value_amount", "value.amount", amount),
    Column("value_currency", "value.currency"),
    amendments=pa.int64(),
)
PARTY = Shape(
    Column("scheme", "identifier.scheme"),
    Column("identifier", "identifier.id"),
    Column("legal_name", "identifier.legalName"),
    Column("street", "address.streetAddress"),
    Column("locality", "address.locality"),
    Column("region", "address.region"),
    Column("postal_code", "address.postalCode"),
    Column("country", "address.countryName"),
    party_id=TEXT,
    name=TEXT,
    roles=TEXTS,
)
SHAPES = {
    "contracting_process": PROCESS,
    "lot": LOT,
    "item": ITEM,
    "bid": BID,
    "award": AWARD,
    "contract": CONTRACT,
    "party": PARTY,
}
