# SPDX-License-Identifier: EUPL-1.2
"""The pages of data quality: what is published, what is not, and which indicators that silences."""

import re

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from tarazy.core.catalogue import said
from tarazy.core.web import actor_of
from tarazy.procurement import looks
from tarazy.procurement.quality_fields import BY_KEY, FIELDS, SECTIONS
from tarazy.procurement.quality_queries import KEY_DEFAULT, BuyerOrder, Order, Silence
from tarazy.procurement.queries import PAGE_SIZE
from tarazy.procurement.views import CARDS, filters_of, page_of, plain

MONTH = re.compile(r"\d{4}-\d\d", re.ASCII)
ORDER_TITLES: dict[Order, str] = {"given": said("by section"), "least": said("least filled first")}
BUYER_ORDER_TITLES: dict[BuyerOrder, str] = {
    "most": said("most processes first"),
    "least": said("least filled first"),
    "name": said("by name"),
}


@require_GET
def quality(request: HttpRequest, buyer: str = "") -> HttpResponse:
    """How much of each field is filled, of all or of one buyer, and what that silences."""
    address = request.GET
    month = address.get("month", "") if MONTH.fullmatch(address.get("month", "")) else ""
    order: Order = "least" if address.get("order") == "least" else "given"
    section = address.get("section", "")
    found = looks.quality(actor_of(request), buyer.replace("\0", ""), month, order)
    shares = [
        (SECTIONS[one.field.section], one)
        for one in found.shares
        if section not in SECTIONS or one.field.section == section
    ]
    facts = {
        "found": found,
        "shares": shares,
        "grouped": order == "given",
        "sections": SECTIONS,
        "section": section,
        "month": month,
        "order": order,
        "orders": ORDER_TITLES.items(),
        "silences": [
            {"card": CARDS[one.code], "one": one, "silent": not one.assessed, "of": _subjects(one)}
            for one in found.silences
            if one.code in CARDS and one.missing
        ],
    }
    return render(request, "procurement/quality.html", facts)


@require_GET
def buyers(request: HttpRequest) -> HttpResponse:
    """Buyers, with how much of one field each publishes."""
    address = request.GET
    key = address.get("field", "") if address.get("field", "") in BY_KEY else KEY_DEFAULT
    text = plain(address.get("text", ""))
    asked = address.get("order", "")
    order: BuyerOrder = next((one for one in BUYER_ORDER_TITLES if one == asked), "most")
    found = looks.buyers(actor_of(request), key, text, order, page_of(address))
    facts = {
        "found": found,
        "fields": FIELDS,
        "sections": SECTIONS,
        "text": text,
        "order": order,
        "orders": BUYER_ORDER_TITLES.items(),
        "page": Paginator(range(found.total), PAGE_SIZE).get_page(found.page),
        "query": filters_of(address),
    }
    return render(request, "procurement/buyers.html", facts)


def _subjects(one: Silence) -> int:
    return one.assessed + one.missing
