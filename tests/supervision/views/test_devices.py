# SPDX-License-Identifier: EUPL-1.2
import base64
import re
import struct
import zlib
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from supervision.factory import CONSOLE, Supervised, supervised, user
from supervision.officer import now, signed_in

from tarazy.core.access import Role
from tarazy.core.models import User
from tarazy.supervision.actions.devices import enrol_device
from tarazy.supervision.gateway.credentials import digest_of
from tarazy.supervision.looks import devices as device_looks
from tarazy.supervision.models import Device, DeviceAddress, EnrolmentLink, Fitting, FittingProtocol

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def png() -> bytes:
    def chunk(name: bytes, body: bytes) -> bytes:
        crc = struct.pack("!I", zlib.crc32(name + body))
        return struct.pack("!I", len(body)) + name + body + crc

    head = chunk(b"IHDR", struct.pack("!IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    body = chunk(b"IDAT", zlib.compress(b"\0\0"))
    return b"\x89PNG\r\n\x1a\n" + head + body + chunk(b"IEND", b"")


DRAWN = "data:image/png;base64," + base64.b64encode(png()).decode()


def protocol(device: str, **more: object) -> dict[str, object]:
    return {
        "device": device,
        "consent": "on",
        "medical_on": now().strftime("%Y-%m-%d"),
        "medical_by": "Clinic No. 5",
        "note": "left ankle",
        "signature_drawn": DRAWN,
        **more,
    }


def fresh(kind: str = "owntracks") -> str:
    return enrol_device(CONSOLE, kind, f"{kind} {now().timestamp()}")[0].public_id


def test_a_device_is_fitted_with_a_protocol_and_comes_off(officer: Client, one: Supervised) -> None:
    address, device = f"/supervision/people/{one.person.public_id}/fit", fresh()
    assert device in officer.get(address).content.decode()
    photo = SimpleUploadedFile("leg.png", png(), "image/png")
    assert officer.post(address, protocol(device, photo=photo)).status_code == 302
    fitting = Fitting.objects.get(device__public_id=device)
    told = FittingProtocol.objects.get()
    assert (told.consent, told.medical_by, told.fitting) == (True, "Clinic No. 5", fitting)
    assert told.photo is not None
    page = officer.get(f"/supervision/devices/{device}/").content.decode()
    assert "left ankle" in page
    assert officer.get(f"/supervision/papers/{told.photo.public_id}").content == png()
    other = signed_in(user("other", Role.OFFICER))
    assert other.get(f"/supervision/papers/{told.photo.public_id}").status_code == 403

    end = f"/supervision/people/{one.person.public_id}/fittings/{fitting.public_id}/end"
    assert officer.get(end).status_code == 200
    bare = officer.post(end, {"stock": "repair", "signature_drawn": DRAWN})
    assert bare.status_code == 422
    assert "say why in the note" in bare.content.decode()
    assert Fitting.objects.get(pk=fitting.pk).period.upper is None
    assert officer.post(end, {"stock": "repair", "note": "strap worn"}).status_code == 302
    fitting.refresh_from_db()
    assert fitting.period.upper <= now()
    assert device not in officer.get(address).content.decode()
    assert officer.get(end).status_code == 404


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"consent": ""}, "consent in writing"),
        ({"medical_on": ""}, "A medical check of the last 30 days"),
        ({"medical_by": " "}, "A medical check of the last 30 days"),
        ({"medical_on": (now() + 2 * DAY).strftime("%Y-%m-%d")}, "A medical check"),
        ({"medical_on": (now() - 60 * DAY).strftime("%Y-%m-%d")}, "A medical check"),
        ({"signature_drawn": ""}, "Let the person sign"),
        ({"note": " "}, "say why in the note"),
        ({"signature_drawn": "data:image/png;base64,!!"}, "not what it should be"),
        ({"signature_drawn": "data:text/html;base64,PGI+"}, "not what it should be"),
        ({"signature_drawn": DRAWN[:60]}, "not what it should be"),
        ({"device": ""}, "This field is required"),
        ({"device": "dev_" + "0" * 32}, "not one of the available choices"),
    ],
)
def test_a_protocol_that_is_not_whole_fits_nothing(
    officer: Client, one: Supervised, more: dict[str, str], sentence: str
) -> None:
    address = f"/supervision/people/{one.person.public_id}/fit"
    answer = officer.post(address, {**protocol(fresh()), **more})
    text = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in text
    assert "note" in more or ">left ankle</textarea>" in text.replace("\n", "")
    assert Fitting.objects.count() == 1


def test_a_link_sets_a_phone_up_once(officer: Client, one: Supervised, client: Client) -> None:
    address = f"/supervision/devices/{one.device.public_id}/link"
    page = officer.post(address).content.decode()
    found = re.search(r"/supervision/phone/([\w-]+)/", page)
    assert found is not None
    assert found[1] not in str(EnrolmentLink.objects.values())
    for _ in range(2):
        assert client.get(found[0]).status_code == 200
    text = client.post(found[0]).content.decode()
    link = re.search(r'href="(owntracks:[^"]+)"', text)
    assert link is not None
    inline = parse_qs(urlsplit(link[1].replace("&amp;", "&")).query)["inline"][0]
    told = msgspec.json.decode(base64.b64decode(inline))
    assert told["url"] == f"http://testserver:{settings.TARAZY.gateway_port}/pub"

    key = settings.TARAZY.device_key
    known = {bytes(row.digest) for row in DeviceAddress.objects.filter(device=one.device)}
    assert digest_of(told["password"], key) in known
    assert digest_of(one.token, key) not in known, "the old phone is refused from now on"
    assert Fitting.objects.get(device=one.device).person == one.person
    assert client.post(found[0]).status_code == 422
    assert client.get(found[0]).status_code == 404


def test_a_link_that_is_old_or_replaced_or_none_does_nothing(
    officer: Client, one: Supervised, client: Client
) -> None:
    address = f"/supervision/devices/{one.device.public_id}/link"
    pages = [officer.post(address).content.decode() for _ in range(2)]
    first, second = (re.search(r"/supervision/phone/[\w-]+/", page)[0] for page in pages)  # type: ignore[index]
    assert client.post(first).status_code == 422
    EnrolmentLink.objects.update(expires_at=now() - DAY)
    assert client.post(second).status_code == 422
    for wrong in ("x", "ә" * 50, "%27", "a" * 5_000):
        assert client.post(f"/supervision/phone/{wrong}/").status_code == 422
    assert EnrolmentLink.objects.filter(used_at=None).count() == 2


def test_only_phones_have_links(author: User) -> None:
    supervisor = signed_in(user("supervisor", Role.SUPERVISOR))
    tracker = enrol_device(CONSOLE, "gt06", "353549090000000")[0].public_id
    assert supervisor.post(f"/supervision/devices/{tracker}/link").status_code == 422


def test_the_stock_shows_free_devices_and_the_own_people(officer: Client, one: Supervised) -> None:
    free, theirs = fresh(), supervised("Бөтен Адам")
    page = officer.get("/supervision/devices/").content.decode()
    assert free in page
    assert one.device.public_id in page
    assert theirs.device.public_id not in page
    assert "Бөтен Адам" not in page
    assert free not in officer.get("/supervision/devices/?state=fitted").content.decode()
    assert officer.get(f"/supervision/devices/{theirs.device.public_id}/").status_code == 403
    person, fitting = theirs.person.public_id, Fitting.objects.get(person=theirs.person)
    assert officer.get(f"/supervision/people/{person}/fit").status_code == 403
    end = f"/supervision/people/{person}/fittings/{fitting.public_id}/end"
    assert officer.post(end, {"stock": "ready"}).status_code == 403
    assert officer.post(f"/supervision/devices/{theirs.device.public_id}/link").status_code == 403


def test_a_supervisor_keeps_the_stock(officer: Client, one: Supervised) -> None:
    supervisor = signed_in(user("supervisor", Role.SUPERVISOR))
    form = {"kind": "owntracks", "identifier": "phone 7", "report_interval_s": "60"}
    assert supervisor.post("/supervision/devices/enrol", form).status_code == 302
    again = supervisor.post("/supervision/devices/enrol", form)
    assert "enrolled already" in again.content.decode()
    assert officer.post("/supervision/devices/enrol", form).status_code == 403
    device = fresh()
    stock = f"/supervision/devices/{device}/stock"
    supervisor.post(stock, {"stock": "lost", "firmware": "1.2.3"})
    text = supervisor.get(f"/supervision/devices/{device}/").content.decode()
    assert "1.2.3" in text
    assert (
        device
        not in officer.get(f"/supervision/people/{one.person.public_id}/fit").content.decode()
    )
    assert officer.post(stock, {"stock": "ready"}).status_code == 403
    worn = f"/supervision/devices/{one.device.public_id}/stock"
    text = supervisor.post(worn, {"stock": "repair"}, follow=True).content.decode()
    assert "Somebody wears this device" in text
    assert supervisor.post(worn, {"stock": "eaten"}).status_code == 422


def test_a_battery_is_shown_for_the_person_who_wears_it(officer: Client, one: Supervised) -> None:
    with connection.cursor() as cursor:
        for hours, level in ((3, 80), (2, 60), (1, 40)):
            at = now() - timedelta(hours=hours)
            cursor.execute("SELECT supervision_ensure_fix_day(%s)", [at.date()])
            cursor.execute(
                "INSERT INTO supervision_fix (device_id, person_id, order_id, at, known_at,"
                " battery_percent, content, digest) VALUES (%s, %s, %s, %s, %s, %s, '', '')",
                [one.device.pk, one.person.pk, one.order.pk, at, at, level],
            )
    page = officer.get(f"/supervision/devices/{one.device.public_id}/")
    assert [level for _, level in page.context["battery"]] == [80, 60, 40]


def test_a_device_is_found_by_a_part_of_its_identifier(
    officer: Client, one: Supervised, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (7, 8, 9):
        enrol_device(CONSOLE, "owntracks", f"box-{number}")
    page = officer.get("/supervision/devices/?named=BOX-8&state=free").content.decode()
    assert "box-8" in page
    assert "box-7" not in page
    none = officer.get("/supervision/devices/", {"named": "<b>"}).content.decode()
    assert "No identifier here holds “&lt;b&gt;”" in none
    address = f"/supervision/people/{one.person.public_id}/fit"
    assert "free devices are offered below" not in officer.get(address).content.decode()
    monkeypatch.setattr(device_looks, "DEVICES_OFFERED_MAX", 2)
    page = officer.get(address).content.decode()
    assert "The first 2 free devices are offered below" in page
    assert "box-9" not in page
    last = Device.objects.get(identifier="box-9").public_id
    assert last in officer.get(f"{address}?named=box-9").content.decode()
    assert officer.post(f"{address}?named=box-9", protocol(last)).status_code == 302
