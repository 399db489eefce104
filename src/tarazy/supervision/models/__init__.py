# SPDX-License-Identifier: EUPL-1.2
"""Tables of the supervision room, by noun."""

from tarazy.supervision.models.devices import (
    CommandState,
    Device,
    DeviceAddress,
    DeviceCommand,
    Fitting,
)
from tarazy.supervision.models.duty import (
    FALSE_CAUSES,
    Act,
    Cause,
    Contact,
    ContactKind,
    Protocol,
    Shift,
    StepKind,
)
from tarazy.supervision.models.fixes import Fix, IntakeCount
from tarazy.supervision.models.judgement import (
    Alert,
    AlertState,
    AlertVersion,
    EngineCheckpoint,
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
    Person,
    TraceStorage,
    VersionKind,
    Zone,
    ZoneKind,
)
from tarazy.supervision.models.storage import ArchivedDay, LegalHold, RetentionRun

__all__ = [
    "FALSE_CAUSES",
    "Act",
    "Alert",
    "AlertState",
    "AlertVersion",
    "ArchivedDay",
    "Cause",
    "CommandState",
    "Condition",
    "ConditionKind",
    "Contact",
    "ContactKind",
    "Device",
    "DeviceAddress",
    "DeviceCommand",
    "EngineCheckpoint",
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
    "Person",
    "Presence",
    "PresenceChange",
    "PresenceState",
    "Protocol",
    "RetentionRun",
    "Shift",
    "StepKind",
    "TraceStorage",
    "VersionKind",
    "WearerState",
    "Zone",
    "ZoneKind",
]
