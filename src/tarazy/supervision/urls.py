# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the supervision room."""

from django.urls import path

from tarazy.supervision import (
    contact_views,
    cover_views,
    device_views,
    import_views,
    order_views,
    views,
    zone_views,
)

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
    # The officer's day
    path("orders/", order_views.desk, name="desk"),
    path("orders/new", order_views.new_order, name="new-order"),
    path("orders/import", import_views.import_orders, name="import"),
    path("orders/import.csv", import_views.template, name="import-template"),
    path("orders/<str:order_id>/change", order_views.change_order, name="change-order"),
    path("drafts/<str:draft_id>/", order_views.draft, name="draft"),
    path("drafts/<str:draft_id>/edit", order_views.edit_draft, name="draft-edit"),
    path("drafts/<str:draft_id>/decide/<str:what>", order_views.decide, name="draft-decide"),
    path("papers/<str:paper_id>", order_views.paper, name="paper"),
    path("people/<str:person_id>/zones/new", zone_views.new_zone, name="zone-new"),
    path("conditions/<str:condition_id>/", zone_views.edit_zone, name="zone-edit"),
    path("conditions/<str:condition_id>/end", zone_views.end_condition, name="condition-end"),
    path("people/<str:person_id>/fit", device_views.fit, name="fit"),
    path("people/<str:person_id>/fittings/<str:fitting_id>/end", device_views.remove, name="unfit"),
    path("people/<str:person_id>/contacts", contact_views.contacts, name="contacts"),
    path(
        "appointments/<str:appointment_id>/settle",
        contact_views.settle,
        name="appointment-settle",
    ),
    path("own/contacts", contact_views.own_contacts, name="own-contacts"),
    path("own/messages/<str:message_id>/read", contact_views.read, name="message-read"),
    path("covers/", cover_views.covers, name="covers"),
    path("covers/<str:cover_id>/end", cover_views.end_cover, name="cover-end"),
    path("devices/", device_views.devices, name="devices"),
    path("devices/enrol", device_views.enrol, name="device-enrol"),
    path("devices/<str:device_id>/", device_views.device, name="device"),
    path("devices/<str:device_id>/stock", device_views.set_stock, name="device-stock"),
    path("devices/<str:device_id>/link", device_views.link, name="device-link"),
    path("phone/<str:secret>/", device_views.phone, name="phone"),
    path("own/", views.own, name="own"),
    path("map/streets.json", views.streets, name="streets"),
    path("map/tiles.pmtiles", views.tiles, name="tiles"),
]
