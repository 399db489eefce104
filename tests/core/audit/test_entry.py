# SPDX-License-Identifier: EUPL-1.2
"""What stands in a leaf, and what must not."""

import hashlib
import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tarazy.core.audit.entry import (
    DETAIL_LENGTH_MAX,
    Detail,
    Line,
    canonical,
    instant,
    seal,
)

NOW = datetime(2026, 3, 1, 7, 30, 0, 5, tzinfo=UTC)
FIELDS: dict[str, Any] = {
    "verb": "supervision.trail.view",
    "kind": "look",
    "outcome": "done",
    "actor": "usr_019a",
    "roles": ("officer", "analyst"),
    "purpose": "supervision",
    "basis": "ord_019b",
    "subject": "per_019c",
}


def line(**changes: object) -> Line:
    return Line(**{**FIELDS, **changes})


def test_the_leaf_is_the_same_for_ever() -> None:
    """A golden leaf: changing these bytes breaks every proof that was given out."""
    assert seal(line(), NOW).leaf.decode() == (
        '{"actor":"usr_019a","at":"2026-03-01T07:30:00.000005Z","basis":"ord_019b","details":{},'
        '"kind":"look","outcome":"done","purpose":"supervision","roles":["analyst","officer"],'
        '"subject":"per_019c","v":1,"verb":"supervision.trail.view"}'
    )


def test_personal_facts_are_only_committed_to() -> None:
    sealed = seal(line(details={"note": "Асқар Серіков, 870101300123"}), NOW)
    detail = sealed.details["note"]
    assert b"870101300123" not in sealed.leaf
    assert "Асқар".encode() not in sealed.leaf
    expected = hashlib.sha256(detail.salt + canonical(detail.value)).hexdigest()
    assert json.loads(sealed.leaf)["details"] == {"note": expected}
    again = seal(line(details={"note": "Асқар Серіков, 870101300123"}), NOW)
    assert again.leaf != sealed.leaf, "the same fact twice cannot be recognised"


@pytest.mark.parametrize("subject", ["Асқар Серіков", "a b", "x" * 101, '"}', "-"])
def test_a_subject_that_somebody_typed_stays_out_of_the_leaf(subject: str) -> None:
    sealed = seal(line(subject=subject), NOW)
    leaf = json.loads(sealed.leaf)
    assert leaf["subject"] == ""
    assert sealed.details["subject_as_given"].value == subject


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("a\x00b", "a\ufffdb"),
        ("\ud83d alone", "\ufffd alone"),
        ("x" * (DETAIL_LENGTH_MAX + 1), "x" * DETAIL_LENGTH_MAX),
        ("", ""),
    ],
)
def test_a_hostile_value_does_not_stop_the_log(given: str, kept: str) -> None:
    assert seal(line(details={"note": given}), NOW).details["note"].value == kept


@pytest.mark.parametrize(
    "changes",
    [
        {"verb": "View trail"},
        {"verb": "view"},
        {"outcome": "maybe"},
        {"outcome": "refused:"},
        {"actor": "Асқар"},
        {"actor": ""},
        {"roles": ("duty officer",)},
        {"purpose": "because I want to"},
        {"basis": ""},
        {"details": {"Full name": "x"}},
        {"details": {f"n{i}": "" for i in range(33)}},
    ],
)
def test_a_part_that_is_no_identifier_is_a_mistake_of_ours(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="audit line"):
        line(**changes)


def test_instants_are_utc_to_the_microsecond() -> None:
    almaty = timezone(timedelta(hours=5))
    assert instant(datetime(2026, 3, 1, 12, tzinfo=almaty)) == "2026-03-01T07:00:00.000000Z"
    with pytest.raises(ValueError, match="aware"):
        instant(datetime(2026, 3, 1))  # noqa: DTZ001 - the wrong that is tested


def test_canonical_form_of_rfc_8785() -> None:
    """The sorting example of RFC 8785, 3.2.3: by UTF-16 units, so an emoji before U+FB33."""
    names = ["\u20ac", "\r", "\ufb33", "1", "\U0001f600", "\u0080", "\u00f6"]
    order = list(json.loads(canonical(dict.fromkeys(names))))
    assert order == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]
    assert (
        canonical('\u20ac$\u000f\nA\'B"\\\\"/') == b'"\xe2\x82\xac$\\u000f\\nA\'B\\"\\\\\\\\\\"/"'
    )
    assert canonical([None, -0, 2**53 - 1]) == b"[null,0,9007199254740991]"


@pytest.mark.parametrize("value", [1.0, True, b"x", {1: "a"}, object()])
def test_values_outside_the_subset_are_refused(value: Any) -> None:
    with pytest.raises((TypeError, AttributeError)):
        canonical(value)


def test_integers_that_a_double_cannot_hold_are_refused() -> None:
    with pytest.raises(ValueError, match="8785"):
        canonical(2**53)


text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
values = st.recursive(
    st.none() | text | st.integers(-(2**53) + 1, 2**53 - 1),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(text, inner, max_size=4),
    max_leaves=12,
)


@given(values)
def test_canonical_form_reads_back_and_is_unique(value: Any) -> None:
    once = canonical(value)
    assert json.loads(once) == value
    assert canonical(json.loads(once)) == once


@given(st.binary(min_size=16, max_size=16), text, text)
def test_a_commitment_opens_to_one_value(salt: bytes, value: str, other: str) -> None:
    same = Detail(salt, value).commitment() == Detail(salt, other).commitment()
    assert same == (value == other)
