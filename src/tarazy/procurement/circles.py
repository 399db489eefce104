# SPDX-License-Identifier: EUPL-1.2
"""Processes of an import that name each other as related in a circle: kept, and told.

Whoever follows relations from one process to the next would walk such a circle for ever.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb

from tarazy.procurement.sources.interface import Tally
from tarazy.procurement.store import quoted

EDGES_MAX = 2_000_000  # of relations that may be in a circle; of more, the first ones are followed

# who is named, and names somebody: nothing else can stand in a circle
EDGES = """
CREATE TABLE edge AS
SELECT DISTINCT ocid AS one, identifier AS other FROM read_parquet([{related}])
WHERE identifier IS NOT NULL;
SELECT one, other FROM edge
WHERE one IN (SELECT other FROM edge) AND other IN (SELECT one FROM edge)
ORDER BY one, other LIMIT {most}
"""
PLACES = """
SELECT source, position FROM read_parquet([{processes}])
WHERE ocid IN (SELECT unnest(?)) ORDER BY source, position
"""
Edge = tuple[str, str]


def told(parts: Sequence[Path]) -> dict[str, Tally]:
    """By the id of the import: which of its releases stand in a circle."""
    found: dict[str, Tally] = {}
    if not parts:
        return found
    related = ", ".join(quoted(part / "related_process.parquet") for part in parts)
    processes = ", ".join(quoted(part / "contracting_process.parquet") for part in parts)
    with duckdb.connect() as engine:
        edges = engine.execute(EDGES.format(related=related, most=EDGES_MAX)).fetchall()
        within = in_circles(edges)
        if within:
            places = engine.execute(PLACES.format(processes=processes), [sorted(within)])
            for source, position in places.fetchall():
                found.setdefault(source, Tally()).add(position)
    return found


def in_circles(edges: Iterable[Edge]) -> set[str]:
    """All that are in a circle, or on the way from one to another.

    Whoever is named by nobody that is left, or names nobody, is taken away until none is.
    """
    named, naming = defaultdict(set), defaultdict(set)
    for one, other in edges:
        named[other].add(one)
        naming[one].add(other)
    left = set(named) | set(naming)
    ends = [one for one in left if not named[one] or not naming[one]]
    while ends:
        gone = ends.pop()
        if gone not in left:
            continue
        left.discard(gone)
        for here, there in ((naming, named), (named, naming)):
            for neighbour in here[gone]:
                there[neighbour].discard(gone)
                if not there[neighbour]:
                    ends.append(neighbour)
    return left
