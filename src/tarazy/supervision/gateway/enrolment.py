# SPDX-License-Identifier: EUPL-1.2
"""Links and QR codes by which a phone's app configures itself; they hold the device's credential.

OwnTracks opens `owntracks:///config?inline=` with its configuration in Base64
(https://owntracks.org/booklet/features/remoteconfig/). Traccar Client 9 scans the server's address
with the settings as its query (`lib/configuration_service.dart` of traccar/traccar-client).
"""

import base64
import io
from urllib.parse import quote, urlencode, urlsplit

import msgspec
import segno

from tarazy.supervision.gateway import osmand, owntracks, traccar

MODE_MQTT, MODE_HTTP = 0, 3
TLS_PORT, PLAIN_PORT = 8883, 1883
KEEPALIVE_S = 300
HEARTBEAT_S = 600


class Phone(msgspec.Struct, frozen=True, kw_only=True):
    """What a phone has to know."""

    device: str
    """The device's public id: its name at the broker."""
    token: str
    passphrase: str
    """Empty: the app sends in the clear, inside TLS."""
    interval_s: int


def owntracks_over_http(phone: Phone, url: str) -> str:
    """A link that sets OwnTracks up to post to this address."""
    return _owntracks(phone, {"mode": MODE_HTTP, "url": f"{url.rstrip('/')}/pub"})


def owntracks_over_mqtt(phone: Phone, url: str) -> str:
    """A link that sets OwnTracks up for the broker at this address (mqtt:// or mqtts://)."""
    address = urlsplit(url)
    tls = address.scheme == "mqtts"
    return _owntracks(
        phone,
        {
            "mode": MODE_MQTT,
            "host": address.hostname,
            "port": address.port or (TLS_PORT if tls else PLAIN_PORT),
            "tls": tls,
            "mqttProtocolLevel": 4,
            "keepalive": KEEPALIVE_S,
            "cleanSession": False,
            "pubQos": 1,
            "subQos": 1,
            "pubTopicBase": f"owntracks/{phone.device}/phone",
            "clientId": phone.device,
        },
    )


def traccar_client(phone: Phone, url: str) -> str:
    """A link that sets Traccar Client up and starts it."""
    settings = {
        "id": phone.token,
        "interval": phone.interval_s,
        "heartbeat": HEARTBEAT_S,
        "accuracy": "high",
        "distance": 0,
        "buffer": "true",
        "service": "true",
    }
    return f"{url.rstrip('/')}/?{urlencode(settings)}"


def link_of(language: str, phone: Phone, url: str) -> str | None:
    """The link that configures this phone's app; None for what is no phone's language."""
    if language == owntracks.NAME:
        over_mqtt = url.startswith(("mqtt://", "mqtts://"))
        return owntracks_over_mqtt(phone, url) if over_mqtt else owntracks_over_http(phone, url)
    return traccar_client(phone, url) if language in {traccar.NAME, osmand.NAME} else None


def qr_svg(text: str) -> str:
    """A QR code as SVG; letters of the link may be lost in print, so a quarter is redundant."""
    return segno.make(text, error="m", micro=False).svg_inline(border=4, omitsize=True)


def qr_text(text: str) -> str:
    """A QR code of blocks, for a terminal."""
    out = io.StringIO()
    segno.make(text, error="l", micro=False).terminal(out, compact=True, border=2)
    return out.getvalue()


def _owntracks(phone: Phone, settings: dict[str, object]) -> str:
    common: dict[str, object] = {
        "_type": "configuration",
        "auth": True,
        "username": phone.device,
        "password": phone.token,
        "deviceId": "phone",
        "tid": phone.device[-2:],
        "monitoring": 2,  # move mode: by time, not by distance
        "moveModeLocatorInterval": phone.interval_s,
        "locatorInterval": phone.interval_s,
        "ping": 15,
        "cmd": True,
        "remoteConfiguration": True,
        "allowRemoteLocation": True,  # an iPhone over HTTP reports no place when asked without it
        "pubExtendedData": True,
        "extendedData": True,  # the same on iOS
    }
    if phone.passphrase:
        common |= {"encryptionKey": phone.passphrase}
    plain = msgspec.json.encode(common | settings)
    return f"owntracks:///config?inline={quote(base64.b64encode(plain).decode(), safe='')}"
