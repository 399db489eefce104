# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the supervision room."""

from django.urls import path

from tarazy.supervision import term_views, views

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
    path("orders/<str:order_id>/numbers", term_views.set_number, name="number"),
    path("orders/<str:order_id>/check-ins", term_views.plan_check_ins, name="check-in-plan"),
    path("check-ins/<str:check_in_id>/note", term_views.note_check_in, name="check-in-note"),
    path("own/check-ins/<str:check_in_id>", term_views.answer_check_in, name="check-in-answer"),
    path("own/", views.own, name="own"),
    path("map/streets.json", views.streets, name="streets"),
    path("map/tiles.pmtiles", views.tiles, name="tiles"),
]
