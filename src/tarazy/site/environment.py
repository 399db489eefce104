# SPDX-License-Identifier: EUPL-1.2
"""Settings from the environment, read once; docs/operations.md has the table (a test holds it).

A bad or missing value stops the start with the setting's name and the remedy.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tarazy.core.errors import Misconfigured
from tarazy.procurement import portal_access
from tarazy.site.postgres import Postgres
from tarazy.supervision import cause_list, measures, periods
from tarazy.supervision.causes import CauseKind
from tarazy.supervision.gateway.languages import STREAMS
from tarazy.supervision.measures import MeasureKind
from tarazy.supervision.notices import routes
from tarazy.supervision.notices.routes import Route
from tarazy.supervision.telephones import NUMBER

Mode = Literal["demo", "production"]

DEMO_MARK = "demo-"
SECRET_LENGTH_MIN = 32
HOW_TO_MAKE_SECRETS = "make secrets with `tarazy secrets > tarazy.env`"
PORT_MAX = 65535
BROKER_PORT = 8005


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """Every setting of the service, checked."""

    mode: Mode
    folder: Path
    bind: str
    web_port: int
    gateway_port: int
    events_port: int
    metrics_port: int
    trackers: tuple[tuple[str, int], ...]
    """Languages of trackers over TCP and UDP, each with its port."""
    mqtt_url: str
    mqtt_port: int
    hosts: tuple[str, ...]
    events_url: str
    behind_proxy: bool
    secret_key: str
    device_key: str
    audit_key: str
    audit_origin: str
    database_url: str
    owner_database_url: str
    embedded: bool
    time_zone: str
    map_style_url: str
    map_tiles: Path | None
    ntp_server: str
    certificates: tuple[Path, ...]
    measures: Mapping[str, MeasureKind]
    """What a court may order, by code."""
    causes: Mapping[str, CauseKind]
    """What an alert may turn out to be, by code."""
    periods: Mapping[str, int]
    """For how many days papers, messages and receipts are kept."""
    notices: tuple[Route, ...]
    """Who hears of what beyond the screen."""
    pages_url: str
    """Where people reach the pages: in the links of notices, without a slash at the end."""
    malware_scan: str
    """`clamd://HOST:PORT`, `clamd:///SOCKET`, or a program that is given a path; empty is none."""
    duty_telephone: str
    """Of the control centre: supervised people read it on their page; empty is none."""
    devices_url: str
    """Where phones reach the gateway or the broker, as they see it."""
    goszakup: portal_access.Access | None
    """The portal of public procurement; none where no token is set."""

    @property
    def demo(self) -> bool:
        """Whether public passwords and generated people are allowed here."""
        return self.mode == "demo"

    @property
    def worker_port(self) -> int:
        """Where the worker's metrics are: the engine has the setting's port itself."""
        return self.metrics_port + 1

    @property
    def ports(self) -> list[tuple[str, int]]:
        """Every port on which something of ours listens, by the setting's name."""
        named = [
            ("TARAZY_WEB_PORT", self.web_port),
            ("TARAZY_GATEWAY_PORT", self.gateway_port),
            ("TARAZY_EVENTS_PORT", self.events_port),
            ("TARAZY_METRICS_PORT", self.metrics_port),
            ("TARAZY_METRICS_PORT + 1", self.worker_port),
            *((f"TARAZY_TRACKERS {name}", port) for name, port in self.trackers),
        ]
        # a real service has a broker of its own
        return [*named, ("TARAZY_MQTT_PORT", self.mqtt_port)] if self.demo else named

    @property
    def procurement_folder(self) -> Path:
        """Where the Parquet tables of public contracts lie."""
        return self.folder / "procurement"

    @property
    def papers_folder(self) -> Path:
        """Where scans, photos and signatures lie: nothing there is served by its address."""
        return self.folder / "papers"

    @property
    def static_folder(self) -> Path:
        """Where the page assets are collected for the web process."""
        return self.folder / "static"


def _port(name: str, raw: str) -> int:
    if not raw.isdecimal() or not 0 < int(raw) <= PORT_MAX:
        raise Misconfigured(name, f"{raw!r} is no port; give a number from 1 to {PORT_MAX}")
    return int(raw)


class _Reader:
    """Reads single values and names the setting in every complaint."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = values

    def text(self, name: str, default: str) -> str:
        return self.values.get(name, "").strip() or default

    def port(self, name: str, default: int) -> int:
        return _port(name, self.text(name, str(default)))

    def trackers(self, name: str) -> tuple[tuple[str, int], ...]:
        found: dict[str, int] = {}
        wanted = self.text(name, "")
        for one in (",".join(STREAMS) if wanted == "all" else wanted).split(","):
            language, _, port = one.strip().partition("=")
            if not language:
                continue
            if language not in STREAMS:
                known = ", ".join(STREAMS)
                raise Misconfigured(name, f"{language!r} is unknown; give of {known}, or `all`")
            found[language] = _port(name, port or str(STREAMS[language].PORT))
        if len(set(found.values())) < len(found):
            raise Misconfigured(name, "gives two languages the same port")
        return tuple(found.items())

    def mode(self) -> Mode:
        raw = self.text("TARAZY_MODE", "production")
        if raw == "demo":
            return "demo"
        if raw == "production":
            return "production"
        raise Misconfigured("TARAZY_MODE", f"{raw!r} is unknown; say `demo` or `production`")

    def secret(self, name: str, mode: Mode) -> str:
        raw = self.text(name, "")
        if len(raw) < SECRET_LENGTH_MIN:
            raise Misconfigured(
                name, f"is missing or shorter than {SECRET_LENGTH_MIN}; {HOW_TO_MAKE_SECRETS}"
            )
        if mode == "production" and raw.startswith(DEMO_MARK):
            raise Misconfigured(name, f"is the demo's and public; {HOW_TO_MAKE_SECRETS}")
        return raw

    def audit_key(self) -> str:
        raw = self.text("TARAZY_AUDIT_KEY", "")
        if not raw:
            raise Misconfigured("TARAZY_AUDIT_KEY", f"is missing; {HOW_TO_MAKE_SECRETS}")
        pem = raw.replace("\\n", "\n")
        try:
            key = load_pem_private_key(pem.encode(), password=None)
        except ValueError as error:
            raise Misconfigured("TARAZY_AUDIT_KEY", "is no private key in PEM form") from error
        if not isinstance(key, Ed25519PrivateKey):
            raise Misconfigured("TARAZY_AUDIT_KEY", "is not an Ed25519 key")
        return pem

    def origin(self) -> str:
        raw = self.text("TARAZY_AUDIT_ORIGIN", "tarazy.local/audit")
        if "+" in raw or any(letter.isspace() for letter in raw):
            raise Misconfigured("TARAZY_AUDIT_ORIGIN", "takes no spaces and no +; try a host name")
        return raw

    def zone(self) -> str:
        raw = self.text("TARAZY_TIME_ZONE", "Asia/Almaty")
        try:
            ZoneInfo(raw)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise Misconfigured(
                "TARAZY_TIME_ZONE", f"{raw!r} is no time zone; give one such as Asia/Almaty"
            ) from error
        return raw

    def flag(self, name: str) -> bool:
        raw = self.text(name, "no").lower()
        if raw not in {"yes", "no"}:
            raise Misconfigured(name, f"{raw!r} is unclear; say `yes` or `no`")
        return raw == "yes"

    def tiles(self) -> Path | None:
        raw = self.text("TARAZY_MAP_TILES", "")
        if raw and not Path(raw).is_file():
            raise Misconfigured("TARAZY_MAP_TILES", f"there is no PMTiles file at {raw!r}")
        return Path(raw) if raw else None

    def web_url(self, name: str) -> str:
        raw = self.text(name, "")
        if raw and not raw.startswith(("https://", "http://", "/")):
            raise Misconfigured(name, f"{raw!r} is no address; begin with https://")
        return raw

    def measures(self, name: str) -> Mapping[str, MeasureKind]:
        try:
            return measures.read(Path(self.text(name, str(measures.SHIPPED))))
        except ValueError as error:
            raise Misconfigured(name, str(error)) from error

    def causes(self, name: str) -> Mapping[str, CauseKind]:
        try:
            return cause_list.read(Path(self.text(name, str(cause_list.SHIPPED))))
        except ValueError as error:
            raise Misconfigured(name, str(error)) from error

    def periods(self, name: str) -> Mapping[str, int]:
        try:
            return periods.read(Path(self.text(name, str(periods.SHIPPED))))
        except ValueError as error:
            raise Misconfigured(name, str(error)) from error

    def notices(self, name: str) -> tuple[Route, ...]:
        raw = self.text(name, "")
        try:
            return routes.read(Path(raw)) if raw else ()
        except ValueError as error:
            raise Misconfigured(name, str(error)) from error

    def pages_url(self, name: str, default: str) -> str:
        raw = self.text(name, default)
        if not raw.startswith(("https://", "http://")):
            raise Misconfigured(name, f"{raw!r} is no address; begin with https://")
        return raw.rstrip("/")

    def malware_scan(self, name: str) -> str:
        raw = self.text(name, "")
        if raw and not raw.startswith(("clamd://", "/")):
            remedy = "is clamd://HOST:PORT, clamd:///path/to/socket, or the path of a program"
            raise Misconfigured(name, remedy)
        return raw

    def telephone(self, name: str) -> str:
        raw = self.text(name, "")
        if raw and not NUMBER.fullmatch(raw):
            raise Misconfigured(name, f"{raw!r} is no telephone number; give one as people dial it")
        return raw

    def devices_url(self, name: str) -> str:
        raw = self.text(name, "")
        if raw and not raw.startswith(("https://", "http://", "mqtts://", "mqtt://")):
            raise Misconfigured(name, f"{raw!r} is no address; begin with https:// or mqtts://")
        return raw

    def goszakup(self) -> portal_access.Access | None:
        token, address = "TARAZY_GOSZAKUP_TOKEN", "TARAZY_GOSZAKUP_URL"
        given = {name: self.text(name, "") for name in (token, address)}
        return portal_access.access(given) if given[token] else None

    def mqtt(self, name: str) -> str:
        raw = self.text(name, "")
        if raw and not raw.startswith(("mqtt://", "mqtts://")):
            raise Misconfigured(name, "begin with mqtt:// or mqtts://")
        try:
            whole = not raw or (urlsplit(raw).hostname and urlsplit(raw).port != 0)
        except ValueError:  # a port that is none
            whole = False
        if not whole:
            remedy = "has no host or a wrong port; write a / in the password as %2F"
            raise Misconfigured(name, remedy)
        return raw

    def database(self, name: str, default: str) -> str:
        raw = self.text(name, default)
        if not raw.startswith(("postgresql://", "postgres://")):
            raise Misconfigured(name, "begin with postgresql:// (no other database is supported)")
        return raw


def read(values: Mapping[str, str] = os.environ) -> Environment:
    """All settings. Raises Misconfigured with the setting's name and the remedy."""
    reader = _Reader(values)
    mode = reader.mode()
    folder = Path(reader.text("TARAZY_FOLDER", f"var/{mode}")).resolve()
    own = Postgres(folder / "postgres")
    embedded = not reader.text("DATABASE_URL", "")
    bind = reader.text("TARAZY_BIND", "127.0.0.1")
    web_port = reader.port("TARAZY_WEB_PORT", 8000)
    hosts = reader.text("TARAZY_HOSTS", "127.0.0.1,localhost")
    return Environment(
        mode=mode,
        folder=folder,
        bind=bind,
        web_port=web_port,
        gateway_port=reader.port("TARAZY_GATEWAY_PORT", 8001),
        events_port=reader.port("TARAZY_EVENTS_PORT", 8002),
        metrics_port=reader.port("TARAZY_METRICS_PORT", 8003),
        trackers=reader.trackers("TARAZY_TRACKERS"),
        mqtt_url=reader.mqtt("TARAZY_MQTT_URL"),
        mqtt_port=reader.port("TARAZY_MQTT_PORT", BROKER_PORT),
        hosts=tuple(host.strip() for host in hosts.split(",") if host.strip()),
        events_url=reader.web_url("TARAZY_EVENTS_URL"),
        behind_proxy=reader.flag("TARAZY_BEHIND_PROXY"),
        secret_key=reader.secret("TARAZY_SECRET_KEY", mode),
        device_key=reader.secret("TARAZY_DEVICE_KEY", mode),
        audit_key=reader.audit_key(),
        audit_origin=reader.origin(),
        database_url=reader.database("DATABASE_URL", own.url("tarazy_app")),
        owner_database_url=reader.text(
            "TARAZY_OWNER_DATABASE_URL", own.url("tarazy_owner") if embedded else ""
        ),
        embedded=embedded,
        time_zone=reader.zone(),
        map_style_url=reader.web_url("TARAZY_MAP_STYLE_URL"),
        map_tiles=reader.tiles(),
        ntp_server=reader.text("TARAZY_NTP_SERVER", "pool.ntp.org"),
        certificates=tuple(
            Path(path.strip()) for path in reader.text("TARAZY_CERTIFICATES", "").split(",") if path
        ),
        measures=reader.measures("TARAZY_MEASURES"),
        causes=reader.causes("TARAZY_CAUSES"),
        periods=reader.periods("TARAZY_PERIODS"),
        notices=reader.notices("TARAZY_NOTICES"),
        pages_url=reader.pages_url("TARAZY_PAGES_URL", f"http://127.0.0.1:{web_port}"),
        malware_scan=reader.malware_scan("TARAZY_MALWARE_SCAN"),
        duty_telephone=reader.telephone("TARAZY_DUTY_TELEPHONE"),
        devices_url=reader.devices_url("TARAZY_DEVICES_URL"),
        goszakup=reader.goszakup(),
    )
