# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the supervision room."""

from django.urls import path

from tarazy.supervision import views

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
    path("map/streets.json", views.streets, name="streets"),
    path("map/tiles.pmtiles", views.tiles, name="tiles"),
]
