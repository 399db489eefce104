# SPDX-License-Identifier: EUPL-1.2
"""Each of the eleven: what raises it, and what does not, one row a case."""

import io
import json
from typing import Any

import pytest

from tarazy.procurement.cardinal.run import run
from tarazy.procurement.cardinal.settings import parse

Made = dict[str, Any]


def bid(
    status: str, *tenderers: str, amount: Any = None, currency: str = "KZT", **more: Any
) -> Made:
    value = {} if amount is None else {"value": {"amount": amount, "currency": currency}}
    return {"status": status, "tenderers": [{"id": one} for one in tenderers], **value, **more}


def award(status: str, *suppliers: str, codes: tuple[str, ...] = ()) -> Made:
    items = [{"classification": {"id": code}} for code in codes]
    return {"status": status, "suppliers": [{"id": one} for one in suppliers], "items": items}


def release(ocid: str, bids: list[Made] | None = None, *awards: Made, **more: Any) -> Made:
    return {"ocid": ocid, "bids": {"details": bids or []}, "awards": list(awards), **more}


def judged(settings: str, *releases: Made, maps: bool = False) -> Made:
    lines = b"\n".join(json.dumps(one).encode() for one in releases)
    book = run(io.BytesIO(lines), parse(settings), with_maps=maps, warn=lambda _: None)
    found: Made = json.loads(book.json(with_meta=True))
    return found


def tender(**more: Any) -> Made:
    return release("p", tender=more)


def period(end: str, **more: Any) -> Made:
    return tender(tenderPeriod={"startDate": "2025-01-01T00:00:00Z", "endDate": end}, **more)


def won(ocid: str, first: float, second: float, *, winner: str = "w", **more: Any) -> Made:
    bids = [bid("valid", winner, amount=first), bid("valid", f"l-{ocid}", amount=second)]
    return release(ocid, bids, award("active", winner), **more)


DAY_14, DAY_15 = "2025-01-15T23:59:59Z", "2025-01-16T00:00:00Z"
R003_BY_DETAILS = "[R003]\n[R003.procurement_method_details]\nquick = 3\n"


@pytest.mark.parametrize(
    ("settings", "made", "raised"),
    [
        ("[R003]", period(DAY_14), True),
        ("[R003]", period(DAY_15), False),
        ("[R003]", period("2025-01-02"), False),
        ("[R003]", tender(tenderPeriod={"endDate": DAY_14}), False),
        ("[R003]", period(DAY_14, status="cancelled"), False),
        ("[R003]\nthreshold=14", period(DAY_14), False),
        ("[R003]\nprocurement_methods=open", period(DAY_14), False),
        ("[R003]\nprocurement_methods=open", period(DAY_14, procurementMethod="open"), True),
        (R003_BY_DETAILS, period(DAY_14, procurementMethodDetails="quick"), False),
        (R003_BY_DETAILS, period(DAY_14, procurementMethodDetails="slow"), True),
        ("[R018]", tender(numberOfTenderers=1, procurementMethod="open"), True),
        ("[R018]", tender(numberOfTenderers=1.0, procurementMethod="open"), False),
        ("[R018]", tender(numberOfTenderers="1", procurementMethod="open"), False),
        ("[R018]", tender(numberOfTenderers=2, procurementMethod="open"), False),
        ("[R018]", tender(numberOfTenderers=1, procurementMethod="direct"), False),
        ("[R018]\nprocurement_methods=", tender(numberOfTenderers=1), True),
        (
            "[exclusions]\nprocurement_method_details=x\n[R018]\nprocurement_methods=",
            tender(numberOfTenderers=1, procurementMethodDetails="x"),
            False,
        ),
    ],
)
def test_of_the_tender(settings: str, made: Made, raised: bool) -> None:
    code = settings.partition("[R")[2][:3]
    expected = {"OCID": {"p": {f"R{code}": 1.0}}} if raised else {}
    assert judged(settings, made) == {**expected, "Meta": {}}


SAME = [bid("valid", "a", amount=5), bid("disqualified", "b", amount=5.0)]


@pytest.mark.parametrize(
    ("settings", "bids", "more", "flagged"),
    [
        ("[R028]", SAME, {}, {"a", "b"}),
        ("[R028]", [*SAME, bid("valid", "a", amount=5)], {}, {"a", "b"}),
        ("[R028]", [SAME[0], bid("odd", "b", amount=5)], {}, {"a", "b"}),
        ("[R028]", [SAME[0], bid("withdrawn", "b", amount=5)], {}, set()),
        ("[R028]", [SAME[0], bid("valid", "b", amount=5, currency="USD")], {}, set()),
        ("[R028]", [bid("valid", "a", "b", amount=5), bid("valid", "b", "a", amount=5)], {}, set()),
        ("[R028]", [SAME[0], bid("valid", amount=5)], {}, set()),
        (
            "no_price_comparison_procurement_methods=x\n[R028]",
            SAME,
            {"tender": {"procurementMethodDetails": "x"}},
            set(),
        ),
        ("price_comparison_procurement_methods=x\n[R028]", SAME, {}, set()),
        (
            "price_comparison_procurement_methods=x\nno_price_comparison_procurement_methods=x\n[R028]",
            SAME,
            {"tender": {"procurementMethodDetails": "x"}},
            {"a", "b"},
        ),
    ],
)
def test_r028(settings: str, bids: list[Made], more: Made, flagged: set[str]) -> None:
    found = judged(settings, release("p", bids, **more), maps=True)
    assert set(found.get("Tenderer", {})) == flagged
    assert ("p" in found.get("OCID", {})) is bool(flagged)
    assert set(found["Maps"]["ocid_tenderer_r028"].get("p", ())) == flagged


UNTIL = {"tender": {"tenderPeriod": {"endDate": "2025-02-01T00:00:00Z"}}}


@pytest.mark.parametrize(
    ("status", "date", "by", "raised"),
    [
        ("active", "2025-02-01T00:00:01Z", "a", True),
        ("active", "2025-02-01T00:00:00Z", "a", False),
        ("active", "2025-02-01T03:00:00+05:00", "a", True),  # earlier, but later as a text
        ("active", "2025-02-02", "a", True),
        ("active", "2025-02-02", "b", False),
        ("pending", "2025-02-02", "a", False),
    ],
)
def test_r030(status: str, date: str, by: str, raised: bool) -> None:
    found = judged(
        "[R030]", release("p", [bid("valid", by, date=date)], award(status, "a"), **UNTIL)
    )
    expected = {"OCID": {"p": {"R030": 1.0}}, "Tenderer": {by: {"R030": 1.0}}} if raised else {}
    assert found == {**expected, "Meta": {}}


ONE_LEFT = [bid("valid", "a"), bid("disqualified", "b"), bid("disqualified", "c")]


@pytest.mark.parametrize(
    ("settings", "bids", "awards", "value"),
    [
        ("[R035]", ONE_LEFT, [award("active", "a")], 2.0),
        ("[R035]\nthreshold=3", ONE_LEFT, [award("active", "a")], None),
        ("[R035]\nthreshold=0", ONE_LEFT[:1], [award("active", "a")], None),
        ("[R035]", [*ONE_LEFT, bid("disqualified", "a")], [award("active", "a")], 2.0),
        ("[R035]", [*ONE_LEFT, bid("valid", "b")], [award("active", "a")], None),
        ("[R035]", ONE_LEFT, [award("active", "a"), award("active", "b")], None),
        ("[R035]", ONE_LEFT, [award("active", "a"), award("cancelled", "b")], 2.0),
        ("[R035]", ONE_LEFT, [award("active", "a"), award("pending")], None),
        ("[R035]", ONE_LEFT, [], None),
    ],
)
def test_r035(settings: str, bids: list[Made], awards: list[Made], value: float | None) -> None:
    found = judged(settings, release("p", bids, *awards))
    assert found.get("OCID", {}).get("p", {}).get("R035") == value
    assert found.get("Tenderer", {}) == ({} if value is None else {"a": {"R035": 0.0}})


LOW_OUT, HIGHER = bid("disqualified", amount=1), bid("valid", amount=2)


@pytest.mark.parametrize(
    ("settings", "bids", "status", "raised"),
    [
        ("[R036]", [LOW_OUT, HIGHER], "active", True),
        ("[R036]", [LOW_OUT, HIGHER], "pending", False),
        ("[R036]", [LOW_OUT, bid("pending", amount=2)], "active", False),
        ("[R036]", [bid("disqualified", amount=2), HIGHER], "active", True),  # the first of equals
        ("[R036]", [HIGHER, bid("disqualified", amount=2)], "active", False),
        ("[R036]", [bid("valid", amount=9, currency="USD"), LOW_OUT, HIGHER], "active", False),
        ("currency=KZT\n[R036]", [bid("valid", amount=0, currency="USD"), LOW_OUT, HIGHER],
         "active", True),
    ],
)  # fmt: skip
def test_r036(settings: str, bids: list[Made], status: str, raised: bool) -> None:
    found = judged(settings, release("p", bids, award(status)))
    assert ("OCID" in found) is raised


WIDE = [won(str(number), 10, 20) for number in range(4)]


def test_r024_and_r058_by_the_fences_of_the_file() -> None:
    close = judged("[R024]", won("c", 10, 11), *WIDE, maps=True)
    assert close["OCID"] == {"c": {"R024": 0.1}}
    assert set(close["Tenderer"]) == {"w", "l-c"}
    assert close["Meta"]["R024"] == {"q1": 0.7, "q3": 1.0, "lower_fence": 0.25}
    assert close["Maps"]["ocid_tenderer_r024"] == {"c": ["w", "l-c"]}
    far = judged("[R058]", won("f", 10, 90), *WIDE)
    assert far["OCID"] == {"f": {"R058": 8.0}}
    assert far["Tenderer"] == {"w": {"R058": 0.0}}


@pytest.mark.parametrize(
    ("settings", "made", "value"),
    [
        ("[R024]\nthreshold=0.5", won("p", 4, 5), 0.25),
        ("[R024]\nthreshold=0", won("p", 4, 4), None),  # a fence of zero flags nothing
        ("[R058]\nthreshold=0.5", won("p", 4, 8), 1.0),
        ("[R058]\nthreshold=0.5", won("p", 8, 4), None),  # the price did not decide
        (
            "[R058]\nthreshold=0.5",
            release("p", [bid("valid", "w", amount=12), *WIDE[0]["bids"]["details"]],
                    award("active", "w")),
            1.0,
        ),
        ("[R058]\nthreshold=0.5", {**won("p", 4, 8), "awards": [award("active", "w", "x")]}, None),
        ("[R058]\nthreshold=0.5", {**won("p", 4, 8), "awards": None}, None),
    ],
)  # fmt: skip
def test_r024_and_r058_by_a_threshold(settings: str, made: Made, value: float | None) -> None:
    code = settings[1:5]
    assert judged(settings, made).get("OCID", {}).get("p", {}).get(code) == value


@pytest.mark.parametrize(
    ("zero", "code"),
    [("-0", "R058"), ("-0.0", "R024")],  # Cardinal: -0 is an integer, which has no sign
)
def test_a_gap_over_a_price_of_minus_zero(zero: str, code: str) -> None:
    line = json.dumps(won("p", 0, 8)).replace('"amount": 0', f'"amount": {zero}').encode()
    settings = parse("[R024]\nthreshold=1\n[R058]\nthreshold=1")
    book = run(io.BytesIO(line), settings, with_maps=False, warn=print)
    assert json.loads(book.json(with_meta=False))["OCID"] == {"p": {code: None}}


def test_a_gap_over_a_price_of_zero_is_printed_as_null() -> None:
    found = judged("[R058]\nthreshold=1", won("p", 0, 8))
    assert found["OCID"] == {"p": {"R058": None}}


def test_r025() -> None:
    loser = [
        release(str(number), [bid("valid", "a"), bid("valid", f"w{number}")],
                award("active", f"w{number}"))
        for number in range(5)
    ]  # fmt: skip
    twice = release("x", [bid("valid", "a"), bid("valid", "a")], award("active", "a"))
    found = judged("[R025]", *loser, twice)
    assert found["Tenderer"] == {"a": {"R025": 1 / 6}}
    assert found["Meta"]["R025"]["upper_fence"] == 1.4167
    assert judged("[R025]\nthreshold=0.1", *loser, twice).get("Tenderer") is None
    assert judged("[R025]\npercentile=150", *loser, twice).get("Tenderer") is None


def test_r038() -> None:
    half = release("d", [bid("valid", "a"), bid("disqualified", "b", "c")], buyer={"id": "B"})
    clean = [release(str(n), [bid("valid", "a")] * 2, buyer={"id": str(n)}) for n in range(4)]
    found = judged("[R038]", half, *clean, maps=True)
    assert found["Buyer"] == {"B": {"R038": 0.5}}
    assert "Tenderer" not in found  # one bid each is too few
    assert found["Maps"]["ocid_buyer_r038"] == {"d": "B"}
    assert found["Maps"]["ocid_tenderer"]["d"] == ["a", "b", "c"]
    assert "ProcuringEntity_q1" not in found["Meta"]["R038"]
    single = judged("[R038]\nminimum_submitted_bids=1\nthreshold=0.9", half, *clean)
    assert single["Tenderer"] == {"b": {"R038": 1.0}, "c": {"R038": 1.0}}
    # the least number of processes is held against bids: two bids of one process are enough
    assert "Buyer" in judged("[R038]\nminimum_contracting_processes=2\nthreshold=0.1", half)


def test_r048() -> None:
    many = release("m", None, award("active", "a", codes=("11000000", "22000000", "22500000")))
    two = award("active", "a", "b", codes=("33000000",))
    plain = [release(str(n), None, award("active", str(n), codes=("11",))) for n in range(4)]
    only_one = "[R048]\nminimum_contracting_processes=1\n"
    assert judged(only_one, many, *plain)["Tenderer"] == {"a": {"R048": 2.0}}
    assert judged(f"{only_one}digits=3", many, *plain)["Tenderer"] == {"a": {"R048": 3.0}}
    assert "Tenderer" not in judged(f"{only_one}threshold=3", many, release("x", None, two))
    few = judged("[R048]", many, *plain)
    assert few == {"Meta": {"R048": {"q1": None, "q3": None, "upper_fence": None}}}
