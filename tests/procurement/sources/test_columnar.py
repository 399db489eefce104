# SPDX-License-Identifier: EUPL-1.2
"""Whole columns at a time and leaf by leaf: the same rows, the same account."""

import json
from copy import deepcopy
from operator import itemgetter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from procurement.documents import FULL, PATHS, junk
from procurement.sources import plain_reading

from tarazy.procurement.simulate import simulate_market
from tarazy.procurement.sources import columnar, ocds
from tarazy.procurement.sources.framing import SourceFile
from tarazy.procurement.sources.interface import Account, Document

AMOUNTS = (
    ("tender", "value", "amount"),
    ("tender", "items", 0, "quantity"),
    ("bids", "details", 0, "value", "amount"),
    ("contracts", 0, "items", 0, "unit", "value", "amount"),
    ("tender", "numberOfTenderers"),
    ("planning", "budget", "amount", "amount"),
    ("awards", 0, "subcontracting", "minimumPercentage"),
    ("parties", 0, "shareholders", 0, "shareholding"),
    ("contracts", 0, "implementation", "transactions", 0, "amount", "amount"),
)
MOMENTS = (("date",), ("bids", "details", 0, "date"), ("tender", "tenderPeriod", "startDate"))
LISTS = (
    ("tag",), ("parties",), ("parties", 0, "roles"), ("tender", "tenderers"), ("tender", "lots"),
    ("tender", "lots", 0, "items"), ("tender", "items"), ("bids", "details"), ("awards",),
    ("bids", "details", 0, "tenderers"), ("bids", "details", 0, "relatedLots"), ("contracts",),
    ("awards", 0, "suppliers"), ("awards", 0, "relatedBids"), ("awards", 0, "items"),
    ("contracts", 0, "amendments"), ("parties", 0, "beneficialOwners"), ("relatedProcesses",),
    ("tender", "enquiries"), ("tender", "participationFees", 0, "type"), ("planning", "documents"),
    ("contracts", 0, "implementation", "transactions"), ("tender", "selectionCriteria", "criteria"),
)  # fmt: skip
DIGITS = st.text("0123456789", max_size=24)
numerals = st.builds(
    lambda sign, whole, fraction, exponent: sign + whole + fraction + exponent,
    st.sampled_from(["", "-", "+"]),
    DIGITS,
    st.just("") | DIGITS.map(lambda digits: "." + digits),
    st.just("") | st.from_regex(r"[eE][+-]?\d{0,3}", fullmatch=True),
)
numbers = (
    st.integers(-(10**22), 10**22)
    | st.integers(-5, 2_000_000_000)
    | st.decimals(allow_nan=False, allow_infinity=False, places=9).map(float)
    | st.floats(allow_nan=False, allow_infinity=False)
)
amounts: st.SearchStrategy[Any] = (
    numbers | numerals | st.sampled_from([True, "", " 1 ", "1,5", None, {}, [1]])
)
moments = (
    st.datetimes().map(lambda at: at.isoformat())
    | st.builds(
        lambda at, fraction, zone: at.isoformat(timespec="seconds") + fraction + zone,
        st.datetimes(),
        st.sampled_from(["", ".", ".5", ".123456", ".1234567", ",5"]),
        st.sampled_from(["Z", "z", "+05:00", "-0330", "+05", "+14:59", "+24:00", "+05:60", " "]),
    )
    | st.sampled_from(["2018-02-30T00:00:00Z", "2018-01-01T24:00:00Z", "2018-01-01T23:59:60Z"])
    | st.sampled_from(["2018-01-11", "2018-01-11 10:00Z", " 2018-01-11T10:00:00Z ", "", "soon"])
)
texts = st.text(max_size=5) | st.sampled_from([" a ", "\u2003a\x1f", "a\0b", '\\"amount\\":"+5"'])


def with_values(*changes: tuple[tuple[str | int, ...], Any]) -> dict[str, Any]:
    changed: Any = deepcopy(FULL)
    for path, value in changes:
        node = changed
        try:
            for key in path[:-1]:
                node = node[key]
            node[path[-1]] = deepcopy(value)
        except (KeyError, IndexError, TypeError):
            continue
    return dict(changed)


def assert_same(*contents: dict[str, Any] | bytes) -> None:
    """Both ways give the same rows of the same releases, and the same account; so do short runs."""
    documents = [
        Document(number, one if isinstance(one, bytes) else json.dumps(one).encode())
        for number, one in enumerate(contents, start=1)
    ]
    plain, account = plain_reading.read(documents)
    for run_bytes in (columnar.RUN_BYTES, 1):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(columnar, "RUN_BYTES", run_bytes)
            patch.setattr(ocds, "sealed", lambda tables, _salt: tables)
            batch = ocds.read(documents, "imp_test")
        assert told(batch.account) == told(account)
        for name, schema in ocds.STAGED.items():
            assert batch.tables[name].schema == schema
            rows = [without_ours(row) for row in batch.tables[name].to_pylist()]
            assert sorted(rows, key=itemgetter("release")) == plain[name]


def told(account: Account) -> Account:
    """With the lines of each trouble in their order."""
    whole = Account()
    whole.merge(account)
    return whole


def without_ours(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in {"source", "fingerprint"}}


def changes_of(paths: Any, value: Any) -> Any:
    return st.lists(st.tuples(st.sampled_from(paths), value), min_size=1, max_size=3)


@settings(deadline=None)
@given(changes_of(AMOUNTS, amounts), changes_of(MOMENTS, moments))
def test_amounts_and_moments_of_every_kind(first: Any, second: Any) -> None:
    assert_same(FULL, with_values(*first, *second), with_values(*second), with_values(*first))


FLAGGED = (("awards", 0, "hasSubcontracting"), ("parties", 0, "contactPoint", "telephone"),
           ("parties", 0, "contactPoint", "email"))  # fmt: skip
oddities: st.SearchStrategy[Any] = st.sampled_from(
    [True, False, "true", "no", "", 1, None, {}, "8 700 000 00 00", "a@b"]
)


@settings(deadline=None, max_examples=40)
@given(changes_of(FLAGGED, oddities))
def test_flags_and_contacts_of_every_kind(changes: Any) -> None:
    assert_same(FULL, with_values(*changes), FULL)


@pytest.mark.parametrize("single", [{"rationale": "r"}, {}, [], "text", 7, {"date": 7}])
def test_the_single_amendment_of_ocds_1_0(single: Any) -> None:
    changed: list[Any] = []
    for path in (("tender",), ("awards", 0), ("contracts", 0)):
        changed += [((*path, "amendments"), []), ((*path, "amendment"), single)]
    assert_same(FULL, with_values(*changed), FULL)
    documents = [Document(1, json.dumps(with_values(*changed)).encode())]
    found = ocds.read(documents, "imp_test").tables["amendment"]
    assert found.num_rows == (3 if single and isinstance(single, dict) else 0)


@settings(deadline=None)
@given(changes_of(PATHS, texts), changes_of(PATHS, junk))
def test_texts_and_wrong_types_anywhere(first: Any, second: Any) -> None:
    assert_same(with_values(*first), FULL, with_values(*second), with_values(*first, *second))


@settings(deadline=None)
@given(changes_of(LISTS, st.just([]) | st.just([None]) | st.just(["", " a"]) | st.just([{}])))
def test_empty_lists_and_lists_of_nothing(changes: Any) -> None:
    assert_same(FULL, with_values(*changes), FULL)


def test_blanks_around_the_texts_of_a_list_keep_nothing_from_being_found() -> None:
    lot = {"id": " lot 1 "}
    award = {"id": "a", "relatedLots": [" lot 1", ""], "relatedBids": [" "], "relatedBid": [" b "]}
    spelt = with_values((("tender", "lots"), [lot]), (("awards",), [award]))
    lone = {**spelt, "tag": "compiled"}  # a wrong kind: read the slow way
    documents = [Document(n, json.dumps(one).encode()) for n, one in enumerate((spelt, lone))]
    found = ocds.read(documents, "imp_test").tables
    assert found["lot"]["lot_id"].to_pylist() == ["lot 1"] * 2
    assert found["award"]["lot_ids"].to_pylist() == [["lot 1"]] * 2
    assert found["award"]["bid_ids"].to_pylist() == [["b"]] * 2


@settings(deadline=None)
@given(st.lists(st.sampled_from(LISTS), max_size=9, unique=True))
def test_absent_lists(paths: Any) -> None:
    without = with_values(*((path, None) for path in paths))
    clean = json.loads(
        json.dumps(without),
        object_hook=lambda node: {key: value for key, value in node.items() if value is not None},
    )
    assert_same(clean, FULL, clean)


@pytest.mark.parametrize("name", ["id", "name", "both"])
@pytest.mark.parametrize("identifier", [{}, {"id": "7"}, {"scheme": " s ", "id": "7"}, {"id": ""}])
def test_organisations_without_id_or_name(name: str, identifier: dict[str, Any]) -> None:
    known = {"identifier": {**identifier, "legalName": "Legal"}}
    party = {**known, "id": "a", "name": ""} if name == "id" else {**known, "name": " b "}
    party = {"id": "a", "name": "b"} if name == "both" else party
    changes: list[Any] = [
        (("awards", 0, "suppliers"), [{}, party, {"name": "c"}, {"id": " "}]),
        (("bids", "details", 0, "tenderers"), [{}, {}]),
        (("buyer",), party),
    ]
    assert_same(with_values(*changes), FULL, with_values(*changes, (("parties",), [])))


def test_lines_that_would_run_into_each_other_stay_apart() -> None:
    assert_same(b'{"ocid": "a"', FULL, b'{"ocid": "b"}{"ocid": "c"}', b"", FULL, b"\xff", b'"')


def test_other_documents_between_lines_keep_the_order_of_releases() -> None:
    package = {"releases": [{"ocid": "p1"}, {"ocid": "p2"}]}
    documents = [
        Document(number, json.dumps(one).encode())
        for number, one in enumerate([FULL, package, FULL, {"ocid": "q", "id": 1}, FULL])
    ]
    table = ocds.read(documents, "imp_test").tables["contracting_process"]
    assert table["ocid"].to_pylist() == [
        "ocds-full-1", "p1", "p2", "ocds-full-1", "q", "ocds-full-1"
    ]  # fmt: skip
    assert table["release"].to_pylist() == [0, 1, 2, 3, 4, 5]


def test_a_market_is_the_same() -> None:
    assert_same(*(release for release, _ in simulate_market(seed=3, processes=300)))


def test_the_real_files_are_the_same(shared_data: Path) -> None:
    lines = SourceFile(shared_data / "ocds" / "real_compiled.jsonl").documents()
    assert_same(*(document.data for document in lines))
    for package in sorted((shared_data / "ocds" / "packages").iterdir()):
        whole = json.loads(package.read_bytes())
        records = whole.get("records", [whole])
        assert_same(package.read_bytes())
        assert_same(*(one.get("compiledRelease", one) for one in records))
        assert_same(*whole.get("releases", []))
