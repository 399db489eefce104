# SPDX-License-Identifier: EUPL-1.2
"""R072: each subject with its answer, and what is not assessed."""

from typing import Any

from procurement.factory import answers
from procurement.offers import Made, award

from tarazy.procurement.indicators import r072_many_subcontracts as r072

YES, NO = True, False


def made(buyer: Any, has: Any) -> Made:
    return {"buyer": {"id": buyer}, "awards": [award("a", hasSubcontracting=has)]}


def found(*releases: Made, **more: Any) -> dict[str, Any]:
    rows = answers(r072, *releases, **more)
    assert all(row["evidence"] for row in rows if row["raised"])
    assert all((row["raised"] is None) == bool(row["reason"]) for row in rows)
    return {row["party_id"]: (row["raised"], row["reason"], row["value"]) for row in rows}


def test_a_buyer_whose_work_is_handed_on_stands_out() -> None:
    releases: list[Made] = []
    for number in range(20):
        releases += [made(f"b{number:02}", NO)] * 9 + [made(f"b{number:02}", number % 2 > 0)]
    releases += [made("always", YES)] * 10 + [made("small", YES)] * 9
    releases += [made("silent", None)] * 10
    answer = found(*releases)
    assert answer["always"] == (True, None, 100)
    assert answer["b01"] == (False, None, 10)
    assert answer["small"][1] == "it has too few processes to say anything of it"
    assert "silent" not in answer


def test_who_buys_works_is_compared_with_who_buys_works() -> None:
    """Works are subcontracted in seven or eight awards of ten, goods hardly ever."""

    def bought(buyer: str, category: str, times: int) -> list[Made]:
        told = {"mainProcurementCategory": category}
        return [{**made(buyer, turn < times), "tender": told} for turn in range(10)]

    goods = [one for n in range(60) for one in bought(f"g{n}", "goods", n % 2)]
    works = [one for n in range(20) for one in bought(f"w{n}", "works", 7 + n % 2)]
    answer = found(*goods, *works, *bought("odd", "goods", 7))
    assert {answer[f"w{n}"][0] for n in range(20)} == {False}
    assert answer["odd"][0] is True
