# SPDX-License-Identifier: EUPL-1.2
"""The links configure the apps with what the gateway will ask of them."""

import base64
import json
from urllib.parse import parse_qs, urlsplit

from tarazy.supervision.gateway.enrolment import (
    Phone,
    owntracks_over_http,
    owntracks_over_mqtt,
    qr_svg,
    qr_text,
    traccar_client,
)

PHONE = Phone(device="dev_" + "0" * 32, token="a+b/c d&e", passphrase="k" * 32, interval_s=60)


def configuration(link: str) -> dict[str, object]:
    address = urlsplit(link)
    assert (address.scheme, address.netloc, address.path) == ("owntracks", "", "/config")
    inline = parse_qs(address.query)["inline"][0]
    found = json.loads(base64.b64decode(inline, validate=True))
    assert isinstance(found, dict)
    return found


def test_owntracks_over_http() -> None:
    told = configuration(owntracks_over_http(PHONE, "https://gate.example/"))
    assert told["_type"] == "configuration"
    assert (told["mode"], told["url"]) == (3, "https://gate.example/pub")
    assert (told["username"], told["password"]) == (PHONE.device, PHONE.token)
    assert (told["encryptionKey"], told["locatorInterval"]) == (PHONE.passphrase, 60)
    assert told["cmd"] is told["remoteConfiguration"] is told["allowRemoteLocation"] is True
    assert told["pubExtendedData"] is told["extendedData"] is True


def test_owntracks_over_mqtt() -> None:
    told = configuration(owntracks_over_mqtt(PHONE, "mqtts://broker.example"))
    assert (told["mode"], told["host"], told["port"], told["tls"]) == (
        0,
        "broker.example",
        8883,
        True,
    )
    assert told["pubTopicBase"] == f"owntracks/{PHONE.device}/phone"
    assert (told["pubQos"], told["cleanSession"]) == (1, False)
    plain = configuration(owntracks_over_mqtt(PHONE, "mqtt://broker.example:1999"))
    assert (plain["port"], plain["tls"]) == (1999, False)


def test_traccar_client() -> None:
    address = urlsplit(traccar_client(PHONE, "https://gate.example"))
    assert (address.scheme, address.netloc, address.path) == ("https", "gate.example", "/")
    settings = parse_qs(address.query)
    assert settings["id"] == [PHONE.token]
    assert settings["interval"] == ["60"]


def test_qr_codes_hold_the_link() -> None:
    link = owntracks_over_mqtt(PHONE, "mqtts://broker.example")
    assert qr_svg(link).startswith("<svg")
    assert qr_svg(link) != qr_svg(link + "x")
    lines = qr_text(link).splitlines()
    assert len(lines) > 20
    assert len({len(line) for line in lines if line}) <= 2
