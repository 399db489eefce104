# SPDX-License-Identifier: EUPL-1.2
import pytest

from tarazy.core.access import Actor, Role
from tarazy.core.actions import create_user
from tarazy.core.errors import Refused
from tarazy.core.models import User
from tarazy.core.refusals import Refusal

pytestmark = pytest.mark.django_db
CONSOLE = Actor.console()


@pytest.mark.parametrize("password", ["", "1", "short", "password1234", "the.operator1"])
def test_a_log_in_without_a_real_password_is_refused(password: str) -> None:
    with pytest.raises(Refused) as caught:
        create_user(CONSOLE, "the.operator", password, roles=[Role.OPERATOR])
    assert caught.value.name == Refusal.PASSWORD_WEAK
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["", "x" * 151, "a name", "nul\0"])
def test_a_name_that_no_form_takes_is_refused(name: str) -> None:
    with pytest.raises(Refused) as caught:
        create_user(CONSOLE, name, "a long password", roles=[Role.OPERATOR])
    assert caught.value.name == Refusal.USER_NAME_UNUSABLE


def test_a_name_is_taken_once() -> None:
    create_user(CONSOLE, "the.operator", "a long password", roles=[Role.OPERATOR])
    with pytest.raises(Refused) as caught:
        create_user(CONSOLE, "the.operator", "a long password", roles=[Role.OPERATOR])
    assert caught.value.name == Refusal.USER_EXISTS


def test_only_a_demo_has_a_public_password() -> None:
    assert create_user(CONSOLE, "demo", "tarazy-demo", roles=[Role.OPERATOR], demo=True).demo


def test_nobody_is_the_service_itself() -> None:
    with pytest.raises(Refused) as caught:
        create_user(CONSOLE, "engine", "a long password", roles=[Role.SYSTEM])
    assert caught.value.name == Refusal.UNKNOWN_ROLE
