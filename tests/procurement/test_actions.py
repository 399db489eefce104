# SPDX-License-Identifier: EUPL-1.2
"""The verbs behind the door: who may, and the audit line that stays."""

import json
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection
from procurement.goszakup_portal import TOKEN, market, serving
from procurement.imported import NOW

from tarazy.core.access import Actor, Role
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.procurement import actions, fetching
from tarazy.procurement.importing import NothingRead
from tarazy.procurement.portal import Portal
from tarazy.procurement.portal_access import Access
from tarazy.procurement.refusals import Refusal
from tarazy.procurement.store import Folder

ANALYST = Actor(id="usr_analyst", roles=frozenset({Role.ANALYST}))
OPERATOR = Actor(id="usr_operator", roles=frozenset({Role.OPERATOR}))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"ocid": f"ocds-action-{tmp_path.name}"}))
    return path


def last_line() -> tuple[str, str]:
    """(verb, outcome) of the newest entry of the audit log."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT convert_from(leaf, 'UTF8')::json->>'verb',"
            " convert_from(leaf, 'UTF8')::json->>'outcome'"
            " FROM core_audit_entry ORDER BY seq DESC LIMIT 1"
        )
        verb, outcome = cursor.fetchone() or ("", "")
    return verb, outcome


@pytest.mark.django_db
def test_an_analyst_imports_and_runs(file: Path) -> None:
    folder = Folder(settings.TARAZY.procurement_folder)
    before = folder.manifest().version
    assert actions.import_source(ANALYST, [file]).files[0].imported == 1
    assert folder.manifest().version == before + 1
    assert last_line() == ("procurement.source.import", "done")
    findings = actions.run_indicators(ANALYST)
    assert folder.manifest().findings == findings
    assert last_line() == ("procurement.indicators.run", "done")


@pytest.mark.django_db
def test_an_operator_may_neither(file: Path) -> None:
    before = Folder(settings.TARAZY.procurement_folder).manifest()
    for attempt in (
        lambda: actions.import_source(OPERATOR, [file]),
        lambda: actions.run_indicators(OPERATOR),
    ):
        with pytest.raises(Refused) as refused:
            attempt()
        assert refused.value.name is CoreRefusal.NOT_PERMITTED
    assert Folder(settings.TARAZY.procurement_folder).manifest() == before


@pytest.mark.django_db
def test_a_file_of_nothing_is_refused_through_the_door_too(tmp_path: Path) -> None:
    (tmp_path / "empty").touch()
    with pytest.raises(NothingRead):
        actions.import_source(ANALYST, [tmp_path / "empty"])
    assert last_line() == ("procurement.source.import", f"refused:{Refusal.EMPTY_FILE}")


@pytest.mark.django_db
def test_what_the_portal_gave_goes_through_the_door_without_its_token() -> None:
    folder = settings.TARAZY.procurement_folder
    with serving(market(2)) as local:
        asking = Portal(Access(local.address, TOKEN), per_second=20, sleep=lambda _: None)
        with asking:
            fetching.fetch(folder, asking, now=NOW)
    with pytest.raises(Refused):
        actions.import_from_portal(OPERATOR)
    brought = actions.import_from_portal(ANALYST)
    assert (brought.releases, brought.debarred) == (2, 1)
    assert last_line() == ("procurement.portal.import", "done")
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE 'core_audit%'")
        tables = [name for (name,) in cursor.fetchall()]
        kept = ""
        for name in tables:
            cursor.execute(f"SELECT one::text FROM {name} one")
            kept += "\n".join(row for (row,) in cursor.fetchall())
        cursor.execute("SELECT string_agg(convert_from(leaf, 'UTF8'), ' ') FROM core_audit_entry")
        kept += str(cursor.fetchone())
    assert "procurement.portal.import" in kept
    assert TOKEN not in kept
    assert TOKEN.encode().hex() not in kept
