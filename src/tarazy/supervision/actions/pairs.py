# SPDX-License-Identifier: EUPL-1.2
"""What the engine writes about pairs: derived state, in the transaction of its alerts; no acts."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tarazy.supervision.models import (
    EngineCheckpoint,
    PairChange,
    PairSnapshot,
    PairState,
)

PAIRS = "pairs"
"""The checkpoint of the fixes of protected people."""


@dataclass(slots=True)
class DerivedPairs:
    """What is known of pairs after a step."""

    states: list[PairState] = field(default_factory=list)
    changes: list[PairChange] = field(default_factory=list)
    superseded: list[tuple[int, int, str, datetime]] = field(default_factory=list)
    """Changes that are believed no longer: demand, radius, state and time."""
    snapshots: list[PairSnapshot] = field(default_factory=list)
    rewound: list[tuple[int, datetime]] = field(default_factory=list)
    """Demands whose snapshots after a moment are out of date."""
    over: list[int] = field(default_factory=list)
    """Demands that are over: nothing of where anybody was is kept for them."""


def keep_pairs(derived: DerivedPairs, now: datetime) -> None:
    """Write it all."""
    for demand, radius_m, state, at in derived.superseded:
        PairChange.objects.filter(
            no_contact_id=demand, radius_m=radius_m, state=state, at=at, superseded_at=None
        ).update(superseded_at=now)
    PairChange.objects.bulk_create(derived.changes)
    for demand, at in derived.rewound:
        PairSnapshot.objects.filter(no_contact_id=demand, at__gt=at).delete()
    PairSnapshot.objects.bulk_create(derived.snapshots, ignore_conflicts=True)
    PairState.objects.bulk_create(
        derived.states,
        update_conflicts=True,
        unique_fields=["no_contact"],
        update_fields=["judged_to", "due", "unheard_since", "head", "episodes"],
    )
    PairSnapshot.objects.filter(no_contact_id__in=derived.over).delete()


def note_unheard(waiting: Mapping[int, datetime]) -> None:
    """Remember from when on a demand has places that were read and are not judged yet."""
    found = PairState.objects.filter(pk__in=waiting).select_for_update().order_by("pk")
    rows: Sequence[PairState] = list(found if waiting else ())
    later = []
    for row in rows:
        at = waiting[row.pk]
        if row.unheard_since is None or at < row.unheard_since:
            row.unheard_since = at
            later.append(row)
    PairState.objects.bulk_update(later, ["unheard_since"])


def move_checkpoint(checkpoint: EngineCheckpoint) -> None:
    """Up to where the fixes of protected people were read."""
    EngineCheckpoint.objects.update_or_create(
        name=PAIRS,
        defaults={"transaction": checkpoint.transaction, "fix_id": checkpoint.fix_id},
    )


def drop_old_snapshots(before: datetime) -> None:
    """Those that no late place can need any more."""
    PairSnapshot.objects.filter(at__lt=before).delete()


def forget_pairs(demands: Sequence[int]) -> None:
    """Nothing is known any more of demands whose ground is gone."""
    PairSnapshot.objects.filter(no_contact_id__in=demands).delete()
    PairState.objects.filter(pk__in=demands).delete()
