# SPDX-License-Identifier: EUPL-1.2
"""Tables of the supervision room, by noun."""

from tarazy.supervision.models.checkins import (
    CheckIn,
    CheckInAnswer,
    CheckInPlan,
    CheckInRoute,
    CheckInState,
)
from tarazy.supervision.models.devices import (
    CommandState,
    Device,
    DeviceAddress,
    DeviceCommand,
    Fitting,
)
from tarazy.supervision.models.fixes import Fix, IntakeCount
from tarazy.supervision.models.judgement import (
    Alert,
    AlertState,
    AlertVersion,
    EngineCheckpoint,
    FacetState,
    Heartbeat,
    Outage,
    Presence,
    PresenceChange,
    PresenceState,
    WearerState,
)
from tarazy.supervision.models.live import LiveStream
from tarazy.supervision.models.orders import (
    Condition,
    ConditionKind,
    Measure,
    Order,
    OrderVersion,
    PermittedAbsence,
    Person,
    TraceStorage,
    VersionKind,
    Zone,
    ZoneKind,
)
from tarazy.supervision.models.reports import Audience, Disclosure, Report, ReportKind
from tarazy.supervision.models.storage import ArchivedDay, LegalHold, RetentionRun

__all__ = [
    "Alert",
    "AlertState",
    "AlertVersion",
    "ArchivedDay",
    "Audience",
    "CheckIn",
    "CheckInAnswer",
    "CheckInPlan",
    "CheckInRoute",
    "CheckInState",
    "CommandState",
    "Condition",
    "ConditionKind",
    "Device",
    "DeviceAddress",
    "DeviceCommand",
    "Disclosure",
    "EngineCheckpoint",
    "FacetState",
    "Fitting",
    "Fix",
    "Heartbeat",
    "IntakeCount",
    "LegalHold",
    "LiveStream",
    "Measure",
    "Order",
    "OrderVersion",
    "Outage",
    "PermittedAbsence",
    "Person",
    "Presence",
    "PresenceChange",
    "PresenceState",
    "Report",
    "ReportKind",
    "RetentionRun",
    "TraceStorage",
    "VersionKind",
    "WearerState",
    "Zone",
    "ZoneKind",
]
