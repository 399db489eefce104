# SPDX-License-Identifier: EUPL-1.2
"""The events process as it really runs: its stream over HTTP, fed by PostgreSQL's notices."""

import hashlib
import json
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from django.conf import settings
from free_ports import free_port
from supervision.running import START_S_MAX, Wearer, World, environment

from tarazy.core import ids

pytestmark = pytest.mark.system

LOG = settings.TARAZY.folder / "events.log"
CLOSES_S_MAX = 5.0


@dataclass(frozen=True)
class Events:
    """A running events process, and the database that it reads."""

    world: World
    url: str

    def user(self, role: str = "operator") -> int:
        ((pk,),) = self.world.rows(
            "INSERT INTO core_user (password, is_superuser, username, first_name, last_name,"
            " email, is_staff, is_active, date_joined, public_id, roles, demo) VALUES"
            " ('', false, %s, '', '', '', false, true, now(), %s, %s, false) RETURNING id",
            *(secrets.token_hex(8), ids.new_id("usr"), [role]),
        )
        return int(pk)

    def ticket(self, user: int, *, lasts: str = "15 minutes", purpose: str = "duty") -> str:
        secret = secrets.token_urlsafe(32)
        self.world.rows(
            "INSERT INTO supervision_livestream (public_id, user_id, ticket_digest, purpose,"
            " language, opened_at, expires_at)"
            " VALUES (%s, %s, %s, %s, 'en', now(), now() + %s::interval)",
            *(ids.new_id("lvs"), user, hashlib.sha256(secret.encode()).digest(), purpose, lasts),
        )
        return secret

    def place(self, one: Wearer, lat: float) -> str:
        """Put somebody on the map, as the engine does; returns the public id."""
        ((change,),) = self.world.rows("SELECT nextval('supervision_change_seq')")
        self.world.rows(
            "INSERT INTO supervision_wearerstate (person_id, order_id, lat, lon, urgency, change)"
            " VALUES (%s, %s, %s, 66.9, 'calm', %s) ON CONFLICT (person_id)"
            " DO UPDATE SET lat = excluded.lat, change = excluded.change",
            *(one.person_id, one.order_id, lat, change),
        )
        ((public_id,),) = self.world.rows(
            "SELECT public_id FROM supervision_person WHERE id = %s", one.person_id
        )
        self.notify(positions=str(change))
        return str(public_id)

    def notify(self, **payload: str) -> None:
        self.world.rows("SELECT pg_notify('tarazy_live', %s)", json.dumps(payload))

    @contextmanager
    def stream(self, ticket: str) -> Iterator["Reader"]:
        address = f"{self.url}/live?ticket={ticket}"
        with httpx.stream("GET", address, timeout=20) as answer:
            assert answer.status_code == 200
            assert answer.headers["content-type"].startswith("text/event-stream")
            yield Reader(answer)


class Reader:
    """Server-sent events as they come."""

    def __init__(self, answer: httpx.Response) -> None:
        self.lines = answer.iter_lines()

    def messages(self) -> Iterator[tuple[str, Any]]:
        event = ""
        for line in self.lines:
            if line.startswith("event: "):
                event = line.removeprefix("event: ")
            elif line.startswith("data: "):
                yield event, json.loads(line.removeprefix("data: "))

    def until(self, wanted: str) -> Any:
        return next(data for event, data in self.messages() if event == wanted)

    def where(self, person: str, lat: float) -> None:
        """Read on until this person is at this latitude."""
        for event, data in self.messages():
            if event == "positions":
                for row in data["wearers"]:
                    if row["id"] == person and row["lat"] == lat:
                        return


@pytest.fixture(scope="session")
def events(world: World) -> Iterator[Events]:
    port = free_port()
    with LOG.open("ab") as log:
        running = subprocess.Popen(
            [sys.executable, "-c", "from tarazy.site import service; service.events()"],
            env=environment(world.server) | {"TARAZY_EVENTS_PORT": str(port)},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    found = Events(world, f"http://127.0.0.1:{port}")
    deadline_s = time.monotonic() + START_S_MAX
    while not _ready(found.url):
        assert running.poll() is None, LOG.read_text()[-2000:]
        assert time.monotonic() < deadline_s, LOG.read_text()[-2000:]
        time.sleep(0.1)
    yield found
    running.terminate()
    assert running.wait(15) == 0


def _ready(url: str) -> bool:
    try:
        return httpx.get(f"{url}/health/ready", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


def test_a_stream_begins_with_everything_and_goes_on_with_what_changes(
    events: Events, world: World
) -> None:
    one = world.wearer()
    person = events.place(one, 48.5)
    with events.stream(events.ticket(events.user())) as reader:
        snapshot = reader.until("snapshot")
        assert person in {row["id"] for row in snapshot["wearers"]}
        assert "html" in reader.until("alerts")
        assert "engine_late" in reader.until("beat")
        events.place(one, 48.75)
        reader.where(person, 48.75)


def test_an_alert_reaches_open_pages_within_a_second(events: Events, world: World) -> None:
    one = world.wearer()
    with events.stream(events.ticket(events.user())) as reader:
        reader.until("beat")
        public_id = ids.new_id("alr")
        ((pk,),) = world.rows(
            "INSERT INTO supervision_alert (public_id, person_id, order_id, rule, rule_version,"
            " severity, state, since, known_at, version) VALUES (%s, %s, %s, 'S-SIGNAL-LOST', 1,"
            " 'low', 'active', now(), now(), 1) RETURNING id",
            *(public_id, one.person_id, one.order_id),
        )
        world.rows(
            "INSERT INTO supervision_alertversion (alert_id, number, state, known_at, since,"
            " sentence, facts, evidence, actor, note) VALUES (%s, 1, 'active', now(), now(),"
            " 'Silent for {minutes} minutes.', '{\"minutes\": 12}', '[]', 'sys_engine', '')",
            pk,
        )
        began_s = time.monotonic()
        events.notify(alert=public_id, person="")
        while True:
            told = reader.until("alerts")
            if public_id in {row["id"] for row in told["waiting"]}:
                break
        assert time.monotonic() - began_s < 1.0
        assert "Silent for 12 minutes." in told["html"]


def test_a_call_that_is_due_comes_to_open_boards(events: Events, world: World) -> None:
    one = world.wearer()
    with events.stream(events.ticket(events.user())) as reader:
        assert "Call now" not in reader.until("alerts")["html"]
        world.rows(
            "INSERT INTO supervision_checkin (public_id, order_id, route, state, due_at,"
            " answer_min, asked_at, until, answer, noted_by, note) VALUES (%s, %s, 'call', 'asked',"
            " now(), 30, now(), now() + interval '30 minutes', '', '', '')",
            *(ids.new_id("chk"), one.order_id),
        )
        events.notify(order="ord_x", person="per_x")  # as the worker says it
        while "Call now" not in reader.until("alerts")["html"]:
            pass


def test_only_people_within_reach_and_under_an_order_are_sent(events: Events, world: World) -> None:
    ended, other = world.wearer(), world.wearer()
    gone, strange = events.place(ended, 48.1), events.place(other, 48.2)
    world.rows(
        "UPDATE supervision_order SET in_force = tstzrange(lower(in_force), now()) WHERE id = %s",
        ended.order_id,
    )
    with events.stream(events.ticket(events.user())) as reader:
        ids_sent = {row["id"] for row in reader.until("snapshot")["wearers"]}
        assert strange in ids_sent
        assert gone not in ids_sent
    officer = events.user("officer")
    with events.stream(events.ticket(officer, purpose="supervision")) as reader:
        assert reader.until("snapshot")["wearers"] == []


def test_who_leaves_an_order_leaves_the_open_map(events: Events, world: World) -> None:
    one = world.wearer()
    person = events.place(one, 48.3)
    with events.stream(events.ticket(events.user())) as reader:
        reader.until("beat")
        world.rows(
            "UPDATE supervision_order SET in_force = tstzrange(lower(in_force), now())"
            " WHERE id = %s",
            one.order_id,
        )
        events.notify(gone=person)
        while person in reader.until("people")["ids"]:
            pass


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE core_user SET is_active = false WHERE id = %s",
        "UPDATE core_user SET roles = '{analyst}' WHERE id = %s",
        "UPDATE supervision_livestream SET closed_at = now() WHERE user_id = %s",
        "UPDATE supervision_livestream SET expires_at = now() WHERE user_id = %s",
    ],
)
def test_a_stream_closes_within_5_s_of_the_end_of_its_rights(
    events: Events, world: World, change: str
) -> None:
    watching = events.user()
    with events.stream(events.ticket(watching)) as reader:
        reader.until("beat")
        time.sleep(1)  # so that no turn of the stream's own beginning notices it
        world.rows(change, watching)
        began_s = time.monotonic()
        assert [event for event, _ in reader.messages()][-1] == "closed"
        assert time.monotonic() - began_s < CLOSES_S_MAX


@pytest.mark.parametrize("lasts", ["-1 second", "15 minutes"])
def test_a_ticket_that_opens_nothing_is_refused(events: Events, lasts: str) -> None:
    ticket = (
        events.ticket(events.user()) + "x"
        if lasts == "15 minutes"
        else events.ticket(events.user(), lasts=lasts)
    )
    assert httpx.get(f"{events.url}/live?ticket={ticket}").status_code == 403
    assert httpx.get(f"{events.url}/live").status_code == 403


def test_only_our_own_pages_may_read_it(events: Events) -> None:
    address = f"{events.url}/live?ticket={events.ticket(events.user())}"
    port = settings.TARAZY.web_port
    for origin in ("http://evil.example", f"http://127.0.0.1:{port + 1}", "null"):
        assert httpx.get(address, headers={"origin": origin}).status_code == 403
    own = f"http://127.0.0.1:{port}"
    with httpx.stream("GET", address, headers={"origin": own}) as answer:
        assert answer.headers["access-control-allow-origin"] == own


def test_it_says_how_it_fares(events: Events) -> None:
    assert httpx.get(f"{events.url}/health/live").json() == {"live": True}
    assert "tarazy_live_streams" in httpx.get(f"{events.url}/metrics").text
