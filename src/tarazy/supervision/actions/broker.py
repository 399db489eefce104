# SPDX-License-Identifier: EUPL-1.2
"""The MQTT broker's own files: who may log in, and who may write and read where."""

import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from tarazy.core.door import Door, action
from tarazy.core.errors import Misconfigured
from tarazy.supervision.gateway.credentials import broker_hash
from tarazy.supervision.gateway.topics import BASE
from tarazy.supervision.models import Device

PASSWORDS, RIGHTS, CONFIGURATION = "tarazy.passwd", "tarazy.acl", "tarazy.conf"
IN_FLIGHT_MAX = 1000
MOSQUITTO_GROUP = "mosquitto"

CONF = """\
# Written by `tarazy devices mosquitto-config`; put it into /etc/mosquitto/conf.d/.
# Mosquitto reads the password and rights files again on SIGHUP; this file on a restart.
per_listener_settings false
allow_anonymous false
password_file {folder}/{passwords}
acl_file {folder}/{rights}

# What the gateway has not acknowledged is kept on disk. A broker that is killed loses at most what
# came since it last wrote: with every change written, nothing, at the price of speed.
persistence true
persistence_location {store}/
autosave_on_changes true
autosave_interval {autosave}

# The gateway acknowledges after its commit, in bunches.
max_inflight_messages {in_flight}
max_queued_messages 0
max_packet_size 65536
connection_messages false

listener {port}
# A name at the broker is taken over by whoever connects under it: it must be one's own login.
use_username_as_clientid true
{tls}
"""
TLS = "certfile {certificate}\nkeyfile {key}"
NO_TLS = "# No certificate was given: only for one machine, or inside a VPN."
AUTOSAVE_CHANGES = 1000


@dataclass(frozen=True, slots=True)
class Listener:
    """Where phones call, where Mosquitto keeps its store, and its certificate and key."""

    port: int
    store: Path
    tls: tuple[Path, Path] | None = None


@action("supervision.broker.configure")
def configure_broker(door: Door, folder: Path, gateway_url: str, listener: Listener) -> int:
    """Write Mosquitto's configuration, passwords and topic rights; how many devices may log in.

    Raises Misconfigured where the gateway's own name at the broker is not set.
    """
    address = urlsplit(gateway_url)
    if not address.username or not address.password:
        raise Misconfigured(
            "TARAZY_MQTT_URL", "needs a name and a password: mqtts://gateway:PASSWORD@host"
        )
    gateway = unquote(address.username)
    phones = list(
        Device.objects.exclude(broker_hash="")
        .order_by("public_id")
        .values("public_id", "broker_hash")
    )
    door.permit(None, "")
    folder.mkdir(parents=True, exist_ok=True)
    passwords = [f"{gateway}:{broker_hash(unquote(address.password))}"]
    passwords += [f"{phone['public_id']}:{phone['broker_hash']}" for phone in phones]
    rights = [f"user {gateway}", f"topic read {BASE}/#", f"topic write {BASE}/+/+/cmd", ""]
    for phone in phones:
        name = phone["public_id"]
        rights += [
            f"user {name}",
            f"topic write {BASE}/{name}/#",
            f"topic read {BASE}/{name}/+/cmd",
            "",
        ]
    tls = listener.tls
    said = NO_TLS if tls is None else TLS.format(certificate=tls[0], key=tls[1])
    conf = CONF.format(
        folder=folder.resolve(),
        passwords=PASSWORDS,
        rights=RIGHTS,
        store=listener.store.resolve(),
        autosave=AUTOSAVE_CHANGES,
        in_flight=IN_FLIGHT_MAX,
        port=listener.port,
        tls=said,
    )
    _replace(folder / PASSWORDS, "\n".join(passwords) + "\n")
    _replace(folder / RIGHTS, "\n".join(rights))
    _replace(folder / CONFIGURATION, conf)
    return len(phones)


def _replace(path: Path, text: str) -> None:
    """All of the file or the old one; readable by its owner, and by Mosquitto's own group."""
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    new.touch(mode=0o640, exist_ok=False)
    with suppress(LookupError, PermissionError):  # no such group here, or not ours to give
        shutil.chown(new, group=MOSQUITTO_GROUP)
    new.write_text(text)
    new.replace(path)
