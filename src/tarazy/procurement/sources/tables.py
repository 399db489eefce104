# SPDX-License-Identifier: EUPL-1.2
"""All tables, and where in a release each column comes from. One line a column.

The names of the first seven are those of Cardinal's roadmap. Every table also has `ocid`. The rows
of a table in ROOTS stand in lists of a release, or in lists of objects in a list: `part` says in
which, and `part_id` of which object. Names there as in the OCDS extensions of these names: lots,
bids, participation fees, enquiries, complaints, beneficial owners, shareholders, subcontracting.
"""

import pyarrow as pa

from tarazy.procurement.sources.columns import Column, Root, Shape
from tarazy.procurement.sources.interface import TEXT, TEXTS
from tarazy.procurement.sources.values import (
    amount,
    count,
    email,
    flag,
    folded,
    moment,
    share,
    telephone,
    texts,
)

PART = {"part": TEXT, "part_id": TEXT}

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
    Column("eligibility", "tender.eligibilityCriteria"),
    Column("selection", "tender.selectionCriteria.description"),
    Column("planning_rationale", "planning.rationale"),
    Column("prepayment", "planning.prepaymentShare", share),  # of ours: OCDS has no such field
    Column("budget_id", "planning.budget.id"),
    Column("budget_amount", "planning.budget.amount.amount", amount),
    Column("budget_currency", "planning.budget.amount.currency"),
    Column("budget_project", "planning.budget.project"),
    Column("budget_project_id", "planning.budget.projectID"),
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
    Column("min_value_amount", "minValue.amount", amount),
    Column("min_value_currency", "minValue.currency"),
    Column("contract_start", "contractPeriod.startDate", moment),
    Column("contract_end", "contractPeriod.endDate", moment),
    item_ids=TEXTS,
)
ITEM = Shape(
    Column("item_id", "id"),
    Column("description", "description"),
    Column("scheme", "classification.scheme"),
    Column("classification_id", "classification.id"),
    Column("classification", "classification.description"),
    Column("quantity", "quantity", amount),
    Column("unit_scheme", "unit.scheme"),
    Column("unit_id", "unit.id"),
    Column("unit", "unit.name"),
    Column("unit_price", "unit.value.amount", amount),
    Column("unit_price_currency", "unit.value.currency"),
    Column("lot_id", "relatedLot"),
    **PART,
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
    Column("subcontracted", "hasSubcontracting", flag),
    Column("subcontracted_min", "subcontracting.minimumPercentage", share),
    Column("subcontracted_max", "subcontracting.maximumPercentage", share),
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
    Column("final_amount", "implementation.finalValue.amount", amount),
    Column("final_currency", "implementation.finalValue.currency"),
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
    Column("telephone", "contactPoint.telephone", telephone, sealed=True),
    Column("email", "contactPoint.email", email, sealed=True),
    party_id=TEXT,
    name=TEXT,
    roles=TEXTS,
)
DOCUMENT = Shape(
    Column("document_id", "id"),
    Column("type", "documentType"),
    Column("published", "datePublished", moment),
    Column("modified", "dateModified", moment),
    **PART,
)
AMENDMENT = Shape(
    Column("amendment_id", "id"),
    Column("amended", "date", moment),
    Column("rationale", "rationale"),
    Column("description", "description"),
    **PART,
)
MILESTONE = Shape(
    Column("milestone_id", "id"),
    Column("title", "title"),
    Column("type", "type"),
    Column("status", "status"),
    Column("due", "dueDate", moment),
    Column("met", "dateMet", moment),
    **PART,
)
TRANSACTION = Shape(
    Column("transaction_id", "id"),
    Column("paid", "date", moment),
    Column("value_amount", "value.amount", amount),
    Column("value_currency", "value.currency"),
    Column("old_amount", "amount.amount", amount),  # as OCDS 1.0 has it
    Column("old_currency", "amount.currency"),
    Column("payer_id", "payer.id"),
    Column("payer_name", "payer.name"),
    Column("payee_id", "payee.id"),
    Column("payee_name", "payee.name"),
    **PART,
)
ENQUIRY = Shape(
    Column("enquiry_id", "id"),
    Column("asked", "date", moment),
    Column("answered", "dateAnswered", moment),
    Column("answer", "answer"),
    **PART,
)
COMPLAINT = Shape(
    Column("complaint_id", "id"),
    Column("filed", "date", moment),
    Column("status", "status"),
    **PART,
)
FEE = Shape(
    Column("fee_id", "id"),
    Column("types", "type", texts),
    Column("value_amount", "value.amount", amount),
    Column("value_currency", "value.currency"),
    **PART,
)
CRITERION = Shape(Column("type", "type"), Column("description", "description"), **PART)
OWNER = Shape(
    Column("owner_id", "id", folded, sealed=True),
    Column("owner_name", "name", folded, sealed=True),
    **PART,
)
SHAREHOLDER = Shape(
    Column("owner_id", "shareholder.id", folded, sealed=True),
    Column("owner_name", "shareholder.name", folded, sealed=True),
    Column("share", "shareholding", share),
    **PART,
)
RELATED = Shape(
    Column("relation_id", "id"),
    Column("relations", "relationship", texts),
    Column("scheme", "scheme"),
    Column("identifier", "identifier"),
    **PART,
)
SHAPES = {
    "contracting_process": PROCESS,
    "lot": LOT,
    "item": ITEM,
    "bid": BID,
    "award": AWARD,
    "contract": CONTRACT,
    "party": PARTY,
    "document": DOCUMENT,
    "amendment": AMENDMENT,
    "milestone": MILESTONE,
    "transaction": TRANSACTION,
    "enquiry": ENQUIRY,
    "complaint": COMPLAINT,
    "fee": FEE,
    "criterion": CRITERION,
    "beneficial_owner": OWNER,
    "shareholder": SHAREHOLDER,
    "related_process": RELATED,
}
ROOTS = {
    "item": (
        Root("tender", "tender.items"),
        Root("award", "items", of="awards"),
        Root("contract", "items", of="contracts"),
    ),
    "document": (
        Root("planning", "planning.documents"),
        Root("tender", "tender.documents"),
        Root("bid", "documents", of="bids.details"),
        Root("award", "documents", of="awards"),
        Root("contract", "documents", of="contracts"),
        Root("implementation", "implementation.documents", of="contracts"),
    ),
    "amendment": (
        Root("tender", "tender.amendments"),
        Root("award", "amendments", of="awards"),
        Root("contract", "amendments", of="contracts"),
    ),
    "milestone": (
        Root("planning", "planning.milestones"),
        Root("tender", "tender.milestones"),
        Root("contract", "milestones", of="contracts"),
        Root("implementation", "implementation.milestones", of="contracts"),
    ),
    "transaction": (Root("contract", "implementation.transactions", of="contracts"),),
    "enquiry": (Root("tender", "tender.enquiries"),),
    "complaint": (Root("process", "complaints"), Root("tender", "tender.complaints")),
    "fee": (Root("tender", "tender.participationFees"),),
    "criterion": (Root("tender", "tender.selectionCriteria.criteria"),),
    "beneficial_owner": (Root("party", "beneficialOwners", of="parties"),),
    "shareholder": (Root("party", "shareholders", of="parties"),),
    "related_process": (
        Root("process", "relatedProcesses"),
        Root("contract", "relatedProcesses", of="contracts"),
    ),
}
