# SPDX-License-Identifier: EUPL-1.2
from dataclasses import replace

import pytest
from django.conf import settings
from django.test import override_settings
from supervision.gateways import web_gateway
from typer.testing import CliRunner

from tarazy.core.access import Role
from tarazy.core.errors import Misconfigured
from tarazy.supervision.cli_notices import app
from tarazy.supervision.models import Dispatch
from tarazy.supervision.notices.routes import Occasion, Route

ROUTE = Route(
    name="phone",
    url="json://user:s3cret@127.0.0.1:1",
    role=Role.OPERATOR,
    occasions=frozenset({Occasion.RAISED}),
    language="en",
)


@pytest.mark.django_db
def test_a_test_goes_through_and_stands_in_the_log() -> None:
    with web_gateway() as gateway:
        route = replace(ROUTE, url=f"json://127.0.0.1:{gateway.port}")
        with override_settings(TARAZY=replace(settings.TARAZY, notices=(route,))):
            done = CliRunner().invoke(app, ["test", "phone"])
            gateway.answers = [403]
            Dispatch.objects.update(ended_at="2026-01-01T00:00Z")
            refused = CliRunner().invoke(app, ["test", "phone"])
        assert "This is a test" in gateway.messages()[0]["message"]
    assert done.exit_code == 0
    assert "taken by the gateway" in done.output
    assert refused.exit_code == 1
    assert "http 403" in refused.output
    assert Dispatch.objects.count() == 2


def test_routes_are_shown_without_their_addresses() -> None:
    bad = replace(ROUTE, name="bad", url="nothing://s3cret")
    with override_settings(TARAZY=replace(settings.TARAZY, notices=(ROUTE, bad))):
        done = CliRunner().invoke(app, ["check"])
    assert done.exit_code == 1
    assert "phone" in done.output
    assert "NOT KNOWN" in done.output
    assert "s3cret" not in done.output


@pytest.mark.parametrize("command", [["check"], ["test", "phone"]])
def test_without_routes_it_says_what_to_do(command: list[str]) -> None:
    done = CliRunner().invoke(app, command)
    assert isinstance(done.exception, Misconfigured)
