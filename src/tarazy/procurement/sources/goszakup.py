# SPDX-License-Identifier: EUPL-1.2
"""The portal goszakup.gov.kz, OWS v3: what is asked of its GraphQL, and its answers into pages.

Names of persons (employees, heads, signers) are not asked for: no indicator needs them. Names of
fields are from public clients of the portal, not from its own schema. A field that the portal does
not know is left out of the question, and told; so one wrong name does not stop the whole source.
"""

import re
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from tarazy.core.errors import Refused
from tarazy.procurement.refusals import Refusal

LIMIT_MAX = 200  # the portal gives no more at once
SAID_LENGTH_MAX = 200
HEAD_LINES = 2  # of a question, before its first field
UNKNOWN = ("Unknown type", 'Variable "$filter" got invalid value')  # of a filter
CURSOR = re.compile(r"\d{1,19}", re.ASCII)
NUMBER = re.compile(r"\d{12}", re.ASCII)  # a BIN or an IIN

PLAN = """Plans {
id
nameRu
refEnstruCode
RefEnstru {
nameRu
}
refUnitsCode
RefUnits {
nameRu
}
count
price
amount
prepayment
refAbpCode
refJustificationId
PlanActs {
planActNumber
dateApproved
}
PlansSpec {
abpCode
fkrbProgramCode
fkrbProgramNameRu
ekrbCode
}
}"""
NAMED = "{\nbin\niin\nnameRu\n}"


@dataclass(frozen=True, slots=True)
class Kind:
    """One list of the portal that is walked page by page."""

    root: str
    filters: str
    changed: str
    """The field by whose dates changes are asked for, and which says when an item changed."""
    fields: str
    key: str = "id"
    always_whole: bool = False
    """Small, and entries may vanish from it: walked from end to end each time."""
    days_back: int = 1
    """How long before the last walk the next one begins. The filter knows days, and the portal's
    clock may be late; where `changed` is no change but a beginning, what changes later is seen for
    so long."""
    midnight: str = ""
    """What the filter wants after a day."""
    optional: bool = False
    """The tables may do without: an import waits for the list only while it is half walked."""
    belongs: tuple[str, ...] = ()
    """The fields that say, beside the key, of which process an entry is."""


KINDS = (
    Kind(
        "TrdBuy",
        "TrdBuyFiltersInput",
        "lastUpdateDate",
        "id\nnumberAnno\nnameRu\ntotalSum\nrefTradeMethodsId\nRefTradeMethods {\nnameRu\n}"
        "\nrefSubjectTypeId\nrefBuyStatusId\norgBin\norgNameRu\ncustomerBin\ncustomerNameRu"
        "\nstartDate\nendDate\npublishDate\nitogiDatePublic\nlastUpdateDate",
    ),
    Kind(
        "Lots",
        "LotsFiltersInput",
        "lastUpdateDate",
        "id\nlotNumber\ntrdBuyId\nnameRu\ndescriptionRu\namount\ncustomerBin\ncustomerNameRu"
        f"\nRefLotsStatus {{\nnameRu\n}}\nisDeleted\nlastUpdateDate\n{PLAN}",
        belongs=("trdBuyId",),
    ),
    Kind(
        "Contract",
        "ContractFiltersInput",
        "indexDate",
        "id\nrootId\nparentId\ntrdBuyId\ncontractNumber\ncontractNumberSys\ndeleted"
        "\nRefContractStatus {\nnameRu\n}\ncustomerBin\nsupplierBiin"
        f"\nSupplier {NAMED}\nCustomer {NAMED}\ndescriptionRu\ncontractSum\nrefCurrencyCode"
        "\nfaktSum\nsignDate\nfaktTradeMethodsId\nFaktTradeMethods {\nnameRu\n}"
        "\nrefSubjectTypeId\nplanExecDate\nfaktExecDate\nindexDate"
        f"\nContractUnits {{\nid\nlotId\ndeleted\nitemPrice\nquantity\ntotalSum\n{PLAN}\n}}"
        "\nActs {\nid\naktDate\ndayOverdue\n}",
        belongs=("trdBuyId", "rootId"),
    ),
    Kind(
        "TrdApp",
        "TrdAppFiltersInput",
        "dateApply",
        f"id\nbuyId\nsupplierBinIin\nSupplier {NAMED}\ndateApply"
        "\nAppLots {\nid\nlotId\nprice\namount\nstatusId\nRefAppStatus {\nnameRu\n}\n}",
        days_back=60,  # opened at the deadline, decided within some weeks after it
        midnight=" 00:00:00.000000",
        optional=True,
        belongs=("buyId",),
    ),
    Kind(
        "Subjects",
        "SubjectFiltersInput",
        "lastUpdateDate",
        "pid\nbin\niin\nnameRu\nemail\nphone\nlastUpdateDate\nAddress {\naddress\nkatoCode\n}",
        key="pid",
    ),
    Kind(
        "Rnu",
        "RnuFiltersInput",
        "indexDate",
        "id\nsupplierBiin\nstartDate\nendDate\nindexDate",
        always_whole=True,
    ),
)


@dataclass(frozen=True, slots=True)
class Page:
    """Items as they came, byte for byte, and the cursor of the next page; None is the end."""

    items: list[bytes]
    after: str | None


class BadPage(Refused):
    """An answer that is no whole page. Asking again may help. `said`: the portal's own words."""

    def __init__(self, name: Refusal, said: str = "") -> None:
        super().__init__(name)
        self.said = said


class UnknownField(BadPage):
    """The portal does not know the field that stands in this line of the question."""

    def __init__(self, line: int) -> None:
        super().__init__(Refusal.PORTAL_BROKEN)
        self.line = line


class _PageInfo(msgspec.Struct, rename="camel"):
    has_next_page: bool
    last_id: Any = None


class _Extensions(msgspec.Struct, rename="camel"):
    page_info: _PageInfo


class _Answer(msgspec.Struct):
    data: dict[str, list[msgspec.Raw] | None] | None = None
    extensions: _Extensions | None = None


class _Location(msgspec.Struct):
    line: int = 0


class _Error(msgspec.Struct):
    message: str = ""
    locations: list[_Location] = []


class _Errors(msgspec.Struct):
    errors: list[_Error] = []


_ANSWER = msgspec.json.Decoder(_Answer)
_ERRORS = msgspec.json.Decoder(_Errors)
_UNREADABLE = (msgspec.DecodeError, msgspec.ValidationError, RecursionError)


def question(kind: Kind) -> str:
    """The query for a page, a field a line, so that an error's line names a field."""
    return (
        f"query($filter: {kind.filters}, $limit: Int, $after: Int) {{\n"
        f"{kind.root}(filter: $filter, limit: $limit, after: $after) {{\n{kind.fields}\n}}\n}}"
    )


def bare(kind: Kind) -> str:
    """The query for no more than what an entry is known by, and of which process it is."""
    return question(replace(kind, fields="\n".join((kind.key, *kind.belongs))))


def without(query: str, number: int) -> str:
    """The question without the field in a line, and all that is below it.

    Raises BadPage where that line has no field that could be left out.
    """
    lines = query.split("\n")
    if not HEAD_LINES < number <= len(lines) - HEAD_LINES or lines[number - 1] == "}":
        raise BadPage(Refusal.PORTAL_BROKEN)
    first, after = number - 1, number
    depth = 1 if lines[first].endswith("{") else 0
    while depth:
        depth += lines[after].endswith("{") - (lines[after] == "}")
        after += 1
    while first > HEAD_LINES and lines[first - 1].endswith("{") and lines[after] == "}":
        first, after = first - 1, after + 1  # nothing is left inside
    return "\n".join(lines[:first] + lines[after:])


def variables(since: str | None, kind: Kind, after: str | None, limit: int) -> dict[str, Any]:
    """Of a question. `since` is a day: from then on, to no end."""
    chosen = {kind.changed: [f"{since}{kind.midnight}", ""]} if since else {}
    cursor = {"after": int(after)} if after else {}
    return {"filter": chosen, "limit": limit, **cursor}


def _is_field(error: _Error) -> bool:
    return error.message.startswith("Cannot query field")


def read_page(kind: Kind, body: bytes) -> Page:
    """A page out of an answer.

    Raises BadPage with the reason, UnknownField; Refused where the portal does not know the list.
    """
    try:
        errors = _ERRORS.decode(body).errors
        answer = _ANSWER.decode(body)
    except msgspec.ValidationError as error:
        raise BadPage(Refusal.PORTAL_BROKEN) from error
    except _UNREADABLE as error:
        raise BadPage(Refusal.PORTAL_CUT) from error
    for one in errors:
        line = one.locations[0].line if one.locations else 0
        if one.message.startswith(UNKNOWN) or (_is_field(one) and line == HEAD_LINES):
            raise Refused(Refusal.PORTAL_UNKNOWN)
        if _is_field(one) and one.locations:
            raise UnknownField(line)
    found = answer.data.get(kind.root) if answer.data else None
    if errors or found is None or answer.extensions is None:
        said = errors[0].message[:SAID_LENGTH_MAX] if errors else ""
        raise BadPage(Refusal.PORTAL_BROKEN, said)
    info = answer.extensions.page_info
    cursor = str(info.last_id)
    if info.has_next_page and not CURSOR.fullmatch(cursor):
        raise BadPage(Refusal.PORTAL_BROKEN)
    return Page([bytes(one) for one in found], cursor if info.has_next_page else None)
