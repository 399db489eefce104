# SPDX-License-Identifier: EUPL-1.2
"""The live feed of the demo: every simulated device sends over the network, as a real one would.

A device that cannot reach the gateway keeps its reports and tries again, less and less often. What
the gateway refuses is counted and dropped.
"""

from collections import Counter, deque
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import floor
from pathlib import Path
from time import monotonic

import anyio
import httpx
import msgspec
import numpy as np
from msgspec import Struct

from tarazy.core.errors import Misconfigured
from tarazy.supervision.simulate.demo import DEMO_NOISE, SCENARIO, DemoPlan, Stage, demo_plan
from tarazy.supervision.simulate.devices import Credential, encode
from tarazy.supervision.simulate.noise import Sensor
from tarazy.supervision.simulate.records import DeviceKind
from tarazy.supervision.simulate.reports import Report, observe

EVERY_S = (10.0, 15.0)
KEPT_MAX = 500
BACKOFF_S_MAX = 30.0
TIMEOUT_S = 10.0
CONNECTIONS_MAX = 32
OFFLINE_CHANCE, OFFLINE_S = 0.002, (45.0, 150.0)
BUSY = (408, 425, 429)
SERVER_ERROR = 500


class Account(Struct, frozen=True):
    """Which device a simulated person carries, and its credential."""

    person_index: int
    kind: DeviceKind
    identifier: str
    secret: str


class FeedPlan(Struct, frozen=True):
    """The plan file that the demo's seeder writes; everything else follows from the seed."""

    seed: int
    people: int
    accounts: tuple[Account, ...]
    scenario: int = SCENARIO


def write_plan(path: Path, plan: FeedPlan) -> None:
    """Write a plan that only its owner can read: it holds the devices' secrets."""
    path.touch(mode=0o600)
    path.write_bytes(msgspec.json.encode(plan))


def read_plan(path: Path) -> FeedPlan:
    """Read a plan; `Misconfigured` where it is missing, damaged or of another scenario."""
    try:
        plan = msgspec.json.decode(path.read_bytes(), type=FeedPlan)
    except (OSError, msgspec.DecodeError) as error:
        raise Misconfigured(
            "plan", f"fill the demo again; its plan is unreadable: {error}"
        ) from error
    if plan.scenario != SCENARIO:
        raise Misconfigured("plan", "run `make clean`: the demo was filled by another version")
    return plan


@dataclass(slots=True)
class Clock:
    """Epoch seconds that run `speed` times as fast as real ones from `started_at` on."""

    started_at: float
    speed: float = 1.0
    _origin: float = field(default_factory=monotonic)

    def now(self) -> float:
        return self.started_at + (monotonic() - self._origin) * self.speed


@dataclass(slots=True)
class _Phone:
    """One device: what it has not yet delivered, and when it tries again."""

    account: Account
    sensor: Sensor
    kept: deque[Report] = field(default_factory=lambda: deque(maxlen=KEPT_MAX))
    failures: int = 0
    next_try: float = 0.0


class Feed:
    """All devices of a plan. `counts` tells accepted, refused and failed requests."""

    def __init__(self, plan: FeedPlan, gateway_url: str, clock: Clock) -> None:
        self._gateway_url, self._clock, self._plan = gateway_url, clock, plan
        self._demo: DemoPlan = demo_plan(
            plan.seed, plan.people, datetime.fromtimestamp(clock.started_at, UTC)
        )
        self._stage = Stage(self._demo, clock.started_at)
        self._rng = np.random.default_rng()
        self.counts: Counter[str] = Counter()

    async def run(self, stop: anyio.Event) -> None:
        """Send until `stop` is set."""
        limits = httpx.Limits(max_connections=CONNECTIONS_MAX)
        async with (
            httpx.AsyncClient(
                base_url=self._gateway_url, limits=limits, timeout=TIMEOUT_S, trust_env=False
            ) as client,
            anyio.create_task_group() as group,
        ):
            for account in self._plan.accounts:
                group.start_soon(self._carry, client, account)
            await stop.wait()
            group.cancel_scope.cancel()

    async def _carry(self, client: httpx.AsyncClient, account: Account) -> None:
        """The life of one device: a report every now and then, sent when the network is there."""
        phone = _Phone(account, Sensor(self._plan.seed, account.person_index, DEMO_NOISE))
        await self._pause(self._rng.uniform(0, EVERY_S[1]))
        while True:
            report = self._report(phone)
            if report:
                phone.kept.append(report)
                await self._deliver(client, phone)
            await self._pause(self._rng.uniform(*EVERY_S))

    async def _pause(self, seconds: float) -> None:
        await anyio.sleep(seconds / self._clock.speed)

    def _report(self, phone: _Phone) -> Report | None:
        """What the device knows now; nothing while it is silent."""
        now = float(floor(self._clock.now()))  # a device never reports from the future
        day = self._stage.day_at(phone.account.person_index, now)
        if any(silence.since <= now < silence.until for silence in day.silences):
            return None
        plane = self._demo.city.plane
        return observe(day.track, np.array([now]), phone.sensor, plane, self._rng).reports()[0]

    async def _deliver(self, client: httpx.AsyncClient, phone: _Phone) -> None:
        """Send all that is kept, oldest first, until something fails."""
        now = self._clock.now()
        if self._rng.random() < OFFLINE_CHANCE:
            phone.next_try = now + self._rng.uniform(*OFFLINE_S)
        while phone.kept and now >= phone.next_try:
            if await self._sent(client, phone.account, phone.kept[0]):
                phone.kept.popleft()
                phone.failures = 0
            else:
                phone.failures += 1
                wait = min(BACKOFF_S_MAX, 2.0**phone.failures) * self._rng.uniform(0.5, 1)
                phone.next_try = now + wait

    async def _sent(self, client: httpx.AsyncClient, account: Account, report: Report) -> bool:
        """Whether the gateway has spoken its last word on a report."""
        request = encode(account.kind, report, Credential(account.identifier, account.secret))
        try:
            answer = await client.request(
                request.method, request.target, headers=request.headers, content=request.body
            )
        except httpx.HTTPError:
            self.counts["failed"] += 1
            return False
        if answer.status_code >= SERVER_ERROR or answer.status_code in BUSY:
            self.counts["failed"] += 1
            return False
        self.counts["accepted" if answer.is_success else "refused"] += 1
        return True
