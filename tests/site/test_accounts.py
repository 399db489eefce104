# SPDX-License-Identifier: EUPL-1.2
import pytest
from django.core.cache import cache
from django.test import Client

from tarazy.core.models import User

pytestmark = pytest.mark.django_db
PASSWORD = "four words of nobody"
HEADERS = {"accept": "text/html", "accept-language": "en"}


@pytest.fixture
def browser() -> Client:
    cache.clear()
    user = User.objects.create_user(username="aigul", password=PASSWORD)
    user.roles = ["operator"]
    user.save()
    return Client(headers=HEADERS)


def log_in(browser: Client, password: str) -> str:
    answer = browser.post("/accounts/login/", {"login": "aigul", "password": password}, follow=True)
    return answer.content.decode()


def test_a_wrong_password_and_the_throttle_are_said_in_our_own_words(browser: Client) -> None:
    for _ in range(5):
        assert "The user name or the password is wrong." in log_in(browser, "not this one")
    assert "Wait five minutes" in log_in(browser, PASSWORD)


def test_a_log_in_leads_to_the_board_without_a_word(browser: Client) -> None:
    text = log_in(browser, PASSWORD)
    assert 'id="alerts"' in text
    assert 'class="messages"' not in text


@pytest.mark.parametrize(
    ("now", "new", "again", "sentence"),
    [
        ("not this one", "some other long words", "some other long words", "not your password"),
        (PASSWORD, "aigul", "aigul", "too short, too common"),
        (PASSWORD, "some other long words", "some other long word", "are not the same"),
        (PASSWORD, "some other long words", "some other long words", "Your password is changed."),
    ],
)
def test_a_password_is_changed_or_it_is_said_why_not(
    browser: Client, now: str, new: str, again: str, sentence: str
) -> None:
    log_in(browser, PASSWORD)
    fields = {"oldpassword": now, "password1": new, "password2": again}
    answer = browser.post("/accounts/password/change/", fields, follow=True)
    assert sentence in answer.content.decode()


def test_a_form_whose_token_no_longer_fits_says_what_to_do(browser: Client) -> None:
    strict = Client(enforce_csrf_checks=True, headers=HEADERS)
    answer = strict.post("/accounts/login/", {"login": "aigul", "password": PASSWORD})
    assert answer.status_code == 403
    assert "Open the page again" in answer.content.decode()
