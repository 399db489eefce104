# SPDX-License-Identifier: EUPL-1.2
from pathlib import Path

import pytest

from tarazy.core.access import Role
from tarazy.supervision.notices.routes import ALLOWED, USUAL, Occasion, read

SECRET = "tgram://123456789:abcdefghijklmnop/-100"
GOOD = f"""
[duty-phone]
url = "{SECRET}"
role = "operator"
severities = ["critical"]
language = "ru"

[supervisors]
url = "mailtos://user:secret@example.kz"
role = "supervisor"
events = ["escalated", "service"]
pause_s = 0
user = "the.chief"
"""


def test_each_route_says_what_it_hears_of(tmp_path: Path) -> None:
    path = tmp_path / "notices.toml"
    path.write_text(GOOD)
    phone, mail = read(path)
    assert (phone.name, phone.role, phone.language, phone.pause_s) == (
        "duty-phone",
        Role.OPERATOR,
        "ru",
        60,
    )
    assert phone.hears(Occasion.RAISED, "critical")
    assert not phone.hears(Occasion.RAISED, "high")
    assert not phone.hears(Occasion.ESCALATED, "critical")
    assert mail.hears(Occasion.ESCALATED, "low")
    assert not mail.hears(Occasion.APPROVAL), "what its file names, and no more"
    assert "secret" not in repr(mail)
    assert "abcdefgh" not in repr(phone)


def test_what_is_usual_is_allowed() -> None:
    assert all(set(usual) <= ALLOWED[role] for role, usual in USUAL.items())


@pytest.mark.parametrize(
    ("old", "new", "part"),
    [
        ("[duty-phone]", "[Duty Phone]", "TOML"),
        ("[duty-phone]", '["Duty"]', "no name of a route"),
        (f'url = "{SECRET}"', "", "url and role"),
        (f'"{SECRET}"', '"not an address"', "no address"),
        (f'"{SECRET}"', "12", "no address"),
        ('"operator"', '"wearer"', "role is one of"),
        ('"operator"', '["operator"]', "role is one of"),
        ('["critical"]', '["terrible"]', "severities is a list"),
        ('["critical"]', "[]", "severities is a list"),
        ('["critical"]', '"critical"', "severities is a list"),
        ('["escalated", "service"]', '["test"]', "events is a list"),
        ('language = "ru"', 'language = "de"', "language"),
        ("pause_s = 0", "pause_s = true", "pause_s"),
        ("pause_s = 0", "pause_s = -1", "pause_s"),
        ('user = "the.chief"', "user = 7", "user"),
        ('user = "the.chief"', 'colour = "red"', "url and role"),
    ],
)
def test_a_file_that_is_wrong_says_where_and_keeps_its_secrets(
    old: str, new: str, part: str, tmp_path: Path
) -> None:
    path = tmp_path / "notices.toml"
    path.write_text(GOOD.replace(old, new))
    with pytest.raises(ValueError, match=part) as caught:
        read(path)
    assert "secret" not in str(caught.value)
    assert "abcdefgh" not in str(caught.value)


def test_an_administrator_hears_of_the_service_alone(tmp_path: Path) -> None:
    path = tmp_path / "notices.toml"
    path.write_text('[a]\nurl = "json://example.kz"\nrole = "administrator"\nevents = ["raised"]')
    with pytest.raises(ValueError, match="events is a list of service"):
        read(path)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"not toml"])
def test_what_is_no_list_of_routes_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "notices.toml"
    path.write_bytes(content)
    with pytest.raises(ValueError, match=r"notices\.toml"):
        read(path)
    with pytest.raises(ValueError, match="cannot be read"):
        read(tmp_path / "nowhere.toml")
