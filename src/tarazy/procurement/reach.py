# SPDX-License-Identifier: EUPL-1.2
"""How far an expression looks: within each process, or beyond, as one of buyers or quartiles does.

What looks no further than a process may be answered of some processes at a time, with the same
rows: the tables of a million fit into the memory where a country's do not. That is read off the
expression, not declared beside it, so that nobody can forget to say that an indicator now looks
further. What is not understood counts as looking further.
"""

from collections.abc import Iterator, Mapping
from enum import Enum

import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.common.graph import Node

KEY = "ocid"


class Reach(Enum):
    """Of a table in an expression."""

    PROCESS = "each row is of the process in its `ocid`, and made of that process only"
    GIVEN = "the same whatever the processes are: a reference table, or one that is made already"
    BEYOND = "made of several processes, or not known to be made of one"


def of(expression: ir.Table, given: Mapping[str, Reach]) -> Reach:
    """The reach of an expression over tables whose reach is given by their names."""
    return _Walk(given).of(expression.op())


class _Walk:
    def __init__(self, given: Mapping[str, Reach]) -> None:
        self._given = given
        self._known: dict[Node, Reach] = {}

    def of(self, node: Node) -> Reach:
        if node not in self._known:
            self._known[node] = self._found(node)
        return self._known[node]

    def _found(self, node: Node) -> Reach:
        if isinstance(node, ops.UnboundTable):
            return self._given[node.name]
        parents = {self.of(one) for one in _tables(node)}
        if parents == {Reach.GIVEN}:
            return Reach.GIVEN
        if Reach.BEYOND in parents or not self._keeps(node):
            return Reach.BEYOND
        return Reach.PROCESS

    def _keeps(self, node: Node) -> bool:
        """Whether a step over tables of processes and given ones stays within each process."""
        if any(_looks_around(value) for value in _values(node)):
            return False
        if isinstance(node, ops.JoinChain):
            return self._joined_by_process(node)
        if isinstance(node, (ops.Project, ops.Aggregate)):
            by = node.values if isinstance(node, ops.Project) else node.groups
            return _key_of(by.get(KEY)) is not None
        if isinstance(node, ops.Set):  # a union, say: one of given tables has rows of no process
            return all(self.of(one) is Reach.PROCESS for one in (node.left, node.right))
        if isinstance(node, ops.DropColumns):
            return KEY not in node.columns_to_drop
        return isinstance(node, (ops.Reference, ops.Filter, ops.Sort, ops.Distinct))

    def _joined_by_process(self, chain: ops.JoinChain) -> bool:
        if self.of(chain.first) is not Reach.PROCESS:
            return False
        of_processes: set[ops.Relation] = {chain.first}
        never_null: set[ops.Relation] = {chain.first}
        for link in chain.rest:
            if link.how not in ("inner", "left", "semi", "anti", "cross"):
                return False
            if self.of(link.table) is Reach.GIVEN:
                continue
            if not any(_ties(one, link.table, of_processes) for one in link.predicates):
                return False
            of_processes.add(link.table)
            if link.how == "inner":
                never_null.add(link.table)
        return _key_of(chain.values.get(KEY)) in never_null


def _tables(node: Node) -> list[ops.Relation]:
    """The tables that a step is made of, without those inside these."""
    found: list[ops.Relation] = []
    open_ones = list(node.__children__)
    while open_ones:
        one = open_ones.pop()
        if isinstance(one, ops.Relation):
            found.append(one)
        else:
            open_ones.extend(one.__children__)
    return found


def _values(node: Node) -> Iterator[Node]:
    """The values in a step, without those of the tables that it is made of."""
    for one in node.__children__:
        if not isinstance(one, ops.Relation):
            yield one
            yield from _values(one)


def _looks_around(value: Node) -> bool:
    """Whether a value is made of other rows than its own that may be of other processes."""
    if isinstance(value, ops.WindowFunction):
        return not any(_key_of(one) for one in value.group_by)
    return isinstance(value, (ops.Subquery, ops.ExistsSubquery))


def _key_of(value: object) -> ops.Relation | None:
    """The table of whose processes a value is the key; None where it is none."""
    return value.rel if isinstance(value, ops.Field) and value.name == KEY else None


def _ties(predicate: Node, table: ops.Relation, others: set[ops.Relation]) -> bool:
    """Whether rows of a table are joined to those of another of the same process."""
    if not isinstance(predicate, ops.Equals):
        return False
    sides = {_key_of(predicate.left), _key_of(predicate.right)}
    return any(sides == {table, other} for other in others)
