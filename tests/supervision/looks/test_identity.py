# SPDX-License-Identifier: EUPL-1.2
"""Who looked at a person: the way from an IIN to the entries of the log."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client
from supervision.factory import CONSOLE, DOCUMENT, Supervised, supervised, user
from supervision.raised import actor, raised

from tarazy.core.access import Role
from tarazy.core.audit import log
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal
from tarazy.supervision.actions.orders import revoke_order
from tarazy.supervision.looks.identity import identify, named_with
from tarazy.supervision.naming import iin_digest

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
IIN = "880101300123"


def signed_in(role: Role) -> Client:
    client = Client(headers={"accept": "text/html", "accept-language": "en"})
    client.force_login(user(f"the.{role.value}", role))
    return client


def with_iin() -> Supervised:
    one = supervised()
    one.person.iin_digest = iin_digest(IIN, settings.TARAZY.device_key)
    one.person.save(update_fields=["iin_digest"])
    return one


def last() -> dict[str, str]:
    leaf: dict[str, str] = json.loads(log.entry(log.size() - 1).leaf)
    return leaf


def test_a_person_is_found_by_the_whole_iin_also_after_the_order() -> None:
    one, _ = with_iin(), supervised("Екінші Адам")
    auditor = actor(user("auditor", Role.AUDITOR))
    revoke_order(CONSOLE, one.order.public_id, DOCUMENT, at=NOW - timedelta(minutes=1))
    assert identify(auditor, f" {IIN} ") == one.person.public_id
    assert (last()["subject"], last()["basis"]) == (one.person.public_id, one.order.public_id)
    assert log.details(log.size() - 1)["search"].value == IIN
    assert named_with(one.person.public_id) == [one.person.public_id, one.order.public_id]
    for wrong in (IIN[:6], "", "Айгүл", one.person.full_name):
        with pytest.raises(Refused) as refused:
            identify(auditor, wrong)
        assert refused.value.name is Refusal.NOT_FOUND
    assert last()["outcome"] == "refused:not_found"


def test_an_auditor_sees_who_looked_at_a_person_and_that_is_in_the_log() -> None:
    one, other = with_iin(), supervised("Екінші Адам")
    alert = raised(one, NOW)
    looking = signed_in(Role.OPERATOR)
    looking.get(f"/supervision/people/{one.person.public_id}/")
    looking.get(f"/supervision/alerts/{alert.public_id}/")
    looking.get(f"/supervision/people/{other.person.public_id}/")
    auditor = signed_in(Role.AUDITOR)
    to = auditor.post("/audit/find", {"text": IIN})
    assert to.headers["Location"] == f"/audit/?about={one.person.public_id}"
    page = auditor.get(to.headers["Location"]).content.decode()
    ledger = page.partition("<tbody>")[2]
    assert "supervision.person.view" in ledger
    assert "supervision.alert.view" in ledger
    assert "supervision.person.identify" in ledger
    assert alert.public_id in ledger
    assert other.person.public_id not in ledger
    assert IIN not in page
    assert (last()["verb"], last()["subject"]) == ("core.audit.about", one.person.public_id)
    again = auditor.get(to.headers["Location"]).content.decode()
    assert "core.audit.about" in again
    link = f'href="/audit/?about={one.person.public_id}"'
    person = f"/supervision/people/{one.person.public_id}/"
    assert link in auditor.get(person).content.decode()
    assert link not in looking.get(person).content.decode()


def test_who_is_not_known_or_not_an_id_shows_no_other_entries() -> None:
    auditor = signed_in(Role.AUDITOR)
    told = auditor.post("/audit/find", {"text": "no such"}, follow=True).content.decode()
    assert "This IIN or document number is nobody&#x27;s who is or was under an order." in told
    assert auditor.get("/audit/?about=all").status_code == 404
    nobody = auditor.get("/audit/?about=per_" + "0" * 32).content.decode()
    assert "The log has nothing about this id." in nobody
    officer = signed_in(Role.OFFICER)
    assert officer.post("/audit/find", {"text": IIN}).status_code == 403
    assert officer.get("/audit/?about=per_" + "0" * 32).status_code == 403
