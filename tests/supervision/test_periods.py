# SPDX-License-Identifier: EUPL-1.2
from pathlib import Path

import pytest

from tarazy.supervision.models import PaperKind
from tarazy.supervision.periods import NAMES, SAME_AS, SHIPPED, read


def test_every_kind_of_paper_has_a_period() -> None:
    assert set(PaperKind.values) <= set(NAMES)
    assert read(SHIPPED)["loose"] == 30


def test_what_a_file_of_before_does_not_name_is_kept_like_its_like(tmp_path: Path) -> None:
    path = tmp_path / "periods.toml"
    lines = [line for line in SHIPPED.read_text().splitlines() if line.split(" ")[0] not in SAME_AS]
    path.write_text("\n".join(lines).replace("scan = 1825", "scan = 7"))
    found = read(path)
    assert (found["absence"], found["contact"], found["checkin"]) == (7, 365, 365)
    path.write_text("\n".join([*lines, "contact = 30"]))
    assert read(path)["contact"] == 30


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("scan = 1825", "", "days for each"),
        ("scan = 1825", "scan = 1825\nother = 1", "days for each"),
        ("scan = 1825", "scan = 0", "scan is a whole number"),
        ("scan = 1825", "scan = true", "scan is a whole number"),
        ("scan = 1825", 'scan = "long"', "scan is a whole number"),
        ("scan = 1825", "scan = ", "cannot be read"),
    ],
)
def test_periods_that_are_none_say_why(old: str, new: str, part: str, tmp_path: Path) -> None:
    path = tmp_path / "periods.toml"
    path.write_text(SHIPPED.read_text().replace(old, new))
    with pytest.raises(ValueError, match=part):
        read(path)
