# SPDX-License-Identifier: EUPL-1.2
"""Two people who act on drafts in the same moment: one of them is told that the other was first."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from threading import Barrier
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from supervision.engine.test_process import into
from supervision.factory import supervised, user
from supervision.officer import actor, change, new_order, now, submitted

from tarazy.core.access import Actor, Role
from tarazy.core.errors import Refused
from tarazy.core.models import User
from tarazy.site.postgres import Postgres
from tarazy.supervision.actions.drafts import approve_draft, discard_draft, save_draft
from tarazy.supervision.models import Order, OrderDraft, Person, VersionKind

pytestmark = [pytest.mark.system, pytest.mark.usefixtures("apart")]
DAY = timedelta(days=1)


@pytest.fixture(scope="module")
def apart(postgres: Postgres, django_db_blocker: Any) -> Iterator[None]:
    """A database of their own, in which each of the two commits for real."""
    name = f"drafts_{now():%H%M%S%f}"
    postgres.create_database(name)
    with django_db_blocker.unblock(), into(name):
        call_command("migrate", database="owner", verbosity=0)
        yield


@pytest.fixture
def officer() -> Actor:
    return somebody(Role.OFFICER)


def somebody(role: Role) -> Actor:
    return actor(user(f"somebody.{User.objects.count()}", role))


def at_once(*calls: Callable[[], object]) -> list[str]:
    """What became of each: done, or the name of the refusal."""
    start = Barrier(len(calls))

    def act(call: Callable[[], object]) -> str:
        start.wait()
        try:
            call()
        except Refused as refused:
            return str(refused.name)
        else:
            return "done"
        finally:
            connection.close()

    with ThreadPoolExecutor(len(calls)) as pool:
        return sorted(pool.map(act, calls))


def test_two_approve_the_same_draft(officer: Actor) -> None:
    first, second = somebody(Role.SUPERVISOR), somebody(Role.SUPERVISOR)
    draft = submitted(officer, new_order(officer))
    found = at_once(
        lambda: approve_draft(first, draft.public_id, draft.version),
        lambda: approve_draft(second, draft.public_id, draft.version),
    )
    assert found == ["done", "draft_closed"]
    assert Order.objects.filter(drafts=draft).count() == 1


def test_one_approves_what_its_author_puts_away(officer: Actor) -> None:
    approver, draft = somebody(Role.SUPERVISOR), submitted(officer, new_order(officer))
    found = at_once(
        lambda: approve_draft(approver, draft.public_id, draft.version),
        lambda: discard_draft(officer, draft.public_id),
    )
    assert found == ["done", "draft_closed"]
    draft.refresh_from_db()
    assert Order.objects.filter(drafts=draft).exists() == (draft.state == "approved")


def test_one_approves_what_its_author_changes(officer: Actor) -> None:
    approver, facts = somebody(Role.SUPERVISOR), new_order(officer)
    draft = submitted(officer, facts)
    found = at_once(
        lambda: approve_draft(approver, draft.public_id, draft.version),
        lambda: save_draft(officer, facts, draft.public_id),
    )
    draft.refresh_from_db()
    approved = draft.state == "approved"
    assert found == ["done", "draft_closed" if approved else "draft_changed"]
    assert Order.objects.filter(drafts=draft).exists() == approved


def test_two_documents_about_one_new_person(officer: Actor) -> None:
    approver = somebody(Role.SUPERVISOR)
    facts = new_order(officer)
    facts = replace(facts, person=replace(facts.person, iin_digest=b"d" * 32, iin_end="0018"))
    later = replace(facts, since=now() + 40 * DAY, until=now() + 50 * DAY)
    one, other = submitted(officer, facts), submitted(officer, later)
    found = at_once(
        lambda: approve_draft(approver, one.public_id, one.version),
        lambda: approve_draft(approver, other.public_id, other.version),
    )
    assert found == ["done", "done"]
    assert Person.objects.get(iin_digest=b"d" * 32).orders.count() == 2


def test_two_write_down_a_change_of_one_order() -> None:
    order = supervised().order
    authors = [somebody(Role.SUPERVISOR) for _ in range(2)]
    facts = [change(one, order, VersionKind.EXTENSION, now() + 90 * DAY) for one in authors]
    found = at_once(*(lambda n=n: save_draft(authors[n], facts[n]) for n in range(2)))
    assert found == ["done", "draft_waits"]
    assert OrderDraft.objects.filter(order=order).count() == 1
