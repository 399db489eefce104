# SPDX-License-Identifier: EUPL-1.2
"""Who publishes what: the absence of a thing says something only of those who publish it."""

import pytest
from procurement.factory import answers
from procurement.offers import Made

from tarazy.procurement.indicators import INDICATORS

BY_CODE = {one.CARD.code: one for one in INDICATORS}
DOCUMENTS = [
    {"id": "d1", "documentType": "tenderNotice"},
    {"id": "d2", "documentType": "biddingDocuments"},
    {"id": "d3", "documentType": "evaluationReports"},
]
CONTRACT = {
    "id": "c",
    "awardID": "a",
    "status": "active",
    "value": {"amount": 1, "currency": "KZT"},
}
BARE: Made = {
    "tender": {"status": "complete", "procurementMethod": "open"},
    "bids": {"details": [{"id": "b", "status": "disqualified", "tenderers": [{"id": "T"}]}]},
    "awards": [{"id": "a", "status": "active", "suppliers": [{"id": "S"}]}],
    "contracts": [CONTRACT],
}
FULL: Made = {
    **BARE,
    "tender": {**BARE["tender"], "documents": DOCUMENTS},
    "planning": {"documents": [{"id": "p", "documentType": "procurementPlan"}]},
    "complaints": [{"id": "q"}],
    "contracts": [{**CONTRACT, "documents": [{"id": "s", "documentType": "contractSigned"}]}],
}
DIRECT: Made = {**BARE, "tender": {"status": "complete", "procurementMethod": "direct"}}
SILENT = "no process of this publisher has such data"


LOUD = ("goszakup-1", "ocds-aaaaaa-1", "kmg-flat-1", "ZAKUP-1")
QUIET = ("samruk-1", "ocds-aaaaab-1", "kmg-other-1", "77")


@pytest.mark.parametrize("code", ["R001", "R004", "R005", "R012", "R020", "R037", "R063"])
def test_one_publishers_data_say_nothing_of_another(code: str) -> None:
    bare = DIRECT if code == "R012" else BARE
    loud = [{**FULL, "ocid": one} for one in LOUD]
    rows = answers(BY_CODE[code], *loud, *({**bare, "ocid": one} for one in QUIET))
    assert {row["ocid"] for row in rows if row["reason"] == SILENT} == set(QUIET)


@pytest.mark.parametrize("code", ["R064", "R065", "R066", "R069", "K007"])
def test_who_never_publishes_modifications_is_not_cleared_by_those_who_do(code: str) -> None:
    modified = {**BARE, "contracts": [{**CONTRACT, "amendments": [{"id": "1"}]}]}
    loud = [{**modified, "ocid": one} for one in LOUD]
    rows = answers(BY_CODE[code], *loud, *({**BARE, "ocid": one} for one in QUIET))
    silent = "no contract of this publisher has a modification"
    assert {row["ocid"] for row in rows if row["reason"] == silent} == set(QUIET)


def test_who_never_gives_reasons_is_not_accused_by_those_who_do() -> None:
    explained = {"tender": {**DIRECT["tender"], "procurementMethodRationale": "one supplier"}}
    loud = [{**explained, "ocid": one} for one in LOUD]
    quiet = [{**DIRECT, "ocid": one} for one in ("goszakup-2", *QUIET)]
    rows = answers(BY_CODE["R010"], *loud, *quiet)
    silent = "no process of this publisher gives a reason for its method"
    assert {row["ocid"] for row in rows if row["reason"] == silent} == set(QUIET)
    assert [row["ocid"] for row in rows if row["raised"]] == ["goszakup-2"]


def test_processes_of_one_publisher_are_judged_by_one_another() -> None:
    pairs = {
        "goszakup-1": "Goszakup-contract-22",
        "p1": "p2",
        "1": "2",
        "ocds-aaaaaa-1": "ocds-aaaaaa-x",
    }
    loud = [{**FULL, "ocid": one} for one in pairs]
    rows = answers(BY_CODE["R001"], *loud, *({**BARE, "ocid": one} for one in pairs.values()))
    assert {row["ocid"] for row in rows if row["raised"]} == set(pairs.values())
