# SPDX-License-Identifier: EUPL-1.2
"""What every source gives: rows of our tables, and an honest account of what it could not read.

Money is kept as DECIMAL(28, 8) with its currency beside it, never a binary fraction. It is not kept
in minor units here, since publishers give more places than the currency has (unit prices of
medicines), and amounts without any currency. Places after the eighth are rounded, half to even.

A moment is two columns: `…_at`, UTC, only where the publisher named the time zone, and
`…_published`, the text as it came, so that a date without zone is neither lost nor trusted.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Protocol

import msgspec
import pyarrow as pa

from tarazy.procurement.refusals import Refusal

POSITIONS_KEPT_MAX = 20  # of each kind of trouble; the count itself has no limit
TEXT = pa.string()
TEXTS = pa.list_(pa.string())
MOMENT = pa.timestamp("us", tz="UTC")
AMOUNT = pa.decimal128(28, 8)
COUNT = pa.int64()
FLAG = pa.bool_()
RELEASE = pa.field("release", pa.int64())


@dataclass(slots=True)
class Tally:
    """How often something happened, and at which lines first."""

    count: int = 0
    positions: list[int] = field(default_factory=list)

    def add(self, position: int) -> None:
        self.count += 1
        known = self.positions and self.positions[-1] == position
        if not known and len(self.positions) < POSITIONS_KEPT_MAX:
            self.positions.append(position)

    def merge(self, other: "Tally") -> None:
        self.count += other.count
        self.positions = sorted({*self.positions, *other.positions})[:POSITIONS_KEPT_MAX]


@dataclass(slots=True)
class Account:
    """What a reading met: releases read, lines refused by reason, values lost by field."""

    read: int = 0
    refused: dict[Refusal, Tally] = field(default_factory=dict)
    lost: dict[str, Tally] = field(default_factory=dict)
    noted: dict[Refusal, dict[str, Tally]] = field(default_factory=dict)
    """What is odd and was kept all the same, by reason and field."""

    def refuse(self, why: Refusal, position: int) -> None:
        self.refused.setdefault(why, Tally()).add(position)

    def lose(self, path: str, position: int) -> None:
        self.lost.setdefault(path, Tally()).add(position)

    def note(self, why: Refusal, path: str, count: int, positions: list[int]) -> None:
        tally = self.noted.setdefault(why, {}).setdefault(path, Tally())
        tally.merge(Tally(count, positions))

    def merge(self, other: "Account") -> None:
        self.read += other.read
        for why, tally in other.refused.items():
            self.refused.setdefault(why, Tally()).merge(tally)
        for path, tally in other.lost.items():
            self.lost.setdefault(path, Tally()).merge(tally)
        for why, tallies in other.noted.items():
            for path, tally in tallies.items():
                self.note(why, path, tally.count, tally.positions)

    def refused_by_reason(self) -> Counter[Refusal]:
        return Counter({why: tally.count for why, tally in self.refused.items()})


class Document(msgspec.Struct, frozen=True, gc=False):
    """One JSON document of a file: its line (or its number in a package), or why it has none."""

    position: int
    data: bytes = b""
    refusal: Refusal | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of some documents, by table, with the account of reading them.

    The first column of each table, `release`, numbers the releases of the batch from 0 and holds
    the rows of one release together: two releases of a batch may be of one process.
    """

    tables: dict[str, pa.Table]
    account: Account


class Source(Protocol):
    """A module that turns documents into rows."""

    SCHEMAS: dict[str, pa.Schema]
    """Of all tables, without the column `release`."""

    def read(self, documents: list[Document], source_id: str) -> Batch:
        """Never raises on bad input: what cannot be read is in the account."""
