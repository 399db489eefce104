# SPDX-License-Identifier: EUPL-1.2
"""Tables of the supervision room, by noun."""

from tarazy.supervision.models.contacts import Appointment, Kept, WearerMessage
from tarazy.supervision.models.covers import Cover
from tarazy.supervision.models.devices import (
    CommandState,
    Device,
    DeviceAddress,
    DeviceCommand,
    EnrolmentLink,
    Fitting,
    FittingProtocol,
    Stage,
    Stock,
)
from tarazy.supervision.models.drafts import DraftCondition, DraftState, OrderDraft
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
    Route,
    TraceStorage,
    VersionKind,
    Zone,
    ZoneKind,
)
from tarazy.supervision.models.papers import Paper, PaperKind
from tarazy.supervision.models.storage import ArchivedDay, LegalHold, RetentionRun

__all__ = [
    "Alert",
    "AlertState",
    "AlertVersion",
    "Appointment",
    "ArchivedDay",
    "CommandState",
    "Condition",
    "ConditionKind",
    "Cover",
    "Device",
    "DeviceAddress",
    "DeviceCommand",
    "DraftCondition",
    "DraftState",
    "EngineCheckpoint",
    "EnrolmentLink",
    "Fitting",
    "FittingProtocol",
    "Fix",
    "Heartbeat",
    "IntakeCount",
    "Kept",
    "LegalHold",
    "LiveStream",
    "Measure",
    "Order",
    "OrderDraft",
    "OrderVersion",
    "Outage",
    "Paper",
    "PaperKind",
    "Person",
    "Presence",
    "PresenceChange",
    "PresenceState",
    "RetentionRun",
    "Route",
    "Stage",
    "Stock",
    "TraceStorage",
    "VersionKind",
    "WearerMessage",
    "WearerState",
    "Zone",
    "ZoneKind",
]
