# SPDX-License-Identifier: EUPL-1.2
"""The closed list of alarms: whatever a device calls it, it is one of these or it is `other`.

An alarm is what the device says, not what happened: rules judge it. The names are stable, they
stand in the fix store and in docs/devices.md (a test holds the two against each other).
"""

from enum import StrEnum


class Alarm(StrEnum):
    """What a device may call out for."""

    SOS = "sos"
    """The wearer pressed the button for help."""
    STRAP_TAMPER = "strap_tamper"
    """The strap was cut, opened or stretched."""
    CASE_TAMPER = "case_tamper"
    """The case was opened or the device pulled from its mount (also a bare "tamper")."""
    REMOVAL = "removal"
    """The device is no longer on the body, or was taken off."""
    LOW_BATTERY = "low_battery"
    POWER_CUT = "power_cut"
    """The outside power was cut; the device runs on its own battery."""
    POWER_RESTORED = "power_restored"
    POWER_OFF = "power_off"
    """The device is being switched off."""
    POWER_ON = "power_on"
    CHARGING_STARTED = "charging_started"
    CHARGING_STOPPED = "charging_stopped"
    JAMMING = "jamming"
    """Somebody disturbs the mobile network or the satellites."""
    ANTENNA_CUT = "antenna_cut"
    NO_SATELLITES = "no_satellites"
    """The device itself says that it cannot find its place."""
    SIM_CHANGED = "sim_changed"
    FALL = "fall"
    VIBRATION = "vibration"
    SHOCK = "shock"
    """A hit or an accident."""
    MOVEMENT = "movement"
    """It moves while it should stand: towed, carried, started."""
    NO_MOVEMENT = "no_movement"
    OVERSPEED = "overspeed"
    HARSH_DRIVING = "harsh_driving"
    FENCE_ENTER = "fence_enter"
    """By a fence kept inside the device, not by a court's zone."""
    FENCE_EXIT = "fence_exit"
    DOOR = "door"
    TEMPERATURE = "temperature"
    LOCATION_OFF = "location_off"
    """The phone's location service is off, or the app may not read the place at all."""
    PERMISSION_WITHDRAWN = "permission_withdrawn"
    """The app may no longer read the place, or not in the background."""
    BATTERY_OPTIMISATION = "battery_optimisation"
    """The phone puts the app to sleep."""
    PHONE_IN_ORDER = "phone_in_order"
    """The phone says that it lets the app do its work: what it said before is put right."""
    CHECK_IN = "check_in"
    """The wearer reports by hand: an answer to a check-in, if one was asked for."""
    DISCONNECTED = "disconnected"
    """The broker's last will: the phone went without a goodbye."""
    FAULT = "fault"
    """The device says that something in it is broken."""
    OTHER = "other"
    """An alarm that the device sent and that we have no better name for; the raw message has it."""


TRACCAR_MAX = 8
TRACCAR = {
    "sos": Alarm.SOS,
    "tampering": Alarm.CASE_TAMPER,
    "removing": Alarm.REMOVAL,
    "lowBattery": Alarm.LOW_BATTERY,
    "lowPower": Alarm.LOW_BATTERY,
    "powerCut": Alarm.POWER_CUT,
    "powerOff": Alarm.POWER_OFF,
    "powerOn": Alarm.POWER_ON,
    "powerRestored": Alarm.POWER_RESTORED,
    "jamming": Alarm.JAMMING,
    "gpsAntennaCut": Alarm.ANTENNA_CUT,
    "fallDown": Alarm.FALL,
    "vibration": Alarm.VIBRATION,
    "movement": Alarm.MOVEMENT,
    "tow": Alarm.MOVEMENT,
    "accident": Alarm.SHOCK,
    "overspeed": Alarm.OVERSPEED,
    "geofenceEnter": Alarm.FENCE_ENTER,
    "geofenceExit": Alarm.FENCE_EXIT,
    "door": Alarm.DOOR,
    "temperature": Alarm.TEMPERATURE,
    "fault": Alarm.FAULT,
}
"""What Traccar calls them, in its own form and in that of its client."""


def alarms_of_traccar(text: str) -> tuple[Alarm, ...]:
    """Alarms by Traccar's names, several separated by commas."""
    return tuple(TRACCAR.get(name, Alarm.OTHER) for name in text.split(",")[:TRACCAR_MAX] if name)
