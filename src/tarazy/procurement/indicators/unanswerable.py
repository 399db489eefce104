# SPDX-License-Identifier: EUPL-1.2
"""Red flags of the catalogue that structured data cannot answer, each with the reason.

They are listed so that nobody takes silence for a clean market. The codes are those of the Open
Contracting Partnership, Red Flags in Public Procurement (2024).
"""

from dataclasses import dataclass

from tarazy.core.catalogue import said

ONLY_IN_VERSIONS = said("It needs the earlier versions of a tender; the data have the last one.")
ONLY_IN_TEXT = said("It stands in the words of documents, which have to be read.")
ONLY_BY_COMPARING_FILES = said("The files that bidders handed in have to be compared.")
ONLY_ON_THE_WEB = said("It needs a search of the web for each supplier.")


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswerable:
    """One flag that stays a person's work."""

    code: str
    title: str
    reason: str


UNANSWERABLE = (
    Unanswerable(
        code="R007", title=said("Unreasonable technical specifications"), reason=ONLY_IN_TEXT
    ),
    Unanswerable(
        code="R009",
        title=said("Buyer increases the cost of the bidding documents"),
        reason=ONLY_IN_VERSIONS,
    ),
    Unanswerable(
        code="R041",
        title=said("Physical similarities in documents by different bidders"),
        reason=ONLY_BY_COMPARING_FILES,
    ),
    Unanswerable(
        code="R047", title=said("Supplier is not traceable on the web"), reason=ONLY_ON_THE_WEB
    ),
    Unanswerable(
        code="R056", title=said("Winning bid does not meet the award criteria"), reason=ONLY_IN_TEXT
    ),
    Unanswerable(
        code="R073",
        title=said("Discrepancies between work completed and contract specifications"),
        reason=ONLY_IN_TEXT,
    ),
)
