# SPDX-License-Identifier: EUPL-1.2
"""A portal like goszakup.gov.kz on this machine: GraphQL over HTTP, pages, cursor, throttling."""

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from typing_extensions import override

from tarazy.procurement.fetching import Brought, FetchReport, bring_in, fetch
from tarazy.procurement.portal import Portal
from tarazy.procurement.portal_access import Access

NOW = datetime(2026, 3, 5, 12, tzinfo=UTC)
TOKEN = "a-token-of-the-tests-4711"
ROOT = re.compile(r"^(\w+)\(filter", re.MULTILINE)
KEYS = {"Subjects": "pid"}
Item = dict[str, Any]
Reply = tuple[int, dict[str, str], bytes]
Trick = Callable[[str, Item], Reply | None]
"""Given the list and the variables: an answer in place of the portal's own, or none."""


class LocalPortal:
    """The lists of a portal, what it was asked, and tricks that it plays."""

    def __init__(self, lists: dict[str, list[Item]]) -> None:
        self.lists = lists
        self.asked: list[tuple[str, Item]] = []
        self.tricks: list[Trick] = []
        self.unknown: set[str] = set()
        self.unknown_filters: set[str] = set()
        self.address = ""

    def answer(self, authorization: str, body: bytes) -> Reply:
        if authorization != f"Bearer {TOKEN}":
            return 401, {}, b'{"name":"Unauthorized","message":"' + authorization.encode() + b'"}'
        question = json.loads(body)
        query, variables = question["query"], question["variables"]
        root = ROOT.findall(query)[0]
        self.asked.append((root, variables))
        for number, line in enumerate(query.split("\n"), 1):
            if line.removesuffix(" {").partition("(")[0] in self.unknown:
                return spelt(unknown_field(line, number), 400)
        for name in self.unknown_filters & set(variables["filter"]):
            return spelt(unknown_filter(name), 400)
        for trick in list(self.tricks):
            if (reply := trick(root, variables)) is not None:
                return reply
        return spelt(self.page(root, variables))

    def page(self, root: str, variables: Item) -> Item:
        """As the portal does: newest id first, `after` is the last id that was given."""
        key = KEYS.get(root, "id")
        found = list(self.lists.get(root, []))
        for name, (since, _) in variables["filter"].items():
            found = [one for one in found if str(one.get(name) or "") >= since]
        odd = [one for one in found if not isinstance(one.get(key), int)]
        sound = sorted((one for one in found if one not in odd), key=lambda one: -int(one[key]))
        found = sound[:1] + odd + sound[1:]
        if (after := variables.get("after")) is not None:
            found = [one for one in sound if one[key] < after]
        limit = min(variables["limit"], 200)
        page = found[:limit]
        info = {
            "hasNextPage": len(found) > limit,
            "lastId": page[-1].get(key) if page else None,
            "totalCount": len(found),
        }
        return {"data": {root: page}, "extensions": {"pageInfo": info}}


def unknown_field(line: str, number: int) -> Item:
    name = line.removesuffix(" {").partition("(")[0]
    told = f'Cannot query field "{name}" on type "T".'
    return {"errors": [{"message": told, "locations": [{"line": number, "column": 1}]}]}


def unknown_filter(name: str) -> Item:
    told = f'Field "{name}" is not defined by type TFiltersInput.'
    message = f'Variable "$filter" got invalid value {{"{name}":["2026-01-01",""]}}; {told}'
    return {"errors": [{"message": message, "locations": [{"line": 1, "column": 7}]}]}


def spelt(answer: Any, status: int = 200) -> Reply:
    return status, {}, json.dumps(answer, ensure_ascii=False).encode()


def once(root: str, *replies: Reply) -> Trick:
    """Answers of a list, in this order, before the portal's own."""
    left = list(replies)
    return lambda asked, _: left.pop(0) if asked == root and left else None


def always(root: str, reply: Reply) -> Trick:
    return lambda asked, _: reply if asked == root else None


@contextmanager
def serving(lists: dict[str, list[Item]]) -> Iterator[LocalPortal]:
    portal = LocalPortal(lists)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status, headers, answer = portal.answer(self.headers.get("Authorization", ""), body)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(answer)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer)

        @override
        def log_message(self, format: str, *args: Any) -> None:
            """Nothing on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        portal.address = f"http://127.0.0.1:{server.server_address[1]}/v3/graphql"
        yield portal
        server.shutdown()
        thread.join()


def fetched(folder: Path, local: LocalPortal, now: datetime = NOW, **options: Any) -> FetchReport:
    access = Access(local.address, TOKEN)
    with Portal(access, per_second=20, sleep=lambda _: None) as asking:
        return fetch(folder, asking, now=now, **options)


def brought(folder: Path, now: datetime = NOW, **options: Any) -> Brought:
    return bring_in(folder, now=now, **options)


def of(report: FetchReport, kind: str) -> Any:
    return next(one for one in report.kinds if one.kind == kind)


def plan(number: int) -> Item:
    return {
        "id": number,
        "nameRu": "Бумага для офиса",
        "refEnstruCode": "171213.100.000003",
        "RefEnstru": {"nameRu": "Бумага"},
        "refUnitsCode": "5111",
        "RefUnits": {"nameRu": "Одна пачка"},
        "count": 40,
        "price": 1250.5,
        "amount": 50020,
        "prepayment": 30,
        "refAbpCode": 123,
        "refJustificationId": 0,
        "PlanActs": {"planActNumber": "7", "dateApproved": "2026-01-09 10:00:00"},
        "PlansSpec": [
            {
                "abpCode": "123",
                "fkrbProgramCode": "001",
                "fkrbProgramNameRu": "Услуги акимата",
                "ekrbCode": "149",
            }
        ],
    }


def notice(number: int, changed: str = "2026-02-20 10:00:00") -> Item:
    return {
        "id": number,
        "numberAnno": f"{number}-1",
        "nameRu": f"Закуп бумаги {number}",
        "totalSum": 50020,
        "refTradeMethodsId": 3,
        "RefTradeMethods": {"nameRu": "Запрос ценовых предложений"},
        "refSubjectTypeId": 1,
        "refBuyStatusId": 350,
        "orgBin": "990140000001",
        "orgNameRu": "Отдел закупок",
        "customerBin": "990140000002",
        "customerNameRu": "Школа № 1",
        "startDate": "2026-02-02 09:00:00",
        "endDate": "2026-02-09 09:00:00",
        "publishDate": "2026-02-01 09:00:00",
        "itogiDatePublic": "2026-02-12 15:30:00",
        "lastUpdateDate": changed,
    }


def lot(number: int, of: int, changed: str = "2026-02-20 10:00:00") -> Item:
    return {
        "id": number,
        "lotNumber": f"{number}-ЗЦП",
        "trdBuyId": of,
        "nameRu": "Бумага",
        "descriptionRu": "A4",
        "amount": 50020,
        "customerBin": "990140000002",
        "customerNameRu": "Школа № 1",
        "RefLotsStatus": {"nameRu": "Закупка состоялась"},
        "lastUpdateDate": changed,
        "Plans": [plan(number)],
    }


def contract(number: int, of: int, lots: int, changed: str = "2026-03-01") -> Item:
    return {
        "id": number,
        "rootId": number,
        "parentId": 0,
        "trdBuyId": of,
        "contractNumberSys": f"{number}/00",
        "RefContractStatus": {"nameRu": "Исполнен"},
        "customerBin": "990140000002",
        "supplierBiin": "050240000007",
        "Supplier": {"bin": "050240000007", "nameRu": "ТОО «Жаңа»"},
        "descriptionRu": "Поставка бумаги",
        "contractSum": 49000.25,
        "faktSum": 49000.25,
        "signDate": "2026-02-15 12:00:00",
        "planExecDate": "2026-03-15 00:00:00",
        "faktExecDate": "2026-03-20 00:00:00",
        "indexDate": changed,
        "ContractUnits": [
            {
                "id": number,
                "lotId": lots,
                "itemPrice": 1225.00625,
                "quantity": 40,
                "Plans": plan(lots),
            }
        ],
        "Acts": [{"id": number, "aktDate": "2026-03-20", "dayOverdue": 5}],
    }


def application(number: int, of: int, lots: dict[int, str], supplier: str = "050240000007") -> Item:
    """As the portal gives one; `lots` with the words of the status in each."""
    return {
        "id": number,
        "buyId": of,
        "supplierBinIin": supplier,
        "Supplier": {"bin": supplier, "nameRu": "ТОО «Жаңа»"},
        "dateApply": "2026-02-05 15:30:24.884000",
        "AppLots": [
            {
                "id": number * 10 + place,
                "lotId": one,
                "price": 1225.00625,
                "amount": 49000.25,
                "statusId": 1,
                "RefAppStatus": {"nameRu": status},
            }
            for place, (one, status) in enumerate(lots.items())
        ],
    }


def subject(number: int, bin_: str, name: str) -> Item:
    return {
        "pid": number,
        "bin": bin_,
        "nameRu": name,
        "email": "office@example.kz",
        "phone": "+77170000001",
        "lastUpdateDate": "2026-01-01 00:00:00",
        "Address": [{"address": "Абая, 1", "katoCode": "711210000"}],
    }


def unfair(number: int, biin: str, **other: Any) -> Item:
    return {
        "id": number,
        "supplierBiin": biin,
        "startDate": "2025-05-01 00:00:00",
        "endDate": "2027-05-01 00:00:00",
        "indexDate": "2025-05-02",
        **other,
    }


def market(size: int) -> dict[str, list[Item]]:
    """As many purchases of one lot, bid and contract, some organisations, an unfair supplier."""
    return {
        "TrdBuy": [notice(1000 + one) for one in range(size)],
        "Lots": [lot(5000 + one, 1000 + one) for one in range(size)],
        "Contract": [contract(9000 + one, 1000 + one, 5000 + one) for one in range(size)],
        "TrdApp": [
            application(70000 + one, 1000 + one, {5000 + one: "Победитель"}) for one in range(size)
        ],
        "Subjects": [
            subject(1, "990140000002", "КГУ «Школа № 1»"),
            subject(2, "050240000007", "ТОО «Жаңа»"),
        ],
        "Rnu": [unfair(1, "050240000007")],
    }
