# SPDX-License-Identifier: EUPL-1.2
"""Pages of devices: the stock, one device, putting it on and taking it off, a phone's QR link."""

import base64
import binascii
from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tarazy.core import clock
from tarazy.core.access import POLICY, Actor
from tarazy.core.errors import Refused
from tarazy.core.refusals import Refusal as CoreRefusal
from tarazy.core.web import actor_of, sentence_of
from tarazy.supervision.actions import devices as device_actions
from tarazy.supervision.actions import enrolment
from tarazy.supervision.actions import fittings as fitting_actions
from tarazy.supervision.actions.fittings import NOTE_LENGTH_MAX, Protocol
from tarazy.supervision.actions.papers import store_paper
from tarazy.supervision.files import FILE_BYTES_MAX
from tarazy.supervision.gateway.commands import INTERVAL_S_MAX, INTERVAL_S_MIN
from tarazy.supervision.gateway.enrolment import qr_svg
from tarazy.supervision.gateway.languages import TITLES
from tarazy.supervision.looks import devices as device_looks
from tarazy.supervision.models import PaperKind, Stock
from tarazy.supervision.models.devices import IDENTIFIER_LENGTH_MAX, REPORT_INTERVAL_S_DEFAULT
from tarazy.supervision.order_forms import PlainForm, day, translated
from tarazy.supervision.refusals import Refusal

WEB = Actor.system("web")
PAGES = {CoreRefusal.NOT_PERMITTED, CoreRefusal.NOT_FOUND, CoreRefusal.BASIS_MISSING}
DRAWN = "data:image/png;base64,"
DRAWN_LENGTH_MAX = 400_000


class EnrolForm(PlainForm):
    """A device that comes into the stock."""

    kind = forms.ChoiceField(label=_("Device language"))
    identifier = forms.CharField(
        label=_("Identifier"),
        max_length=IDENTIFIER_LENGTH_MAX,
        help_text=_("What is printed on it; of a tracker its IMEI."),
    )
    report_interval_s = forms.IntegerField(
        label=_("Seconds between reports"),
        initial=REPORT_INTERVAL_S_DEFAULT,
        min_value=INTERVAL_S_MIN,
        max_value=INTERVAL_S_MAX,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        if isinstance(field, forms.ChoiceField):
            field.choices = list(TITLES.items())


WHY_MISSING = _("Where the photo or the signature is missing, say why.")


class FitForm(PlainForm):
    """The protocol of a fitting; photo and signature are files beside it."""

    device = forms.ChoiceField(label=_("Device"))
    consent = forms.BooleanField(
        label=_("The person was told what the device does, and agreed in writing"), required=False
    )
    medical_on = day(_("Date of the medical check"), required=False)
    medical_by = forms.CharField(
        label=_("Made by (physician, institution)"), max_length=200, required=False
    )
    note = forms.CharField(
        label=_("Note"),
        help_text=WHY_MISSING,
        max_length=NOTE_LENGTH_MAX,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, free: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["device"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [("", gettext("choose…")), *free]


class RemoveForm(PlainForm):
    """The protocol of a removal."""

    stock = forms.ChoiceField(label=_("The device comes back"))
    note = forms.CharField(
        label=_("Note"),
        help_text=WHY_MISSING,
        max_length=NOTE_LENGTH_MAX,
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["stock"]
        if isinstance(field, forms.ChoiceField):
            field.choices = translated(Stock.choices)


@require_GET
def devices(request: HttpRequest) -> HttpResponse:
    """The stock."""
    return _stock_page(request, EnrolForm())


@require_POST
def enrol(request: HttpRequest) -> HttpResponse:
    """Take a device into the stock."""
    actor, form = actor_of(request), EnrolForm(request.POST)
    if not POLICY.reaches(actor, "supervision.device.enrol"):
        device_actions.enrol_device(actor, "", "")  # refused at the door, and logged there
    if not form.is_valid():
        return _stock_page(request, form, status=422)
    said = form.cleaned_data
    try:
        device, _token = device_actions.enrol_device(
            actor, said["kind"], said["identifier"], report_interval_s=said["report_interval_s"]
        )
    except Refused as refused:
        if refused.name in PAGES:
            raise
        form.add_error("identifier", sentence_of(refused))
        return _stock_page(request, form, status=422)
    messages.success(request, gettext("The device is in the stock."))
    return redirect("supervision:device", device_id=device.public_id)


@require_GET
def device(request: HttpRequest, device_id: str) -> HttpResponse:
    """One device."""
    actor = actor_of(request)
    page = device_looks.device(actor, device_id, clock.now())
    facts = {
        "page": page,
        "stocks": translated(Stock.choices),
        "may_set": bool(POLICY.reaches(actor, "supervision.device.set_stock")),
        "battery": [(at.isoformat(), round(level)) for at, level in page.battery],
    }
    return render(request, "supervision/device.html", facts)


@require_POST
def set_stock(request: HttpRequest, device_id: str) -> HttpResponse:
    """Ready, in repair or lost; and the firmware."""
    told, firmware = request.POST.get("stock", ""), request.POST.get("firmware", "")
    try:
        fitting_actions.set_stock(actor_of(request), device_id, told, firmware)
    except Refused as refused:
        if refused.name in {*PAGES, Refusal.BAD_FIELD}:
            raise
        messages.error(request, sentence_of(refused))
    else:
        messages.success(request, gettext("Saved."))
    return redirect("supervision:device", device_id=device_id)


@require_POST
def link(request: HttpRequest, device_id: str) -> HttpResponse:
    """A one-time link as a QR code; it is shown this once."""
    made = enrolment.make_link(actor_of(request), device_id)
    address = request.build_absolute_uri(reverse("supervision:phone", args=[made.secret]))
    facts = {
        "device_id": device_id,
        "address": address,
        "qr": qr_svg(address),
        "expires_at": made.expires_at,
    }
    return render(request, "supervision/device_link.html", facts)


@login_not_required
@require_http_methods(["GET", "POST"])
def phone(request: HttpRequest, secret: str) -> HttpResponse:
    """What the phone's browser opens. A look does not spend the link; the button does."""
    if request.method != "POST":
        waits = enrolment.link_waits(secret)
        return render(
            request, "supervision/phone.html", {"waits": waits}, status=200 if waits else 404
        )
    configured = enrolment.use_link(WEB, secret, _devices_url(request))
    return render(request, "supervision/phone.html", {"waits": True, "configured": configured})


@require_http_methods(["GET", "POST"])
def fit(request: HttpRequest, person_id: str) -> HttpResponse:
    """Put a device on somebody."""
    actor = actor_of(request)
    named = _named(request)
    page = device_looks.prepare_fitting(actor, person_id, clock.now(), named=named)
    free = [(one.public_id, f"{one.identifier} ({words})") for one, words in page.free]
    form = FitForm(request.POST if request.method == "POST" else None, free=free)
    refusal = ""
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            told = _protocol(request, actor, said)
            fitting_actions.fit_with_protocol(actor, person_id, said["device"], told)
        except Refused as refused:
            if refused.name in PAGES:
                raise
            refusal = sentence_of(refused)
        else:
            messages.success(request, gettext("Fitted: what the device reports counts from now."))
            return redirect("supervision:person", person_id=person_id)
    facts = {"page": page, "person": page.person, "named": named}
    return _protocol_page(request, form, refusal, facts)


@require_http_methods(["GET", "POST"])
def remove(request: HttpRequest, person_id: str, fitting_id: str) -> HttpResponse:
    """Take a device off."""
    actor = actor_of(request)
    page = device_looks.prepare_removal(actor, person_id, fitting_id, clock.now())
    form, refusal = RemoveForm(request.POST if request.method == "POST" else None), ""
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            told = _protocol(request, actor, said)
            fitting_actions.take_off(actor, fitting_id, told, Stock(said["stock"]))
        except Refused as refused:
            if refused.name in PAGES:
                raise
            refusal = sentence_of(refused)
        else:
            messages.success(request, gettext("Taken off: it reports for nobody now."))
            return redirect("supervision:person", person_id=person_id)
    return _protocol_page(request, form, refusal, {"fitting": page, "person": page.person})


def _protocol_page(
    request: HttpRequest, form: forms.Form, refusal: str, more: dict[str, object]
) -> HttpResponse:
    wrong = bool(refusal) or (form.is_bound and bool(form.errors))
    drawn = request.POST.get("signature_drawn", "")
    facts = {"form": form, "refusal": refusal, "wrong": wrong, "drawn": drawn[:DRAWN_LENGTH_MAX]}
    status = 422 if wrong else 200
    return render(request, "supervision/fitting.html", facts | more, status=status)


def _protocol(request: HttpRequest, actor: Actor, said: dict[str, Any]) -> Protocol:
    """The protocol with its files kept. Raises Refused."""
    photo = _uploaded(request, actor, "photo", PaperKind.PHOTO)
    signature = _uploaded(request, actor, "signature", PaperKind.SIGNATURE)
    return Protocol(
        consent=bool(said.get("consent")),
        medical_on=said.get("medical_on"),
        medical_by=said.get("medical_by", ""),
        note=said["note"],
        photo_id=photo,
        signature_id=signature or _drawn(request, actor),
    )


def _uploaded(request: HttpRequest, actor: Actor, name: str, kind: PaperKind) -> str:
    file = request.FILES.get(name)
    if not isinstance(file, UploadedFile):
        return ""
    return store_paper(actor, kind, file.read(FILE_BYTES_MAX + 1), file.name or "").public_id


def _drawn(request: HttpRequest, actor: Actor) -> str:
    """A signature out of the canvas, a PNG in a data address; nothing where nobody signed."""
    told = request.POST.get("signature_drawn", "")
    if not told:
        return ""
    try:
        if not told.startswith(DRAWN) or len(told) > DRAWN_LENGTH_MAX:
            raise Refused(Refusal.FILE_TYPE, wanted="PNG")
        content = base64.b64decode(told.removeprefix(DRAWN), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(Refusal.FILE_TYPE, wanted="PNG") from error
    return store_paper(actor, PaperKind.SIGNATURE, content, "signature.png").public_id


def _named(request: HttpRequest) -> str:
    """Part of an identifier."""
    return request.GET.get("named", "").strip()[:IDENTIFIER_LENGTH_MAX]


def _devices_url(request: HttpRequest) -> str:
    """Where phones reach us: the setting, or the gateway's port on this host."""
    told: str = settings.TARAZY.devices_url
    host = request.get_host().rpartition(":")[0] or request.get_host()
    return told or f"{request.scheme}://{host}:{settings.TARAZY.gateway_port}"


def _stock_page(request: HttpRequest, form: EnrolForm, status: int = 200) -> HttpResponse:
    actor, chosen = actor_of(request), request.GET.get("state", "")
    named, page = _named(request), request.GET.get("page", "1")
    stock = device_looks.stock(actor, clock.now(), chosen=chosen, named=named, page=page)
    facts = {
        "named": named,
        "page": stock.page,
        "rows": stock.rows,
        "chosen": chosen,
        "filters": device_looks.FILTERS.items(),
        "form": form,
        "may_enrol": bool(POLICY.reaches(actor, "supervision.device.enrol")),
    }
    return render(request, "supervision/devices.html", facts, status=status)
