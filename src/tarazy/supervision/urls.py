# SPDX-License-Identifier: EUPL-1.2
"""Addresses of the supervision room."""

from django.urls import path

from tarazy.supervision.views import alerts, board, maps, own, people, protection, reports, terms

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
    path("people/<str:person_id>/reports/", reports.register, name="reports"),
    path("people/<str:person_id>/reports/compliance", reports.compliance, name="compliance"),
    path(
        "people/<str:person_id>/reports/compliance.csv",
        reports.compliance_table,
        name="compliance-table",
    ),
    path("alerts/<str:alert_id>/report", reports.incident, name="incident"),
    path("alerts/<str:alert_id>/report.geojson", reports.incident_places, name="incident-places"),
    path("reports/figures", reports.figures, name="figures"),
    path("reports/check", reports.check, name="report-check"),
    path("reports/<str:report_id>/disclose", reports.disclose, name="disclose"),
    path("reports/<str:report_id>/proof.json", reports.proof, name="report-proof"),
    path("receipts/<str:receipt_id>.pdf", reports.receipt, name="receipt"),
    path("orders/<str:order_id>/numbers", terms.set_number, name="number"),
    path("orders/<str:order_id>/check-ins", terms.plan_check_ins, name="check-in-plan"),
    path("check-ins/<str:check_in_id>/note", terms.note_check_in, name="check-in-note"),
    path("own/check-ins/<str:check_in_id>", terms.answer_check_in, name="check-in-answer"),
    path("own/", own.own, name="own"),
    path("protected/", protection.people, name="protected-people"),
    path("protected/record", protection.record, name="protected-record"),
    path("protected/<str:protected_id>/", protection.person, name="protected-person"),
    path("protected/<str:protected_id>/consent", protection.consent, name="consent-record"),
    path("protected/<str:protected_id>/device", protection.device, name="protected-fit"),
    path("protected/<str:protected_id>/order", protection.bind, name="no-contact-protect"),
    path("consents/<str:consent_id>/withdraw", protection.withdraw, name="consent-withdraw"),
    path("protected-devices/<str:fitting_id>/remove", protection.unfit, name="protected-unfit"),
    path("map/streets.json", maps.streets, name="streets"),
    path("map/tiles.pmtiles", maps.tiles, name="tiles"),
]
