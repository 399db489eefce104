# SPDX-License-Identifier: EUPL-1.2
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.conf import settings
from django.test import override_settings
from django.utils.translation import override
from supervision.factory import supervised, user
from supervision.officer import signed_in
from supervision.raised import actor, raised

from tarazy.core.access import Role
from tarazy.core.errors import Refused
from tarazy.supervision.actions.alerts import resolve, resolve_together
from tarazy.supervision.cause_list import CODES, SHIPPED, read
from tarazy.supervision.causes import false_codes, offered
from tarazy.supervision.looks.alerts import alert as look_at
from tarazy.supervision.looks.shift import sheet
from tarazy.supervision.models import Alert
from tarazy.supervision.models.duty import Cause
from tarazy.supervision.refusals import Refusal

NOW = datetime.now(UTC)  # noqa: TID251 - a test's own clock
TAMPERS = ("S-STRAP-TAMPER", "S-CASE-TAMPER", "S-REMOVAL")
OWN = """
[gone_home]
kk = "үйіне қайтты"
ru = "вернулся домой"
en = "went home"
counts_as = "false"

[cut]
kk = "баусым кесілген"
ru = "ремешок перерезан"
en = "the strap was cut"
counts_as = "true"
rules = ["S-STRAP-*", "S-REMOVAL"]
"""


def test_the_shipped_list_is_what_demo_and_tests_name() -> None:
    causes = read(SHIPPED)
    assert set(causes) == set(Cause)
    assert set(false_codes(causes)) == {"device", "charging", "reception", "service"}
    for rule in TAMPERS:
        assert "charging" not in offered(causes, [rule]), "an empty battery opens no strap"
    assert offered(causes, ["S-OUTAGE"]) == {"device", "service", "test", "unknown"}
    assert all("unknown" in offered(causes, [rule]) for rule in CODES)


def own(tmp_path: Path, text: str = OWN) -> Path:
    path = tmp_path / "own.toml"
    path.write_text(text)
    return path


@pytest.mark.django_db
def test_a_service_has_its_own_list_and_old_alerts_keep_their_cause(tmp_path: Path) -> None:
    operator = user("operator", Role.OPERATOR)
    person = supervised()
    old = raised(person, NOW, rule="S-SIGNAL-LOST", until=NOW)
    tamper = raised(person, NOW, rule="S-STRAP-TAMPER")
    curfew = raised(person, NOW)
    with override_settings(TARAZY=replace(settings.TARAZY, causes=read(own(tmp_path)))):
        resolve(actor(operator), old.public_id, 1, "gone_home", "asked his mother")
        with pytest.raises(Refused) as caught:
            resolve(actor(operator), curfew.public_id, 1, "cut", "x")
        assert caught.value.name == Refusal.CAUSE_NOT_OFFERED
        with pytest.raises(Refused) as caught:
            resolve(actor(operator), tamper.public_id, 1, "breach", "x")
        assert caught.value.name == Refusal.CAUSE_MISSING, "in another service's list"
        page = signed_in(operator).get(f"/supervision/alerts/{tamper.public_id}/").content.decode()
        assert "the strap was cut" in page
        curfews = signed_in(operator).get(f"/supervision/alerts/{curfew.public_id}/")
        assert "the strap was cut" not in curfews.content.decode()
        assert sheet(actor(operator), NOW.replace(year=NOW.year + 1), 12).resolved == 0

    retired = OWN.replace('counts_as = "false"', 'counts_as = "false"\nin_use = false') + (
        '[other]\nkk = "басқа"\nru = "другое"\nen = "other"\ncounts_as = "neither"\n'
    )
    with override_settings(TARAZY=replace(settings.TARAZY, causes=read(own(tmp_path, retired)))):
        with pytest.raises(Refused):
            resolve(actor(operator), curfew.public_id, 1, "gone_home", "x")
        for language, words in (("kk", "үйіне қайтты"), ("ru", "вернулся домой")):
            with override(language):
                seen = look_at(actor(operator), old.public_id)
                assert seen.alert.get_cause_display() == words
                assert seen.history[0].about == words
        (share,) = sheet(actor(operator), datetime.now(UTC), 12).by_rule  # noqa: TID251
        assert share.false == 1, "it still counts as it did"
    with override("en"):
        seen = look_at(actor(operator), old.public_id)
        assert seen.alert.get_cause_display() == "gone_home", "out of the list, its code is left"
        assert seen.history[0].about == "gone_home"


@pytest.mark.django_db
def test_no_list_lets_tamper_be_resolved_together(tmp_path: Path) -> None:
    operator = actor(user("operator", Role.OPERATOR))
    tamper = raised(supervised(), NOW, rule="S-STRAP-TAMPER", until=NOW)
    with override_settings(TARAZY=replace(settings.TARAZY, causes=read(own(tmp_path)))):
        (refused,) = resolve_together(operator, {tamper.public_id: 1}, "cut", "x")
    assert refused.name == Refusal.NOT_TOGETHER
    assert Alert.objects.get(pk=tamper.pk).cause == ""


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("", "no cause"),
        ("x = 1", "[x] has"),
        ("not toml", "cannot be read"),
        (OWN.replace("gone_home", "Gone"), "no code"),
        (OWN.replace('en = "went home"', ""), "has kk, ru, en"),
        (OWN.replace('"went home"', "7"), "no text"),
        (OWN.replace('counts_as = "false"', 'counts_as = "maybe"'), "counts_as"),
        (OWN.replace('counts_as = "false"', 'counts_as = "false"\nin_use = 1'), "true or false"),
        (OWN.replace('["S-STRAP-*", "S-REMOVAL"]', '"S-REMOVAL"'), "list of codes"),
        (OWN.replace("S-STRAP-*", "S-STRAB-*"), "no rule 'S-STRAB"),
        (
            OWN.replace('counts_as = "false"', 'counts_as = "false"\nnot_rules = ["S-SOS"]'),
            "no cause for alerts of S-SOS",
        ),
    ],
)
def test_a_list_that_is_none_says_why(tmp_path: Path, text: str, part: str) -> None:
    with pytest.raises(ValueError, match=part.replace("[", r"\[").replace("*", r"\*")):
        read(own(tmp_path, text))
