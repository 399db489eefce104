# SPDX-License-Identifier: EUPL-1.2
"""The demo's own MQTT broker, in Python, on this machine only; a real service has Mosquitto.

It knows the same passwords and rights as the files that `tarazy devices mosquitto-config` writes,
but keeps nothing on disk: what the gateway has not taken when it stops is gone.
"""

import asyncio
import base64
import hashlib
import hmac
import logging
import signal
from typing import Any

import structlog
from amqtt.broker import Broker
from amqtt.contexts import Action
from amqtt.errors import BrokerError
from amqtt.plugins.base import BaseAuthPlugin, BaseTopicPlugin
from amqtt.session import Session
from asgiref.sync import sync_to_async
from django.conf import settings
from typing_extensions import override

from tarazy.core.errors import Misconfigured
from tarazy.site.secrets import BROKER_USER, broker_password
from tarazy.supervision.gateway.topics import BASE
from tarazy.supervision.models import Device

log = structlog.get_logger()


def fits(password: str, kept: str) -> bool:
    """Whether this is the password of a line of Mosquitto's file (`$7$`, PBKDF2-SHA512)."""
    try:
        _, kind, rounds, salt, digest = kept.split("$")
        wanted = base64.b64decode(digest)
        made = hashlib.pbkdf2_hmac("sha512", password.encode(), base64.b64decode(salt), int(rounds))
    except ValueError:
        return False
    return kind == "7" and hmac.compare_digest(made, wanted)


class Passwords(BaseAuthPlugin):
    """Who may log in: the gateway, and each enrolled phone."""

    @override
    async def authenticate(self, *, session: Session) -> bool | None:
        name, password = session.username or "", session.password or ""
        if name == BROKER_USER:
            return hmac.compare_digest(password, broker_password(settings.TARAZY.device_key))
        found = Device.objects.filter(public_id=name).values_list("broker_hash", flat=True)
        return fits(password, await sync_to_async(found.first)() or "")


class Rights(BaseTopicPlugin):
    """Who may write and read where: a phone below its own name, the gateway everywhere."""

    @override
    async def topic_filtering(
        self,
        *,
        session: Session | None = None,
        topic: str | None = None,
        action: Action | None = None,
    ) -> bool | None:
        if session is None or topic is None:
            return False
        own = topic.startswith(f"{BASE}/{session.username}/")
        return session.username == BROKER_USER or own


def serve() -> None:
    """Run until told to stop."""
    logging.getLogger("transitions").setLevel(logging.ERROR)
    asyncio.run(_run(settings.TARAZY.mqtt_port))


async def _run(port: int) -> None:
    plugins: dict[str, Any] = {f"{__name__}.{one.__name__}": {} for one in (Passwords, Rights)}
    config: dict[str, Any] = {
        "listeners": {"default": {"type": "tcp", "bind": f"127.0.0.1:{port}"}},
        "plugins": plugins,
    }
    stop = asyncio.Event()
    for one in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(one, stop.set)
    broker = Broker(config)
    try:
        await broker.start()
    except BrokerError as error:
        reason = str(error).partition(": ")[2]
        raise Misconfigured(
            "TARAZY_MQTT_PORT", f"cannot listen on 127.0.0.1:{port}: {reason}; give another port"
        ) from None
    log.info("broker_started", port=port)
    await stop.wait()
    await broker.shutdown()
