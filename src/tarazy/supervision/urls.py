# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the supervision room."""

from django.urls import path

from tarazy.supervision import protection_views, views

app_name = "supervision"
urlpatterns = [
    path("", views.board, name="board"),
    path("live", views.live_open, name="live-open"),
    path("alerts/<str:alert_id>/", views.alert, name="alert"),
    path("alerts/<str:alert_id>/acknowledge", views.acknowledge, name="acknowledge"),
    path("alerts/<str:alert_id>/resolve", views.resolve, name="resolve"),
    path("people/", views.people, name="people"),
    path("people/<str:person_id>/", views.person, name="person"),
    path("people/<str:person_id>/trail.json", views.trail, name="trail"),
    path("people/<str:person_id>/devices/<str:device_id>/command", views.command, name="command"),
    path("own/", views.own, name="own"),
    path("protected/", protection_views.people, name="protected-people"),
    path("protected/record", protection_views.record, name="protected-record"),
    path("protected/<str:protected_id>/", protection_views.person, name="protected-person"),
    path("protected/<str:protected_id>/consent", protection_views.consent, name="consent-record"),
    path("protected/<str:protected_id>/device", protection_views.device, name="protected-fit"),
    path("protected/<str:protected_id>/order", protection_views.bind, name="no-contact-protect"),
    path("consents/<str:consent_id>/withdraw", protection_views.withdraw, name="consent-withdraw"),
    path("guarded/<str:fitting_id>/remove", protection_views.unfit, name="protected-unfit"),
    path("map/streets.json", views.streets, name="streets"),
    path("map/tiles.pmtiles", views.tiles, name="tiles"),
]
