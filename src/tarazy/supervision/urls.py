# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the supervision room."""

from django.urls import path

from tarazy.supervision.views import (
    alerts,
    board,
    contacts,
    maps,
    own,
    people,
    protocols,
    shift,
)

app_name = "supervision"
urlpatterns = [
    path("", board.board, name="board"),
    path("live", board.live_open, name="live-open"),
    path("alerts/<str:alert_id>/", alerts.alert, name="alert"),
    path("alerts/<str:alert_id>/acknowledge", alerts.acknowledge, name="acknowledge"),
    path("alerts/<str:alert_id>/release", alerts.release, name="release"),
    path("alerts/<str:alert_id>/hand-over", alerts.hand_over, name="hand-over"),
    path("alerts/<str:alert_id>/note", alerts.note, name="note"),
    path("alerts/<str:alert_id>/called", alerts.called, name="called"),
    path("alerts/<str:alert_id>/escalate", alerts.escalate, name="escalate"),
    path("alerts/<str:alert_id>/step", alerts.step, name="step"),
    path("alerts/<str:alert_id>/step-back", alerts.step_back, name="step-back"),
    path("alerts/<str:alert_id>/resolve", alerts.resolve, name="resolve"),
    path("together/", alerts.together, name="together"),
    path("together/resolve", alerts.resolve_together, name="resolve-together"),
    path("people/", people.people, name="people"),
    path("people/<str:person_id>/", people.person, name="person"),
    path("people/<str:person_id>/trail.json", people.trail, name="trail"),
    path("people/<str:person_id>/devices/<str:device_id>/command", people.command, name="command"),
    path("people/<str:person_id>/contacts", contacts.add, name="contact-add"),
    path("contacts/<str:contact_id>/remove", contacts.remove, name="contact-remove"),
    path("protocols/", protocols.protocols, name="protocols"),
    path("protocols/<str:rule>/", protocols.protocol, name="protocol"),
    path("protocols/<str:rule>/write", protocols.write, name="protocol-write"),
    path("shift/", shift.sheet, name="shift"),
    path("shift/begin", shift.begin, name="shift-begin"),
    path("shift/end", shift.end, name="shift-end"),
    path("own/", own.own, name="own"),
    path("map/streets.json", maps.streets, name="streets"),
    path("map/tiles.pmtiles", maps.tiles, name="tiles"),
]
