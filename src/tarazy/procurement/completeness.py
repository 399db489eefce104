# SPDX-License-Identifier: EUPL-1.2
"""What share of each field is filled, in all or by buyer or month, and what that silences.

A field is a column of the processes, or a whole table of which a process may have rows.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from tarazy.procurement import merged
from tarazy.procurement.sources.interface import TEXTS
from tarazy.procurement.sources.tables import SHAPES
from tarazy.procurement.store import Findings, Folder, quoted

PROCESS = "contracting_process"
OURS = ("ocid", "source", "position", "fingerprint")


class By(StrEnum):
    """What the shares are told apart by."""

    ALL = "all"
    BUYER = "buyer"
    MONTH = "month"


GROUPS = {
    By.ALL: "''",
    By.BUYER: "coalesce(merged_parties.id, buyer_id, buyer_name, '')",
    By.MONTH: "coalesce(strftime(coalesce(tender_start_at, released_at), '%Y-%m'), '')",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """Of how many processes of a group a field is filled; the group "" is all, or unknown."""

    group: str
    field: str
    filled: int
    of: int


def shares(folder: Path, by: By) -> Iterator[Share]:
    """The share of every field, group by group.

    Raises Refused where nothing was imported, or by an earlier version.
    """
    store = Folder(folder)
    manifest = store.manifest()
    files = store.readable(manifest)
    columns = [
        field.name
        for field in SHAPES[PROCESS].schema
        if field.name not in OURS and field.type != TEXTS
    ]
    others = [name for name in SHAPES if name != PROCESS]
    counted = ", ".join(
        [f'count(p."{name}")' for name in columns] + [f"count({name}.ocid)" for name in others]
    )
    joins = " ".join(
        f"LEFT JOIN (SELECT DISTINCT ocid FROM read_parquet({quoted(files[name])})) {name}"  # noqa: S608
        f" ON {name}.ocid = p.ocid"
        for name in others
    )
    query = (
        f"SELECT {GROUPS[by]} AS told_by, count(*), {counted}"  # noqa: S608 - our own names
        f" FROM read_parquet({quoted(files[PROCESS])}) p"
        f" LEFT JOIN merged_parties ON alias = buyer_id {joins} GROUP BY 1 ORDER BY 1"
    )
    with store.engine() as engine:
        merged.name_parties(engine, folder)
        for group, of, *filled in engine.sql(query).fetchall():
            for name, count in zip(columns + others, filled, strict=True):
                yield Share(group=group, field=name, filled=count, of=of)


def silenced(findings: Findings | None) -> Iterator[tuple[str, str]]:
    """Indicators that could assess nothing at all, each with its commonest reason."""
    for rate in findings.base_rates if findings else ():
        if rate.assessed == 0:
            reasons = sorted(rate.not_assessed.items(), key=lambda one: -one[1])
            yield rate.code, reasons[0][0] if reasons else "no such subject in the data"
