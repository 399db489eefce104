# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the supervision room."""

from django.urls import path

from tarazy.supervision.views import alerts, board, maps, own, people

app_name = "supervision"
urlpatterns = [
    path("", board.board, name="board"),
    path("live", board.live_open, name="live-open"),
    path("alerts/<str:alert_id>/", alerts.alert, name="alert"),
    path("alerts/<str:alert_id>/acknowledge", alerts.acknowledge, name="acknowledge"),
    path("alerts/<str:alert_id>/resolve", alerts.resolve, name="resolve"),
    path("people/", people.people, name="people"),
    path("people/<str:person_id>/", people.person, name="person"),
    path("people/<str:person_id>/trail.json", people.trail, name="trail"),
    path("people/<str:person_id>/devices/<str:device_id>/command", people.command, name="command"),
    path("own/", own.own, name="own"),
    path("map/streets.json", maps.streets, name="streets"),
    path("map/tiles.pmtiles", maps.tiles, name="tiles"),
]
