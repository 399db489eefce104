# SPDX-License-Identifier: EUPL-1.2
"""Users: make one, say what their roles are, close a log-in, and note who comes and goes."""

from collections.abc import Iterable

from django.contrib.auth.password_validation import validate_password
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import ValidationError
from django.utils.encoding import force_bytes
from django.utils.http import urlsafe_base64_encode

from tarazy.core.access import Role
from tarazy.core.door import Door, action
from tarazy.core.errors import Refused
from tarazy.core.models import User
from tarazy.core.refusals import Refusal


@action("core.user.create")
def create_user(  # noqa: PLR0913 - what a log-in is made of
    door: Door,
    username: str,
    password: str | None,
    *,
    roles: Iterable[Role],
    full_name: str = "",
    demo: bool = False,
) -> User:
    """Make a log-in. The password is hashed; nobody can read it again.

    Without one nobody gets in, until its user has chosen one (`link_to_password`).
    """
    user = User(username=username, last_name=full_name, roles=_names(roles), demo=demo)
    _check_name(user)
    if password is not None and not demo:
        _check_password(password, user)
    user.set_password(password)
    user.save(force_insert=True)
    door.permit(user, user.public_id)
    door.keep(username=username, roles=" ".join(user.roles))
    return user


@action("core.user.set_roles")
def set_roles(door: Door, user_id: str, roles: Iterable[Role]) -> User:
    """Change what somebody may do. Open live views of theirs are closed."""
    user = _other(door, user_id)
    user.roles = _names(roles)
    user.save(update_fields=["roles"])
    door.keep(roles=" ".join(user.roles))
    _tell_of_rights(door, user)
    return user


@action("core.user.close")
def close_user(door: Door, user_id: str) -> User:
    """Close a log-in: whoever is in by it is out at once. What was done by it keeps its name."""
    return _switch(door, user_id, active=False)


@action("core.user.reopen")
def reopen_user(door: Door, user_id: str) -> User:
    """Open a log-in again that was closed, with the roles and the password that it had."""
    return _switch(door, user_id, active=True)


@action("core.user.link")
def link_to_password(door: Door, user_id: str) -> tuple[str, str]:
    """Let a user choose a new password by a link, which works once, for some days.

    Returns what the address of the page `choose_password` is made of. The password until now is
    none any more, so a link that was given out before is dead, too. Whoever has the link gets in:
    it is handed to that user alone.
    """
    user = _other(door, user_id)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    _tell_of_rights(door, user)
    number = urlsafe_base64_encode(force_bytes(user.pk))
    return number, default_token_generator.make_token(user)


@action("core.user.choose_password")
def choose_password(door: Door, user_id: str, password: str) -> None:
    """Take the password that a user has chosen, who came by a link."""
    user = _locked(user_id)
    door.permit(user, user.public_id)
    _check_password(password, user)
    user.set_password(password)
    user.save(update_fields=["password"])


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


def _switch(door: Door, user_id: str, *, active: bool) -> User:
    user = _other(door, user_id)
    user.is_active = active
    user.save(update_fields=["is_active"])
    _tell_of_rights(door, user)
    return user


def _other(door: Door, user_id: str) -> User:
    """A user who is not the actor: nobody gives roles to themselves, nor shuts themselves out."""
    user = _locked(user_id)
    door.permit(user, user.public_id)
    if user.pk == door.actor.user_pk:
        raise Refused(Refusal.OWN_LOGIN)
    return user


def _locked(user_id: str) -> User:
    user = User.objects.select_for_update().filter(public_id=user_id).first()
    if user is None:
        raise Refused(Refusal.NOT_FOUND)
    return user


def _tell_of_rights(door: Door, user: User) -> None:
    """Close what the user has open, so that it opens again by the new rights, if at all."""
    door.emit("core.user.roles_changed", user=user.public_id)
    door.announce(rights=user.public_id)


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
