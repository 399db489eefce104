# SPDX-License-Identifier: EUPL-1.2
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from supervision.factory import user
from supervision.officer import signed_in
from supervision.test_tables import bomb, xlsx

from tarazy.core.access import Role
from tarazy.supervision.models import DraftCondition, OrderDraft

pytestmark = pytest.mark.django_db
ADDRESS = "/supervision/orders/import"
HEADER = [
    *("full_name", "iin", "measure", "court", "document_number", "decided_on", "judge"),
    *("since", "until", "demand", "place", "hours"),
]
ROW = [
    *("Әбіш Айгүл", "900101300017", "домашний арест", "Court No. 1", "7-1", "01.11.2026"),
    *("B. Test", "2026-11-01", "2099-11-01 18:00", "home curfew", "Abai 1"),
    "Mon-Fri 22:00-06:00\nSat, Sun 20:00-08:00",
]


@pytest.fixture
def officer() -> Client:
    return signed_in(user("officer", Role.OFFICER))


def sent(client: Client, content: bytes, name: str = "orders.xlsx") -> tuple[int, str]:
    answer = client.post(ADDRESS, {"table": SimpleUploadedFile(name, content)})
    return answer.status_code, answer.content.decode()


def with_cell(column: str, text: object) -> list[object]:
    row: list[object] = [*ROW]
    row[HEADER.index(column)] = text
    return row


def other(column: str, text: object, **more: object) -> list[object]:
    """Another order."""
    row = with_cell(column, text)
    for name, value in {"document_number": "8-1", **more}.items():
        row[HEADER.index(name)] = value
    return row


def digest_in(page: str) -> str:
    found = re.search(r'name="confirmed" value="(\w+)"', page)
    assert found is not None
    return found[1]


def test_nothing_is_written_before_it_is_confirmed(officer: Client) -> None:
    second = with_cell("document_number", "7-2")
    status, page = sent(officer, xlsx(HEADER, ROW, [None] * 3, second))
    assert status == 200
    assert "2 rows, without a fault" in page
    assert OrderDraft.objects.count() == 0
    digest = digest_in(page)
    stranger = signed_in(user("stranger", Role.OFFICER))
    assert stranger.post(ADDRESS, {"confirmed": digest}).status_code == 422
    assert officer.post(ADDRESS, {"confirmed": digest}).status_code == 302
    drafts = list(OrderDraft.objects.order_by("document_number"))
    assert [one.document_number for one in drafts] == ["7-1", "7-2"]
    assert {(one.state, one.measure, one.iin_end) for one in drafts} == {
        ("draft", "house_arrest", "0017")
    }
    assert DraftCondition.objects.first().timetable[1]["days"] == [5, 6]  # type: ignore[union-attr]
    again = officer.post(ADDRESS, {"confirmed": digest})
    assert "taken in already" in again.content.decode()
    assert OrderDraft.objects.count() == 2


@pytest.mark.parametrize(
    ("row", "sentence"),
    [
        (with_cell("iin", "900101300018"), "This is no IIN"),
        (with_cell("full_name", ""), "This field is required"),
        (with_cell("measure", "banishment"), "banishment is not one of"),
        (with_cell("until", "2020-01-01"), "ends before it begins"),
        (other("since", "2019-01-01", until="2020-01-01"), "would be over already"),
        (other("iin", "150101500001"), "telephone number of a guardian"),
        (with_cell("judge", "C. Other"), "Row 2 says otherwise of the same order"),
        (with_cell("since", "soon"), "Enter a valid date/time"),
        (with_cell("decided_on", "31.02.2026"), "Enter a valid date"),
        (with_cell("hours", "at night"), "Line 1 is not understood"),
        (with_cell("court", "=A1"), "A formula is not read"),
        (with_cell("court", "x" * 300), "at most 200"),
        (ROW, "stands in row 2 already"),
    ],
)
def test_each_fault_is_named_with_its_row(
    officer: Client, row: list[object], sentence: str
) -> None:
    status, page = sent(officer, xlsx(HEADER, ROW, row))
    assert status == 422
    assert sentence in page
    assert "<td>3</td>" in page
    assert "confirmed" not in page
    assert OrderDraft.objects.count() == 0


def test_a_header_in_the_language_of_the_template_is_known(officer: Client) -> None:
    empty = officer.get(f"{ADDRESS}.csv", headers={"accept-language": "en"}).content
    assert empty.startswith(b"\xef\xbb\xbfFamily name")
    status, page = sent(officer, empty + b"x;y\n", "orders.csv")
    assert status == 422
    assert "This field is required" in page


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\n", "it is empty"),
        (b"a;b\n1;2\n", "is missing"),
        (b"full_name;full_name\n", "stands twice"),
        (bomb(100 * 1024 * 1024), "unpacks to far more"),
        ("Аты".encode("cp1251"), "CSV UTF-8"),
    ],
)
def test_a_file_that_is_no_table_is_refused(officer: Client, content: bytes, sentence: str) -> None:
    status, page = sent(officer, content)
    assert status == 422
    assert sentence in page


def test_wrong_digests_confirm_nothing(officer: Client) -> None:
    for wrong in ("", "0" * 64, "../../etc/passwd", "ә"):
        assert officer.post(ADDRESS, {"confirmed": wrong}).status_code == 422


def test_ten_thousand_rows_are_looked_at_and_written(officer: Client) -> None:
    text = ";".join(HEADER[:9]) + "\n"
    line = "Person {n};;bail;Court;{n};2026-11-01;Judge;2026-11-01;2099-01-01\n"
    content = text + "".join(line.format(n=n) for n in range(10_000))
    status, page = sent(officer, content.encode(), "orders.csv")
    assert status == 200
    assert officer.post(ADDRESS, {"confirmed": digest_in(page)}).status_code == 302
    assert OrderDraft.objects.count() == 10_000


def test_an_order_has_a_row_for_each_of_its_demands(officer: Client) -> None:
    header = [*HEADER, "demand_since", "demand_until"]
    zone = [*ROW[:-3], "keep out", "Market", "", "2026-12-01", "2027-01-01 06:00"]
    status, page = sent(officer, xlsx(header, ROW, zone))
    assert (status, "2 rows, without a fault" in page) == (200, True)
    assert "Market" in page
    assert "house arrest" in page
    assert officer.post(ADDRESS, {"confirmed": digest_in(page)}).status_code == 302
    draft = OrderDraft.objects.get()
    curfew, kept_out = draft.conditions.order_by("pk")
    assert (curfew.place, curfew.since, kept_out.place) == ("Abai 1", None, "Market")
    assert (kept_out.until - kept_out.since).days == 31  # type: ignore[operator]
    outside = [*zone[:-1], "2100-01-01"]
    status, page = sent(officer, xlsx(header, [*outside[:4], "9-9", *outside[5:]]))
    assert status == 422
    assert "is not inside the order" in page


def test_what_is_in_a_draft_or_the_register_is_not_taken_in_twice(officer: Client) -> None:
    _, page = sent(officer, xlsx(HEADER, ROW))
    officer.post(ADDRESS, {"confirmed": digest_in(page)})
    status, page = sent(officer, xlsx(HEADER, ROW, other("iin", "")))
    assert (status, "is in the register already, or in a draft" in page) == (422, True)
    assert "<td>2</td>" in page
    assert "<td>3</td>" not in page
    # Another person in the same document is another order.
    co_accused = with_cell("full_name", "Мұқанов Мейрам")
    co_accused[HEADER.index("iin")] = ""
    assert sent(officer, xlsx(HEADER, co_accused))[0] == 200
