# SPDX-License-Identifier: EUPL-1.2
"""Devices that send at once, and again until they are acknowledged; and the count afterwards."""

import asyncio
import random
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count, islice
from typing import Any

import httpx
import psycopg
from supervision.broker import Client
from supervision.running import FAR, Wearer, World, ago, owntracks
from supervision.trackers import KEY, Call
from typing_extensions import override

from tarazy.core import clock
from tarazy.supervision.gateway.credentials import address_of, digest_of
from tarazy.supervision.simulate import trackers as gt06

PLACES = 5_000
LAT, LON, STEP = 43.0, 76.9, 1e4
ANSWER_S_MAX = 45.0
AGAIN_S = 0.05, 0.5
STORM_S_MAX = 150.0
LOOK_S = 0.02
WINDOW = 20

Key = tuple[int, int, int]
"""A fix as both sides count it: device, second, number of the place."""


@dataclass(frozen=True, slots=True)
class Told:
    """One fix of a device."""

    device_id: int
    at: datetime
    number: int

    @property
    def lat(self) -> float:
        return LAT + self.number / STEP

    @property
    def key(self) -> Key:
        return self.device_id, int(self.at.timestamp()), self.number


def story(device_id: int, began: datetime) -> Iterator[Told]:
    """A fix each second, no two the same."""
    for n in count():
        yield Told(device_id, began + timedelta(seconds=n), n % PLACES)


@dataclass
class Ledger:
    """What was sent, and what of it was acknowledged."""

    sent: set[Key] = field(default_factory=set)
    acknowledged: set[Key] = field(default_factory=set)

    def stored(self, world: World) -> "Counter[Key]":
        """How often the fix store has each fix with a place."""
        found = world.rows(
            "SELECT device_id, extract(epoch FROM at)::bigint, round((lat - %s) * %s)::int"
            " FROM supervision_fix WHERE device_id = ANY(%s) AND lat IS NOT NULL",
            *(LAT, STEP, list({device_id for device_id, _, _ in self.sent})),
        )
        return Counter(tuple(row) for row in found)

    def check(self, world: World) -> None:
        """Each acknowledged fix is there once, and nothing that was never sent."""
        stored = self.stored(world)
        assert {key for key, times in stored.items() if times > 1} == set()
        assert self.acknowledged - stored.keys() == set()
        assert stored.keys() - self.sent == set()


class Line(ABC):
    """A device that says the same again until it hears that it is kept."""

    def __init__(self, wearer: Wearer, ledger: Ledger, began: datetime | None = None) -> None:
        self.wearer = wearer
        self.ledger = ledger
        self.chance = random.Random(wearer.device_id)
        self.story = story(wearer.device_id, began or ago(days=1))
        self.refusals = 0

    @abstractmethod
    async def attempt(self, told: Sequence[Told]) -> bool:
        """Say these once; whether they were acknowledged."""

    async def deliver(self, told: Sequence[Told]) -> None:
        """Say these until they are acknowledged."""
        keys = {one.key for one in told}
        self.ledger.sent |= keys
        while not await self.attempt(told):
            self.refusals += 1
            await asyncio.sleep(self.chance.uniform(*AGAIN_S))
        self.ledger.acknowledged |= keys

    @abstractmethod
    def hang_up(self) -> None:
        """No more to say."""


class Tracker(Line):
    """GT06 over TCP: the answer to a heartbeat acknowledges all that was said before it."""

    def __init__(self, wearer: Wearer, imei: str, port: int, ledger: Ledger) -> None:
        super().__init__(wearer, ledger)
        self.imei, self.port = imei, port
        self.call: Call | None = None
        self.serial = 0

    @override
    async def attempt(self, told: Sequence[Told]) -> bool:
        self.serial = self.serial % 60_000 + 1
        places = [gt06.location(one.at, one.lat, LON, serial=n) for n, one in enumerate(told)]
        try:
            async with asyncio.timeout(ANSWER_S_MAX):
                call = self.call = self.call or await self._called()
                await call.say(*places, gt06.heartbeat(self.serial))
                await call.reader.readuntil(gt06.acknowledgement(gt06.STATUS, self.serial))
        except (OSError, asyncio.IncompleteReadError):
            self.hang_up()
            return False
        return True

    async def _called(self) -> Call:
        call = Call(*await asyncio.open_connection("127.0.0.1", self.port))
        try:
            await call.say(gt06.login(self.imei))
            await call.reader.readuntil(gt06.acknowledgement(gt06.LOGIN, 1))
        except BaseException:
            call.hang_up()
            raise
        return call

    @override
    def hang_up(self) -> None:
        if self.call is not None:
            self.call.hang_up()
        self.call = None


class Phone(Line):
    """OwnTracks over HTTP, one fix a request; or our own form, many."""

    def __init__(self, wearer: Wearer, client: httpx.AsyncClient, ledger: Ledger) -> None:
        super().__init__(wearer, ledger)
        self.client = client

    @override
    async def attempt(self, told: Sequence[Told]) -> bool:
        try:
            reply = await self.client.request(**self._request(told))
        except httpx.TransportError:
            return False
        if reply.status_code == 200 and len(told) > 1:
            outcomes = {one["outcome"] for one in reply.json()["results"]}
            assert outcomes <= {"kept", "duplicate"}
        assert reply.status_code in {200, 503}
        return reply.status_code == 200

    @override
    def hang_up(self) -> None:
        """Its client is shared, and closed by whoever opened it."""

    def _request(self, told: Sequence[Told]) -> dict[str, Any]:
        if len(told) == 1:
            return owntracks(self.wearer.token, told[0].at, told[0].lat, LON)
        fixes = [{"at": one.at.isoformat(), "lat": one.lat, "lon": LON} for one in told]
        login = {"Authorization": f"Bearer {self.wearer.token}"}
        return {"method": "POST", "url": "/v1/fixes", "json": {"fixes": fixes}, "headers": login}


class Publisher:
    """OwnTracks over MQTT: what the broker acknowledged is what this one heard."""

    def __init__(self, wearer: Wearer, device: str, port: int, ledger: Ledger) -> None:
        self.ledger = ledger
        self.story = story(wearer.device_id, ago(days=1))
        self.waiting: dict[int, Key] = {}
        self.heard: set[int] = set()
        self.line = Client(port, device, wearer.token)
        self.line.client.reconnect_delay_set(1, 1)
        self.line.client.on_publish = lambda _c, _d, number, _r, _p: self.heard.add(number)

    async def talk(self, storm: "Storm", pause_s: float) -> None:
        """Publish until the storm is over, and until all is acknowledged."""
        await until(self.line.connected.is_set)
        while storm.blowing:
            (one,) = islice(self.story, 1)
            place = {"_type": "location", "lat": one.lat, "lon": LON, "tst": one.at.timestamp()}
            self.ledger.sent.add(one.key)
            self.waiting[self.line.say(place).mid] = one.key
            await asyncio.sleep(pause_s)
            await until(lambda: self.unheard() < WINDOW)
        await until(lambda: self.unheard() == 0)
        self.line.close()

    def unheard(self) -> int:
        """How many the broker has not acknowledged."""
        for number in list(self.heard):
            if number in self.waiting:
                self.ledger.acknowledged.add(self.waiting.pop(number))
                self.heard.discard(number)
        return len(self.waiting)


@dataclass
class Storm:
    """Devices that talk while somebody makes trouble, and a moment longer."""

    ledger: Ledger = field(default_factory=Ledger)
    blowing: bool = True

    async def talk(self, line: Line, size: int, pause_s: float) -> None:
        """So many fixes at a time, until the storm is over."""
        while self.blowing:
            await line.deliver(list(islice(line.story, size)))
            await asyncio.sleep(pause_s * line.chance.uniform(0.5, 1.5))
        line.hang_up()

    async def blow(
        self,
        talking: Sequence[Coroutine[Any, Any, None]],
        trouble: Callable[[], Awaitable[None]],
    ) -> None:
        """Everything that is sent is acknowledged in the end, as devices send it again."""
        async with asyncio.timeout(STORM_S_MAX), asyncio.TaskGroup() as group:
            for one in talking:
                group.create_task(one)
            await asyncio.sleep(0.5)
            await trouble()
            await asyncio.sleep(0.5)
            self.blowing = False
        assert self.ledger.acknowledged == self.ledger.sent


async def until(true: Callable[[], bool]) -> None:
    """Wait for it; the storm has its own bound of time."""
    while not true():
        await asyncio.sleep(LOOK_S)


CROWD = (
    "INSERT INTO supervision_device (public_id, kind, identifier, broker_hash, report_interval_s)"
    " SELECT 'dev_' || md5(name), 'owntracks', name, '', 60 FROM unnest(%(names)s::text[]) name",
    "INSERT INTO supervision_person (public_id, full_name, sort_key, phone)"
    " SELECT 'per_' || md5(name), 'Test Person', 'x', '' FROM unnest(%(names)s::text[]) name",
    "INSERT INTO supervision_fitting (public_id, device_id, person_id, period)"
    " SELECT 'fit_' || md5(name), device.id, person.id, tstzrange(%(since)s, NULL)"
    " FROM unnest(%(names)s::text[]) name"
    " JOIN supervision_device device ON device.public_id = 'dev_' || md5(name)"
    " JOIN supervision_person person ON person.public_id = 'per_' || md5(name)",
    "INSERT INTO supervision_order (public_id, person_id, measure, court, document_number, judge,"
    " decided_on, in_force, late_upload_h, time_zone, version)"
    " SELECT 'ord_' || md5(name), id, 'house_arrest', '', '', '', now(),"
    " tstzrange(%(since)s, %(until)s), 72, 'Asia/Almaty', 1"
    " FROM unnest(%(names)s::text[]) name"
    " JOIN supervision_person ON public_id = 'per_' || md5(name)",
    "INSERT INTO supervision_deviceaddress (device_id, digest) SELECT id, digest"
    " FROM unnest(%(names)s::text[], %(digests)s::bytea[]) AS one (name, digest)"
    " JOIN supervision_device ON public_id = 'dev_' || md5(name)",
)


def crowd(world: World, names: Sequence[str], *, trackers: bool = True) -> list[Wearer]:
    """As many people under an order, each with a device of that id, or of that token."""
    digests = [address_of("gt06", one, KEY) if trackers else digest_of(one, KEY) for one in names]
    now = clock.now()
    facts = {"names": list(names), "digests": digests, "since": now - FAR, "until": now + FAR}
    with psycopg.connect(world.server.url("tarazy_owner"), autocommit=True) as connection:
        for statement in CROWD:
            connection.execute(statement.encode(), facts)
        connection.execute("ANALYZE")
    found = world.rows(
        "SELECT identifier, device_id, person_id, supervision_order.id FROM supervision_device"
        " JOIN supervision_fitting ON device_id = supervision_device.id"
        " JOIN supervision_order USING (person_id) WHERE identifier = ANY(%s)",
        list(names),
    )
    known = {name: Wearer(name, *ids) for name, *ids in found}
    return [known[name] for name in names]
