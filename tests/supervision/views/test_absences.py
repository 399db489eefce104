# SPDX-License-Identifier: EUPL-1.2
from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone
from supervision.factory import Supervised, supervised, user
from supervision.officer import PDF, signed_in

from tarazy.core.access import Role
from tarazy.supervision.models import Paper, PermittedAbsence

pytestmark = pytest.mark.django_db
NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock


def local(hours: float) -> str:
    return timezone.localtime(NOW + timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M")


def typed(**more: object) -> dict[str, object]:
    facts = {
        "since": local(1),
        "until": local(9),
        "reason": "An operation",
        "decided_by": "Judge A",
    }
    return {**facts, "evidence": "letter 17", **more}


def test_an_absence_is_granted_with_its_paper_and_withdrawn(
    officer: Client, one: Supervised
) -> None:
    address = f"/supervision/people/{one.person.public_id}/absences"
    assert "None. A permission" in officer.get(address).content.decode()
    scan = SimpleUploadedFile("letter.pdf", PDF)
    assert officer.post(address, typed(scan=scan)).status_code == 302
    absence = PermittedAbsence.objects.get()
    assert absence.scan is not None
    page = officer.get(address).content.decode()
    for words in ("An operation", "Judge A", "letter 17", "letter.pdf", "ahead"):
        assert words in page
    assert officer.get(f"/supervision/papers/{absence.scan.public_id}").content == PDF
    stranger = signed_in(user("stranger", Role.OFFICER))
    assert stranger.get(f"/supervision/papers/{absence.scan.public_id}").status_code == 403
    withdrawal = f"/supervision/absences/{absence.public_id}/withdraw"
    assert officer.post(withdrawal, {"reason": "The operation was called off"}).status_code == 302
    assert "called off" in officer.get(address).content.decode()


def test_a_mistake_loses_neither_the_words_nor_the_paper(officer: Client, one: Supervised) -> None:
    address = f"/supervision/people/{one.person.public_id}/absences"
    wrong = officer.post(address, typed(until=local(0), scan=SimpleUploadedFile("a.pdf", PDF)))
    text = wrong.content.decode()
    assert wrong.status_code == 422
    assert "ends before it begins" in text
    assert "An operation" in text
    kept = Paper.objects.get()
    assert f'value="{kept.public_id}"' in text
    again = typed(scan_id=kept.public_id, scan_name="a.pdf")
    assert officer.post(address, again).status_code == 302
    assert PermittedAbsence.objects.get().scan == kept


@pytest.mark.parametrize(
    ("more", "sentence"),
    [
        ({"scan": SimpleUploadedFile("a.exe", b"MZ\x90")}, "choose a whole file"),
        ({"scan": SimpleUploadedFile("a.pdf", b"")}, "The file is empty"),
        ({"until": local(24 * 400)}, "not inside the time of the order"),
        ({"reason": ""}, "required"),
        ({"since": "soon"}, "valid date"),
    ],
)
def test_what_cannot_be_is_said_beside_the_form(
    officer: Client, one: Supervised, more: dict[str, object], sentence: str
) -> None:
    address = f"/supervision/people/{one.person.public_id}/absences"
    answer = officer.post(address, typed(**more))
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert PermittedAbsence.objects.count() == 0


def test_somebody_else_s_paper_is_no_evidence(officer: Client, one: Supervised) -> None:
    other = user("other", Role.OFFICER)
    theirs = supervised("Другая Анна", officer=other)
    scan = SimpleUploadedFile("a.pdf", PDF)
    address = f"/supervision/people/{theirs.person.public_id}/absences"
    assert signed_in(other).post(address, typed(scan=scan)).status_code == 302
    mine = f"/supervision/people/{one.person.public_id}/absences"
    stolen = typed(scan_id=Paper.objects.get().public_id)
    assert officer.post(mine, stolen).status_code == 404
    assert officer.get(address).status_code == 403
