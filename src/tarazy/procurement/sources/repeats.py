# SPDX-License-Identifier: EUPL-1.2
"""Objects that stand twice in a release under one id: the last one counts, and that is told.

OCDS wants the ids of a list to be different. Counted twice, an award or a payment would be twice
its amount. Items, documents and parties may repeat an id without being summed: publishers number
the items of each lot anew, and name a party once for each of its roles.
"""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any, TypeVar

from msgspec.structs import replace

from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources.interface import Account
from tarazy.procurement.sources.release import Release
from tarazy.procurement.sources.values import text

TENDER = {
    "lots": "lots",
    "enquiries": "enquiries",
    "complaints": "complaints",
    "participation_fees": "participationFees",
    "amendments": "amendments",
    "milestones": "milestones",
}
"""Of a tender: the lists, and their names in OCDS."""
CONTRACT = ("amendments", "milestones")
IMPLEMENTATION = ("transactions", "milestones")
_Object = TypeVar("_Object")
Told = Callable[[str, int], None]
"""Told the path of a list, and how many of its objects are repeated."""


def once(release: Release, account: Account, position: int) -> Release:
    """The release with the last of each of its objects; most have nothing that is repeated."""
    if not _has_repeats(release):
        return release
    return _once(release, partial(_note, account, position))


def _note(account: Account, position: int, path: str, count: int) -> None:
    account.note(Refusal.NOTE_REPEATED, path, count, [position])


def _has_repeats(release: Release) -> bool:
    tender = release.tender
    lists = [
        release.complaints, release.bids.details, release.awards, release.contracts,
        tender.lots, tender.enquiries, tender.complaints, tender.participation_fees,
        tender.amendments, tender.milestones,
    ]  # fmt: skip
    lists += [award.amendments for award in release.awards]
    for contract in release.contracts:
        done = contract.implementation
        lists += (contract.amendments, contract.milestones, done.transactions, done.milestones)
    several = [one for one in lists if len(one) > 1]
    return any(map(_is_repeated, several))


def _is_repeated(objects: Sequence[Any]) -> bool:
    """Whether an id may stand twice: quick, and never no where it does."""
    ids = [str(one.id).strip() for one in objects if one.id is not None]
    return len(set(ids)) < len(ids)


def _once(release: Release, tell: Told) -> Release:
    tender = release.tender
    last = partial(_last, tell=tell)
    contracts = last(release.contracts, "contracts")
    awards = last(release.awards, "awards")
    return replace(
        release,
        complaints=last(release.complaints, "complaints"),
        bids=replace(release.bids, details=last(release.bids.details, "bids.details")),
        tender=replace(
            tender,
            **{name: last(getattr(tender, name), f"tender.{of}") for name, of in TENDER.items()},
        ),
        awards=tuple(
            replace(one, amendments=last(one.amendments, "awards.amendments")) for one in awards
        ),
        contracts=tuple(_of_contract(one, last) for one in contracts),
    )


def _of_contract(contract: Any, last: Any) -> Any:
    done = contract.implementation
    inner = {
        name: last(getattr(done, name), f"contracts.implementation.{name}")
        for name in IMPLEMENTATION
    }
    own = {name: last(getattr(contract, name), f"contracts.{name}") for name in CONTRACT}
    return replace(contract, implementation=replace(done, **inner), **own)


def _last(objects: tuple[_Object, ...], path: str, tell: Told) -> tuple[_Object, ...]:
    """The last of each id; bids and awards for different lots are different."""
    known: dict[Any, _Object] = {}
    for number, one in enumerate(objects):
        own = text(getattr(one, "id", None))
        key = (own, *_lots(one)) if own else number
        known.pop(key, None)
        known[key] = one
    if len(known) < len(objects):
        tell(path, len(objects) - len(known))
        return tuple(known.values())
    return objects


def _lots(one: Any) -> tuple[str, ...]:
    return (*getattr(one, "related_lots", ()), *getattr(one, "related_lot", ()))
