# SPDX-License-Identifier: EUPL-1.2
"""What a tender buys, by the first digits of the codes of its items: its kind."""

import ibis.expr.types as ir

from tarazy.core.catalogue import said
from tarazy.procurement.indicators.contests import Reason
from tarazy.procurement.indicators.interface import Ocds
from tarazy.procurement.indicators.shared import shared

DIGITS = 3  # the group of CPV, the class of most national lists


@shared("kinds")
def of(ocds: Ocds) -> ir.Table:
    """Of each process with classified items in its tender: `kind`, and `kinds`, how many it has."""
    items = coded(ocds.items.filter(ocds.items.part == "tender"))
    return items.group_by("ocid").aggregate(kind=items.kind.min(), kinds=items.kind.nunique())


def coded(items: ir.Table, digits: int = DIGITS) -> ir.Table:
    """Items that have a code: ocid, part_id, kind."""
    classified = items.filter(items.classification_id.notnull())
    return classified.select(
        "ocid",
        "part_id",
        kind=classified.scheme.fill_null("") + ":" + classified.classification_id.left(digits),
    )


def unknown(processes: ir.Table) -> Reason:
    return processes.kinds.fill_null(0) == 0, said("what is bought is not classified")


def several(processes: ir.Table) -> Reason:
    return processes.kinds > 1, said("things of several kinds are bought")
