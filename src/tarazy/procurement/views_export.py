# SPDX-License-Identifier: EUPL-1.2
"""The lists of this room as files: what a page shows by its filters, from the first row on."""

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from tarazy.core.sheets import CSV, XLSX, Sheet, csv_of, xlsx_of
from tarazy.core.web import actor_of, attachment
from tarazy.procurement import looks
from tarazy.procurement.views import wanted_of


@require_GET
def flags(request: HttpRequest) -> HttpResponse:
    """What needs checking, as a workbook or as CSV."""
    return _file(request, looks.flags_export(actor_of(request), wanted_of(request.GET)))


@require_GET
def first(request: HttpRequest) -> HttpResponse:
    """Which processes to open first, as a workbook or as CSV."""
    return _file(request, looks.first_export(actor_of(request), wanted_of(request.GET)))


def _file(request: HttpRequest, sheets: Sequence[Sheet]) -> HttpResponse:
    name = sheets[0].name
    if request.GET.get("as") == "csv":
        return attachment(csv_of(sheets[0]), CSV, f"{name}.csv")
    return attachment(xlsx_of(sheets), XLSX, f"{name}.xlsx")
