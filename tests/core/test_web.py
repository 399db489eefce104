# SPDX-License-Identifier: EUPL-1.2
import pytest
from django.core.cache import cache
from django.test import Client
from supervision.factory import CONSOLE, supervised, user

from tarazy.core.access import Role
from tarazy.core.actions import close_user, set_roles
from tarazy.supervision.models import LiveStream

pytestmark = pytest.mark.django_db
PASSWORD = "a long password"
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def no_throttle_left_over() -> None:
    cache.clear()


def log_in(client: Client, name: str, password: str) -> int:
    return client.post(LOGIN, {"login": name, "password": password}).status_code


@pytest.mark.parametrize("address", [LOGIN, "/catalogue/", "/nowhere", "/health/live", "/"])
def test_every_answer_carries_the_strict_policy(client: Client, address: str) -> None:
    answer = client.get(address)
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("charset", ["base64", "undefined", "raw_unicode_escape", "utf-16", "none"])
def test_a_form_in_another_encoding_is_refused(client: Client, charset: str) -> None:
    form = b'--B\r\nContent-Disposition: form-data; name="name"\r\n\r\n\\ud800\r\n--B--\r\n'
    kind = f"multipart/form-data; boundary=B; charset={charset}"
    assert client.generic("POST", LOGIN, form, kind).status_code == 400
    assert client.generic("POST", LOGIN, form, kind.replace(charset, "UTF-8")).status_code == 200


def test_cookies_are_bound_to_this_host(client: Client) -> None:
    user("the.cook", Role.OPERATOR)
    assert log_in(client, "the.cook", PASSWORD) == 302
    assert {"__Host-session"} <= set(client.cookies)
    for name, cookie in client.cookies.items():
        assert name.startswith("__Host-"), name
        assert cookie["secure"]
        assert cookie["httponly"]
        assert cookie["path"] == "/"
        assert not cookie["domain"]


def test_log_in_is_throttled(client: Client) -> None:
    user("the.target", Role.OPERATOR)
    statuses = [log_in(client, "the.target", f"wrong {n}") for n in range(8)]
    assert statuses[0] == 200
    assert log_in(client, "the.target", PASSWORD) != 302, "after so many failures nobody gets in"
    other = Client(REMOTE_ADDR="10.0.0.9")
    assert log_in(other, "the.target", PASSWORD) != 302, "from no other address either"


def test_nobody_signs_up(client: Client) -> None:
    assert client.get("/accounts/signup/").status_code == 404


def test_a_form_without_its_token_is_refused() -> None:
    strict = Client(enforce_csrf_checks=True)
    assert log_in(strict, "anybody", PASSWORD) == 403


@pytest.mark.parametrize("to", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_no_redirect_leads_away(client: Client, to: str) -> None:
    client.force_login(user("the.traveller", Role.SUPERVISOR))
    answer = client.post("/purpose", {"purpose": "supervision", "next": to})
    assert (answer.status_code, answer.headers["Location"]) == (302, "/")
    answer = client.post("/language", {"language": "ru", "next": to})
    assert "evil" not in answer.headers["Location"]


def test_a_purpose_of_another_role_is_refused(client: Client) -> None:
    client.force_login(user("the.operator", Role.OPERATOR))
    assert client.post("/purpose", {"purpose": "investigation"}).status_code == 422


def test_whoever_lost_the_role_or_left_watches_no_longer(client: Client) -> None:
    supervised()
    operator = user("the.watcher", Role.OPERATOR)
    client.force_login(operator)
    assert client.post("/supervision/live").status_code == 200
    client.post("/accounts/logout/")
    assert LiveStream.objects.get().closed_at is not None
    client.force_login(operator)
    set_roles(CONSOLE, operator.public_id, [Role.ANALYST])
    assert client.get("/supervision/").status_code == 403


def test_a_deactivated_user_is_signed_out(client: Client) -> None:
    operator = user("the.former", Role.OPERATOR)
    client.force_login(operator)
    close_user(CONSOLE, operator.public_id)
    assert client.get("/supervision/").status_code == 302


def test_three_languages(client: Client) -> None:
    seen = set()
    for language in ("kk", "ru", "en"):
        client.post("/language", {"language": language, "next": "/catalogue/"})
        answer = client.get("/catalogue/")
        assert f'<html lang="{language}"' in answer.content.decode()
        seen.add(answer.content.decode().partition("<h1>")[2].partition("</h1>")[0])
    assert len(seen) == 3
