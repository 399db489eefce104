# SPDX-License-Identifier: EUPL-1.2
"""A release that fills every column, the paths in it, and junk to put there."""

from collections.abc import Iterator
from typing import Any

from hypothesis import strategies as st

BID = {
    "id": "b1",
    "date": "2026-01-20T10:00:00Z",
    "status": "valid",
    "value": {"amount": 12.5, "currency": "KZT"},
    "tenderers": [{"id": "T1", "name": "Tenderer"}],
    "relatedLots": ["l1"],
    "documents": [{"id": "d1", "documentType": "submissionDocuments"}],
}
ITEM = {
    "id": "i1",
    "description": "Syringe",
    "classification": {"scheme": "ENSTRU", "id": "325013", "description": "Syringes"},
    "quantity": 3,
    "unit": {
        "scheme": "UNCEFACT",
        "id": "pc",
        "name": "piece",
        "value": {"amount": "0.12345", "currency": "KZT"},
    },
    "relatedLot": "l1",
}
DOCUMENT = {
    "id": "d1",
    "documentType": "tenderNotice",
    "datePublished": "2026-01-01T00:00:00Z",
    "dateModified": "2026-01-02T00:00:00Z",
}
AMENDMENT = {
    "id": "1",
    "date": "2026-01-10T00:00:00Z",
    "rationale": "rationale",
    "description": "description",
}
MILESTONE = {
    "id": "m1",
    "title": "Delivery",
    "type": "delivery",
    "status": "met",
    "dueDate": "2026-03-01T00:00:00Z",
    "dateMet": "2026-03-02T00:00:00Z",
}
RELATED = {"id": "x1", "relationship": ["prior"], "scheme": "ocid", "identifier": "ocds-full-0"}
MONEY = {"amount": 12.5, "currency": "KZT"}
FULL: dict[str, Any] = {
    "ocid": "ocds-full-1",
    "id": "r1",
    "date": "2026-02-01T00:00:00+05:00",
    "tag": ["compiled"],
    "language": "kk",
    "initiationType": "tender",
    "buyer": {"id": "B1", "name": "Buyer"},
    "parties": [
        {
            "id": "B1",
            "name": "Buyer",
            "roles": ["buyer"],
            "identifier": {"scheme": "KZ-BIN", "id": "1", "legalName": "Buyer"},
            "address": {
                "streetAddress": "1",
                "locality": "2",
                "region": "3",
                "postalCode": "4",
                "countryName": "5",
            },
            "contactPoint": {"telephone": "+7 (700) 000-00-00", "email": "Office@Example.org"},
            "beneficialOwners": [{"id": "o1", "name": "Owner"}],
            "shareholders": [{"shareholder": {"id": "o1", "name": "Owner"}, "shareholding": 0.25}],
        }
    ],
    "planning": {
        "rationale": "rationale",
        "prepaymentShare": 0.3,
        "budget": {"id": "p1", "amount": MONEY, "project": "Project", "projectID": "pr1"},
        "documents": [DOCUMENT],
        "milestones": [MILESTONE],
    },
    "complaints": [{"id": "q1", "date": "2026-01-21T00:00:00Z", "status": "accepted"}],
    "relatedProcesses": [RELATED],
    "tender": {
        "id": "t1",
        "title": "Title",
        "description": "Description",
        "status": "complete",
        "procurementMethod": "open",
        "procurementMethodDetails": "details",
        "procurementMethodRationale": "rationale",
        "mainProcurementCategory": "goods",
        "awardCriteria": "priceOnly",
        "awardCriteriaDetails": "details",
        "numberOfTenderers": 2,
        "value": {"amount": 100, "currency": "KZT"},
        "minValue": {"amount": 50, "currency": "KZT"},
        "tenderPeriod": {"startDate": "2026-01-01T00:00:00Z", "endDate": "2026-01-20T00:00:00Z"},
        "enquiryPeriod": {"startDate": "2026-01-01T00:00:00Z", "endDate": "2026-01-05T00:00:00Z"},
        "awardPeriod": {"startDate": "2026-01-21T00:00:00Z", "endDate": "2026-01-25T00:00:00Z"},
        "bidOpening": {"date": "2026-01-20T11:00:00Z"},
        "procuringEntity": {"id": "P1", "name": "Entity"},
        "tenderers": [{"id": "T1", "name": "Tenderer"}],
        "eligibilityCriteria": "Three years of experience",
        "selectionCriteria": {
            "description": "description",
            "criteria": [{"type": "economic", "description": "Turnover"}],
        },
        "participationFees": [{"id": "f1", "type": ["document"], "value": MONEY}],
        "documents": [DOCUMENT],
        "milestones": [MILESTONE],
        "enquiries": [
            {
                "id": "e1",
                "date": "2026-01-02T00:00:00Z",
                "dateAnswered": "2026-01-03T00:00:00Z",
                "answer": "Yes",
            }
        ],
        "complaints": [{"id": "q2", "date": "2026-01-22T00:00:00Z", "status": "rejected"}],
        "amendments": [AMENDMENT],
        "lots": [
            {
                "id": "l1",
                "title": "Lot",
                "description": "d",
                "status": "complete",
                "awardCriteria": "priceOnly",
                "value": {"amount": 100, "currency": "KZT"},
                "minValue": {"amount": 90, "currency": "KZT"},
                "contractPeriod": {
                    "startDate": "2026-02-01T00:00:00Z",
                    "endDate": "2026-12-31T00:00:00Z",
                },
                "items": ["i1"],
            }
        ],
        "items": [ITEM],
    },
    "bids": {"details": [BID]},
    "awards": [
        {
            "id": "a1",
            "title": "Award",
            "status": "active",
            "date": "2026-01-25T00:00:00Z",
            "value": {"amount": 12.5, "currency": "KZT"},
            "suppliers": [{"id": "T1", "name": "Tenderer"}],
            "items": [ITEM],
            "relatedBids": ["b1"],
            "relatedLots": ["l1"],
            "documents": [DOCUMENT],
            "amendments": [AMENDMENT],
            "hasSubcontracting": True,
            "subcontracting": {"minimumPercentage": 0.1, "maximumPercentage": 0.5},
        }
    ],
    "contracts": [
        {
            "id": "c1",
            "awardID": "a1",
            "title": "Contract",
            "status": "active",
            "dateSigned": "2026-01-30T00:00:00Z",
            "period": {"startDate": "2026-02-01T00:00:00Z", "endDate": "2026-12-31T00:00:00Z"},
            "value": {"amount": 12.5, "currency": "KZT"},
            "items": [ITEM],
            "amendments": [AMENDMENT],
            "documents": [DOCUMENT],
            "milestones": [MILESTONE],
            "relatedProcesses": [RELATED],
            "implementation": {
                "finalValue": MONEY,
                "documents": [DOCUMENT],
                "milestones": [MILESTONE],
                "transactions": [
                    {
                        "id": "t1",
                        "date": "2026-03-03T00:00:00Z",
                        "value": MONEY,
                        "amount": MONEY,
                        "payer": {"id": "B1", "name": "Buyer"},
                        "payee": {"id": "T1", "name": "Tenderer"},
                    }
                ],
            },
        }
    ],
}
UNREAD = {"ocid"}  # the key


def paths(node: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    for key, inner in (
        node.items()
        if isinstance(node, dict)
        else enumerate(node)
        if isinstance(node, list)
        else ()
    ):
        yield from paths(inner, (*path, key))


PATHS = [path for path in paths(FULL) if ".".join(map(str, path)) not in UNREAD]

leaves = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=9)
)
junk = st.recursive(
    leaves, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner)
)
