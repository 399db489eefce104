# SPDX-License-Identifier: EUPL-1.2
"""A made-up market in OCDS 1.1 with planted schemes, and the truth about each process.

Deterministic by seed, and each process by itself, so any number of them streams without memory.
Places, organisations and numbers are invented: a BIN that starts with 0000 belongs to nobody.
The noise is that of real publishers: lawful short periods, thin markets, lowest bids that failed
for good reasons, missing periods, dates without zone, bid statuses outside the codelist.
"""

import gzip
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, timezone
from pathlib import Path
from random import Random
from typing import Any, BinaryIO, cast

import msgspec

from tarazy.core.files import replacing

PROCESSES_MAX = 50_000_000
FIRST_DAY = date(2023, 1, 9)
DAYS = 3 * 365
ZONE = timezone(timedelta(hours=5))
SCHEMES = ("short_period", "tailored_tender", "lowest_bid_removed")
SCHEME_SHARE = 0.02  # of each scheme
FLAG_OF = dict(zip(SCHEMES, ("R003", "R018", "R036"), strict=True))
DAYS_MIN = 15  # the threshold of R003 that the made-up law has too
BUYER_SKEW = 2  # the largest hundredth of the buyers holds a tenth of the tenders

PLACES = (
    "Айсұлутас", "Құралайсу", "Мерейжон", "Нұрлысайран", "Сарқырамакент", "Тұлпарөзен",
    "Шұғылалы", "Ырыстыжар", "Ақниетсай", "Балбұлаққала", "Дәнқала", "Жебебел",
)  # fmt: skip
BUYER_KINDS = (
    "облыстық көпбейінді ауруханасы", "ауданының әкімдігі", "қалалық білім бөлімі",
    "қаласының жолаушылар көлігі басқармасы", "су шаруашылығы кәсіпорны", "№{n} мектеп-лицейі",
)  # fmt: skip
SUPPLIER_WORDS = (
    "Қыран", "Бәйтерек", "Самұрық-Жол", "Алтын дән", "Дала", "Жасыл желек", "Көкмұнар",
    "Темірқазық",
)  # fmt: skip
SUPPLIER_KINDS = ("Сервис", "Құрылыс", "Медтехника", "Сауда", "Логистика", "Жоба")
GOODS = (
    ("325013.100.000001", "Бір рет қолданылатын шприц", "дана", 45),
    ("172912.900.000010", "А4 қағазы", "бума", 2_400),
    ("262013.000.000012", "Дербес компьютер", "дана", 310_000),
    ("429919.200.000003", "Ғимаратты ағымдағы жөндеу", "жұмыс", 14_500_000),
    ("192026.510.000000", "Дизель отыны", "литр", 295),
    ("812110.000.000002", "Ғимаратты тазалау", "ай", 780_000),
    ("104123.100.000004", "Күнбағыс майы", "литр", 690),
)


@dataclass(slots=True)
class Truth:
    """What was planted in a process, and what an honest reader of it must find."""

    ocid: str
    schemes: list[str] = field(default_factory=list)
    raised: list[str] = field(default_factory=list)
    """Codes that the published facts raise, by a scheme or by ordinary noise."""
    not_assessed: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Bid:
    bidder: int
    amount: int
    status: str = "valid"
    lot: str | None = None


@dataclass(slots=True)
class _Plan:
    """What happens in one process, before it is told in OCDS."""

    chance: Random
    truth: Truth
    buyer: int
    method: str
    start: datetime
    days: int
    lots: list[str]
    """Empty: the tender is awarded as a whole."""
    goods: list[tuple[str, str, str, int]]
    quantities: list[int]
    bids: list[_Bid] = field(default_factory=list)

    def parts(self) -> list[str | None]:
        """What is bid for by itself: each lot, or the whole."""
        return [*self.lots] or [None]

    def estimate(self) -> int:
        return sum(
            quantity * price
            for (_, _, _, price), quantity in zip(self.goods, self.quantities, strict=True)
        )


def simulate_market(*, seed: int, processes: int) -> Iterator[tuple[dict[str, Any], Truth]]:
    """(compiled release, truth) of each process. ValueError for a number out of bounds."""
    if not 0 <= processes <= PROCESSES_MAX:
        raise ValueError(f"processes must be from 0 to {PROCESSES_MAX}")
    buyers = max(5, min(18_000, processes // 80))
    suppliers = max(20, min(80_000, processes // 20))
    for number in range(processes):
        plan = _planned(seed, number, buyers, suppliers)
        yield _release(plan), plan.truth


def write_market(out: Path, truth: Path, *, seed: int, processes: int) -> int:
    """Write releases and truth as JSON Lines, packed where the name ends in .gz.

    Returns how many releases were written. Files of these names stay until both are whole.
    """
    written = 0
    with ExitStack() as both, ExitStack() as stack:
        for path in (out, truth):
            path.parent.mkdir(parents=True, exist_ok=True)
        beside = [both.enter_context(replacing(path)) for path in (out, truth)]
        releases, truths = (stack.enter_context(_opened(path)) for path in beside)
        for release, true in simulate_market(seed=seed, processes=processes):
            releases.write(msgspec.json.encode(release) + b"\n")
            truths.write(msgspec.json.encode(true) + b"\n")
            written += 1
    return written


def _opened(path: Path) -> BinaryIO:
    if path.suffix == ".gz":
        return cast(BinaryIO, gzip.GzipFile(path, "wb", compresslevel=4, mtime=0))
    return path.open("wb")


def _planned(seed: int, number: int, buyers: int, suppliers: int) -> _Plan:
    chance = Random(f"{seed}:{number}")  # noqa: S311 - a made-up market, not a secret
    truth = Truth(ocid=f"ocds-tarazydemo-{seed}-{number:08d}")
    rolled = chance.random()
    if rolled < SCHEME_SHARE * len(SCHEMES):
        truth.schemes.append(SCHEMES[int(rolled / SCHEME_SHARE)])
    methods = ("open", "direct", "selective", "limited")
    method = "open" if truth.schemes else chance.choices(methods, (62, 24, 6, 8))[0]
    goods = chance.sample(GOODS, chance.choices((1, 2, 3), (6, 3, 1))[0])
    hour = time(chance.randrange(9, 18), chance.choice((0, 15, 30)))
    day = FIRST_DAY + timedelta(days=chance.randrange(DAYS))
    plan = _Plan(
        chance=chance,
        truth=truth,
        buyer=int(buyers * chance.random() ** BUYER_SKEW),
        method=method,
        start=datetime.combine(day, hour, ZONE),
        days=_days(chance, truth),
        lots=_lots(chance, truth),
        goods=goods,
        quantities=[max(1, int(chance.lognormvariate(15, 1.2) / price)) for *_, price in goods],
    )
    _bid(plan, suppliers)
    _expect(plan)
    return plan


def _days(chance: Random, truth: Truth) -> int:
    if "short_period" in truth.schemes:
        return chance.randrange(2, 7)
    lawful_short = chance.random() < 0.03  # noqa: PLR2004
    return chance.randrange(8, DAYS_MIN) if lawful_short else chance.randrange(DAYS_MIN, 40)


def _lots(chance: Random, truth: Truth) -> list[str]:
    if truth.schemes or chance.random() > 0.12:  # noqa: PLR2004
        return []
    return [f"lot-{number}" for number in range(1, chance.randrange(3, 5))]


def _bid(plan: _Plan, suppliers: int) -> None:
    chance = plan.chance
    favoured = (plan.buyer * 7919 + 13) % suppliers
    if plan.method not in {"open", "selective"}:
        return
    for lot in plan.parts():
        price = plan.estimate() // max(1, len(plan.lots))
        bidders = chance.sample(
            range(suppliers), chance.choices((1, 2, 3, 4, 6), (8, 22, 35, 25, 10))[0]
        )
        bids = [_Bid(one, int(price * chance.uniform(0.72, 1.0)) + 1, lot=lot) for one in bidders]
        if "tailored_tender" in plan.truth.schemes:
            bids = [_Bid(favoured, int(price * 0.995) + 1)]
        elif "lowest_bid_removed" in plan.truth.schemes:
            lowest = int(price * chance.uniform(0.6, 0.85))
            others = [one for one in bidders if one != favoured][:3]
            bids = [_Bid((favoured + 1) % suppliers, lowest, "disqualified")]
            bids += [_Bid(favoured, int(price * 0.98) + 1)]
            bids += [_Bid(one, int(price * 0.99) + 1) for one in others]
        elif len(bids) > 1 and chance.random() < 0.05:  # noqa: PLR2004
            chance.choice(bids).status = "disqualified"
        plan.bids += bids


def _expect(plan: _Plan) -> None:
    """The answers that the facts of this process give, before the publisher's mistakes."""
    truth = plan.truth
    if plan.method not in {"open", "selective"}:
        truth.not_assessed = ["R003", "R018", "R036"]
        return
    if plan.days < DAYS_MIN:
        truth.raised.append("R003")
    if len({bid.bidder for bid in plan.bids}) == 1:
        truth.raised.append("R018")
    for lot in plan.parts():
        out = [b.amount for b in plan.bids if b.lot == lot and b.status == "disqualified"]
        remaining = [b.amount for b in plan.bids if b.lot == lot and b.status == "valid"]
        if out and min(out) < min(remaining) and "R036" not in truth.raised:
            truth.raised.append("R036")


def _release(plan: _Plan) -> dict[str, Any]:
    buyer = {"id": f"KZ-BIN-{_bin(plan.buyer, 1)}", "name": _buyer_name(plan.buyer)}
    winners = _winners(plan)
    end = plan.start + timedelta(days=plan.days)
    decided = end + timedelta(days=plan.chance.randrange(3, 25))
    tender: dict[str, Any] = {
        "id": plan.truth.ocid.removeprefix("ocds-"),
        "title": ", ".join(title for _, title, _, _ in plan.goods),
        "status": "complete",
        "procurementMethod": plan.method,
        "awardCriteria": "priceOnly",
        "mainProcurementCategory": "goods",
        "value": _money(plan.estimate()),
        "procuringEntity": buyer,
        "tenderPeriod": {"startDate": plan.start.isoformat(), "endDate": end.isoformat()},
        "numberOfTenderers": len({bid.bidder for bid in plan.bids}) or 1,
        "items": [_item(plan, number) for number in range(len(plan.goods))],
    }
    if plan.lots:
        tender["lots"] = [{"id": lot, "title": lot, "status": "complete"} for lot in plan.lots]
    release: dict[str, Any] = {
        "ocid": plan.truth.ocid,
        "id": f"{plan.truth.ocid}-compiled",
        "date": decided.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "tag": ["compiled"],
        "initiationType": "tender",
        "language": "kk",
        "buyer": buyer,
        "tender": tender,
        "awards": [_award(number, bid, decided) for number, bid in enumerate(winners, 1)],
        "contracts": [
            _contract(plan, number, bid, decided) for number, bid in enumerate(winners, 1)
        ],
        "parties": _parties(plan, buyer, winners),
    }
    if plan.bids:
        release["bids"] = {"details": [_told(n, bid, end) for n, bid in enumerate(plan.bids, 1)]}
    _forget(plan, release)
    return release


def _winners(plan: _Plan) -> list[_Bid]:
    if not plan.bids:
        return [_Bid((plan.buyer * 31 + plan.chance.randrange(4)) % 20, plan.estimate())]
    cheapest_first = sorted(plan.bids, key=lambda bid: bid.amount)
    return [
        next(bid for bid in cheapest_first if bid.lot == lot and bid.status == "valid")
        for lot in plan.parts()
    ]


def _forget(plan: _Plan, release: dict[str, Any]) -> None:
    """A publisher's mistakes; a planted process is published well, so that the truth is certain."""
    if plan.truth.schemes:
        return
    rolled, tender, lost = plan.chance.random(), release["tender"], ""
    if rolled < 0.03:  # noqa: PLR2004
        del tender["tenderPeriod"]
        lost = "R003"
    elif rolled < 0.05:  # noqa: PLR2004
        period = tender["tenderPeriod"]
        period["startDate"] = period["startDate"].removesuffix("+05:00")
        lost = "R003"
    elif rolled < 0.08:  # noqa: PLR2004
        del tender["numberOfTenderers"]
        lost = "R018"
    elif rolled < 0.10 and plan.bids and not plan.lots:  # noqa: PLR2004
        release["bids"]["details"][0]["status"] = "qualified"
        lost = "R036"
    if lost and lost not in plan.truth.not_assessed:
        plan.truth.not_assessed.append(lost)
        plan.truth.raised = [code for code in plan.truth.raised if code != lost]


def _told(number: int, bid: _Bid, end: datetime) -> dict[str, Any]:
    told: dict[str, Any] = {
        "id": f"bid-{number}",
        "date": (end - timedelta(hours=number)).isoformat(),
        "status": bid.status,
        "value": _money(bid.amount),
        "tenderers": [_supplier(bid.bidder)],
    }
    if bid.lot:
        told["relatedLots"] = [bid.lot]
    return told


def _award(number: int, bid: _Bid, decided: datetime) -> dict[str, Any]:
    award: dict[str, Any] = {
        "id": f"award-{number}",
        "status": "active",
        "date": decided.isoformat(),
        "value": _money(bid.amount),
        "suppliers": [_supplier(bid.bidder)],
    }
    if bid.lot:
        award["relatedLots"] = [bid.lot]
    return award


def _contract(plan: _Plan, number: int, bid: _Bid, decided: datetime) -> dict[str, Any]:
    signed = decided + timedelta(days=plan.chance.randrange(1, 15))
    contract: dict[str, Any] = {
        "id": f"contract-{number}",
        "awardID": f"award-{number}",
        "status": "active",
        "dateSigned": signed.isoformat(),
        "value": _money(bid.amount),
    }
    if plan.chance.random() < 0.1:  # noqa: PLR2004
        contract["amendments"] = [{"id": "1", "rationale": "мерзімін ұзарту"}]
    return contract


def _parties(plan: _Plan, buyer: dict[str, Any], winners: list[_Bid]) -> list[dict[str, Any]]:
    bidders = {bid.bidder for bid in plan.bids} | {bid.bidder for bid in winners}
    winning = {bid.bidder for bid in winners}
    address = {"locality": PLACES[plan.buyer % len(PLACES)], "countryName": "Қазақстан"}
    parties = [{**buyer, "roles": ["buyer", "procuringEntity"], "address": address}]
    for bidder in sorted(bidders):
        roles = ["tenderer", "supplier"] if bidder in winning else ["tenderer"]
        parties.append({**_supplier(bidder), "roles": roles})
    return parties


def _item(plan: _Plan, number: int) -> dict[str, Any]:
    code, title, unit, price = plan.goods[number]
    return {
        "id": str(number + 1),
        "description": title,
        "classification": {"scheme": "ENSTRU", "id": code, "description": title},
        "quantity": plan.quantities[number],
        "unit": {"name": unit, "value": _money(price)},
    }


def _supplier(number: int) -> dict[str, Any]:
    word = SUPPLIER_WORDS[number % len(SUPPLIER_WORDS)]
    kind = SUPPLIER_KINDS[number // len(SUPPLIER_WORDS) % len(SUPPLIER_KINDS)]
    return {"id": f"KZ-BIN-{_bin(number, 2)}", "name": f"«{word} {kind} {number}» ЖШС"}


def _buyer_name(number: int) -> str:
    place = PLACES[number % len(PLACES)]
    kind = BUYER_KINDS[number // len(PLACES) % len(BUYER_KINDS)].format(n=number)
    return (
        f"{place} {kind}"
        if number < len(PLACES) * len(BUYER_KINDS)
        else f"{place} {kind} №{number}"
    )


def _bin(number: int, series: int) -> str:
    return f"0000{series}{number:07d}"


def _money(amount: int) -> dict[str, Any]:
    return {"amount": amount, "currency": "KZT"}
