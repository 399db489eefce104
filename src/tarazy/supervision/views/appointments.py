# SPDX-License-Identifier: EUPL-1.2
"""Pages of appointments and messages: the officer's, and the wearer's own."""

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tarazy.core import clock
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.core.web import actor_of, sentence_of
from tarazy.supervision.actions import appointments as appointment_actions
from tarazy.supervision.looks import appointments as appointment_looks
from tarazy.supervision.order_forms import PlainForm, moment

PAGES = {CoreRefusal.NOT_PERMITTED, CoreRefusal.NOT_FOUND}


class AppointmentForm(PlainForm):
    """When and where."""

    at = moment(_("When"))
    place = forms.CharField(label=_("Where"), max_length=appointment_actions.PLACE_LENGTH_MAX)
    note = forms.CharField(
        label=_("Note"), max_length=appointment_actions.NOTE_LENGTH_MAX, required=False
    )


class MessageForm(PlainForm):
    """Words to the wearer."""

    text = forms.CharField(
        label=_("Message"),
        max_length=appointment_actions.TEXT_LENGTH_MAX,
        widget=forms.Textarea({"rows": 3}),
    )


@require_http_methods(["GET", "POST"])
def appointments(request: HttpRequest, person_id: str) -> HttpResponse:
    """A person's appointments and messages, and new ones."""
    actor, then = actor_of(request), request.POST.get("then", "")
    appointment = AppointmentForm(request.POST if then == "appointment" else None)
    message = MessageForm(request.POST if then == "message" else None)
    try:
        if appointment.is_bound and appointment.is_valid():
            said = appointment.cleaned_data
            appointment_actions.make_appointment(
                actor, person_id, said["at"], said["place"], said["note"]
            )
            messages.success(request, gettext("Agreed; it stands on the wearer's own page."))
            return redirect("supervision:appointments", person_id=person_id)
        if message.is_bound and message.is_valid():
            appointment_actions.send_message(actor, person_id, message.cleaned_data["text"])
            messages.success(request, gettext("Sent; it stands on the wearer's own page."))
            return redirect("supervision:appointments", person_id=person_id)
    except Refused as refused:
        if refused.name in PAGES:
            raise
        form = appointment if appointment.is_bound else message
        form.add_error(None, sentence_of(refused))
    page = appointment_looks.appointments(actor, person_id, clock.now())
    wrong = bool(appointment.errors or message.errors)
    facts = {"page": page, "appointment": appointment, "message": message, "now": clock.now()}
    return render(request, "supervision/appointments.html", facts, status=422 if wrong else 200)


@require_GET
def appointment(request: HttpRequest, appointment_id: str) -> HttpResponse:
    """From a notice to the page of the person that it is about."""
    person_id = appointment_looks.person_of(actor_of(request), appointment_id)
    return redirect("supervision:appointments", person_id=person_id)


@require_POST
def settle(request: HttpRequest, appointment_id: str) -> HttpResponse:
    """Whether an appointment was kept."""
    done = appointment_actions.settle_appointment(
        actor_of(request), appointment_id, request.POST.get("state", "")
    )
    messages.success(request, gettext("Saved."))
    return redirect("supervision:appointments", person_id=done.order.person.public_id)


@require_GET
def own_appointments(request: HttpRequest) -> HttpResponse:
    """The wearer's own appointments and messages; showing them is their delivery."""
    actor = actor_of(request)
    appointment_actions.receive_messages(actor)
    page = appointment_looks.own_appointments(actor, clock.now())
    return render(request, "supervision/own_appointments.html", {"page": page})


@require_POST
def read(request: HttpRequest, message_id: str) -> HttpResponse:
    """The wearer has read a message."""
    appointment_actions.read_message(actor_of(request), message_id)
    return redirect("supervision:own-appointments")
