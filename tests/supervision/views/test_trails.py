# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone
from supervision.factory import Supervised, supervised, user
from supervision.officer import signed_in

from tarazy.core.access import Role
from tarazy.core.audit import log

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock


@pytest.fixture
def operator() -> Client:
    return signed_in(user("operator", Role.OPERATOR))


def stay(one: Supervised, minutes: range) -> None:
    with connection.cursor() as cursor:
        for minute in minutes:
            at = NOW - timedelta(minutes=minute)
            cursor.execute("SELECT supervision_ensure_fix_day(%s)", [at.date()])
            cursor.execute(
                "INSERT INTO supervision_fix (device_id, person_id, order_id, at, known_at, lat,"
                " lon, accuracy_m, content, digest) VALUES (%s, %s, %s, %s, %s, 48.6, 66.9, 8, '',"
                " %s)",
                [one.device.pk, one.person.pk, one.order.pk, at, at, str(minute)],
            )


def local(hours: float) -> str:
    return timezone.localtime(NOW - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_list_says_what_the_map_shows(operator: Client, language: str) -> None:
    one = supervised()
    stay(one, range(90, 60, -1))
    page = operator.get(
        f"/supervision/people/{one.person.public_id}/trail/",
        {"since": local(2), "until": local(0)},
        headers={"accept-language": language},
    )
    text = page.content.decode()
    assert page.status_code == 200
    assert text.count('class="leg leg-stop"') == 1
    assert text.count('class="leg leg-gap"') == 2
    assert one.person.full_name in text
    assert '"kind": "stop", "number": 1' in text


def test_without_a_window_it_is_the_last_hours(operator: Client) -> None:
    one = supervised()
    page = operator.get(f"/supervision/people/{one.person.public_id}/trail/")
    assert page.status_code == 200
    assert "neither presence nor absence" in page.content.decode()


@pytest.mark.parametrize(
    ("since", "until", "sentence"),
    [
        (72, 0, "48 hours"),
        (0, 1, "The end must be after the beginning."),
        ("never", "now", "time"),
        ("", 0, "time"),
    ],
)
def test_what_was_typed_is_kept_where_it_is_refused(
    operator: Client, since: int | str, until: int | str, sentence: str
) -> None:
    """Hours before now, or what was typed: a time of day in a test's name changes by the minute."""
    one = supervised()
    since, until = (local(typed) if isinstance(typed, int) else typed for typed in (since, until))
    page = operator.get(
        f"/supervision/people/{one.person.public_id}/trail/", {"since": since, "until": until}
    )
    text = page.content.decode()
    assert page.status_code == 422
    assert sentence in text
    assert f'value="{until}"' in text


def test_nobody_s_trail_is_another_s(operator: Client) -> None:
    assert operator.get("/supervision/people/per_none/trail/").status_code == 404
    assert operator.post("/supervision/people/per_none/follow").status_code == 404
    one = supervised(officer=user("an.officer", Role.OFFICER))
    stranger = signed_in(user("stranger", Role.OFFICER))
    for answer in (
        stranger.get(f"/supervision/people/{one.person.public_id}/trail/"),
        stranger.post(f"/supervision/people/{one.person.public_id}/follow"),
    ):
        assert answer.status_code == 403


def test_a_print_says_who_when_and_why_and_is_a_look_of_its_own(operator: Client) -> None:
    one = supervised()
    stay(one, range(90, 60, -1))
    before = log.size()
    answer = operator.get(
        f"/supervision/people/{one.person.public_id}/trail.pdf",
        {"since": local(2), "until": local(0)},
    )
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert log.size() == before + 1
    assert "supervision.trail.print" in str(log.newest(log.size(), 1)[0].leaf)


@pytest.mark.parametrize(
    ("window", "status"),
    [({}, 422), ({"since": local(72), "until": local(0)}, 422), ({"since": local(0)}, 422)],
)
def test_a_print_needs_a_window(operator: Client, window: dict[str, str], status: int) -> None:
    one = supervised()
    address = f"/supervision/people/{one.person.public_id}/trail.pdf"
    assert operator.get(address, window).status_code == status
