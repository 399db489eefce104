# SPDX-License-Identifier: EUPL-1.2
"""The policy: who may do what, on which records. One table, shown at /catalogue/access.

A verb that has no row here is open to nobody. A test walks every page and every call as every role
against this table.
"""

from tarazy.core.access import EVERYTHING, Grant, Reach, Role
from tarazy.supervision.reach import (
    ANY_DRAFT,
    CASELOAD,
    INVESTIGATED,
    NOBODY,
    ONESELF,
    OWN_DRAFTS,
    SELF,
    UNDER_ORDER,
)

ALL = EVERYTHING
OPERATOR, OFFICER, SUPERVISOR = Role.OPERATOR, Role.OFFICER, Role.SUPERVISOR
INVESTIGATOR, ANALYST, PROSECUTOR = Role.INVESTIGATOR, Role.ANALYST, Role.PROSECUTOR
AUDITOR, ADMINISTRATOR, PROTECTION, WEARER, SYSTEM = (
    Role.AUDITOR,
    Role.ADMINISTRATOR,
    Role.PROTECTION,
    Role.WEARER,
    Role.SYSTEM,
)

WATCHERS: dict[Role, Reach] = {OPERATOR: UNDER_ORDER, SUPERVISOR: UNDER_ORDER, OFFICER: CASELOAD}
READERS: dict[Role, Reach] = {**WATCHERS, INVESTIGATOR: INVESTIGATED, PROSECUTOR: ALL, AUDITOR: ALL}
REPORTERS: dict[Role, Reach] = {
    OFFICER: CASELOAD,
    SUPERVISOR: ALL,
    INVESTIGATOR: INVESTIGATED,
    PROSECUTOR: ALL,
    SYSTEM: ALL,
}
REGISTRY: dict[Role, Reach] = {OFFICER: CASELOAD, SUPERVISOR: ALL, SYSTEM: ALL}
DRAFTERS: dict[Role, Reach] = {OFFICER: OWN_DRAFTS, SUPERVISOR: ANY_DRAFT}
STOCKKEEPERS: dict[Role, Reach] = {OFFICER: CASELOAD, SUPERVISOR: ALL, ADMINISTRATOR: NOBODY}
READERS_OF_PAPERS: dict[Role, Reach] = {OFFICER: OWN_DRAFTS, SUPERVISOR: ALL, PROSECUTOR: ALL}
PROCUREMENT_READERS: dict[Role, Reach] = {
    ANALYST: ALL,
    INVESTIGATOR: ALL,
    PROSECUTOR: ALL,
    AUDITOR: ALL,
}

GRANTS: tuple[Grant, ...] = (
    # Control centre
    Grant("supervision.board.view", READERS),
    Grant("supervision.board.together", WATCHERS),
    Grant("supervision.live.open", READERS),
    Grant("supervision.alert.view", READERS),
    Grant("supervision.people.view", READERS),
    Grant("supervision.person.view", READERS),
    Grant("supervision.trail.view", READERS),
    Grant("supervision.alert.acknowledge", WATCHERS),
    Grant("supervision.alert.resolve", WATCHERS),
    Grant("supervision.alert.release", WATCHERS),
    Grant("supervision.alert.hand_over", WATCHERS),
    Grant("supervision.alert.note", WATCHERS),
    Grant("supervision.alert.call", WATCHERS),
    Grant("supervision.alert.step", WATCHERS),
    Grant("supervision.alert.step_back", WATCHERS),
    Grant("supervision.alert.escalate", {**WATCHERS, SYSTEM: ALL}),
    Grant("supervision.contact.add", {**WATCHERS, SYSTEM: ALL}),
    Grant("supervision.contact.remove", WATCHERS),
    Grant("supervision.protocol.view", dict.fromkeys(READERS, ALL)),
    Grant("supervision.protocol.view_one", dict.fromkeys(READERS, ALL)),
    Grant("supervision.protocol.write", {SUPERVISOR: ALL}),
    Grant("supervision.shift.view", {OPERATOR: ALL, SUPERVISOR: ALL}),
    Grant("supervision.shift.begin", {OPERATOR: ALL, SUPERVISOR: ALL}),
    Grant("supervision.shift.end", {OPERATOR: ALL, SUPERVISOR: ALL}),
    # Reports
    Grant("supervision.report.compliance", READERS),
    Grant("supervision.report.incident", READERS),
    Grant("supervision.report.figures", {SUPERVISOR: ALL, PROSECUTOR: ALL, AUDITOR: ALL}),
    Grant("supervision.report.list", READERS),
    Grant("supervision.report.check", dict.fromkeys(READERS, ALL)),
    Grant("supervision.report.issue", REPORTERS),
    Grant("supervision.report.disclose", REPORTERS),
    Grant("supervision.report.receipt", REPORTERS),
    Grant("supervision.report.prove", {**REPORTERS, AUDITOR: ALL}),
    Grant("supervision.own.view", {WEARER: SELF}),
    # Orders, zones, devices
    Grant("supervision.person.register", {OFFICER: ALL, SUPERVISOR: ALL, SYSTEM: ALL}),
    # People start and change orders through drafts, which a second person approves.
    Grant("supervision.order.start", {SYSTEM: ALL}),
    Grant("supervision.order.vary", {SYSTEM: ALL}),
    Grant("supervision.order.revoke", {SYSTEM: ALL}),
    Grant("supervision.paper.store", {OFFICER: ALL, SUPERVISOR: ALL, SYSTEM: ALL}),
    Grant("supervision.paper.view", READERS_OF_PAPERS),
    Grant("supervision.drafts.view", {OFFICER: OWN_DRAFTS, SUPERVISOR: ALL}),
    Grant("supervision.draft.view", {**DRAFTERS, SUPERVISOR: ALL, PROSECUTOR: ALL}),
    Grant("supervision.draft.begin", DRAFTERS),
    Grant("supervision.draft.prepare", DRAFTERS),
    Grant("supervision.draft.edit", DRAFTERS),
    Grant("supervision.draft.save", DRAFTERS),
    Grant("supervision.drafts.import", {OFFICER: ALL, SUPERVISOR: ALL}),
    Grant("supervision.drafts.check", {OFFICER: ALL, SUPERVISOR: ALL}),
    Grant("supervision.draft.submit", DRAFTERS),
    Grant("supervision.draft.discard", DRAFTERS),
    Grant("supervision.draft.approve", {SUPERVISOR: ALL}),
    Grant("supervision.draft.give_back", {SUPERVISOR: ALL}),
    Grant("supervision.zone.create", REGISTRY),
    Grant("supervision.zone.share", {SUPERVISOR: ALL, SYSTEM: ALL}),
    Grant("supervision.zone.prepare", {OFFICER: CASELOAD, SUPERVISOR: ALL}),
    Grant("supervision.zone.check", {OFFICER: CASELOAD, SUPERVISOR: ALL}),
    Grant("supervision.zone.rehearse", {OFFICER: CASELOAD, SUPERVISOR: ALL}),
    Grant("supervision.zone.draw", REGISTRY),
    Grant("supervision.zone.replace", REGISTRY),
    Grant("supervision.condition.set_hours", REGISTRY),
    Grant("supervision.condition.end", {SUPERVISOR: ALL, SYSTEM: ALL}),
    Grant("supervision.condition.add", REGISTRY),
    Grant("supervision.absence.grant", REGISTRY),
    Grant("supervision.absence.withdraw", REGISTRY),
    Grant("supervision.device.enrol", {ADMINISTRATOR: ALL, SUPERVISOR: ALL, SYSTEM: ALL}),
    # People put devices on and take them off with a protocol.
    Grant("supervision.device.fit", {SYSTEM: ALL}),
    Grant("supervision.device.remove", {SYSTEM: ALL}),
    Grant("supervision.fitting.prepare", {OFFICER: CASELOAD, SUPERVISOR: ALL}),
    Grant("supervision.fitting.begin", {OFFICER: CASELOAD, SUPERVISOR: ALL}),
    Grant("supervision.removal.prepare", {OFFICER: CASELOAD, SUPERVISOR: ALL}),
    Grant("supervision.fitting.end", {OFFICER: CASELOAD, SUPERVISOR: ALL}),
    Grant("supervision.devices.view", STOCKKEEPERS),
    Grant("supervision.device.view", STOCKKEEPERS),
    Grant("supervision.device.set_stock", {SUPERVISOR: ALL, SYSTEM: ALL}),
    Grant("supervision.device.link", {OFFICER: CASELOAD, SUPERVISOR: ALL}),
    Grant("supervision.device.configure", {SYSTEM: ALL}),
    Grant("supervision.device.command", WATCHERS),
    Grant("supervision.device.pace", {SYSTEM: ALL}),
    Grant("supervision.order.set_number", REGISTRY),
    Grant("supervision.checkin.plan", REGISTRY),
    Grant("supervision.checkin.note", WATCHERS),
    Grant("supervision.checkin.answer", {WEARER: SELF}),
    Grant("supervision.checkin.draw", {SYSTEM: ALL}),
    Grant("supervision.checkin.ask", {SYSTEM: ALL}),
    Grant("supervision.checkin.settle", {SYSTEM: ALL}),
    Grant("supervision.broker.configure", {ADMINISTRATOR: ALL, SYSTEM: ALL}),
    Grant("supervision.hold.place", {PROSECUTOR: ALL, INVESTIGATOR: INVESTIGATED, SYSTEM: ALL}),
    Grant("supervision.hold.lift", {PROSECUTOR: ALL, SYSTEM: ALL}),
    # Protected people: a stricter part, with a role of its own
    Grant("supervision.protected.list", {PROTECTION: ALL, PROSECUTOR: ALL}),
    Grant("supervision.protected.view", {PROTECTION: ALL, PROSECUTOR: ALL}),
    Grant("supervision.protected.contact", WATCHERS),
    Grant("supervision.protected.record", {PROTECTION: ALL, SYSTEM: ALL}),
    Grant("supervision.protected.fit", {PROTECTION: ALL, SYSTEM: ALL}),
    Grant("supervision.protected.unfit", {PROTECTION: ALL, SYSTEM: ALL}),
    Grant("supervision.consent.record", {PROTECTION: ALL, SYSTEM: ALL}),
    Grant("supervision.consent.withdraw", {PROTECTION: ALL, SYSTEM: ALL}),
    Grant("supervision.no_contact.protect", {PROTECTION: ALL, **REGISTRY}),
    Grant("supervision.no_contact.forbid", REGISTRY),
    Grant("supervision.appointments.view", {OFFICER: CASELOAD, SUPERVISOR: ALL}),
    Grant("supervision.appointment.make", {OFFICER: CASELOAD, SUPERVISOR: ALL}),
    Grant("supervision.appointment.settle", {OFFICER: CASELOAD, SUPERVISOR: ALL}),
    Grant("supervision.message.send", {OFFICER: CASELOAD, SUPERVISOR: ALL}),
    Grant("supervision.own_appointments.view", {WEARER: SELF}),
    Grant("supervision.message.receive", {WEARER: SELF}),
    Grant("supervision.message.read", {WEARER: SELF}),
    Grant("supervision.caseload.view", {OFFICER: ALL, SUPERVISOR: ALL}),
    Grant("supervision.caseload.cover", {OFFICER: ONESELF, SUPERVISOR: ALL}),
    Grant("supervision.caseload.return", {OFFICER: ONESELF, SUPERVISOR: ALL}),
    # The engine, and timed jobs
    Grant("supervision.archive.close_day", {SYSTEM: ALL}),
    Grant("supervision.retention.plan", {SYSTEM: ALL}),
    Grant("supervision.retention.forget", {SYSTEM: ALL}),
    Grant("supervision.retention.blank", {SYSTEM: ALL}),
    Grant("supervision.retention.apply", {SYSTEM: ALL}),
    Grant("supervision.protected.forget", {SYSTEM: ALL}),
    Grant("supervision.alert.raise", {SYSTEM: ALL}),
    Grant("supervision.alert.update", {SYSTEM: ALL}),
    Grant("supervision.alert.withdraw", {SYSTEM: ALL}),
    Grant("supervision.outage.record", {SYSTEM: ALL}),
    Grant("supervision.judging.record", {SYSTEM: ALL}),
    Grant("supervision.live.close", {SYSTEM: ALL}),
    # Digital Anticor
    Grant("procurement.flags.view", PROCUREMENT_READERS),
    Grant("procurement.process.view", PROCUREMENT_READERS),
    Grant("procurement.quality.view", PROCUREMENT_READERS),
    Grant("procurement.buyers.view", PROCUREMENT_READERS),
    Grant("procurement.source.import", {ANALYST: ALL, SYSTEM: ALL}),
    Grant("procurement.portal.import", {ANALYST: ALL, SYSTEM: ALL}),
    Grant("procurement.indicators.run", {ANALYST: ALL, SYSTEM: ALL}),
    # Ground floor
    Grant("core.audit.view", {AUDITOR: ALL, PROSECUTOR: ALL}),
    Grant("core.audit.verify", {AUDITOR: ALL, PROSECUTOR: ALL, SYSTEM: ALL}),
    Grant("core.audit.prove", {AUDITOR: ALL, PROSECUTOR: ALL, SYSTEM: ALL}),
    Grant("core.audit.checkpoint", {AUDITOR: ALL, SYSTEM: ALL}),
    Grant("core.audit.erase", {SYSTEM: ALL}),
    Grant("core.session.begin", {SYSTEM: ALL}),
    Grant("core.session.end", {SYSTEM: ALL}),
    Grant("core.user.create", {ADMINISTRATOR: ALL, SYSTEM: ALL}),
    Grant("core.user.set_roles", {ADMINISTRATOR: ALL, SYSTEM: ALL}),
)
