# SPDX-License-Identifier: EUPL-1.2
import logging

import pytest
from free_ports import free_port
from supervision.gateways import mail_gateway, web_gateway

from tarazy.core.access import Role
from tarazy.supervision.notices.channel import send, usable
from tarazy.supervision.notices.outcome import Outcome
from tarazy.supervision.notices.routes import Occasion, Route
from tarazy.supervision.notices.words import Words

WORDS = Words("Tarazy: New critical alerts: 1", "Жаңа дабыл: 1\nalr_1 https://tarazy.example.kz/x")


def route(url: str) -> Route:
    return Route(name="one", url=url, role=Role.OPERATOR, occasions=frozenset({Occasion.RAISED}))


def test_a_webhook_gets_it_whole() -> None:
    with web_gateway() as gateway:
        assert send(route(f"json://127.0.0.1:{gateway.port}/hook"), WORDS) == Outcome(sent=True)
        (message,) = gateway.messages()
    assert message["title"] == WORDS.title
    assert message["message"] == WORDS.body
    assert not message["attachments"]


@pytest.mark.parametrize("code", [500, 503, 403, 404])
def test_an_answer_that_is_no_yes_is_a_failure_with_its_number(code: int) -> None:
    with web_gateway() as gateway:
        gateway.answers = [code]
        outcome = send(route(f"json://127.0.0.1:{gateway.port}"), WORDS)
    assert outcome == Outcome(sent=False, reason=f"http {code}")


def test_a_connection_that_breaks_may_have_brought_it() -> None:
    with web_gateway() as gateway:
        gateway.answers = [0]
        outcome = send(route(f"json://127.0.0.1:{gateway.port}"), WORDS)
    assert outcome == Outcome(sent=False, unsure=True, reason="unreachable")


def test_a_gateway_that_is_not_there() -> None:
    outcome = send(route(f"json://127.0.0.1:{free_port()}"), WORDS)
    assert (outcome.sent, outcome.reason) == (False, "unreachable")


def test_a_slow_gateway_is_not_waited_for() -> None:
    with web_gateway() as gateway:
        gateway.hold = True
        outcome = send(route(f"json://127.0.0.1:{gateway.port}?rto=20"), WORDS, within_s=0.3)
        gateway.let_go.set()
    assert outcome == Outcome(sent=False, unsure=True, reason="timeout")


def test_mail_goes_through_a_mail_server() -> None:
    with mail_gateway() as gateway:
        address = f"mailto://127.0.0.1:{gateway.port}?from=duty@example.kz&to=chief@example.kz"
        assert send(route(address + "&format=text"), WORDS) == Outcome(sent=True)
        (mail,) = gateway.came
        gateway.answers = [451]
        assert send(route(address), WORDS).sent is False
    assert "To: chief@example.kz" in mail
    assert "Tarazy" in mail


@pytest.mark.parametrize("url", ["nothing://x", "json://", "tgram://short"])
def test_an_address_that_apprise_does_not_know(url: str) -> None:
    assert not usable(route(url))
    assert send(route(url), WORDS) == Outcome(sent=False, reason="refused")


def test_nothing_of_an_address_goes_into_the_logs(capfd: pytest.CaptureFixture[str]) -> None:
    logging.basicConfig(level=logging.DEBUG, force=True)
    try:
        with web_gateway() as gateway:
            gateway.answers = [500, 0]
            secret = f"json://user:s3cret@127.0.0.1:{gateway.port}/t0ken?rto=1"
            for _ in range(3):
                send(route(secret), WORDS)
        usable(route("tgram://s3cret-t0ken"))
    finally:
        logging.basicConfig(level=logging.WARNING, force=True)
    told = "".join(capfd.readouterr())
    assert "s3cret" not in told
    assert "t0ken" not in told
