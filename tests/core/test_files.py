# SPDX-License-Identifier: EUPL-1.2
"""A named file is written whole, or left as it was; a link and its rights stay."""

from pathlib import Path

import pytest

from tarazy.core.files import replacing


def test_a_file_takes_its_place_when_it_is_whole(tmp_path: Path) -> None:
    target, link = tmp_path / "a.csv", tmp_path / "link.gz"
    target.write_text("before")
    target.chmod(0o640)
    link.symlink_to(target)
    with replacing(link) as new:
        assert new.name == "link.gz"
        new.write_text("after")
        assert target.read_text() == "before"
    assert (target.read_text(), link.is_symlink()) == ("after", True)
    assert target.stat().st_mode & 0o777 == 0o640
    assert sorted(tmp_path.iterdir()) == [target, link]


def test_a_file_stays_where_something_is_raised(tmp_path: Path) -> None:
    target = tmp_path / "a.csv"
    target.write_text("before")

    def half() -> None:
        with replacing(target) as new:
            new.write_text("half")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        half()
    assert target.read_text() == "before"
    assert list(tmp_path.iterdir()) == [target]


def test_what_is_no_plain_file_is_written_to_at_once() -> None:
    with replacing(Path("/dev/null")) as new:
        assert new == Path("/dev/null")
    assert Path("/dev/null").is_char_device()
