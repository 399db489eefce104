# SPDX-License-Identifier: EUPL-1.2
"""`tarazy user`: log-ins from a shell on the machine."""

import pytest
from django.test import Client
from typer.testing import CliRunner, Result

from tarazy.core.errors import Refused
from tarazy.core.models import User
from tarazy.core.refusals import Refusal
from tarazy.site import logs, service

pytestmark = pytest.mark.django_db
WORDS = "four words of nobody"


@pytest.fixture(autouse=True)
def _quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    """Logs stay as the run has them."""
    monkeypatch.setattr(logs, "configure", lambda _process: None)


def tarazy_user(*words: str) -> Result:
    result = CliRunner().invoke(service.user, list(words))
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def made() -> User:
    tarazy_user(
        *("create", "aigul", "--role", "operator", "--full-name", "Серікова Айгүл"),
        *("--password", WORDS),
    )
    return User.objects.get(username="aigul")


def log_in(words: str = WORDS) -> bool:
    client = Client()
    client.post("/accounts/login/", {"login": "aigul", "password": words})
    return "_auth_user_id" in client.session


def test_a_log_in_from_its_making_to_its_closing() -> None:
    assert made().get_full_name() == "Серікова Айгүл"
    assert log_in()
    changed = tarazy_user("roles", "aigul", "--role", "officer", "--role", "analyst")
    assert "officer, analyst" in changed.output
    assert User.objects.get().roles == ["officer", "analyst"]
    tarazy_user("close", "aigul")
    assert not log_in()
    tarazy_user("reopen", "aigul")
    assert log_in()


def test_a_link_is_printed_whole() -> None:
    made()
    address = tarazy_user("link", "aigul").output.strip()
    assert address.startswith("http://127.0.0.1:")
    assert not log_in()
    client = Client()
    path = "/" + address.split("/", 3)[3]
    to = client.get(path, follow=True).redirect_chain[-1][0]
    client.post(to, dict.fromkeys(("new_password1", "new_password2"), "other words of nobody"))
    assert log_in("other words of nobody")


def test_a_role_that_is_none_is_said_with_those_that_are() -> None:
    result = tarazy_user("create", "x", "--role", "king", "--password", WORDS)
    assert result.exit_code == 2
    assert "operator" in result.output
    assert not User.objects.exists()


@pytest.mark.parametrize("words", [("roles", "--role", "officer"), ("close",), ("link",)])
def test_a_name_that_nobody_has_is_refused(words: tuple[str, ...]) -> None:
    with pytest.raises(Refused) as caught:
        tarazy_user(words[0], "nobody", *words[1:])
    assert caught.value.name == Refusal.NOT_FOUND
