# SPDX-License-Identifier: EUPL-1.2
"""Decisions of people about pairs: kept, undone, and never two valid numbers in one party."""

import resource
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pyarrow as pa
import pytest
from procurement.imported import NOW, Write
from procurement.test_matching import FIRST, PERSON, SECOND, market, party

from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as Ground
from tarazy.procurement import deciding, merged
from tarazy.procurement.deciding import (
    Answer,
    By,
    Decision,
    aliases,
    decide,
    decisions,
    masked,
    number_of,
    pairs,
    proposals,
)
from tarazy.procurement.importing import import_files
from tarazy.procurement.matching import pair_id, propose
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.run import show
from tarazy.procurement.store import Folder

BY = By(who="usr_1", why="one address and director")
SAME = {"telephone": "+7 701 111 22 33", "streetAddress": "Абая 1", "region": "Алматы"}


@pytest.fixture
def sought(folder: Path, write: Write) -> Path:
    """A and B have no number; two firms have one each; all share a name and a telephone."""
    market(
        folder,
        write,
        party("A", "ТОО Ромашка", **SAME),
        party("B", "ЖШС Ромашка", **SAME),
        party(f"KZ-BIN-{FIRST}", "ТОО Ромашка", **SAME),
        party("Z", "ТОО Ромашка", number=SECOND, **SAME),
    )
    propose(folder)
    return folder


def pair(folder: Path, left: str, right: str) -> str:
    return pair_id(left, right, Folder(folder).salt())


def test_the_same_and_back_again(sought: Path) -> None:
    name = pair(sought, "A", "B")
    made = decide(sought, name, Answer.SAME, BY, NOW)
    assert {made.left, made.right} == {"A", "B"}
    assert aliases(sought) == {"B": "A"}
    decide(sought, name, Answer.OPEN, BY, NOW)
    assert aliases(sought) == {}
    assert decisions(sought) == {}
    lines = (sought / "parties" / "decisions.jsonl").read_bytes().splitlines()
    assert [msgspec.json.decode(line)["answer"] for line in lines] == ["same", "open"]
    with pytest.raises(Refused) as refused:
        decide(sought, name, Answer.OPEN, BY, NOW)
    assert refused.value.name == Ground.NOT_FOUND


def test_of_two_people_who_answer_at_once_one_is_told_of_the_other(sought: Path) -> None:
    name = pair(sought, "A", "B")
    answers = [Answer.SAME, Answer.DIFFERENT] * 4

    def answered(number: int) -> Decision | Refused:
        try:
            return decide(sought, name, answers[number], By(f"usr_{number}", "my reason"), NOW)
        except Refused as refused:
            return refused

    with ThreadPoolExecutor(len(answers)) as people:
        said = list(people.map(answered, range(len(answers))))
    [made] = [one for one in said if isinstance(one, Decision)]
    assert decisions(sought) == {name: made}
    refused = [one.name for one in said if isinstance(one, Refused)]
    assert refused == [Refusal.PARTIES_DECIDED] * 7


@pytest.mark.parametrize("answer", [Answer.DIFFERENT, Answer.UNKNOWN])
def test_other_answers_merge_nothing_and_outlast_another_search(
    sought: Path, answer: Answer
) -> None:
    decide(sought, pair(sought, "A", "B"), answer, BY, NOW)
    propose(sought)
    assert aliases(sought) == {}
    found = pairs(sought, "open", 1)
    assert found.undecided == found.total == len(proposals(sought)) - 1
    [one] = pairs(sought, "decided", 9).rows
    assert one.decision is not None
    assert (one.decision.answer, one.decision.why) == (answer, BY.why)


def test_the_pages_together_are_all_that_is_left_and_all_that_was_decided(
    sought: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deciding, "PAIRS_SHOWN", 2)
    every = [one["pair"] for one in proposals(sought)]
    answered = every[1::2]
    for name in answered:
        decide(sought, name, Answer.UNKNOWN, BY, NOW)

    def listed(state: deciding.State) -> list[str]:
        total = pairs(sought, state, 1).total
        shown = [pairs(sought, state, page).rows for page in range(1, -(-total // 2) + 1)]
        return [one.facts["pair"] for rows in shown for one in rows if one.facts["weight"]]

    assert listed("open") == every[::2]
    assert set(listed("decided")) == set(answered)
    assert len(answered) > 1


def test_the_one_with_a_number_gives_its_id(sought: Path) -> None:
    decide(sought, pair(sought, "A", f"KZ-BIN-{FIRST}"), Answer.SAME, BY, NOW)
    decide(sought, pair(sought, "A", "B"), Answer.SAME, BY, NOW)
    assert aliases(sought) == dict.fromkeys("AB", f"KZ-BIN-{FIRST}")


def test_no_chain_makes_one_of_two_valid_numbers(sought: Path) -> None:
    decide(sought, pair(sought, "A", f"KZ-BIN-{FIRST}"), Answer.SAME, BY, NOW)
    decide(sought, pair(sought, "B", "Z"), Answer.SAME, BY, NOW)
    with pytest.raises(Refused) as refused:
        decide(sought, pair(sought, "A", "B"), Answer.SAME, BY, NOW)
    assert refused.value.name == Refusal.PARTIES_TWO_NUMBERS
    assert aliases(sought) == {"A": f"KZ-BIN-{FIRST}", "B": "Z"}
    decide(sought, pair(sought, "B", "Z"), Answer.OPEN, BY, NOW)
    decide(sought, pair(sought, "A", "B"), Answer.SAME, BY, NOW)


@pytest.mark.parametrize("last", range(3))
def test_no_chain_makes_one_of_what_somebody_calls_different(sought: Path, last: int) -> None:
    firm = f"KZ-BIN-{FIRST}"
    answers = [
        (pair(sought, "A", "B"), Answer.SAME),
        (pair(sought, "A", firm), Answer.SAME),
        (pair(sought, "B", firm), Answer.DIFFERENT),
    ]
    name, answer = answers.pop(last)
    for one in answers:
        decide(sought, *one, BY, NOW)
    before = aliases(sought)
    with pytest.raises(Refused) as refused:
        decide(sought, name, answer, BY, NOW)
    assert refused.value.name == Refusal.PARTIES_CONTRADICTED
    assert aliases(sought) == before
    decide(sought, pair(sought, "A", "Z"), Answer.DIFFERENT, BY, NOW)  # others go on
    decide(sought, answers[0][0], Answer.OPEN, BY, NOW)
    decide(sought, name, answer, BY, NOW)


def test_what_the_data_join_later_stops_no_other_answer(sought: Path, write: Write) -> None:
    decide(sought, pair(sought, "A", f"KZ-BIN-{FIRST}"), Answer.DIFFERENT, BY, NOW)
    market(sought, write, party("A", "ТОО Ромашка", number=FIRST, **SAME))
    assert aliases(sought) == {"A": f"KZ-BIN-{FIRST}"}
    decide(sought, pair(sought, "A", "B"), Answer.SAME, BY, NOW)


def test_numbers_that_come_later_undo_what_they_forbid(sought: Path, write: Write) -> None:
    decide(sought, pair(sought, "A", f"KZ-BIN-{FIRST}"), Answer.SAME, BY, NOW)
    market(sought, write, party("A", "ТОО Ромашка", number=SECOND, **SAME))
    propose(sought)
    assert aliases(sought) == {"A": "Z"} or aliases(sought) == {"Z": "A"}


def test_an_id_that_later_has_several_numbers_is_none_of_them(sought: Path, write: Write) -> None:
    decide(sought, pair(sought, "A", f"KZ-BIN-{FIRST}"), Answer.SAME, BY, NOW)
    counted_anew = [party("A", "ТОО Иное", number=SECOND), party("A", "ТОО Ромашка", number=FIRST)]
    releases = [{"ocid": f"later{n}", "parties": [one]} for n, one in enumerate(counted_anew)]
    import_files(sought, [write("later.jsonl", *releases)], now=NOW)
    assert aliases(sought) == {}
    with pytest.raises(Refused) as refused:
        decide(sought, pair(sought, "A", "Z"), Answer.SAME, BY, NOW)
    assert refused.value.name == Refusal.PARTIES_TWO_NUMBERS


def test_a_line_that_a_full_disk_cut_off_counts_as_never_written(sought: Path) -> None:
    first, second = pair(sought, "A", "B"), pair(sought, "A", "Z")
    decide(sought, first, Answer.SAME, BY, NOW)
    before = decisions(sought)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    size = (sought / "parties" / "decisions.jsonl").stat().st_size
    resource.setrlimit(resource.RLIMIT_FSIZE, (size + 20, hard))
    try:
        with pytest.raises(OSError, match="too large"):
            decide(sought, second, Answer.UNKNOWN, BY, NOW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert decisions(sought) == before
    made = decide(sought, second, Answer.UNKNOWN, BY, NOW)
    assert decisions(sought) == {**before, second: made}


@pytest.mark.parametrize("why", ["", "  ", "x" * 501])
def test_without_a_reason_nothing_is_decided(sought: Path, why: str) -> None:
    with pytest.raises(Refused) as refused:
        decide(sought, pair(sought, "A", "B"), Answer.SAME, By(who="usr_1", why=why), NOW)
    assert refused.value.name == Refusal.DECISION_WHY
    assert decisions(sought) == {}


@pytest.mark.parametrize("name", ["", "pair-none", "' OR 1=1 --", "../x"])
def test_a_pair_that_nobody_proposed_is_not_found(sought: Path, tmp_path: Path, name: str) -> None:
    for folder in (sought, tmp_path / "none"):
        with pytest.raises(Refused) as refused:
            decide(folder, name, Answer.SAME, BY, NOW)
        assert refused.value.name == Ground.NOT_FOUND


def test_a_persons_number_is_masked_and_a_firms_is_not() -> None:
    assert masked(f"KZ-IIN-{PERSON}") == "KZ-IIN-••••••••0123"
    assert masked(f"KZ-BIN-{FIRST}") == f"KZ-BIN-{FIRST}"
    assert masked("A") == "A"
    assert masked(f"{PERSON}, {FIRST}; {PERSON}") == f"••••••••0123, {FIRST}; ••••••••0123"
    assert masked("850101300123.50") == "850101300123.50"  # a price
    assert number_of(f"KZ-BIN-{FIRST}") == FIRST
    assert number_of("KZ-BIN-971240001316") == ""


def test_indicators_see_merged_ids_and_the_tables_stay_as_published(
    folder: Path, write: Write
) -> None:
    market(folder, write, party("A", "ТОО Ромашка", **SAME), party("B", "ЖШС Ромашка", **SAME))
    more = {
        "ocid": "m",
        "buyer": {"id": "B", "name": "b"},
        "parties": [{"id": "B", "name": "ЖШС Ромашка", "beneficialOwners": [{"id": "x"}]}],
        "bids": {"details": [{"id": "1", "tenderers": [{"id": "B"}, {"id": "A"}, {"id": "C"}]}]},
        "awards": [{"id": "1", "suppliers": [{"id": "B"}]}],
        "contracts": [{"id": "1", "implementation": {"transactions": [{"payee": {"id": "B"}}]}}],
    }

    bids = {"details": [{"id": "1", "tenderers": [{"id": "C"}]}]}
    nowhere = {"ocid": "n", "buyer": {"id": "B"}, "parties": [{"id": "C"}], "bids": bids}
    import_files(folder, [write("m.jsonl", more, nowhere)], now=NOW)
    propose(folder)
    decide(folder, pair(folder, "A", "B"), Answer.SAME, BY, NOW)
    store = Folder(folder)
    files = store.tables(store.manifest())
    with store.engine() as engine:
        show(engine, files, folder)
        asked = {
            "SELECT buyer_id FROM contracting_process WHERE ocid = 'm'": "A",
            "SELECT buyer_id FROM contracting_process WHERE ocid = 'n'": "A",
            "SELECT tenderer_ids FROM bid WHERE ocid = 'm'": ["A", "C"],
            "SELECT tenderer_ids FROM bid WHERE ocid = 'n'": ["C"],
            "SELECT supplier_ids FROM award": ["A"],
            "SELECT payee_id FROM transaction": "A",
            "SELECT part_id FROM beneficial_owner": "A",
        }
        for query, expected in asked.items():
            assert engine.sql(query).fetchall() == [(expected,)], query
        parties = engine.sql("SELECT DISTINCT party_id FROM party ORDER BY 1").fetchall()
        assert parties == [("A",), ("C",)]
        for name in files:
            table: pa.Table = engine.sql(f"FROM {name} LIMIT 0").to_arrow_table()
            published = engine.sql(f"FROM read_parquet('{files[name]}') LIMIT 0").to_arrow_table()
            assert table.schema.names == published.schema.names
            assert table.schema.types == published.schema.types
    assert set(merged.COLUMNS) <= set(files)
