# SPDX-License-Identifier: EUPL-1.2
"""Releases about bids and awards, as tests of several indicators need them."""

from typing import Any

Made = dict[str, Any]


def bid(
    amount: Any = 100, *by: str, status: Any = "valid", currency: Any = "KZT", **more: Any
) -> Made:
    """`by` are the bidders; the first of them and the amount make the id."""
    return {
        "id": "-".join([*by, str(amount)]),
        "status": status,
        "value": {"amount": amount, "currency": currency},
        "tenderers": [{"id": one} for one in by],
        **more,
    }


def award(*to: str, status: Any = "active", amount: Any = 100, **more: Any) -> Made:
    value = {"amount": amount, "currency": "KZT"}
    return {
        "id": "-".join(["award", *to]),
        "status": status,
        "suppliers": [{"id": one} for one in to],
        "value": value,
        **more,
    }


def process(bids: list[Any], *awards: Made, **tender: Any) -> Made:
    """A tender by price, unless its criterion is given."""
    facts = {"awardCriteria": "priceOnly", "procurementMethod": "open", **tender}
    return {"tender": facts, "bids": {"details": bids}, "awards": list(awards)}


def contract(amount: Any = 100, number: str | None = "c", **more: Any) -> Made:
    value = {"amount": amount, "currency": "KZT"}
    return {"id": number, "status": "active", "value": value, **more}
