# SPDX-License-Identifier: EUPL-1.2
"""Who is in a circle, and who only leads into one."""

from pathlib import Path

import pytest
from procurement.imported import NOW, Write, release

from tarazy.procurement.circles import in_circles
from tarazy.procurement.importing import import_files


@pytest.mark.parametrize(
    ("edges", "within"),
    [
        ("", ""),
        ("ab bc cd", ""),
        ("aa", "a"),
        ("ab ba", "ab"),
        ("ab bc ca", "abc"),
        ("xa ab bc ca cy yz", "abc"),
        ("ab ba bc cd dc", "abcd"),
    ],
)
def test_circles(edges: str, within: str) -> None:
    assert in_circles([(edge[0], edge[1]) for edge in edges.split()]) == set(within)


def test_a_long_chain_is_none() -> None:
    assert in_circles([(str(n), str(n + 1)) for n in range(50_000)]) == set()


def test_each_file_is_told_its_own_lines_of_a_circle(folder: Path, write: Write) -> None:
    def related(ocid: str, to: str) -> dict[str, object]:
        other = {"id": "1", "relationship": ["prior"], "scheme": "ocid", "identifier": to}
        return {**release(ocid), "relatedProcesses": [other]}

    first = write("1.jsonl", release("x"), related("a", "b"), related("y", "a"))
    second = write("2.jsonl", related("b", "a"), related("z", "z"))
    reports = import_files(folder, [first, second], now=NOW).files
    told = [[(one.why, one.lines) for one in report.noted] for report in reports]
    assert told == [[("note_circle", [2])], [("note_circle", [1, 2])]]
    assert [report.imported for report in reports] == [3, 2]
