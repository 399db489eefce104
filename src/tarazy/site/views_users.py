# SPDX-License-Identifier: EUPL-1.2
"""Log-ins: who may sign in and as what, for the administrator; and a password chosen by a link."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.forms import SetPasswordForm
from django.contrib.auth.views import INTERNAL_RESET_SESSION_TOKEN, PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse, reverse_lazy
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from typing_extensions import override

from tarazy.core import actions, looks
from tarazy.core.access import POLICY, ROLE_TITLES, Role
from tarazy.core.errors import Refused
from tarazy.core.models import User
from tarazy.core.refusals import Refusal
from tarazy.core.web import actor_of, link_days, sentence_of
from tarazy.site.wiring import WEB

STAFF_ROLES = [role for role in Role if role not in {Role.SYSTEM, Role.WEARER}]
SAID_BESIDE_THE_FORM = {Refusal.USER_EXISTS, Refusal.USER_NAME_UNUSABLE}
NAME_LENGTH_MAX = 150


class RolesForm(forms.Form):
    """What somebody may do."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"), required=False, widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})
        field = self.fields["roles"]
        if isinstance(field, forms.MultipleChoiceField):
            field.choices = [(role.value, gettext(ROLE_TITLES[role])) for role in STAFF_ROLES]


class UserForm(RolesForm):
    """A new log-in."""

    username = forms.CharField(
        label=_("User name"),
        max_length=NAME_LENGTH_MAX,
        help_text=_("Letters, digits and @ . + - _ only. It cannot be changed later."),
        widget=forms.TextInput({"autocapitalize": "none", "spellcheck": "false"}),
    )
    full_name = forms.CharField(
        label=_("Full name"),
        max_length=NAME_LENGTH_MAX,
        help_text=_("As pages and reports call the user."),
    )
    field_order = ("username", "full_name", "roles")


@require_http_methods(["GET", "POST"])
def users(request: HttpRequest) -> HttpResponse:
    """Everybody who may sign in, and a new log-in."""
    actor = actor_of(request)
    form = UserForm(request.POST if request.method == "POST" else None)
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            made = actions.create_user(
                *(actor, said["username"], None),
                roles=[Role(one) for one in said["roles"]],
                full_name=said["full_name"],
            )
        except Refused as refused:
            if refused.name not in SAID_BESIDE_THE_FORM:
                raise
            form.add_error("username", sentence_of(refused))
        else:
            return _link(request, made)
    page = {
        "users": [(one, _titles(one)) for one in looks.users(actor)],
        "form": form,
        "may_keep": bool(POLICY.reaches(actor, "core.user.create")),
    }
    return render(request, "users.html", page, status=422 if form.is_bound else 200)


@require_GET
def user(request: HttpRequest, user_id: str) -> HttpResponse:
    """One log-in: roles, and whether it is open."""
    found = looks.user(actor_of(request), user_id)
    form = RolesForm(initial={"roles": found.roles})
    return render(request, "user.html", {"one": found, "form": form})


@require_POST
def set_roles(request: HttpRequest, user_id: str) -> HttpResponse:
    """Change what somebody may do."""
    form = RolesForm(request.POST)
    chosen = [Role(one) for one in form.cleaned_data["roles"]] if form.is_valid() else None
    if chosen is None:
        raise Refused(Refusal.UNKNOWN_ROLE)
    return _done(
        request,
        user_id,
        lambda: actions.set_roles(actor_of(request), user_id, chosen),
        gettext("The roles are changed; what was open by the old ones is closed."),
    )


@require_POST
def close(request: HttpRequest, user_id: str) -> HttpResponse:
    """Nobody comes in by it any more."""
    return _done(
        request,
        user_id,
        lambda: actions.close_user(actor_of(request), user_id),
        gettext("The log-in is closed."),
    )


@require_POST
def reopen(request: HttpRequest, user_id: str) -> HttpResponse:
    """It opens again, as it was."""
    return _done(
        request,
        user_id,
        lambda: actions.reopen_user(actor_of(request), user_id),
        gettext("The log-in is open again."),
    )


@require_POST
def link(request: HttpRequest, user_id: str) -> HttpResponse:
    """A link to choose a new password, shown this once."""
    return _link(request, looks.user(actor_of(request), user_id))


class ChoosePassword(PasswordResetConfirmView):
    """Whoever comes by a link chooses a password; open to nobody without one."""

    template_name = "account/choose_password.html"
    success_url = reverse_lazy("account_login")

    @override
    def get_user(self, uidb64: str) -> User | None:
        found = super().get_user(uidb64)
        return found if isinstance(found, User) and found.is_active else None

    @override
    def form_valid(self, form: "SetPasswordForm[User]") -> HttpResponse:
        actions.choose_password(WEB, form.user.public_id, form.cleaned_data["new_password1"])
        del self.request.session[INTERNAL_RESET_SESSION_TOKEN]
        messages.success(self.request, gettext("Your password is chosen. Log in with it."))
        return redirect(self.get_success_url())


def _link(request: HttpRequest, found: User) -> HttpResponse:
    opens = actions.link_to_password(actor_of(request), found.public_id)
    facts = {
        "one": found,
        "address": request.build_absolute_uri(reverse("choose_password", args=opens)),
        "days": link_days(),
    }
    return render(request, "user_link.html", facts)


def _done(
    request: HttpRequest, user_id: str, act: Callable[[], object], sentence: str
) -> HttpResponse:
    try:
        act()
    except Refused as refused:
        if refused.name != Refusal.OWN_LOGIN:
            raise
        messages.error(request, sentence_of(refused))
    else:
        messages.success(request, sentence)
    return redirect("user", user_id=user_id)


def _titles(found: User) -> list[str]:
    return [ROLE_TITLES[role] for role in Role if role.value in found.roles]
