# SPDX-License-Identifier: EUPL-1.2
from dataclasses import replace

import pytest

from tarazy.core.access import Role
from tarazy.supervision.notices.routes import Occasion, Route
from tarazy.supervision.notices.words import COUNTS, Told, words

ROUTE = Route(
    name="phone",
    url="json://127.0.0.1",
    role=Role.SUPERVISOR,
    occasions=frozenset(Occasion),
    language="en",
)
HERE = "https://tarazy.example.kz"


def alert(number: int, severity: str = "critical") -> Told:
    return Told(Occasion.RAISED, severity, f"alr_{number:032x}")


def test_one_alert_is_a_reference_and_a_link() -> None:
    one = words(ROUTE, [alert(1)], HERE, perhaps_twice=False)
    assert one.title == "Tarazy: New critical alerts: 1"
    assert one.body.splitlines() == [
        "New critical alerts: 1",
        f"alr_{1:032x} {HERE}/supervision/alerts/alr_{1:032x}/",
    ]


def test_a_storm_is_one_message_and_names_the_most_urgent() -> None:
    storm = [*(alert(n, "low") for n in range(690)), *(alert(n) for n in range(700, 707))]
    one = words(ROUTE, storm, HERE, perhaps_twice=False)
    assert one.title == "Tarazy: New critical alerts: 7"
    lines = one.body.splitlines()
    assert lines[:2] == ["New critical alerts: 7", "New alerts of low urgency: 690"]
    assert [line[:4] for line in lines[2:7]] == ["alr_"] * 5
    assert all(f"alr_{n:032x}" in one.body for n in range(700, 705)), "the critical ones"
    assert lines[7] == f"And 692 more: {HERE}/"
    assert len(one.body) < 1000


def test_what_is_told_twice_of_one_alert_is_one() -> None:
    """A person called the supervisor, and a minute later the clock."""
    escalated = [Told(Occasion.ESCALATED, "high", f"alr_{number:032x}") for number in (1, 1, 2)]
    one = words(ROUTE, escalated, HERE, perhaps_twice=False)
    assert one.body.splitlines()[0] == "Alerts that were escalated: 2"
    assert one.body.count("alr_") == 4, "two references, each with its link"


def test_only_our_own_service_says_what_it_is() -> None:
    own = Told(Occasion.SERVICE, "critical", "alr_" + "1" * 32, "S-NOT-JUDGED")
    one = words(ROUTE, [own], HERE, perhaps_twice=False)
    assert "Nothing is judged" in one.body
    victims = Told(Occasion.RAISED, "critical", "alr_" + "1" * 32, "S-VICTIM-PROXIMITY")
    other = words(ROUTE, [victims], HERE, perhaps_twice=False)
    assert "VICTIM" not in other.body.upper()
    assert "protected" not in other.body


@pytest.mark.parametrize(
    ("role", "occasion", "subject", "path"),
    [
        (Role.SUPERVISOR, Occasion.APPROVAL, "drf_1", "/supervision/drafts/drf_1/"),
        (Role.SUPERVISOR, Occasion.APPROVAL, "ncd_1", "/supervision/orders/"),
        (Role.OFFICER, Occasion.APPOINTMENT, "app_1", "/supervision/appointments/app_1/"),
        (Role.SUPERVISOR, Occasion.ESCALATED, "alr_1", "/supervision/alerts/alr_1/"),
        (Role.ADMINISTRATOR, Occasion.SERVICE, "alr_1", "/supervision/notices/"),
    ],
)
def test_each_leads_to_a_page_that_its_role_may_open(
    role: Role, occasion: Occasion, subject: str, path: str
) -> None:
    told = [Told(occasion, "", subject)]
    assert path in words(replace(ROUTE, role=role), told, HERE, perhaps_twice=False).body


def test_what_may_come_twice_says_so() -> None:
    assert words(ROUTE, [alert(1)], HERE, perhaps_twice=True).body.endswith("once already.")


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_every_occasion_has_words_in_each_language(language: str) -> None:
    route = replace(ROUTE, language=language)
    for occasion, severity in COUNTS:
        one = words(route, [Told(occasion, severity, "x")], HERE, perhaps_twice=False)
        assert one.title.startswith("Tarazy: ")
        assert "{" not in one.body
