# SPDX-License-Identifier: EUPL-1.2
"""Users: make one, say what their roles are, and note who comes and goes."""

from collections.abc import Iterable

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from tarazy.core.access import Role
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.core.models import User
from tarazy.core.refusals import Refusal


@action("core.user.create")
def create_user(
    door: Door, username: str, password: str, *, roles: Iterable[Role], demo: bool = False
) -> User:
    """Make a log-in. The password is hashed; nobody can read it again."""
    user = User(username=username, roles=_names(roles), demo=demo)
    _check_name(user)
    if not demo:
        _check_password(password, user)
    user.set_password(password)
    user.save(force_insert=True)
    door.permit(user, user.public_id)
    door.keep(username=username, roles=" ".join(user.roles))
    return user


@action("core.user.set_roles")
def set_roles(door: Door, user_id: str, roles: Iterable[Role], *, active: bool = True) -> User:
    """Change what somebody may do. Open live views of theirs are closed."""
    user = User.objects.select_for_update().filter(public_id=user_id).first()
    if user is None:
        raise Refused(Refusal.NOT_FOUND)
    door.permit(user, user.public_id)
    user.roles = _names(roles)
    user.is_active = active
    user.save(update_fields=["roles", "is_active"])
    door.keep(roles=" ".join(user.roles), active=str(active))
    door.emit("core.user.roles_changed", user=user.public_id)
    door.announce(rights=user.public_id)
    return user


@action("core.session.begin")
def begin_session(door: Door, username: str, *, admitted: bool) -> None:
    """Log in; an attempt with a wrong name or password is refused.

    A name that nobody has is not written down: people type passwords there.
    """
    user = User.objects.filter(username=username).first()
    door.permit(user, user.public_id if user else "")
    if not admitted:
        raise Refused(Refusal.WRONG_CREDENTIALS)


@action("core.session.end")
def end_session(door: Door, user: User) -> None:
    """Log out."""
    door.permit(user, user.public_id)


def _check_name(user: User) -> None:
    """Refuse a name that is taken, or that the field itself does not take."""
    try:
        User._meta.get_field("username").clean(user.username, user)
    except ValidationError as error:
        raise Refused(Refusal.USER_NAME_UNUSABLE) from error
    if User.objects.filter(username=user.username).exists():
        raise Refused(Refusal.USER_EXISTS)


def _check_password(password: str, user: User) -> None:
    """The same demands as when people change their own."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise Refused(Refusal.PASSWORD_WEAK) from error


def _names(roles: Iterable[Role]) -> list[str]:
    """The roles' names in their own order; a person cannot be the service itself."""
    wanted = set(roles)
    if Role.SYSTEM in wanted:
        raise Refused(Refusal.UNKNOWN_ROLE)
    return [role.value for role in Role if role in wanted]
