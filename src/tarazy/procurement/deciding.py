# SPDX-License-Identifier: EUPL-1.2
"""What people decided of proposed pairs, and which parties are one because of it.

    parties/proposals.parquet     pairs with their evidence (`matching`), made anew by each search
    parties/same_number.parquet   parties that have the same BIN or IIN under several ids
    parties/numbers.parquet       whether two have different valid numbers, as salted hashes
    parties/decisions.jsonl       one line a decision, never changed: an undone one is a line more

The last line about a pair holds. Merged parties are called by one id of theirs; published tables
stay as they are. No chain of decisions makes one party of two that have different valid numbers.
"""

import fcntl
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import msgspec

from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as Ground
from tarazy.procurement.identifiers import number
from tarazy.procurement.identities import FOLDER
from tarazy.procurement.queries import reading
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.sources.flat_cells import checks

WHY_LENGTH_MAX = 500
PAIRS_SHOWN = 20
State = Literal["open", "decided"]
_AMONG = "FROM read_parquet(?) WHERE (pair IN (SELECT unnest(?))) = ?"
# A person's number begins with the date of birth; a BIN has 4 to 6 where the day begins.
_BIRTH = r"\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_PERSON = re.compile(rf"(?<![\d.,])(?:{_BIRTH}[0-6]\d)(\d{{4}})(?!\d|[.,]\d)", re.ASCII)


class Answer(StrEnum):
    """What a person says of a pair; `OPEN` takes an earlier answer back."""

    SAME = "same"
    DIFFERENT = "different"
    UNKNOWN = "unknown"
    OPEN = "open"


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the decisions."""

    pair: str
    left: str
    right: str
    answer: Answer
    who: str
    why: str
    at: datetime


@dataclass(frozen=True, slots=True)
class By:
    """Who decides, by public id, and why."""

    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Pair:
    """A pair with its evidence, and the decision in force."""

    facts: dict[str, Any]
    decision: Decision | None


@dataclass(frozen=True, slots=True)
class Pairs:
    """A page of pairs."""

    rows: list[Pair]
    total: int
    page: int
    undecided: int
    decided: int
    merged: int
    sought: bool


def decisions(folder: Path) -> dict[str, Decision]:
    """The decision in force of each pair."""
    found = {}
    for line in _whole_lines(folder / FOLDER / "decisions.jsonl").splitlines():
        one = msgspec.json.decode(line, type=Decision)
        found[one.pair] = one
    return {pair: one for pair, one in found.items() if one.answer is not Answer.OPEN}


def decide(folder: Path, pair: str, answer: Answer, by: By, now: datetime) -> Decision:
    """Write a decision down; an answer in force has to be taken back before another is given.

    Raises Refused: no such pair, no reason, decided already, two different numbers, or through
    other answers two would be one that somebody calls different.
    """
    if not by.why.strip() or len(by.why) > WHY_LENGTH_MAX:
        raise Refused(Refusal.DECISION_WHY)
    target = folder / FOLDER / "decisions.jsonl"
    if not target.parent.is_dir():
        raise Refused(Ground.NOT_FOUND)
    with (target.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        known = decisions(folder)
        left, right = _sides(folder, pair, known)
        if answer is Answer.OPEN and pair not in known:
            raise Refused(Ground.NOT_FOUND)
        if answer is not Answer.OPEN and pair in known:
            raise Refused(Refusal.PARTIES_DECIDED)
        why = by.why.strip()
        made = Decision(
            pair=pair, left=left, right=right, answer=answer, who=by.who, why=why, at=now
        )
        joined = _joined(folder, {**known, pair: made})
        if answer is Answer.SAME and not joined.whole:
            raise Refused(Refusal.PARTIES_TWO_NUMBERS)
        if joined.contradicted - _joined(folder, known).contradicted:
            raise Refused(Refusal.PARTIES_CONTRADICTED)
        whole = len(_whole_lines(target))
        with target.open("ab") as lines:
            lines.truncate(whole)
            lines.write(msgspec.json.encode(made) + b"\n")
            lines.flush()
            os.fsync(lines.fileno())
    return made


def _whole_lines(file: Path) -> bytes:
    """Without a last line that was cut off, as on a full disk: nobody was told that it holds."""
    try:
        content = file.read_bytes()
    except FileNotFoundError:
        return b""
    return content[: content.rfind(b"\n") + 1]


def aliases(folder: Path) -> dict[str, str]:
    """The id of the party that each merged one is part of; itself is left out.

    A decision by which two different valid numbers would now become one, as the data have since
    become, is passed over.
    """
    return _joined(folder, decisions(folder)).aliases()


@dataclass(slots=True)
class _Joined:
    """Parties on their way to being one: a tree of ids, and the number that each root has."""

    parents: dict[str, str] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    whole: bool = True
    """Whether nothing had to be passed over."""
    contradicted: set[str] = field(default_factory=set)
    """Pairs that somebody calls different and that are one all the same."""

    def root(self, one: str) -> str:
        while (parent := self.parents.get(one, one)) != one:
            one = parent
        return one

    def join(self, left: str, right: str) -> None:
        """Make two one, unless they have different numbers; one with a number gives the id."""
        roots = sorted({self.root(left), self.root(right)}, key=self._rank)
        if len(roots) == 1:
            return
        kept, gone = roots
        own = {self.numbers[one] for one in roots if one in self.numbers}
        if len(own) > 1:
            self.whole = False
            return
        self.parents[gone] = kept

    def _rank(self, one: str) -> tuple[bool, str]:
        return one not in self.numbers, one

    def aliases(self) -> dict[str, str]:
        return {one: self.root(one) for one in self.parents if self.root(one) != one}


def _joined(folder: Path, known: Mapping[str, Decision]) -> _Joined:
    same = [one for one in known.values() if one.answer is Answer.SAME]
    found = _Joined(parents=dict(_rows(folder, "same_number")))
    named = {found.root(side) for one in same for side in (one.left, one.right)}
    found.numbers = dict(_rows(folder, "numbers", named))
    for one in sorted(same, key=lambda one: (one.at, one.pair)):
        found.join(one.left, one.right)
    found.contradicted = {
        one.pair
        for one in known.values()
        if one.answer is Answer.DIFFERENT and found.root(one.left) == found.root(one.right)
    }
    return found


def number_of(party_id: str) -> str:
    """The BIN or IIN that an id is, where its check digit is right."""
    found = number(party_id)
    return found if found and checks(found) else ""


def masked(text: str) -> str:
    """A text for a page: of each person's number (IIN) in it the last four digits."""
    return _PERSON.sub(r"••••••••\1", text)


def proposals(
    folder: Path,
    pairs: Collection[str] = (),
    *,
    within: bool = False,
    most: int | None = None,
    after: int = 0,
) -> list[dict[str, Any]]:
    """Proposed pairs with their evidence, likeliest first: all but `pairs`, or these (`within`)."""
    file = _file(folder)
    if not file.exists():
        return []
    with reading() as reader:
        found = reader.sql(
            f"SELECT * {_AMONG} ORDER BY weight DESC, unique_id_l, unique_id_r LIMIT ? OFFSET ?",
            params=[str(file), list(pairs), within, most, after],
        )
        rows: list[dict[str, Any]] = found.to_arrow_table().to_pylist()
    return rows


def pairs(folder: Path, state: State, page: int) -> Pairs:
    """A page of pairs: those to decide, likeliest first, or those decided, latest first."""
    known = decisions(folder)
    undecided = _undecided(folder, known)
    total = undecided if state == "open" else len(known)
    page = max(1, min(page, -(-total // PAIRS_SHOWN)))
    after = (page - 1) * PAIRS_SHOWN
    if state == "open":
        listed = proposals(folder, known, most=PAIRS_SHOWN, after=after)
        rows = [Pair(one, None) for one in listed]
    else:
        latest = sorted(known.values(), key=lambda one: (one.at, one.pair), reverse=True)
        shown = latest[after : after + PAIRS_SHOWN]
        listed = proposals(folder, [one.pair for one in shown], within=True)
        by_pair = {one["pair"]: one for one in listed}
        rows = [Pair(by_pair.get(one.pair, _bare(one)), one) for one in shown]
    return Pairs(
        rows=rows,
        total=total,
        page=page,
        undecided=undecided,
        decided=len(known),
        merged=len(aliases(folder)),
        sought=_file(folder).exists(),
    )


def _undecided(folder: Path, known: Collection[str]) -> int:
    """How many proposed pairs nobody has decided."""
    file = _file(folder)
    if not file.exists():
        return 0
    with reading() as reader:
        counted = reader.execute(f"SELECT count(*) {_AMONG}", [str(file), list(known), False])
        [(count,)] = counted.fetchall()
    return int(count)


def _file(folder: Path) -> Path:
    return folder / FOLDER / "proposals.parquet"


def _bare(one: Decision) -> dict[str, Any]:
    """A decided pair that the last search did not propose again."""
    return {"pair": one.pair, "unique_id_l": one.left, "unique_id_r": one.right, "weight": None}


def _sides(folder: Path, pair: str, known: Mapping[str, Decision]) -> tuple[str, str]:
    if pair in known:
        return known[pair].left, known[pair].right
    found = proposals(folder, [pair], within=True)
    if not found:
        raise Refused(Ground.NOT_FOUND)
    return found[0]["unique_id_l"], found[0]["unique_id_r"]


def _rows(folder: Path, name: str, wanted: set[str] | None = None) -> list[tuple[str, str]]:
    """(party, what is known of it) out of a table of the search; all, or of some."""
    file = folder / FOLDER / f"{name}.parquet"
    if not file.exists():
        return []
    with reading() as reader:
        return reader.execute(
            "SELECT COLUMNS(*) FROM read_parquet(?) WHERE ? OR list_contains(?, party_id)",
            [str(file), wanted is None, sorted(wanted or ())],
        ).fetchall()
