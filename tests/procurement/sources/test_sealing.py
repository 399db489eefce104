# SPDX-License-Identifier: EUPL-1.2
"""Telephones, e-mail addresses and owners: equal ones stay equal, and nobody can read them."""

import json
import re
from typing import Any

import pytest
from procurement.documents import FULL

from tarazy.procurement.sources import ocds
from tarazy.procurement.sources.interface import Document
from tarazy.procurement.sources.tables import SHAPES

SALT = bytes(range(32))


def sealed(salt: bytes, *releases: dict[str, Any]) -> dict[str, list[Any]]:
    documents = [Document(n, json.dumps(one).encode()) for n, one in enumerate(releases)]
    tables = ocds.read(documents, "imp_test", salt).tables
    return {
        f"{name}.{column}": tables[name][column].to_pylist()
        for name, shape in SHAPES.items()
        for column in shape.sealed
    }


def test_nothing_that_is_sealed_can_be_read() -> None:
    found = sealed(SALT, FULL)
    assert set(found) == {
        "party.telephone",
        "party.email",
        "beneficial_owner.owner_id",
        "beneficial_owner.owner_name",
        "shareholder.owner_id",
        "shareholder.owner_name",
    }
    assert all(re.fullmatch("[0-9a-f]{24}", value) for [value] in found.values())


def test_an_owner_is_the_same_in_both_lists_and_another_salt_gives_other_hashes() -> None:
    found, other = sealed(SALT, FULL), sealed(bytes(32), FULL)
    assert found["beneficial_owner.owner_id"] == found["shareholder.owner_id"]
    assert not {one for [one] in found.values()} & {one for [one] in other.values()}


@pytest.mark.parametrize("telephone", ["+7 (700) 123-45-67", "8 700 123 45 67", "7001234567"])
def test_a_number_is_the_same_however_it_is_written(telephone: str) -> None:
    def release(number: Any) -> dict[str, Any]:
        return {"ocid": "a", "parties": [{"id": "p", "contactPoint": {"telephone": number}}]}

    found = sealed(SALT, release(telephone), release("+77001234567"), release("12345"), release(""))
    one, two, short, empty = found["party.telephone"]
    assert one == two
    assert short is empty is None
