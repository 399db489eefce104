# SPDX-License-Identifier: EUPL-1.2
"""What the gateway counts and times, for Prometheus. No label names a device or a person."""

from prometheus_client import Counter, Gauge, Histogram

REPORTS = Counter(
    "tarazy_gateway_reports_total", "Reports by what became of them", ["language", "outcome"]
)
REPLIES = Counter("tarazy_gateway_replies_total", "Answers to requests", ["status"])
CONNECTIONS = Gauge("tarazy_gateway_connections", "Open connections of trackers", ["language"])
DROPPED = Counter(
    "tarazy_gateway_dropped_total", "Connections of trackers that we closed", ["language", "reason"]
)
BROKER = Gauge("tarazy_gateway_broker_connected", "Whether the MQTT broker is there")
COMMANDS = Counter("tarazy_gateway_commands_total", "Commands by how far they came", ["state"])
CLOCK_BEHIND_S = Gauge(
    "tarazy_gateway_clock_behind_seconds", "How far our own clock may have been set back"
)
WAITING = Gauge("tarazy_gateway_entries_waiting", "Entries that wait for their commit")
BATCH = Histogram(
    "tarazy_gateway_batch_entries",
    "Entries in one commit",
    buckets=(1, 3, 10, 30, 100, 300, 1000, 3000),
)
COMMIT_S = Histogram(
    "tarazy_gateway_commit_seconds",
    "Time of one commit",
    buckets=(0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10),
)
