# SPDX-License-Identifier: EUPL-1.2
"""Tables that the user brings: read exactly, or refused with the line; kept until another comes."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tarazy.procurement.references import REFERENCES, BadReference, keep, load

RATES = "currency,day,rate,base\n"
LIMITS = "country,limits,category,amount,currency,valid_from,valid_to,source\n"
BY_METHOD = "country,method,category,limits,amount,currency,valid_from,valid_to,source\n"
LEVELS = "currency,month,index\n"
PRICES = "scheme,code,unit,price_max,currency,valid_from,valid_to,source\n"
LISTED = "identifier,valid_from,valid_to,source\n"


def kept(folder: Path, kind: str, text: str | bytes) -> int:
    file = folder / "given.csv"
    file.write_bytes(text if isinstance(text, bytes) else text.encode())
    return keep(folder, kind, file)


def test_a_table_is_read_and_stays_in_force(tmp_path: Path) -> None:
    text = f"# a remark\n\n{RATES}USD,2026-01-01,512.81,KZT\n"
    assert kept(tmp_path, "rates", text) == 1
    [row] = load(tmp_path, "rates").to_pylist()
    day = datetime(2026, 1, 1, tzinfo=UTC)
    assert row == {"currency": "USD", "day": day, "rate": Decimal("512.81"), "base": "KZT"}
    assert kept(tmp_path, "rates", "\ufeff" + RATES) == 0
    assert load(tmp_path, "rates").num_rows == 0


@pytest.mark.parametrize(
    ("kind", "text", "line", "what"),
    [
        ("rates", "currency,day\n", 1, "columns are missing: base, rate"),
        ("rates", "", 1, "columns are missing: base, currency, day, rate"),
        ("rates", f"{RATES}USD,2026-01-01,0,KZT\n", 2, "rate: not a positive number"),
        ("rates", f"{RATES}USD,2026-01-01,-5,KZT\n", 2, "rate: not a positive number"),
        (
            "rates",
            f"{RATES}USD,2026-01-01,20000,KZT\n",
            2,
            "rate: a rate must be less than 10000, ",
        ),
        ("rates", f"{RATES}X,2026-01-01,0.000000001,KZT\n", 2, "rate: a rate must be less than"),
        ("rates", f"{RATES}USD,2026-01-01,nan,KZT\n", 2, "rate: not a positive number"),
        ("rates", f"{RATES}USD,2026-01-01,,KZT\n", 2, "rate is empty"),
        ("rates", f"{RATES}USD,2026-01-01\n", 2, "rate is empty"),
        ("rates", f"{RATES}\nUSD,2026-13-01,1,KZT\n", 3, "day: "),
        ("rates", f"{RATES}USD,2026-01-01,1,KZT\nUSD,2026-01-01,2,KZT\n", 3, "the same twice"),
        ("rates", f"{RATES}USD,2026-01-01,1,KZT\nEUR,2026-01-01,2,USD\n", 3, "all rates must be"),
        ("rates", f"{RATES}USD,2026-01-01,512,81,KZT\n", 2, "the line has more cells than columns"),
        ("rates", "currency,day,rate,base,rate\n", 1, "columns are there twice: rate"),
        ("rates", f"{RATES}{'x' * 200_000},2026-01-01,1,KZT\n", 2, "field larger than field limit"),
        (
            "debarred",
            "identifier,valid_from,valid_to,source\n7,2026-01-02,2025-01-01,x\n",
            2,
            "valid_to is not after valid_from",
        ),
        (
            "registered",
            "identifier,since\n7,\nБИН 971240001315,\n971240001315,\n",
            4,
            "the same twice",
        ),
        ("rates", b"\xff\xfe", 0, "the text is not in UTF-8"),
        (
            "inflation",
            f"{LEVELS}KZT,2026-01-01,100\nKZT,2026-02-01,101\nKZT,2026-01-31,102\n",
            4,
            "a currency has two lines of one month",
        ),
        (
            "thresholds",
            f"{LIMITS}KZ,direct,,1,KZT,2020-01-01,,x\nKZ,direct,,2,KZT,2021-01-01,,x\n",
            3,
            "two thresholds hold at the same time",
        ),
        ("thresholds", f"{LIMITS}KZ,drect,,1,KZT,2020-01-01,,x\n", 2, "limits: one of simplified"),
        (
            "thresholds",
            f"{LIMITS}KZ,direct,,1,KZT,2020-01-01,2019-12-31,x\n",
            2,
            "valid_to is not after valid_from",
        ),
        (
            "thresholds",
            f"{BY_METHOD}KZ|Kazakhstan,open,,direct,1,KZT,2020-01-01,,x\n"
            "kazakhstan,Open Tender|Open,,direct,2,KZT,2021-01-01,,x\n",
            3,
            "two thresholds hold at the same time",
        ),
        (
            "prices",
            f"{PRICES},7,pc,5,KZT,2026-01-01,2026-01-01,x\n",
            2,
            "valid_to is not after valid_from",
        ),
        (
            "prices",
            f"{PRICES}A,7,pc,5,KZT,2026-01-01,,x\nA,7,PC,6,KZT,2026-06-01,,x\n",
            3,
            "two prices hold at the same time",
        ),
        (
            "prices",
            f"{PRICES}A,7,pc,5,KZT,2026-03-01,,x\n,7,pc,6,KZT,2026-01-01,2026-04-01,x\n",
            3,
            "two prices hold at the same time",
        ),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(
    kind: str, text: str | bytes, line: int, what: str, tmp_path: Path
) -> None:
    kept(tmp_path, "rates", f"{RATES}EUR,2026-01-01,600,KZT\n")
    with pytest.raises(BadReference) as refused:
        kept(tmp_path, kind, text)
    assert refused.value.line == line
    assert refused.value.what.startswith(what)
    assert load(tmp_path, "rates").num_rows == 1


def test_thresholds_that_say_more_hold_beside_those_that_say_less(tmp_path: Path) -> None:
    rows = (
        ",,,direct,1,KZT,2020-01-01,,x",
        "KZ,,,direct,2,KZT,2020-01-01,,x",
        "KZ,limited,,direct,3,KZT,2020-01-01,,x",
        "KZ,limited,goods,direct,4,KZT,2020-01-01,,x",
        "KZ,limited,goods,submission_days,5,KZT,2020-01-01,,x",
    )
    assert kept(tmp_path, "thresholds", BY_METHOD + "\n".join(rows)) == len(rows)


def test_a_table_of_thresholds_without_methods_is_one_for_all(tmp_path: Path) -> None:
    assert kept(tmp_path, "thresholds", f"{LIMITS}KZ,direct,,1,KZT,2020-01-01,,x\n") == 1
    [row] = load(tmp_path, "thresholds").to_pylist()
    assert (row["country"], row["method"], row["amount"]) == ("KZ", None, 1)


def test_prices_of_other_schemes_units_and_times_are_kept(tmp_path: Path) -> None:
    rows = (
        "A,7,pc,5,KZT,2026-01-01,2026-02-01,x",
        "A,7,pc,6,KZT,2026-02-01,,x",
        "B,7,pc,7,KZT,2026-01-01,,x",
        "A,7,kg,8,KZT,2026-01-01,,x",
        "A,7,pc,9,USD,2026-01-01,,x",
        ",8,pc,9,KZT,2026-01-01,,x",
    )
    assert kept(tmp_path, "prices", PRICES + "\n".join(rows)) == len(rows)


def test_small_rates_keep_their_digits(tmp_path: Path) -> None:
    kept(tmp_path, "rates", f"{RATES}UZS,2026-01-01,0.0000789123456,USD\n")
    [row] = load(tmp_path, "rates").to_pylist()
    assert row["rate"] == Decimal("0.0000789123456")


def test_months_of_several_currencies_and_years_are_kept(tmp_path: Path) -> None:
    text = f"{LEVELS}KZT,2026-01-01,100\nUSD,2026-01-01,100\nKZT,2025-01-15,99\n"
    assert kept(tmp_path, "inflation", text) == 3


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(BadReference):
        keep(tmp_path, "rates", tmp_path / "none.csv")


def test_names_are_data_and_never_statements(tmp_path: Path) -> None:
    name = "'; DROP TABLE bid; --"
    kept(tmp_path, "debarred", f'{LISTED}"{name}",2026-01-01,,"a ""list"", quoted"\n')
    [row] = load(tmp_path, "debarred").to_pylist()
    assert (row["identifier"], row["source"]) == (name, 'a "list", quoted')


def test_an_identifier_is_kept_as_it_is_compared(tmp_path: Path) -> None:
    written = ("БИН 971240001315", "KZ-BIN-971240001316", "971240001317", "GB-COH-01234567")
    rows = "\n".join(f"{one},2026-01-01,,x" for one in written)
    kept(tmp_path, "debarred", LISTED + rows)
    assert load(tmp_path, "debarred")["identifier"].to_pylist() == [
        "971240001315",
        "971240001316",
        "971240001317",
        "GB-COH-01234567",
    ]


def test_what_comes_with_us_is_whole() -> None:
    rows = load(None, "thresholds").to_pylist()
    assert all("KZ" in row["country"].split("|") for row in rows)
    assert all("106-VIII" in row["source"] or "434-V" in row["source"] for row in rows)
    amounts = [row["amount"] for row in rows if row["limits"] == "simplified"]
    assert amounts == [8_000 * 3_932, 8_000 * 4_325]
    assert [row["amount"] for row in rows if row["limits"] == "submission_days"] == [15, 5, 5, 2]
    assert all(row["method"] for row in rows if row["limits"] == "submission_days")
    assert all(load(None, kind).num_rows == 0 for kind in set(REFERENCES) - {"thresholds"})
