# SPDX-License-Identifier: EUPL-1.2
"""`tarazy devices`, from the box to a report that is kept."""

import base64
import json
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from supervision.factory import CONSOLE, supervised
from typer.testing import CliRunner, Result

from tarazy.core.errors import Misconfigured, Refused
from tarazy.supervision.actions.devices import enrol_device
from tarazy.supervision.cli_devices import app
from tarazy.supervision.gateway.credentials import digest_of
from tarazy.supervision.models import Device, DeviceAddress, Fitting
from tarazy.supervision.refusals import Refusal

pytestmark = pytest.mark.django_db


def run(*words: str) -> Result:
    return CliRunner().invoke(app, words)


def said(result: Result, name: str) -> str:
    """What stands behind `name: ` in the output."""
    assert result.exit_code == 0, result.exception
    (line,) = [one for one in result.output.splitlines() if one.startswith(f"{name}: ")]
    return line.removeprefix(f"{name}: ")


def address_exists(token: str, settings_key: str) -> bool:
    return DeviceAddress.objects.filter(digest=digest_of(token, settings_key)).exists()


def test_a_phone_is_configured_by_one_link(settings: object) -> None:
    result = run(
        "enrol", "owntracks", "phone 7", "--url", "https://gw.example", "--interval-s", "30"
    )
    token, link = said(result, "token"), said(result, "link")
    assert address_exists(token, settings.TARAZY.device_key)  # type: ignore[attr-defined]
    inline = parse_qs(urlsplit(link).query)["inline"][0]
    told = json.loads(base64.b64decode(unquote(inline)))
    assert told["url"] == "https://gw.example/pub"
    assert told["password"] == token
    assert told["username"] == Device.objects.get(identifier="phone 7").public_id
    assert told["moveModeLocatorInterval"] == 30
    assert "\u2588" in result.output or "\u2584" in result.output, "there is a QR code"


def test_a_tracker_needs_no_token_and_has_no_link() -> None:
    result = run("enrol", "gt06", "860000000000017")
    assert result.exit_code == 0
    assert "token" not in result.output
    refused = run("enrol", "osmand", "x", "--url", "https://gw.example")
    assert said(refused, "link").startswith("https://gw.example/?id=")
    wrong = run("enrol", "fixes", "y", "--url", "https://gw.example")
    assert isinstance(wrong.exception, Misconfigured)


def test_a_language_that_nobody_speaks_is_named() -> None:
    result = run("enrol", "morse", "1")
    assert isinstance(result.exception, Misconfigured)
    assert "gt06" in result.exception.remedy
    with pytest.raises(Refused):
        enrol_device(CONSOLE, "morse", "1")


def test_fitted_and_taken_off() -> None:
    wearer = supervised()
    run("enrol", "watch", "1234567890")
    device = Device.objects.get(identifier="1234567890")
    fitting = said(run("fit", device.public_id, wearer.person.public_id), "fitted")
    worn = Fitting.objects.get(public_id=fitting)
    assert (worn.device, worn.person) == (device, wearer.person)
    assert worn.period.upper is None
    assert said(run("remove", fitting), "taken off") == fitting
    worn.refresh_from_db()
    assert worn.period.isempty or worn.period.upper is not None
    again = run("remove", fitting)
    assert isinstance(again.exception, Refused)
    assert again.exception.name == Refusal.FITTING_ENDED


def test_a_device_is_not_fitted_on_nobody() -> None:
    run("enrol", "watch", "1234567890")
    device = Device.objects.get(identifier="1234567890")
    assert isinstance(run("fit", device.public_id, "per_nobody").exception, Refused)
