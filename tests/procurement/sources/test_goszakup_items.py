# SPDX-License-Identifier: EUPL-1.2
"""What an entry of the portal is known by."""

from decimal import Decimal
from typing import Any

import pytest

from tarazy.procurement.sources.goszakup import KINDS
from tarazy.procurement.sources.goszakup_items import item, known, moment, word

BY_ROOT = {kind.root: kind for kind in KINDS}


@pytest.mark.parametrize(
    ("root", "found", "process"),
    [
        ("TrdBuy", {"id": 7}, "7"),
        ("Lots", {"id": 1, "trdBuyId": "7"}, "7"),
        ("Lots", {"id": 1, "trdBuyId": 0}, ""),
        ("Lots", {"id": 1, "trdBuyId": [7]}, ""),
        ("Contract", {"id": 3, "trdBuyId": 7}, "7"),
        ("Contract", {"id": 3, "trdBuyId": None}, "contract-3"),
        ("Contract", {"id": 3, "rootId": 2, "trdBuyId": 0}, "contract-2"),
        ("TrdApp", {"id": 3, "buyId": 7}, "7"),
        ("TrdApp", {"id": 3, "buyId": 0}, ""),
        ("Subjects", {"pid": 3, "bin": "990140000002"}, "of:990140000002"),
        ("Subjects", {"pid": 3, "bin": None, "iin": "850101300012"}, "of:850101300012"),
        ("Subjects", {"pid": 3, "bin": "no number"}, ""),
        ("Rnu", {"id": 3}, ""),
    ],
)
def test_the_process_of_an_item(root: str, found: dict[str, Any], process: str) -> None:
    own = known(BY_ROOT[root], found)
    assert own is not None
    assert own.process == process


@pytest.mark.parametrize("key", [None, 0, "", "0", True, 1.5, [], {}])
def test_an_item_without_an_id_is_none(key: Any) -> None:
    assert known(BY_ROOT["Lots"], {"id": key, "trdBuyId": 7}) is None


@pytest.mark.parametrize("body", [b"7", b"[]", b"null", b"{", b'{"a": "\\ud800"}'])
def test_what_is_no_object_is_none(body: bytes) -> None:
    assert item(body) is None


def test_fractions_are_exact() -> None:
    assert item(b'{"a": 0.1, "b": 1.10}') == {"a": Decimal("0.1"), "b": Decimal("1.10")}


@pytest.mark.parametrize(
    ("came", "kept"),
    [
        ("2024-02-29 23:59:59", "2024-02-29T23:59:59+06:00"),
        ("2024-03-02 00:00:00", "2024-03-02T00:00:00+05:00"),
        ("2026-01-01T09:00:00.5", "2026-01-01T09:00:00.500000+05:00"),
        ("2026-01-01T09:00:00Z", "2026-01-01T09:00:00Z"),
        ("2026-01-01", "2026-01-01"),
        ("2026-13-01 00:00:00", "2026-13-01 00:00:00"),
        ("31.12.2026", "31.12.2026"),
        (17, 17),
        (10**30, str(10**30)),
        (None, None),
    ],
)
def test_times_get_their_zone_and_nothing_is_guessed(came: Any, kept: Any) -> None:
    assert moment(came) == kept


def test_when_an_item_changed_sorts_in_utc() -> None:
    def changed(at: Any) -> str:
        own = known(BY_ROOT["Lots"], {"id": 1, "lastUpdateDate": at})
        return own.changed if own else ""

    assert changed("2026-01-01 05:00:00") == "2026-01-01T00:00:00+00:00"
    assert changed("2026-01-01") == "2025-12-31T19:00:00+00:00"
    assert (changed("soon"), changed(None), changed("0001-01-01 00:00:00")) == ("", "", "")


def test_ids_are_words_and_nothing_else_is() -> None:
    assert [word(one) for one in (7, "7 ", 0, "0", None, True, 1.5, ["7"])] == [
        "7",
        "7",
        *[""] * 6,
    ]
