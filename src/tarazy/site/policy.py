# SPDX-License-Identifier: EUPL-1.2
"""The policy: who may do what, on which records. One table, shown at /catalogue/access.

A verb that has no row here is open to nobody. A test walks every page and every call as every role
against this table.
"""

from tarazy.core.access import EVERYTHING, Grant, Reach, Role
from tarazy.supervision.reach import CASELOAD, INVESTIGATED, SELF, UNDER_ORDER

ALL = EVERYTHING
OPERATOR, OFFICER, SUPERVISOR = Role.OPERATOR, Role.OFFICER, Role.SUPERVISOR
INVESTIGATOR, ANALYST, PROSECUTOR = Role.INVESTIGATOR, Role.ANALYST, Role.PROSECUTOR
AUDITOR, ADMINISTRATOR, WEARER, SYSTEM = (
    Role.AUDITOR,
    Role.ADMINISTRATOR,
    Role.WEARER,
    Role.SYSTEM,
)

WATCHERS: dict[Role, Reach] = {OPERATOR: UNDER_ORDER, SUPERVISOR: UNDER_ORDER, OFFICER: CASELOAD}
READERS: dict[Role, Reach] = {**WATCHERS, INVESTIGATOR: INVESTIGATED, PROSECUTOR: ALL, AUDITOR: ALL}
REGISTRY: dict[Role, Reach] = {OFFICER: CASELOAD, SUPERVISOR: ALL, SYSTEM: ALL}
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
    Grant("supervision.own.view", {WEARER: SELF}),
    # Orders, zones, devices
    Grant("supervision.person.register", {OFFICER: ALL, SUPERVISOR: ALL, SYSTEM: ALL}),
    Grant("supervision.order.start", {OFFICER: ALL, SUPERVISOR: ALL, SYSTEM: ALL}),
    Grant("supervision.order.vary", REGISTRY),
    Grant("supervision.order.revoke", REGISTRY),
    Grant("supervision.zone.create", REGISTRY),
    Grant("supervision.condition.add", REGISTRY),
    Grant("supervision.device.enrol", {ADMINISTRATOR: ALL, SUPERVISOR: ALL, SYSTEM: ALL}),
    Grant("supervision.device.fit", REGISTRY),
    Grant("supervision.device.remove", REGISTRY),
    Grant("supervision.device.command", WATCHERS),
    Grant("supervision.broker.configure", {ADMINISTRATOR: ALL, SYSTEM: ALL}),
    Grant("supervision.hold.place", {PROSECUTOR: ALL, INVESTIGATOR: INVESTIGATED, SYSTEM: ALL}),
    Grant("supervision.hold.lift", {PROSECUTOR: ALL, SYSTEM: ALL}),
    # The engine, and timed jobs
    Grant("supervision.archive.close_day", {SYSTEM: ALL}),
    Grant("supervision.retention.plan", {SYSTEM: ALL}),
    Grant("supervision.retention.forget", {SYSTEM: ALL}),
    Grant("supervision.retention.blank", {SYSTEM: ALL}),
    Grant("supervision.retention.apply", {SYSTEM: ALL}),
    Grant("supervision.alert.raise", {SYSTEM: ALL}),
    Grant("supervision.alert.update", {SYSTEM: ALL}),
    Grant("supervision.alert.withdraw", {SYSTEM: ALL}),
    Grant("supervision.outage.record", {SYSTEM: ALL}),
    Grant("supervision.judging.record", {SYSTEM: ALL}),
    Grant("supervision.live.close", {SYSTEM: ALL}),
    # Digital Anticor
    Grant("procurement.flags.view", PROCUREMENT_READERS),
    Grant("procurement.process.view", PROCUREMENT_READERS),
    Grant("procurement.source.import", {ANALYST: ALL, SYSTEM: ALL}),
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
