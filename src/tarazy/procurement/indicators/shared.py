# SPDX-License-Identifier: EUPL-1.2
"""Tables that several indicators are made from: written once as an expression, computed once a run.

A function under `@shared` takes the tables of OCDS and gives one table. Where the run has computed
that table already, its rows are in `ocds.prepared` under the name, and the function gives those;
else it gives its expression, so that an indicator means the same by itself. A shared table
may be made of others: SHARED has each after its parts, since a module is read after those that it
imports, and a function stands below those that it calls.
"""

from collections.abc import Callable
from functools import wraps

import ibis.expr.types as ir

from tarazy.procurement.indicators.interface import Indicator, Ocds

Build = Callable[[Ocds], ir.Table]
SHARED: dict[str, Build] = {}


def shared(name: str) -> Callable[[Build], Build]:
    """Make a function's table one that a run computes once, under this name."""

    def of(build: Build) -> Build:
        @wraps(build)
        def found(ocds: Ocds) -> ir.Table:
            made = ocds.prepared.get(name)
            return build(ocds) if made is None else made

        SHARED[name] = build
        return found

    return of


def answers_of(indicator: Indicator, ocds: Ocds) -> ir.Table:
    """What another indicator could assess: what the run found already, else its expression."""
    made = ocds.prepared.get(f"found_{indicator.CARD.code}")
    found = indicator.assess(ocds) if made is None else made
    return found.filter(found.raised.notnull())
