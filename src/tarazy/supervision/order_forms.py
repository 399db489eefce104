# SPDX-License-Identifier: EUPL-1.2
"""Forms of the court's document: fields in the order of the paper, and one row for each demand."""

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Any

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from typing_extensions import override

from tarazy.core.models import User
from tarazy.supervision.actions.drafts import CONDITIONS_MAX, DraftDemand, DraftFacts
from tarazy.supervision.actions.orders import CourtDocument, PersonFacts
from tarazy.supervision.hours import UnreadableLine, read_exceptions, read_hours
from tarazy.supervision.looks.words import timetable_words
from tarazy.supervision.models import (
    ConditionKind,
    OrderDraft,
    Route,
    TraceStorage,
    VersionKind,
)
from tarazy.supervision.models.orders import measure_choices
from tarazy.supervision.naming import birth_date_of, iin_digest, iin_of

MOMENT = "%Y-%m-%dT%H:%M"
DAY = "%Y-%m-%d"
FIRST, LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
"""No document of ours is older or lasts longer; the ends of the calendar are not storable."""


def translated(choices: Iterable[tuple[str, object]]) -> list[tuple[str, str]]:
    """Choices whose words are marked with `said`, in the language of the screen."""
    return [(value, gettext(str(words))) for value, words in choices]


def moment(label: Any, **more: Any) -> forms.DateTimeField:
    """A local time of the screen's zone."""
    widget = forms.DateTimeInput({"type": "datetime-local"}, format=MOMENT)
    limits = [MinValueValidator(FIRST), MaxValueValidator(LAST)]
    more |= {"widget": widget, "input_formats": [MOMENT], "validators": limits}
    return forms.DateTimeField(label=label, **more)


def day(label: Any, **more: Any) -> forms.DateField:
    """A date, in the browser's own picker."""
    widget = forms.DateInput({"type": "date"}, format=DAY)
    limits = [MinValueValidator(FIRST.date()), MaxValueValidator(LAST.date())]
    more |= {"widget": widget, "input_formats": [DAY], "validators": limits}
    return forms.DateField(label=label, **more)


class PlainForm(forms.Form):
    """A form whose labels are words without a colon."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"label_suffix": "", **kwargs})


class DocumentForm(PlainForm):
    """The court's paper; every document has these."""

    scan_id = forms.CharField(required=False, widget=forms.HiddenInput, max_length=40)
    court = forms.CharField(label=_("Court"), max_length=200)
    document_number = forms.CharField(label=_("Number of the document"), max_length=80)
    decided_on = day(_("Date of the decision"))
    judge = forms.CharField(label=_("Judge"), max_length=200)

    def document(self) -> CourtDocument:
        """What stands on the paper."""
        said = self.cleaned_data
        return CourtDocument(
            court=said["court"],
            number=said["document_number"],
            judge=said["judge"],
            decided_on=said["decided_on"],
        )


class NewOrderForm(DocumentForm):
    """A new order: the person, the measure, the dates."""

    full_name = forms.CharField(label=_("Family name, first name, patronymic"), max_length=200)
    iin = forms.CharField(
        label=_("IIN"),
        max_length=20,
        required=False,
        help_text=_("12 digits. Only a digest and the last four digits are kept."),
        widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
    )
    birth_date = day(
        _("Date of birth"), required=False, help_text=_("Taken from the IIN where it is left out.")
    )
    phone = forms.CharField(
        label=_("Telephone"), max_length=40, required=False, widget=forms.TextInput({"type": "tel"})
    )
    guardian_name = forms.CharField(
        label=_("Guardian"),
        max_length=200,
        required=False,
        help_text=_("For a person under 18: a parent or guardian who is called too."),
    )
    guardian_phone = forms.CharField(
        label=_("Guardian's telephone"),
        max_length=40,
        required=False,
        widget=forms.TextInput({"type": "tel"}),
    )
    route = forms.ChoiceField(label=_("How the person is reached"))
    measure = forms.ChoiceField(label=_("Measure"))
    since = moment(_("In force from"))
    until = moment(_("In force until"))
    trace_storage = forms.ChoiceField(label=_("What may be kept of the trace"))
    officer = forms.ChoiceField(label=_("Supervising officer"), required=False)

    def __init__(self, *args: Any, officers: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        in_use = {code for code, kind in settings.TARAZY.measures.items() if kind.in_use}
        kinds = [(code, title) for code, title in measure_choices() if code in in_use]
        self._choose("measure", [("", gettext("choose…")), *kinds])
        self._choose("route", translated(Route.choices))
        self._choose("trace_storage", translated(TraceStorage.choices))
        if officers:
            named = [(one.public_id, one.get_full_name() or one.username) for one in officers]
            self._choose("officer", [("", gettext("nobody yet")), *named])
        else:
            del self.fields["officer"]

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices

    def clean_iin(self) -> str:
        """The twelve digits, or nothing."""
        typed: str = self.cleaned_data["iin"].strip()
        found = iin_of(typed) if typed else ""
        if found is None:
            raise forms.ValidationError(
                gettext("This is no IIN: 12 digits, of which the last one must fit the others.")
            )
        return found

    @override
    def clean(self) -> dict[str, Any]:
        """The dates in their order."""
        said = self.cleaned_data
        since, until = said.get("since"), said.get("until")
        if since and until and until <= since:
            self.add_error("until", gettext("The order ends before it begins."))
        return said

    def facts(self, demands: list[DraftDemand]) -> DraftFacts:
        """What the form says, for the action."""
        said, iin = self.cleaned_data, self.cleaned_data["iin"]
        person = PersonFacts(
            full_name=said["full_name"],
            phone=said["phone"],
            iin_digest=iin_digest(iin, settings.TARAZY.device_key) if iin else None,
            iin_end=iin[-4:],
            birth_date=said["birth_date"] or (birth_date_of(iin) if iin else None),
            guardian_name=said["guardian_name"],
            guardian_phone=said["guardian_phone"],
            route=Route(said["route"]),
        )
        return DraftFacts(
            kind=VersionKind.ORIGINAL,
            person=person,
            scan_id=said["scan_id"],
            measure=said["measure"],
            document=self.document(),
            since=said["since"],
            until=said["until"],
            trace_storage=TraceStorage(said["trace_storage"]),
            officer_id=said.get("officer", ""),
            demands=demands,
        )


class ChangeForm(DocumentForm):
    """A change of an order: what kind, and the new dates."""

    kind = forms.ChoiceField(label=_("What the court decided"))
    since = moment(
        _("New beginning"), required=False, help_text=_("Only where the court moved it.")
    )
    until = moment(
        _("New end"), help_text=_("Of a revocation or an early end: when it takes effect.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kinds = [one for one in VersionKind.choices if one[0] != VersionKind.ORIGINAL]
        field = self.fields["kind"]
        if isinstance(field, forms.ChoiceField):
            field.choices = translated(kinds)

    def facts(self, order_id: str, demands: list[DraftDemand]) -> DraftFacts:
        """What the form says, for the action."""
        said = self.cleaned_data
        return DraftFacts(
            kind=VersionKind(said["kind"]),
            order_id=order_id,
            person=PersonFacts(full_name=""),
            scan_id=said["scan_id"],
            document=self.document(),
            since=said["since"],
            until=said["until"],
            demands=demands,
        )


class DemandForm(PlainForm):
    """One demand of the document; a row without a place is passed over."""

    kind = forms.ChoiceField(label=_("Demand"))
    place = forms.CharField(
        label=_("Place, in the document's words"),
        max_length=120,
        required=False,
        help_text=_("Its zone is drawn on the map after the approval."),
    )
    hours = forms.CharField(
        label=_("Hours"),
        required=False,
        widget=forms.Textarea({"rows": 2, "data-hours": ""}),
        help_text=_(
            "One line each, such as “Mon-Fri 22:00-06:00”. Empty: always; a curfew needs hours."
        ),
    )
    since = moment(_("Its own beginning"), required=False)
    until = moment(_("Its own end"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        if isinstance(field, forms.ChoiceField):
            field.choices = translated(ConditionKind.choices)

    def clean_hours(self) -> list[dict[str, object]]:
        """The lines as they are judged."""
        return hours_in(self.cleaned_data["hours"])

    @override
    def clean(self) -> dict[str, Any]:
        """A curfew needs hours; a typed row needs a place."""
        said = self.cleaned_data
        typed = said.get("hours") or said.get("since") or said.get("until")
        if typed and not said.get("place"):
            self.add_error("place", gettext("Say where: the place in the document's words."))
        curfew = said.get("kind") == ConditionKind.HOME_CURFEW and said.get("place")
        if curfew and said.get("hours") == []:
            self.add_error("hours", gettext("A curfew needs hours."))
        return said

    def demand(self) -> DraftDemand | None:
        """The demand, None for an empty row."""
        said = self.cleaned_data
        if not said.get("place"):
            return None
        return DraftDemand(
            kind=ConditionKind(said["kind"]),
            place=said["place"],
            since=said["since"],
            until=said["until"],
            timetable=said["hours"],
        )


DemandForms = forms.formset_factory(
    DemandForm, extra=1, max_num=CONDITIONS_MAX, absolute_max=CONDITIONS_MAX + 5
)


Read = Callable[[str], list[dict[str, object]]]


def hours_in(text: str) -> list[dict[str, object]]:
    """The hours of a text field. Raises ValidationError with the line that is not understood."""
    words = _("Line {number} is not understood: “{line}”. Write it such as “Mon-Fri 22:00-06:00”.")
    return _read_lines(read_hours, text, words)


def exceptions_in(text: str) -> list[dict[str, object]]:
    """The dates of a text field. Raises ValidationError with the line that is not understood."""
    words = _(
        "Line {number} is not understood, or its date was named before: “{line}”. Write it such"
        " as “2026-12-31 23:00-06:00”."
    )
    return _read_lines(read_exceptions, text, words)


def _read_lines(read: Read, text: str, words: Promise) -> list[dict[str, object]]:
    try:
        return read(text)
    except UnreadableLine as error:
        number, line = error.args
        raise forms.ValidationError(str(words).format(number=number, line=line)) from error


def initial_of(draft: OrderDraft) -> dict[str, Any]:
    """What the form shows of a draft that is changed."""
    names = (
        *("full_name", "birth_date", "phone", "guardian_name", "guardian_phone", "route"),
        *("measure", "court", "document_number", "decided_on", "judge", "since", "until"),
        *("trace_storage", "kind"),
    )
    shown = {name: getattr(draft, name) for name in names}
    shown["officer"] = draft.officer.public_id if draft.officer else ""
    return shown


def demands_of(draft: OrderDraft) -> list[dict[str, Any]]:
    """The rows of a draft that is changed."""
    return [
        {
            "kind": row.kind,
            "place": row.place,
            "since": row.since,
            "until": row.until,
            "hours": "\n".join(timetable_words(row.timetable)) if row.timetable else "",
        }
        for row in draft.conditions.all()
    ]
